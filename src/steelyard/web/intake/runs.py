"""Reads about fetching: runs and incidents of interfaces, as the engine keeps them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from steelyard.web.orgs.engine_link import reader

Row = dict[str, Any]


def _many(sql: str, values: Sequence[Any] = ()) -> list[Row]:
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchall()


RUN = "id, interface, started_at, finished_at, state, delivery, rows, calls, error, latest"
INCIDENT = "id, interface, kind, opened_at, closed_at, first_error, times, details"


def last_runs() -> dict[str, Row]:
    """The newest run of every interface that was ever fetched."""
    listed = _many(f"SELECT DISTINCT ON (interface) {RUN} FROM engine.interface_run ORDER BY interface, id DESC")
    return {row["interface"]: row for row in listed}


def runs_of(interface: str, limit: int = 30) -> list[Row]:
    """Newest first."""
    return _many(
        f"SELECT {RUN} FROM engine.interface_run WHERE interface = %s ORDER BY id DESC LIMIT %s", [interface, limit]
    )


def run_of_delivery(delivery: UUID) -> Row | None:
    """The run that brought a delivery; None where it was put in by hand or pushed."""
    found = _many(f"SELECT {RUN} FROM engine.interface_run WHERE delivery = %s ORDER BY id LIMIT 1", [delivery])
    return found[0] if found else None


def open_incidents() -> dict[str, list[Row]]:
    """Incidents that are not closed, by interface, oldest first."""
    found: dict[str, list[Row]] = {}
    for row in _many(f"SELECT {INCIDENT} FROM engine.interface_incident WHERE closed_at IS NULL ORDER BY id"):
        found.setdefault(row["interface"], []).append(row)
    return found


def incidents_of(interface: str, limit: int = 20) -> list[Row]:
    """Open and closed, newest first."""
    return _many(
        f"SELECT {INCIDENT} FROM engine.interface_incident WHERE interface = %s ORDER BY id DESC LIMIT %s",
        [interface, limit],
    )


def incidents_since(moment: dt.datetime) -> list[Row]:
    """Every incident that is open, and those closed since a moment."""
    return _many(
        f"SELECT {INCIDENT} FROM engine.interface_incident WHERE closed_at IS NULL OR closed_at >= %s ORDER BY id",
        [moment],
    )


def runs_between(first: dt.datetime, last: dt.datetime) -> list[Row]:
    """Runs that were started in a span, oldest first."""
    return _many(
        f"SELECT {RUN} FROM engine.interface_run WHERE started_at >= %s AND started_at < %s ORDER BY id", [first, last]
    )
