"""How sure a scored edge is: T3 and T4 by weight, probability and margin."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from steelyard.engines.duck import connect
from steelyard.identity.linkage.engine import DuckEngine, Engine, scratch
from steelyard.identity.linkage.scoring import EDGES

SURE = 0.99
ASKED = 0.9
MARGIN = 5.0
"""Match weight, in bits, by which a T3 stands before the second best of its record."""
SUBJECT = "s:"
"""Nodes that begin so are subjects, which many records may belong to; every other node is one record."""


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
