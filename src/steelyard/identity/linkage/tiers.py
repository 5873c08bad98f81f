"""How sure an edge is: T1, T1x and T2 by joins, T3 and T4 by weight, probability and margin."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from steelyard.engines.duck import Duck, connect
from steelyard.identity.linkage.blueprint import Blueprint
from steelyard.identity.linkage.engine import DuckEngine, Engine, scratch
from steelyard.identity.linkage.prepared import prepare
from steelyard.identity.linkage.scoring import EDGES
from steelyard.identity.linkage.settings import BLUEPRINTS
from steelyard.identity.names import compatible

SURE = 0.99
ASKED = 0.9
MARGIN = 5.0
"""Match weight, in bits, by which a T3 stands before the second best of its record."""
SUBJECT = "s:"
"""Nodes that begin so are subjects, which many records may belong to; every other node is one record."""
EXACT = pa.schema([("a", pa.string()), ("b", pa.string()), ("tier", pa.string()), ("method", pa.string()),
                   ("evidence", pa.string())])  # fmt: skip
_SAME = {
    "person": (
        ("name+birth+village", ("name_form", "birth", "village")),
        ("name+phone", ("name_form", "phone")),
    ),
    "company": (
        ("name+representative+region", ("name_form", "representative", "region")),
        ("name+phone", ("name_form", "phone")),
    ),
}


def exact(duck: Duck, records_relation: str, base_relation: str | None, kind: str) -> pa.Table:
    """Edges of tiers T1, T1x and T2 (see ``EXACT``) between records and a base, or between the records themselves.

    ``id_no`` must be empty unless valid.  Two candidates for one record by T2 leave it to the statistical step.
    """
    return exactly(DuckEngine(duck), records_relation, base_relation, BLUEPRINTS[kind])


def exactly(engine: Engine, records_relation: str, base_relation: str | None, blueprint: Blueprint) -> pa.Table:
    """As ``exact``, on either engine."""
    with scratch(engine, "exact_a", "exact_b") as (records, base):
        prepare(engine, blueprint, records_relation, records)
        other, within = records, " AND l.unique_id < r.unique_id"
        if base_relation is not None:
            prepare(engine, blueprint, base_relation, base)
            other, within = base, ""
        numbers = _by_number(engine, blueprint.kind, records_relation, base_relation or records_relation, within)
        found = [numbers, *(_by_columns(engine, records, other, within, *rule) for rule in _SAME[blueprint.kind])]
    return _first(pa.concat_tables(found))


def _by_number(engine: Engine, kind: str, records: str, base: str, within: str) -> pa.Table:
    """T1 and T1x.  Whether two names may be one person's is asked of ``names.compatible``, once per pair of names."""
    if not {"id_no"} <= set(engine.columns(records)) & set(engine.columns(base)):
        return EXACT.empty_table()
    rows = engine.fetch(
        f"SELECT CAST(l.unique_id AS VARCHAR) AS a, CAST(r.unique_id AS VARCHAR) AS b, coalesce(l.name, '') AS one, "
        f"coalesce(r.name, '') AS other FROM {records} l JOIN {base} r ON l.id_no = r.id_no AND l.id_no <> ''{within}"
    ).to_pylist()
    fits = {pair: compatible(kind, *pair) for pair in {(row["one"], row["other"]) for row in rows}}
    return pa.Table.from_pylist(
        [
            {"a": row["a"], "b": row["b"], "tier": "T1" if fits[row["one"], row["other"]] else "T1x",
             "method": "number", "evidence": "{}"}
            for row in rows
        ],
        schema=EXACT,
    )  # fmt: skip


def _by_columns(
    engine: Engine, records: str, base: str, within: str, method: str, columns: tuple[str, ...]
) -> pa.Table:
    on = " AND ".join(f"l.{column} = r.{column}" for column in columns)
    # Against a base, one candidate; twins of one name are a question, not a match.
    one = "" if within else " WHERE candidates = 1"
    return engine.fetch(
        f"SELECT a, b, 'T2' AS tier, '{method}' AS method, '{{}}' AS evidence FROM ("
        "SELECT CAST(l.unique_id AS VARCHAR) AS a, CAST(r.unique_id AS VARCHAR) AS b, "
        f"count(*) OVER (PARTITION BY l.unique_id) AS candidates FROM {records} l JOIN {base} r ON {on}{within}) f{one}"
    ).cast(EXACT)


def _first(edges: pa.Table) -> pa.Table:
    """One edge a pair, by the surest rule; a pair of T1x stays one, whatever else agrees."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for row in edges.to_pylist():
        best.setdefault((row["a"], row["b"]), row)
    return pa.Table.from_pylist([best[pair] for pair in sorted(best)], schema=EXACT)


def tiered(edges: pa.Table | Iterable[dict[str, Any]]) -> pa.Table:
    """Scored edges with ``tier``: T3, T4, or none where the edge is too weak to be asked about.

    T3: probability 0.99, no caution, and no rival within 5 bits.  A rival is another candidate of the same record
    that is not itself as surely the same as the first one: three records of one man are no rivals.
    """
    table = edges if isinstance(edges, pa.Table) else pa.Table.from_pylist(list(edges), schema=EDGES)
    duck = connect(memory_mb=1024)
    try:
        return tiers(DuckEngine(duck), table)
    finally:
        duck.close()


def tiers(engine: Engine, edges: pa.Table) -> pa.Table:
    """As ``tiered``, on either engine."""
    with scratch(engine, "edges", "sides", "rivalled") as (scored, sides, rivalled):
        engine.load(scored, edges)
        engine.make(
            sides,
            f"SELECT a AS x, b AS y, weight, probability FROM {scored} WHERE NOT starts_with(a, '{SUBJECT}') "
            f"OR starts_with(b, '{SUBJECT}') UNION ALL "
            f"SELECT b AS x, a AS y, weight, probability FROM {scored} WHERE NOT starts_with(b, '{SUBJECT}') "
            f"OR starts_with(a, '{SUBJECT}')",
        )
        sure = f"(SELECT a AS p, b AS q FROM {scored} WHERE probability >= {SURE} " \
               f"UNION SELECT b AS p, a AS q FROM {scored} WHERE probability >= {SURE})"  # fmt: skip
        engine.make(
            rivalled,
            f"SELECT DISTINCT least(m.x, m.y) AS p, greatest(m.x, m.y) AS q FROM {sides} m JOIN {sides} o "
            f"ON m.x = o.x AND m.y <> o.y AND o.weight > m.weight - {MARGIN} "
            f"LEFT JOIN {sure} s ON s.p = m.y AND s.q = o.y WHERE m.probability >= {SURE} AND s.p IS NULL",
        )
        listed = ", ".join(f"e.{name}" for name in edges.column_names)
        return engine.fetch(
            f"SELECT {listed}, CASE WHEN e.probability >= {SURE} AND r.p IS NULL "
            "AND e.evidence NOT LIKE '%\"caution\"%' THEN 'T3' "
            f"WHEN e.probability >= {ASKED} THEN 'T4' END AS tier FROM {scored} e "
            f"LEFT JOIN {rivalled} r ON r.p = least(e.a, e.b) AND r.q = greatest(e.a, e.b) ORDER BY e.a, e.b"
        )
