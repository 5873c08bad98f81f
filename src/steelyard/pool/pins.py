"""Pool versions that are kept on purpose, with the reason somebody gave."""

from collections.abc import Mapping
from typing import Any

import psycopg

from steelyard.kit.errors import SteelyardError
from steelyard.pool.versions import VersionUnknown, VersionUnreadable

Connection = psycopg.Connection[Any]


class ReasonMissing(SteelyardError):
    """A pin keeps data beyond its time and needs a reason."""


def pin(connection: Connection, number: int, reason: str, by: str = "") -> int:
    """Keep a pool version until the pin is released.  Returns the pin's number.

    Raises ReasonMissing, VersionUnknown, VersionUnreadable.
    """
    if not reason.strip():
        raise ReasonMissing
    with connection.transaction():
        # The row is locked: vacuum marks a version and looks at its pins in the same order.
        found = connection.execute(
            "SELECT vacuumed_at FROM engine.pool_version WHERE number = %s FOR UPDATE", [number]
        ).fetchone()
        if found is None:
            raise VersionUnknown(f"there is no pool version {number}")
        if found[0] is not None:
            raise VersionUnreadable(f"pool version {number} was vacuumed on {found[0]:%Y-%m-%d} and cannot be pinned")
        row = connection.execute(
            "INSERT INTO engine.pool_pin (pool_version, reason, pinned_by) VALUES (%s, %s, %s) RETURNING id",
            [number, reason.strip(), by],
        ).fetchone()
    return int(row[0]) if row else 0


def release(connection: Connection, number: int) -> int:
    """Let go of every pin of a pool version.  Returns how many there were."""
    return connection.execute(
        "UPDATE engine.pool_pin SET released_at = now() WHERE pool_version = %s AND released_at IS NULL", [number]
    ).rowcount


def pinned(connection: Connection) -> Mapping[int, str]:
    """Reasons by pool version."""
    rows = connection.execute(
        "SELECT pool_version, string_agg(reason, '; ' ORDER BY id) FROM engine.pool_pin "
        "WHERE released_at IS NULL GROUP BY pool_version"
    ).fetchall()
    return {int(number): str(reasons) for number, reasons in rows}
