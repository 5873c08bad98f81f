"""Rows that were not let in, as the supplier sees them."""

from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.pool import records


@dataclass(frozen=True)
class Quarantined:
    """One broken rule of one row."""

    delivery: str
    interface: str
    dataset: str
    file: str
    row: int
    rule: str
    column: str
    value: str | None
    reason: str
    raw: str | None
    outcome: str
    id: int = 0
    state: str = "open"
    """open; replayed (sent again, and bad again there); resolved (its row, or its file, came in another delivery)."""
    resolved_by: str | None = None


def rows(
    connection: "psycopg.Connection[Any]", *, dataset: str | None = None, delivery: str | None = None,
    interface: str | None = None, outcome: str = "quarantined", reveal: bool = False,
    state: str | None = "open", rule: str | None = None, limit: int | None = 200, offset: int = 0,
) -> list[Quarantined]:  # fmt: skip
    """Broken rules, newest delivery first, then by place.  Without ``reveal`` persons are covered.

    ``outcome`` superseded: rows that gave way to another row with the same key.  ``state``: None for all.
    """
    columns = "q.value, q.raw" if reveal else "q.value_masked AS value, q.raw_masked AS raw"
    listed = records.many(
        connection,
        "SELECT q.delivery::text AS delivery, d.interface, q.dataset, q.file, q.row, q.rule, q.column_name AS column, "
        f"q.reason, q.outcome, q.id, q.state, q.resolved_by::text AS resolved_by, {columns} "
        "FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery "
        "WHERE q.outcome = %s AND (%s::text IS NULL OR q.state = %s) AND (%s::text IS NULL OR q.rule = %s) "
        "AND (%s::text IS NULL OR q.dataset = %s) AND (%s::text IS NULL OR q.delivery::text = %s) "
        "AND (%s::text IS NULL OR d.interface = %s) ORDER BY d.seq DESC, q.file, q.row, q.id LIMIT %s OFFSET %s",
        [outcome, state, state, rule, rule, dataset, dataset, delivery, delivery, interface, interface, limit, offset],
    )
    return [Quarantined(**row) for row in listed]


def counts(connection: "psycopg.Connection[Any]") -> dict[str, int]:
    """Quarantined rows by dataset, over all accepted deliveries."""
    listed = connection.execute(
        "SELECT r.dataset, sum(r.quarantined) FROM engine.receipt r JOIN engine.delivery d ON d.id = r.delivery "
        "WHERE d.state = 'accepted' GROUP BY 1"
    )
    return {row[0]: int(row[1]) for row in listed}
