"""Pool versions: one number says what an evaluation saw, across tables."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Json

from steelyard.kit.errors import SteelyardError
from steelyard.pool.locks import until_commit

_LOCK = "steelyard pool version"


class VersionUnknown(SteelyardError):
    """There is no such pool version."""


class VersionUnreadable(SteelyardError):
    """The files of this pool version are gone; vacuum removed them after their time."""


class BaseMoved(SteelyardError):
    """The pool version this work began from is no longer the newest for its tables; nothing was published."""


@dataclass(frozen=True)
class PoolVersion:
    """Which version of which table belong together."""

    number: int
    """0: nothing was ever published."""
    tables: Mapping[str, int]


@dataclass(frozen=True)
class Listed:
    """A pool version in the list of them."""

    number: int
    taken_at: dt.datetime
    what: str
    """landing, compaction …: what made it."""
    delivery: str | None
    changed: tuple[str, ...]
    """Datasets whose table version differs from the version before."""
    pins: tuple[str, ...]
    """Reasons given for keeping it."""
    vacuumed_at: dt.datetime | None
    """When its files may have gone; None: readable."""


def current(connection: "psycopg.Connection[Any]") -> PoolVersion:
    """The newest pool version."""
    row = connection.execute("SELECT number, tables FROM engine.pool_version ORDER BY number DESC LIMIT 1").fetchone()
    return PoolVersion(int(row[0]), row[1]) if row else PoolVersion(0, {})


def version(connection: "psycopg.Connection[Any]", number: int) -> PoolVersion | None:
    """One pool version by its number."""
    row = connection.execute("SELECT number, tables FROM engine.pool_version WHERE number = %s", [number]).fetchone()
    return PoolVersion(int(row[0]), row[1]) if row else None


def publish(
    connection: "psycopg.Connection[Any]", delivery: str | None, changed: Mapping[str, int], *,
    what: str = "landing", base: Mapping[str, int] | None = None,
) -> int:  # fmt: skip
    """Take a new version with the changed tables, in the caller's transaction.  Returns its number.

    ``base``: the tables the work began from.  Raises BaseMoved where one of the changed ones has moved since.
    """
    until_commit(connection, _LOCK)
    now = current(connection).tables
    moved = [name for name in changed if base is not None and now.get(name) != base.get(name)]
    if moved:
        raise BaseMoved(f"{', '.join(moved)} was published by somebody else meanwhile; run the same command again")
    row = connection.execute(
        "INSERT INTO engine.pool_version (delivery, tables, what) VALUES (%s, %s, %s) RETURNING number",
        [delivery, Json(dict(now) | dict(changed)), what],
    ).fetchone()
    return int(row[0]) if row else 0


def listed(connection: "psycopg.Connection[Any]", limit: int = 50) -> list[Listed]:
    """The newest pool versions first."""
    rows = connection.execute(
        "SELECT v.number, v.taken_at, v.what, v.delivery::text, v.tables, "
        "(SELECT o.tables FROM engine.pool_version o WHERE o.number < v.number ORDER BY o.number DESC LIMIT 1), "
        "(SELECT array_agg(p.reason ORDER BY p.id) FROM engine.pool_pin p "
        "WHERE p.pool_version = v.number AND p.released_at IS NULL), v.vacuumed_at "
        "FROM engine.pool_version v ORDER BY v.number DESC LIMIT %s",
        [limit],
    ).fetchall()
    return [
        Listed(
            number, taken_at, what, delivery, _changed(tables, before or {}), tuple(pins or ()), vacuumed_at
        )
        for number, taken_at, what, delivery, tables, before, pins, vacuumed_at in rows
    ]  # fmt: skip


def _changed(tables: Mapping[str, int], before: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(name for name, at in tables.items() if before.get(name) != at))
