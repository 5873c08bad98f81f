"""Officials' related parties by typed joins: official → kin → control → one weaker tie, each a step of its own.

Works on numbered ties: for every kind a relation ``edge <kind>`` (id, an, bn, basis, degree, share, from_date,
to_date, confidence, rank), ``hub`` (n, kind, count) and ``asked`` (n), the officials.  Gives ``related``, one row a
path, and ``cut``, the hubs at which an official's paths end.

A path's ties stand in the columns of PATH in the order they are walked; an empty column is no step.
"""

from steelyard.engines.duck import Duck

HOPS = 3
"""Steps a path has at most unless more are asked for: kinship is one, every company is one, a shared thing is one."""
MOST_HOPS = 5
MOST_COMPANIES = 3
LEAST_SHARE = 0.001
PATH = ("k1", "k2", "c1", "c2", "c3", "w1", "w2")
RELATIONS = ("self", "relative", "controls", "relative_controls", "shared")
BRIDGES = ("phone", "address", "account", "email", "device")
DIRECT = {"agent": (True, True), "employment": (True, False), "guarantor": (True, True)}
"""Weaker ties between two subjects, and whether they are walked with and against their direction."""
WALKED = ("kin", "household", "ownership", "office", *DIRECT, *BRIDGES)
"""Kinds that related parties are found over; bids for the same are for exploring alone."""

_NONE = "CAST(NULL AS UINTEGER)"
_MEET = "(from_date <= to_date OR from_date IS NULL OR to_date IS NULL)"
_STATE = ("official", "party", "hops", "levels", "degree", "confidence", "share", "rank", "from_date", "to_date",
          "weak", "m0", "m1", "m2", *PATH)  # fmt: skip
"""What is known of a path on its way; m0 to m2: nodes passed before ``party``, so that none is met twice."""


def put_related(duck: Duck, *, hops: int = HOPS, degree: int = 3) -> None:
    """Make ``related`` and ``cut`` for the rows of ``asked``.  ``degree``: the farthest kin that is followed."""
    put_hub_kinds(duck)
    put_near(duck, degree, hops)
    put_controlled(duck, hops)
    put_weaker(duck, hops)
    put_cuts(duck, hops)
    relation = (
        "CASE WHEN w1 IS NOT NULL THEN 'shared' WHEN levels > 0 AND k1 IS NULL THEN 'controls' "
        "WHEN levels > 0 THEN 'relative_controls' WHEN k1 IS NULL THEN 'self' ELSE 'relative' END"
    )
    kept = ", ".join(PATH)
    everything = " UNION ALL ".join(
        f"SELECT {', '.join(_STATE)} FROM {table}" for table in ("near", "controlled", "weaker")
    )
    duck.execute(
        f"CREATE OR REPLACE TEMP VIEW related AS SELECT official, party, {relation} AS relation, weak, hops, levels, "
        "degree, confidence, share, confidence * coalesce(share, 1) AS strength, rank, from_date, to_date, "
        f"{kept} FROM ({everything})"
    )


def put_hub_kinds(duck: Duck) -> None:
    """One small table of hubs a kind, as joins want them."""
    for kind in WALKED:
        duck.execute(f"CREATE OR REPLACE TEMP TABLE \"hub {kind}\" AS SELECT n, count FROM hub WHERE kind = '{kind}'")


def _no_hub(kind: str, node: str) -> str:
    return f'NOT EXISTS (SELECT 1 FROM "hub {kind}" h WHERE h.n = {node})'


def put_near(duck: Duck, degree: int, hops: int) -> None:
    """``near``: the official, and the people one step away."""
    state = (
        "{official} AS official, {party} AS party, {hops} AS hops, 0 AS levels, {degree} AS degree, "
        "{confidence} AS confidence, CAST(NULL AS DOUBLE) AS share, {rank} AS rank, {begin} AS from_date, "
        f"{{end}} AS to_date, {{weak}} AS weak, {_NONE} AS m0, {_NONE} AS m1, {_NONE} AS m2, "
        "{k1} AS k1, {k2} AS k2, " + ", ".join(f"{_NONE} AS {name}" for name in PATH[2:])
    )
    himself = state.format(
        official="o.n", party="o.n", hops=0, degree=0, confidence="CAST(1 AS DOUBLE)", rank="CAST(1 AS UTINYINT)",
        begin="CAST(NULL AS DATE)", end="CAST(NULL AS DATE)", weak="false", k1=_NONE, k2=_NONE,
    )  # fmt: skip
    kin = state.format(
        official="o.n", party="e.bn", hops=1, degree="e.degree", confidence="e.confidence", rank="e.rank",
        begin="e.from_date", end="e.to_date", weak="false", k1="e.id", k2=_NONE,
    )  # fmt: skip
    household = state.format(
        official="o.n", party="f.an", hops=1, degree="NULL", confidence="least(e.confidence, f.confidence)",
        rank="greatest(e.rank, f.rank)", begin="greatest(e.from_date, f.from_date)",
        end="least(e.to_date, f.to_date)", weak="true", k1="e.id", k2="f.id",
    )  # fmt: skip
    steps = [f"SELECT {himself} FROM asked o"]
    if hops >= 1:
        steps += [
            f'SELECT {kin} FROM asked o JOIN "edge kin" e ON e.an = o.n '
            f"WHERE e.degree <= {degree} AND e.confidence IS NOT NULL AND {_no_hub('kin', 'o.n')}",
            f'SELECT {household} FROM asked o JOIN "edge household" e ON e.an = o.n '
            'JOIN "edge household" f ON f.bn = e.bn AND f.an <> o.n '
            f"WHERE {_no_hub('household', 'o.n')} AND {_no_hub('household', 'e.bn')}",
        ]
    duck.execute(f"CREATE OR REPLACE TEMP TABLE near AS SELECT * FROM ({' UNION ALL '.join(steps)}) WHERE {_MEET}")


