"""Pushed rows: durable in PostgreSQL before the supplier is answered, then landed like any delivery."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Json

from steelyard.kit.errors import SteelyardError
from steelyard.pool import gathering, records
from steelyard.pool.locks import until_commit
from steelyard.sources import Interface, Options

MAX_ROWS = 10_000
KEPT_DAYS = 30
"""How long a landed push is kept whole, for dispute; then only its hash."""


class KeyReused(SteelyardError):
    """The idempotency key was used before with other content."""


class TooManyRows(SteelyardError):
    """More than 10,000 rows in one push."""


class NotRows(SteelyardError):
    """A push is a JSON object with a list "rows" of objects, one a row."""


@dataclass(frozen=True)
class Push:
    """A push that was acknowledged.  ``batch``: the delivery it is or will be, None until one is fixed."""

    seq: int
    interface: str
    received_on: dt.date
    rows: int
    batch: str | None
    closed: bool = False
    """Whether its delivery takes no further push."""

    @property
    def file(self) -> str:
        """Its name among the files of its delivery."""
        return f"push-{self.seq:010d}.jsonl"


def rows_of(body: bytes) -> list[dict[str, Any]]:
    """The rows of a pushed body; numbers stay the texts they were sent as.  Raises NotRows, TooManyRows."""
    try:
        said = json.loads(body, parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotRows(f"the body is not JSON: {error}") from error
    rows = said.get("rows") if isinstance(said, dict) else None
    if not isinstance(rows, list) or not rows:
        raise NotRows
    if len(rows) > MAX_ROWS:
        raise TooManyRows
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not row:
            raise NotRows(f"row {number} is not an object with at least one field")
        _require_text(row, number)
    return rows


def _require_text(row: Mapping[str, Any], number: int) -> None:
    """What no file can hold is told at once, not found out while landing."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise NotRows(f"row {number} holds half a character, or is nested too deeply") from None


def _no_number(text: str) -> str:
    raise ValueError(f"{text} is no number")


def body_of(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows of our own as a sender would write them."""
    return json.dumps({"rows": list(rows)}, ensure_ascii=False, sort_keys=True, default=str).encode()


def accept(
    connection: "psycopg.Connection[Any]", interface: str, key: str, body: bytes, received_on: dt.date, *,
    sender: str = "", problems: Sequence[Mapping[str, Any]] = (),
) -> tuple[int, bool]:  # fmt: skip
    """Write a push into the inbox, in the caller's transaction if there is one.

    Returns its number and whether it is new: the same key and body again give the first one's.
    Raises KeyReused, NotRows, TooManyRows.
    """
    count, digest = len(rows_of(body)), hashlib.sha256(body).hexdigest()
    with connection.transaction():
        # One sender after the other, so that what comes later in the sequence was also committed later.
        until_commit(connection, f"inbox of {interface}")
        gathering.hold_open(connection)
        # RETURNING would need the right to read what was written; the sender's key finds it as well.
        made = connection.execute(
            "INSERT INTO engine.inbox (interface, idempotency_key, body_hash, body, row_count, received_on, sender, "
            "problems) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (interface, idempotency_key) DO NOTHING",
            [interface, key, digest, body, count, received_on, sender, Json(list(problems))],
        )
        found = records.one(
            connection,
            "SELECT seq, body_hash, sender FROM engine.inbox WHERE interface = %s AND idempotency_key = %s",
            [interface, key],
        )
    if found is None or (found["body_hash"], found["sender"]) != (digest, sender):
        raise KeyReused(f"{interface}: the key {key} was used before with other content")
    return int(found["seq"]), made.rowcount == 1


def split(connection: "psycopg.Connection[Any]", batch: str) -> None:
    """Every push of a refused batch becomes a delivery of its own, so that one keeps no other out."""
    connection.execute("UPDATE engine.inbox SET batch = gen_random_uuid() WHERE batch = %s", [batch])


def waiting(connection: "psycopg.Connection[Any]", interface: str | None = None) -> list[Push]:
    """Pushes that are not landed yet, in the order they came."""
    listed = records.many(
        connection,
        "SELECT seq, interface, received_on, row_count AS rows, batch::text AS batch, closed FROM engine.inbox "
        "WHERE finished_at IS NULL AND (%s::text IS NULL OR interface = %s) ORDER BY seq",
        [interface, interface],
    )
    return [Push(**row) for row in listed]


def as_pushed(interface: Interface) -> Interface:
    """The interface as a push uses it: the department's column names, but JSON whatever its files are."""
    return replace(interface, file_format="jsonl", options=Options())


def delivery_of(connection: "psycopg.Connection[Any]", seq: int) -> str | None:
    """The delivery that took up a push; None while it waits."""
    row = connection.execute("SELECT delivery::text FROM engine.inbox WHERE seq = %s", [seq]).fetchone()
    return row[0] if row else None


def is_batch(connection: "psycopg.Connection[Any]", delivery: str) -> bool:
    """Whether a delivery is made of pushes."""
    return records.one(connection, "SELECT 1 FROM engine.inbox WHERE batch = %s::uuid LIMIT 1", [delivery]) is not None


def write_file(connection: "psycopg.Connection[Any]", push: Push, folder: Path) -> Path:
    """The rows of a push as JSON lines: row n stands on line n."""
    row = connection.execute("SELECT body FROM engine.inbox WHERE seq = %s", [push.seq]).fetchone()
    return write_lines(rows_of(bytes(row[0])) if row else [], folder / push.file)


def write_lines(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Rows as JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def landed(connection: "psycopg.Connection[Any]", batch: str) -> None:
    """Note that the newest pool version holds what the pushes of a batch said, in the caller's transaction.

    From its commit on they wait no more, and the version stands: nobody sees both or neither.
    """
    connection.execute(
        "UPDATE engine.inbox SET delivery = batch, finished_at = now(), "
        "pool_version = (SELECT coalesce(max(number), 0) FROM engine.pool_version) "
        "WHERE batch = %s AND finished_at IS NULL",
        [batch],
    )


def refused(connection: "psycopg.Connection[Any]", batch: str, refusal: str) -> None:
    """Note that nothing of a batch was let in, and why."""
    connection.execute(
        "UPDATE engine.inbox SET delivery = batch, refusal = %s, finished_at = now(), "
        "pool_version = (SELECT coalesce(max(number), 0) FROM engine.pool_version) "
        "WHERE batch = %s AND finished_at IS NULL",
        [refusal, batch],
    )


def forget_bodies(connection: "psycopg.Connection[Any]", today: dt.date) -> int:
    """Drop what landed pushes said when their time is over; the hash stays.  Returns how many."""
    done = connection.execute(
        "UPDATE engine.inbox SET body = NULL WHERE body IS NOT NULL AND finished_at IS NOT NULL AND received_on < %s",
        [today - dt.timedelta(days=KEPT_DAYS)],
    )
    return done.rowcount
