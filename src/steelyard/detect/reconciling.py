"""What a full run says otherwise than is stored: it may not; each difference is shown with its rows, and repaired."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from steelyard.detect.cursors import Cursor

if TYPE_CHECKING:
    from steelyard.detect.evaluation import Outcome

Connection = psycopg.Connection[Any]
_KINDS = {"new": "missing", "changed": "other"}
_SHOWN = ("key", "grade", "payload", "area_code")


@dataclass(frozen=True)
class ReconcileIncident:
    """One finding that was not stored as a full run says it."""

    id: int
    run: int
    model: str
    fingerprint: str
    difference: str
    """missing: it was not stored; superfluous: it was, and the data do not support it; other: it was, otherwise."""
    area_code: str | None
    stored: dict[str, Any] | None
    found: dict[str, Any] | None
    found_at: dt.datetime


def note(connection: Connection, run: int, outcomes: Sequence["Outcome"], stood: Mapping[str, Cursor]) -> int:
    """Record the differences of a reconcile, in its transaction and before anybody sees them repaired.

    Only a model that had looked at the very same moment can have been wrong.  Returns how many there are.
    """
    made = 0
    for outcome in outcomes:
        if outcome.cursor is None or stood.get(outcome.model.id) != outcome.cursor:
            continue
        for row in outcome.rows:
            found = {name: row[name] for name in _SHOWN}
            before = outcome.before.get(row["fingerprint"])
            _put(connection, run, outcome.model.id, row["fingerprint"], _KINDS[row["state"]], before, found)
            made += 1
        for name in outcome.vanished:
            _put(connection, run, outcome.model.id, name, "superfluous", outcome.before.get(name), None)
            made += 1
    return made


def _put(
    connection: Connection, run: int, model: str, fingerprint: str, difference: str,
    stored: Mapping[str, Any] | None, found: Mapping[str, Any] | None,
) -> None:  # fmt: skip
    connection.execute(
        "INSERT INTO engine.reconcile_incident (run, model, fingerprint, difference, area_code, stored, found) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            *(run, model, fingerprint, difference, (found or stored or {}).get("area_code")),
            *(Jsonb(stored) if stored else None, Jsonb(found) if found else None),
        ],
    )


def reconcile_incidents(connection: Connection, limit: int = 200) -> list[ReconcileIncident]:
    """The newest differences first."""
    with connection.cursor(row_factory=class_row(ReconcileIncident)) as cursor:
        return cursor.execute(
            "SELECT id, run, model, fingerprint, difference, area_code, stored, found, found_at "
            "FROM engine.reconcile_incident ORDER BY id DESC LIMIT %s",
            [limit],
        ).fetchall()