def _advanced(source: str, kind: str, tie: str, more: str = "true") -> str:
    """One step from the rows of ``source`` to a company: over ``kind``, written to the path column ``tie``."""
    at = {"c1": "m0", "c2": "m1", "c3": "m2"}
    new = {
        "party": "e.bn",
        "hops": "x.hops + 1",
        "levels": "x.levels + 1",
        "confidence": "x.confidence * e.confidence",
        "share": "coalesce(x.share * e.share, x.share, e.share)",
        "rank": "greatest(x.rank, e.rank)",
        "from_date": "greatest(x.from_date, e.from_date)",
        "to_date": "least(x.to_date, e.to_date)",
        tie: "e.id",
    }
    # The node left is remembered, unless it is the official, whom no path meets again anyway.
    new[at[tie]] = "CASE WHEN x.hops > 0 THEN x.party END" if tie == "c1" else "x.party"
    chosen = ", ".join(f"{new.get(name, f'x.{name}')} AS {name}" for name in _STATE)
    return (
        f'SELECT {chosen} FROM {source} x JOIN "edge {kind}" e ON e.an = x.party '
        f"WHERE {more} AND e.confidence IS NOT NULL AND {_no_hub(kind, 'x.party')}"
    )


def put_controlled(duck: Duck, hops: int) -> None:
    """``controlled``: companies the official or somebody near is in, holds, or holds through companies."""
    first = " UNION ALL ".join(
        (
            _advanced("near", "office", "c1", f"x.hops < {hops} AND e.basis <> 'post'"),
            _advanced("near", "ownership", "c1", f"x.hops < {hops}"),
        )
    )
    ends = f"party <> official AND {_MEET} AND coalesce(share, 1) >= {LEAST_SHARE}"
    duck.execute(f"CREATE OR REPLACE TEMP TABLE level1 AS SELECT * FROM ({first}) WHERE {ends}")
    for level in range(2, MOST_COMPANIES + 1):
        fresh = " AND ".join(f"({m} IS NULL OR party <> {m})" for m in ("m0", "m1", "m2"))
        step = _advanced(f"level{level - 1}", "ownership", f"c{level}", f"x.hops < {hops}")
        duck.execute(f"CREATE OR REPLACE TEMP TABLE level{level} AS SELECT * FROM ({step}) WHERE {ends} AND {fresh}")
    together = " UNION ALL ".join(f"SELECT * FROM level{level}" for level in range(1, MOST_COMPANIES + 1))
    duck.execute(f"CREATE OR REPLACE TEMP VIEW controlled AS {together}")
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE onward AS SELECT * FROM (SELECT * FROM near UNION ALL {together}) "
        f"WHERE NOT weak AND hops < {hops}"
    )


def put_weaker(duck: Duck, hops: int) -> None:
    """``weaker``: parties one weaker tie beyond what is near or controlled; such a path goes no farther."""
    duck.execute("CREATE OR REPLACE TEMP TABLE leaving AS SELECT DISTINCT party AS n FROM onward")
    steps = [_directly(kind, there, back) for kind, (there, back) in DIRECT.items()]
    for kind in BRIDGES:
        _put_pairs(duck, kind)
        steps.append(_over_bridge(kind))
    fresh = " AND ".join(f"({m} IS NULL OR party <> {m})" for m in ("m0", "m1", "m2"))
    duck.execute("CREATE OR REPLACE TEMP TABLE weaker AS SELECT * FROM onward LIMIT 0")
    # One after the other: as one union the planner joined the kinds to each other, which never ended.
    for step in steps:
        duck.execute(f"INSERT INTO weaker SELECT * FROM ({step}) WHERE party <> official AND {_MEET} AND {fresh}")


