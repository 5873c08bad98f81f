"""The pool's inbox as this half may touch it: it adds pushes and reads what became of them, never what they say."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.rows import dict_row

from steelyard.web.orgs.engine_link import reader


def link() -> "psycopg.Connection[Any]":
    """The connection of this request, so that a push is kept in the same transaction as its record."""
    connection.ensure_connection()
    found: psycopg.Connection[Any] = connection.connection
    return found


@dataclass(frozen=True)
class PushReceipt:
    """What became of a push."""

    receipt: int
    interface: str
    idempotency_key: str
    sender: str
    received_at: dt.datetime
    rows: int
    problems: list[dict[str, Any]]
    """What could be told at once, by row; these rows will be quarantined."""
    delivery: UUID | None
    """The delivery that took it up; None while it waits."""
    refusal: str

    @property
    def stage(self) -> str:
        """waiting, landed or refused."""
        if self.delivery is None:
            return "waiting"
        return "refused" if self.refusal else "landed"


ONE = (
    "SELECT seq AS receipt, interface, idempotency_key, sender, received_at, row_count AS rows, problems, delivery, "
    "refusal FROM engine.inbox WHERE seq = %s AND sender = %s"
)


def receipt(number: int, sender: str) -> PushReceipt | None:
    """A sender's own receipt."""
    with link().cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(ONE, [number, sender]).fetchone()
    if row is None:
        return None
    # The framework's connections give JSON as text.
    said = row["problems"]
    return PushReceipt(**row | {"problems": json.loads(said) if isinstance(said, str) else said})


LEDGER = (
    "SELECT dataset, received, admitted, unchanged, quarantined, superseded FROM engine.receipt "
    "WHERE delivery = %s ORDER BY dataset"
)
QUARANTINED = (
    "SELECT count(DISTINCT row) FROM engine.quarantine WHERE delivery = %s AND outcome = 'quarantined' AND file = %s"
)


def ledger(push: PushReceipt) -> list[dict[str, Any]]:
    """The delivery's counts by dataset: received = admitted + unchanged + quarantined + superseded."""
    if push.delivery is None:
        return []
    with reader() as engine, engine.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(LEDGER, [push.delivery]).fetchall()


def quarantined(push: PushReceipt) -> int | None:
    """Rows of this very push that were not let in; None while it waits."""
    if push.delivery is None:
        return None
    with reader() as engine:
        row = engine.execute(QUARANTINED, [push.delivery, f"push-{push.receipt:010d}.jsonl"]).fetchone()
    return int(row[0]) if row else 0
