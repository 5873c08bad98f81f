"""Which delivery a push will be: fixed when it is first looked at, closed when it is landed.

Whoever gathers sees every push up to a number: senders hold the door open until they have committed, and the one
who gathers waits for them.  So no push with a smaller number appears later.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg

from steelyard.pool.locks import until_commit

Connection = psycopg.Connection[Any]
BATCH_PUSHES = 200
BATCH_ROWS = 100_000
DOOR = "inbox door"


def hold_open(connection: Connection) -> None:
    """A push is being written: nobody counts the pushes before the caller's transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [DOOR])


@dataclass
class _Batch:
    """A delivery to be that takes further pushes."""

    id: str
    day: dt.date
    pushes: int = 0
    rows: int = 0
    added: list[int] = field(default_factory=list)

    def takes(self, rows: int, day: dt.date) -> bool:
        if not self.pushes:
            return self.day == day
        return self.day == day and self.pushes < BATCH_PUSHES and self.rows + rows <= BATCH_ROWS

    def add(self, seq: int, rows: int) -> None:
        self.pushes, self.rows = self.pushes + 1, self.rows + rows
        self.added.append(seq)


def gather(connection: Connection) -> int:
    """Give every waiting push its delivery.  Returns the number of the newest push there is, 0 without any.

    Pushes of one day go together in the order they came, as many as a delivery takes.
    """
    with connection.transaction():
        until_commit(connection, DOOR)
        _gather(connection, None)
        row = connection.execute("SELECT coalesce(max(seq), 0) FROM engine.inbox").fetchone()
    return int(row[0]) if row else 0


def close(connection: Connection, interface: str) -> None:
    """Let no further push into the deliveries of an interface that wait; what was fixed before stays."""
    with connection.transaction():
        until_commit(connection, DOOR)
        _gather(connection, interface)
        connection.execute(
            "UPDATE engine.inbox SET closed = true WHERE interface = %s AND finished_at IS NULL AND NOT closed",
            [interface],
        )


def _gather(connection: Connection, only: str | None) -> None:
    waiting = connection.execute(
        "SELECT interface, seq, row_count, received_on FROM engine.inbox WHERE finished_at IS NULL AND batch IS NULL "
        "AND (%s::text IS NULL OR interface = %s) ORDER BY interface, seq",
        [only, only],
    ).fetchall()
    batch: _Batch | None = None
    name = None
    for interface, seq, rows, day in waiting:
        if interface != name:
            _fix(connection, batch)
            batch, name = _open(connection, interface), interface
        if batch is None or not batch.takes(rows, day):
            _fix(connection, batch)
            batch = _Batch(str(uuid.uuid4()), day)
        batch.add(seq, rows)
    _fix(connection, batch)


def _open(connection: Connection, interface: str) -> _Batch | None:
    row = connection.execute(
        "SELECT batch::text, received_on, count(*), sum(row_count) FROM engine.inbox "
        "WHERE interface = %s AND finished_at IS NULL AND batch IS NOT NULL AND NOT closed "
        "GROUP BY 1, 2 ORDER BY max(seq) DESC LIMIT 1",
        [interface],
    ).fetchone()
    return _Batch(row[0], row[1], int(row[2]), int(row[3])) if row else None


def _fix(connection: Connection, batch: _Batch | None) -> None:
    if batch and batch.added:
        connection.execute(
            "UPDATE engine.inbox SET batch = %s WHERE seq = ANY(%s) AND batch IS NULL", [batch.id, batch.added]
        )