def _weaker(party: str, confidence: str, rank: str, begin: str, end: str, first: str, second: str) -> str:
    new = {
        "party": party,
        "hops": "x.hops + 1",
        "confidence": f"x.confidence * {confidence}",
        "rank": f"greatest(x.rank, {rank})",
        "from_date": f"greatest(x.from_date, {begin})",
        "to_date": f"least(x.to_date, {end})",
        "weak": "true",
        "w1": first,
        "w2": second,
    }
    return ", ".join(f"{new.get(name, f'x.{name}')} AS {name}" for name in _STATE)


def _directly(kind: str, there: bool, back: bool) -> str:
    ways = [way for way, walked in ((("an", "bn"), there), (("bn", "an"), back)) if walked]
    return " UNION ALL ".join(
        f"SELECT {_weaker(f'e.{far}', 'e.confidence', 'e.rank', 'e.from_date', 'e.to_date', 'e.id', _NONE)} "
        f'FROM onward x JOIN "edge {kind}" e ON e.{near} = x.party '
        # A bank that answers for hundreds, an agent who files for thousands: nobody's party by that alone.
        f"WHERE e.confidence IS NOT NULL AND {_no_hub(kind, 'x.party')} AND {_no_hub(kind, f'e.{far}')}"
        for near, far in ways
    )


def _over_bridge(kind: str) -> str:
    chosen = _weaker("p.party", "p.confidence", "p.rank", "p.from_date", "p.to_date", "p.first", "p.second")
    return f'SELECT {chosen} FROM onward x JOIN "pair {kind}" p ON p.n = x.party'


def _put_pairs(duck: Duck, kind: str) -> None:
    """``pair <kind>``: who shares a thing of a kind with whom, for the nodes of ``leaving``.

    Made before the paths are joined to it: a node's pairs are looked up once, however many paths lead to it, and
    with three relations at hand the planner joined two of them by their inequalities.
    """
    duck.execute(
        f'CREATE OR REPLACE TEMP TABLE "bridge {kind}" AS SELECT e.an, e.bn, e.id, e.confidence, e.rank, '
        f'e.from_date, e.to_date FROM "edge {kind}" e JOIN leaving l ON l.n = e.an '
        f"WHERE {_no_hub(kind, 'e.an')}"
    )
    duck.execute(
        f'CREATE OR REPLACE TEMP TABLE "pair {kind}" AS SELECT e.an AS n, f.an AS party, '
        "least(e.confidence, f.confidence) AS confidence, greatest(e.rank, f.rank) AS rank, "
        "greatest(e.from_date, f.from_date) AS from_date, least(e.to_date, f.to_date) AS to_date, "
        f'e.id AS first, f.id AS second FROM (SELECT * FROM "bridge {kind}" e WHERE {_no_hub(kind, "e.bn")}) e '
        f'JOIN "edge {kind}" f ON f.bn = e.bn WHERE f.an <> e.an'
    )


def put_cuts(duck: Duck, hops: int) -> None:
    """``cut``: hubs an official's paths reach and are not led through, with their count."""
    duck.execute("CREATE OR REPLACE TEMP TABLE met_hub (official UINTEGER, node UINTEGER, kind VARCHAR, count BIGINT)")
    if hops >= 1:
        himself = "SELECT official, party FROM near WHERE hops = 0"
        for kind in ("kin", "household"):
            _note_cut(duck, kind, himself, "x.party")
        over = 'JOIN "edge household" e ON e.an = x.party'
        _note_cut(duck, "household", himself, "e.bn", over)
        going = f"SELECT official, party FROM near WHERE hops < {hops}"
        _note_cut(duck, "office", going, "x.party")
        for level in range(1, MOST_COMPANIES):
            going += f" UNION ALL SELECT official, party FROM level{level} WHERE hops < {hops}"
        _note_cut(duck, "ownership", going, "x.party")
        for kind in (*DIRECT, *BRIDGES):
            _note_cut(duck, kind, "SELECT official, party FROM onward", "x.party")
        for kind, (there, back) in DIRECT.items():
            for near, far in [("an", "bn")] * there + [("bn", "an")] * back:
                over = f'JOIN "edge {kind}" e ON e.{near} = x.party'
                _note_cut(duck, kind, "SELECT official, party FROM onward", f"e.{far}", over)
        for kind in BRIDGES:
            over = f'JOIN "bridge {kind}" e ON e.an = x.party'
            _note_cut(duck, kind, "SELECT official, party FROM onward", "e.bn", over)
    duck.execute("CREATE OR REPLACE TEMP TABLE cut AS SELECT DISTINCT * FROM met_hub")


def _note_cut(duck: Duck, kind: str, paths: str, node: str, over: str = "") -> None:
    """Add the hubs of one kind among the nodes that paths reach, or the bridges over which they would go on."""
    duck.execute(
        f"INSERT INTO met_hub SELECT DISTINCT x.official, {node}, '{kind}', h.count FROM ({paths}) x {over} "
        f'JOIN "hub {kind}" h ON h.n = {node}'
    )
