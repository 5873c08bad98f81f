"""The ties in force: neighbours of a node, related parties of an official, ways between two."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path as Folder
from typing import Any

from steelyard.engines.duck import Duck, connect, quoted, rows
from steelyard.identity.ties import graph, holding, store
from steelyard.identity.ties.kinds import KINDS, TIER_OF
from steelyard.identity.ties.making import ALIAS, CUT, FAULT, HUB_COLUMNS, RELATED
from steelyard.identity.ties.related import PATH, put_related
from steelyard.identity.ties.shapes import (
    Between,
    Fault,
    Holding,
    Hub,
    Neighbours,
    RelatedParty,
    Relations,
    Step,
    Tie,
)
from steelyard.identity.ties.ways import Ways
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home


class NotBuilt(SteelyardError):
    """No ties were built yet; build them with: steelyard identity ties"""


def current(home: Home) -> "Ties":
    """The ties in force.  Raises NotBuilt."""
    return open_root(store.folder(home))


def open_root(root: Folder) -> "Ties":
    """As ``current``, from the folder of ties."""
    at = store.current_folder(root)
    if at is None:
        raise NotBuilt
    return Ties(at)


class Ties:
    """One set of ties.  May be kept; use from one thread at a time."""

    def __init__(self, at: Folder, *, memory_mb: int = 1024) -> None:
        self.made = store.made_of(at)
        self._duck = connect(memory_mb=memory_mb)
        graph.open_ties(self._duck, at)
        for name, columns in (
            ("node", graph.NO_NODES), ("hub", HUB_COLUMNS), ("alias", ALIAS), ("related", RELATED), ("cut", CUT),
            ("holding", holding.HOLDING), ("hint", holding.HINT), ("fault", FAULT),
        ):  # fmt: skip
            graph.open_part(self._duck, at, name, dict(columns), f"kept {name}")

    def close(self) -> None:
        self._duck.close()

    def __enter__(self) -> "Ties":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- doorways ------------------------------------------------------------------------

    def neighbours(
        self, node: str, kinds: Collection[str] = (), as_of: dt.date | None = None, limit: int = 100
    ) -> Neighbours:
        """The ties of a subject or a bridge, of some kinds (default: all), the strongest first."""
        wanted = list(kinds) or list(KINDS)
        at = self._number(node)
        if at is None:
            return Neighbours(node, (), 0, ())
        both = " UNION ALL ".join(
            f"SELECT * FROM {quoted(f'edge {kind}')} WHERE {end} = {at}" for kind in wanted for end in ("an", "bn")
        )
        sql = f"SELECT *, count(*) OVER () AS total FROM ({both}) WHERE {_stood(as_of)} "
        found = rows(self._duck, sql + f"ORDER BY confidence DESC NULLS LAST, kind, a, b, id LIMIT {int(limit)}")
        listed = ", ".join(f"'{kind}'" for kind in wanted)
        hubs = self._hubs(f'SELECT n, kind, count FROM "kept hub" WHERE n = {at} AND kind IN ({listed})')
        total = found[0]["total"] if found else 0
        return Neighbours(self.name_of(node), tuple(_tie(row) for row in found), total, hubs)

    def related(self, official: str, as_of: dt.date | None = None, hops: int | None = None) -> Relations:
        """Parties of an official by path, in force on a day or ever.

        Of anybody else, or beyond the hops that are kept, they are computed on the spot.
        """
        at = self._number(official)
        if at is None:
            return Relations(official, as_of, (), ())
        most = self.made.hops if hops is None else hops
        kept, cuts = "kept related", "kept cut"
        known = self._duck.execute(f'SELECT 1 FROM "kept related" WHERE official = {at} LIMIT 1').fetchone()
        if known is None or most > self.made.hops:
            self._compute(at, most)
            kept, cuts = "related", "cut"
        found = rows(
            self._duck,
            f"SELECT * FROM {quoted(kept)} WHERE official = {at} AND hops <= {int(most)} AND {_stood(as_of)}",
        )
        hubs = self._hubs(f"SELECT node, kind, count FROM {quoted(cuts)} WHERE official = {at}")
        return Relations(self.name_of(official), as_of, self._parties(at, found), hubs)

    def paths_between(
        self, a: str, b: str, as_of: dt.date | None = None, *, hops: int = 4, limit: int = 10,
        kinds: Collection[str] = (),
    ) -> Between:  # fmt: skip
        """Ways from ``a`` to ``b`` over ties of some kinds (default: all), at most ``hops`` long; never through a
        hub by its kind."""
        start, end = self._number(a), self._number(b)
        if start is None or end is None or start == end:
            return Between((), (), True)
        ways = Ways(self._duck, list(kinds) or list(KINDS), as_of)
        paths, cuts, complete = ways.between(start, end, hops, limit)
        return Between(paths, self._named_hubs(cuts), complete)

    def hubs(self, limit: int = 100) -> tuple[Hub, ...]:
        """The greatest hubs."""
        return self._hubs(f'SELECT n, kind, count FROM "kept hub" ORDER BY count DESC LIMIT {int(limit)}')

    def holdings(self, holder: str) -> tuple[Holding, ...]:
        """What somebody holds in the end, the most first, on the day the set was made for."""
        at = self._number(holder)
        found = rows(
            self._duck,
            'SELECT k.key, h.share, h.direct, h.levels FROM "kept holding" h JOIN "kept node" k ON k.n = h.company '
            "WHERE h.holder = ? ORDER BY h.share DESC, k.key",
            [at],
        )
        name = self.name_of(holder)
        return tuple(Holding(name, row["key"], row["share"], row["direct"], row["levels"]) for row in found)

    def hints(self, node: str) -> dict[str, float | None]:
        """Why a holder may stand for somebody else: many-holdings, low-income-holder, pensioner-holder, aged-holder."""
        found = rows(self._duck, 'SELECT hint, figure FROM "kept hint" WHERE node = ?', [self._number(node)])
        return {row["hint"]: row["figure"] for row in found}

    def faults(self, fault: str = "", limit: int = 1000) -> tuple[Fault, ...]:
        """What is wrong with the data."""
        order = "fault, node, other, dataset, delivery, file, row"
        sql = f"SELECT * FROM \"kept fault\" WHERE ? IN ('', fault) ORDER BY {order} LIMIT ?"
        return tuple(Fault(**row) for row in rows(self._duck, sql, [fault, limit]))

    def name_of(self, node: str) -> str:
        """The key a subject goes by, which may have been merged into another."""
        found = self._duck.execute('SELECT key FROM "kept alias" WHERE old = ?', [node]).fetchone()
        return str(found[0]) if found else node

    # -- inside --------------------------------------------------------------------------

    def _number(self, node: str) -> int | None:
        found = self._duck.execute('SELECT n FROM "kept node" WHERE key = ?', [self.name_of(node)]).fetchone()
        return int(found[0]) if found else None

    def _compute(self, at: int, hops: int) -> None:
        self._duck.execute(f"CREATE OR REPLACE TEMP TABLE asked AS SELECT CAST({at} AS UINTEGER) AS n")
        self._duck.execute('CREATE OR REPLACE TEMP VIEW hub AS SELECT * FROM "kept hub"')
        put_related(self._duck, hops=hops)

    def _parties(self, official: int, found: Sequence[dict[str, Any]]) -> tuple[RelatedParty, ...]:
        ids = {row[name] for row in found for name in PATH if row[name] is not None}
        ties = ties_by_id(self._duck, ids)
        nodes = self._keys({official} | {row["party"] for row in found})
        counts: dict[int, int] = {}
        for row in found:
            counts[row["party"]] = counts.get(row["party"], 0) + 1
        made = [_party(row, nodes, ties, counts) for row in found]
        return tuple(sorted(made, key=_order))

    def _keys(self, numbers: Iterable[int]) -> dict[int, str]:
        listed = ", ".join(str(number) for number in sorted(set(numbers)))
        found = self._duck.execute(f'SELECT n, key FROM "kept node" WHERE n IN ({listed or "NULL"})').fetchall()
        return dict(found)

    def _hubs(self, sql: str) -> tuple[Hub, ...]:
        return self._named_hubs(self._duck.execute(sql).fetchall())

    def _named_hubs(self, found: Iterable[tuple[int, str, int]]) -> tuple[Hub, ...]:
        listed = set(found)
        keys = self._keys(hub[0] for hub in listed)
        hubs = [Hub(keys[node], kind, count) for node, kind, count in listed]
        return tuple(sorted(hubs, key=lambda hub: (-hub.count, hub.kind, hub.node)))


def _stood(as_of: dt.date | None) -> str:
    if as_of is None:
        return "true"
    day = f"DATE '{as_of.isoformat()}'"
    return f"(from_date IS NULL OR from_date <= {day}) AND (to_date IS NULL OR to_date >= {day})"


def ties_by_id(duck: Duck, ids: Collection[int]) -> dict[int, Tie]:
    """Ties by their number."""
    if not ids:
        return {}
    listed = ", ".join(str(number) for number in sorted(ids))
    sql = " UNION ALL ".join(f"SELECT * FROM {quoted(f'edge {kind}')} WHERE id IN ({listed})" for kind in KINDS)
    return {row["id"]: _tie(row) for row in rows(duck, sql)}


def _tie(row: dict[str, Any]) -> Tie:
    fields = {name: row[name] for name in Tie.__dataclass_fields__ if name != "tier"}
    return Tie(**fields, tier=TIER_OF[row["rank"]])


def steps_of(start: str, ties: Sequence[Tie]) -> tuple[Step, ...]:
    """The walk over ties that join on to each other, from one subject; two ties at a bridge are one step."""
    made: list[Step] = []
    at, waiting = start, list(ties)
    while waiting:
        first = waiting.pop(0)
        used = [first, waiting.pop(0)] if KINDS[first.kind].bridge and waiting else [first]
        end = used[-1].a if len(used) == 2 else first.b if first.a == at else first.a
        made.append(Step(at, end, first.kind, tuple(used)))
        at = end
    return tuple(made)


def _order(one: RelatedParty) -> tuple[Any, ...]:
    """The official, then firm paths, the strongest first; equal ones by what they rest on, to be the same each time."""
    rests = [(tie.b, tie.dataset, tie.delivery, tie.file, tie.row) for step in one.steps for tie in step.ties]
    return one.hops > 0, one.weak, -one.strength, one.hops, one.path, one.party_id, rests


def _word(step: Step) -> str:
    """The step as the derived relation related_party writes it."""
    return step.role or ("relative" if step.kind == "kin" else step.kind)


def _party(row: dict[str, Any], nodes: dict[int, str], ties: dict[int, Tie], counts: dict[int, int]) -> RelatedParty:
    official = nodes[row["official"]]
    steps = steps_of(official, [ties[row[name]] for name in PATH if row[name] is not None])
    words = [_word(step) for step in steps]
    if row["k1"] is None:
        words.insert(0, "self")
    return RelatedParty(
        official, nodes[row["party"]], row["relation"], row["hops"], row["levels"], " > ".join(words), steps,
        row["degree"], row["confidence"], row["share"], row["strength"], TIER_OF[row["rank"]],
        counts[row["party"]], row["from_date"], row["to_date"], row["weak"],
    )  # fmt: skip
