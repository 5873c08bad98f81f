"""What goes wrong with an interface for longer than a moment: opened once, counted, closed when it is over."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Json

from steelyard.pool import records

KINDS = ("late", "failing", "refused", "drift", "thin", "signature", "out-of-order", "slow")
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Incident:
    """Something that is or was wrong with an interface."""

    id: int
    interface: str
    kind: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    first_error: str
    times: int
    """How often it was met."""
    details: Mapping[str, Any]


def meet(connection: Connection, interface: str, kind: str, error: str, details: Mapping[str, Any]) -> None:
    """Open an incident, or count it once more where it is open."""
    connection.execute(
        "INSERT INTO engine.interface_incident (interface, kind, opened_at, first_error, details) "
        "VALUES (%s, %s, public.app_now(), %s, %s) ON CONFLICT (interface, kind) WHERE closed_at IS NULL "
        "DO UPDATE SET times = interface_incident.times + 1, details = EXCLUDED.details",
        [interface, kind, error[:2_000], Json(dict(details))],
    )


def is_open(connection: Connection, interface: str, kind: str) -> bool:
    """Whether it was met and is not over."""
    found = connection.execute(
        "SELECT 1 FROM engine.interface_incident WHERE interface = %s AND kind = %s AND closed_at IS NULL",
        [interface, kind],
    )
    return found.fetchone() is not None


def close(connection: Connection, interface: str, kinds: Sequence[str]) -> None:
    """The named kinds are over."""
    connection.execute(
        "UPDATE engine.interface_incident SET closed_at = public.app_now() "
        "WHERE interface = %s AND kind = ANY(%s) AND closed_at IS NULL",
        [interface, list(kinds)],
    )


def listed(
    connection: Connection, interface: str | None = None, *, only_open: bool = True, limit: int = 500
) -> list[Incident]:
    """The newest first."""
    found = records.many(
        connection,
        "SELECT id, interface, kind, opened_at, closed_at, first_error, times, details "
        "FROM engine.interface_incident WHERE (%(i)s::text IS NULL OR interface = %(i)s) "
        "AND (NOT %(open)s OR closed_at IS NULL) ORDER BY id DESC LIMIT %(n)s",
        {"i": interface, "open": only_open, "n": limit},
    )
    return [Incident(**row) for row in found]
