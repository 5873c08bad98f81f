"""Pool versions: one number says what an evaluation saw, across tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Json

_LOCK = "steelyard pool version"


@dataclass(frozen=True)
class PoolVersion:
    """Which version of which table belong together."""

    number: int
    """0: nothing was ever published."""
    tables: Mapping[str, int]


def current(connection: "psycopg.Connection[Any]") -> PoolVersion:
    """The newest pool version."""
    row = connection.execute("SELECT number, tables FROM engine.pool_version ORDER BY number DESC LIMIT 1").fetchone()
    return PoolVersion(int(row[0]), row[1]) if row else PoolVersion(0, {})


def version(connection: "psycopg.Connection[Any]", number: int) -> PoolVersion | None:
    """One pool version by its number."""
    row = connection.execute("SELECT number, tables FROM engine.pool_version WHERE number = %s", [number]).fetchone()
    return PoolVersion(int(row[0]), row[1]) if row else None


def publish(connection: "psycopg.Connection[Any]", delivery: str, changed: Mapping[str, int]) -> int:
    """Take a new version with the changed tables, in the caller's transaction.  Returns its number."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_LOCK])
    tables = dict(current(connection).tables) | dict(changed)
    row = connection.execute(
        "INSERT INTO engine.pool_version (delivery, tables) VALUES (%s, %s) RETURNING number",
        [delivery, Json(tables)],
    ).fetchone()
    return int(row[0]) if row else 0
