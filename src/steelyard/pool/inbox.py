"""Pushed rows: durable in PostgreSQL before the supplier is answered, then landed like any delivery."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Json

from steelyard.kit.errors import SteelyardError
from steelyard.pool import records

MAX_ROWS = 10_000


class KeyReused(SteelyardError):
    """The idempotency key was used before with other content."""


class TooManyRows(SteelyardError):
    """More than 10,000 rows in one push."""


def accept(
    connection: "psycopg.Connection[Any]", interface: str, key: str,
    rows: Sequence[Mapping[str, Any]], received_on: dt.date,
) -> int:  # fmt: skip
    """Write pushed rows into the inbox.  Returns their sequence number, the first one's for a repeated push.

    Raises KeyReused, TooManyRows.
    """
    if len(rows) > MAX_ROWS:
        raise TooManyRows
    body = json.dumps(rows, ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(body.encode()).hexdigest()
    with connection.transaction():
        connection.execute(
            "INSERT INTO engine.inbox (interface, idempotency_key, body_hash, rows, received_on) "
            "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (interface, idempotency_key) DO NOTHING",
            [interface, key, digest, Json(json.loads(body)), received_on],
        )
        found = records.one(
            connection,
            "SELECT seq, body_hash FROM engine.inbox WHERE interface = %s AND idempotency_key = %s",
            [interface, key],
        )
    if found is None or found["body_hash"] != digest:
        raise KeyReused(f"{interface}: the key {key} was used before with other content")
    return int(found["seq"])


def write_file(connection: "psycopg.Connection[Any]", seq: int, folder: Path) -> Path:
    """The rows of a push as JSON lines, in the order they were pushed."""
    row = connection.execute("SELECT rows FROM engine.inbox WHERE seq = %s", [seq]).fetchone()
    lines = [json.dumps(value, ensure_ascii=False) for value in (row[0] if row else ())]
    path = folder / f"push-{seq}.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def waiting(connection: "psycopg.Connection[Any]") -> list[dict[str, Any]]:
    """Pushes that are not landed yet, oldest first."""
    return records.many(
        connection,
        "SELECT seq, interface, idempotency_key, received_on FROM engine.inbox WHERE delivery IS NULL ORDER BY seq",
    )


def landed(connection: "psycopg.Connection[Any]", seq: int, delivery: str) -> None:
    """Note which delivery took up a push."""
    connection.execute("UPDATE engine.inbox SET delivery = %s WHERE seq = %s", [delivery, seq])
