"""The rows about deliveries in PostgreSQL."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Json

from steelyard.pool.conform import Flaw
from steelyard.pool.covering import Cover
from steelyard.pool.raw import RawFile
from steelyard.pool.receipts import Delivery, Landing, Receipt

Connection = psycopg.Connection[Any]


def insert(
    connection: Connection, landing: str, interface: str, received_on: dt.date, received_by: str, *,
    key: str, content: str, files: Sequence[RawFile], cursor: Mapping[str, Any] | None = None,
    kind: str = "delivery", period: str = "", origins: Sequence[tuple[str, str, str, int]] = (),
) -> int:  # fmt: skip
    """Record a delivery as received.  Returns its sequence number.

    ``origins``: for rows that are sent again delivery, dataset, file and row of each, in the order of the rows.
    """
    row = connection.execute(
        "INSERT INTO engine.delivery (id, interface, supplier, received_on, received_by, idempotency_key, "
        "content_hash, cursor, state, kind, period) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'received', %s, %s) RETURNING seq",
        [landing, interface, interface.rsplit("/", 1)[0], received_on, received_by, key, content,
         Json(dict(cursor)) if cursor is not None else None, kind, period],
    ).fetchone()  # fmt: skip
    with connection.cursor() as writing:
        writing.executemany(
            "INSERT INTO engine.delivery_file VALUES (%s, %s, %s, %s, %s)",
            [(landing, file.number, file.name, file.sha256, file.bytes) for file in files],
        )
        writing.executemany(
            "INSERT INTO engine.replayed_row VALUES (%s, %s, %s, %s, %s, %s)",
            [(landing, number, *origin) for number, origin in enumerate(origins, 1)],
        )
    return int(row[0]) if row else 0


def earlier(connection: Connection, interface: str, key: str) -> dict[str, Any] | None:
    """The delivery that had the same key, unless it was refused or withdrawn."""
    return one(
        connection,
        "SELECT id::text AS id, seq, state, content_hash, received_on, message, signals, kind, period "
        "FROM engine.delivery WHERE interface = %s AND idempotency_key = %s "
        "AND state NOT IN ('refused', 'withdrawn')",
        [interface, key],
    )


def by_id(connection: Connection, delivery: str) -> dict[str, Any] | None:
    """One delivery as ``earlier`` finds it."""
    return one(
        connection,
        "SELECT id::text AS id, seq, state, content_hash, received_on, message, signals FROM engine.delivery "
        "WHERE id::text = %s",
        [delivery],
    )


def one(connection: Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> dict[str, Any] | None:
    """The first row of a query as a dictionary."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchone()


def many(connection: Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """All rows of a query as dictionaries."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchall()


def unfinished(connection: Connection) -> list[dict[str, Any]]:
    """Deliveries that were received and not finished, oldest first."""
    return many(
        connection,
        "SELECT id::text AS id, seq, interface, received_on, kind, period FROM engine.delivery "
        "WHERE state = 'received' ORDER BY seq",
    )


def files(connection: Connection, delivery: str) -> list[RawFile]:
    """The files of a delivery."""
    listed = connection.execute(
        "SELECT number, name, sha256, bytes FROM engine.delivery_file WHERE delivery = %s ORDER BY number",
        [delivery],
    ).fetchall()
    return [RawFile(*row) for row in listed]


def delivered_content(connection: Connection, interface: str) -> set[str]:
    """Hashes of the files that were accepted through an interface."""
    return {
        row[0]
        for row in connection.execute(
            "SELECT f.sha256 FROM engine.delivery_file f JOIN engine.delivery d ON d.id = f.delivery "
            "WHERE d.interface = %s AND d.state = 'accepted'",
            [interface],
        )
    }


def refused_content(connection: Connection, interface: str) -> set[str]:
    """Hashes of files that were refused for themselves: alone in their delivery, or because they cannot be read.

    A file that was refused with others is not among them: it has not been tried alone.  One that was withdrawn is.
    """
    return {
        row[0]
        for row in connection.execute(
            "SELECT f.sha256 FROM engine.delivery_file f JOIN engine.delivery d ON d.id = f.delivery "
            "WHERE d.interface = %s AND d.state IN ('refused', 'withdrawn') AND (d.state = 'withdrawn' "
            "OR EXISTS (SELECT 1 FROM engine.quarantine q "
            "WHERE q.delivery = d.id AND q.file = f.name AND q.rule = 'file') "
            "OR 1 = (SELECT count(*) FROM engine.delivery_file o WHERE o.delivery = d.id))",
            [interface],
        )
    }


def unread_content(connection: Connection, delivery: str) -> set[str]:
    """Hashes of the files of one delivery that could not be read."""
    return {
        row[0]
        for row in connection.execute(
            "SELECT f.sha256 FROM engine.delivery_file f JOIN engine.quarantine q "
            "ON q.delivery = f.delivery AND q.file = f.name AND q.rule = 'file' WHERE f.delivery = %s",
            [delivery],
        )
    }


def finish(
    connection: Connection, delivery: str, state: str, message: str, signals: Iterable[Mapping[str, Any]]
) -> None:
    """Close a delivery."""
    connection.execute(
        "UPDATE engine.delivery SET state = %s, message = %s, signals = %s, finished_at = now() WHERE id = %s",
        [state, message, Json(list(signals)), delivery],
    )


def write_receipt(connection: Connection, delivery: str, version: str, receipt: Receipt) -> None:
    """Keep the counts of one dataset; a second try replaces the first."""
    connection.execute(
        "INSERT INTO engine.receipt VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (delivery, dataset) DO UPDATE SET received = EXCLUDED.received, admitted = EXCLUDED.admitted, "
        "unchanged = EXCLUDED.unchanged, quarantined = EXCLUDED.quarantined, superseded = EXCLUDED.superseded, "
        "removed = EXCLUDED.removed, corrected = EXCLUDED.corrected",
        [
            delivery, receipt.dataset, version, receipt.received, receipt.admitted, receipt.unchanged,
            receipt.quarantined, receipt.superseded, receipt.removed, receipt.corrected,
        ],
    )  # fmt: skip


def receipts(connection: Connection, delivery: str) -> tuple[Receipt, ...]:
    """The counts of a delivery, one a dataset."""
    listed = connection.execute(
        "SELECT dataset, received, admitted, unchanged, quarantined, superseded, removed, corrected "
        "FROM engine.receipt WHERE delivery = %s ORDER BY dataset",
        [delivery],
    ).fetchall()
    return tuple(Receipt(*row) for row in listed)


def write_flaws(connection: Connection, delivery: str, dataset: str, flaws: Iterable[Flaw], cover: Cover) -> None:
    """Put bad rows into quarantine, with what pages may read of them."""
    sql = (
        "COPY engine.quarantine (delivery, dataset, outcome, file, row, rule, column_name, value, reason, raw, "
        "value_masked, raw_masked, key_hash) FROM STDIN"
    )
    with connection.cursor().copy(sql) as copy:
        for flaw in flaws:
            row = (delivery, dataset, flaw.outcome, flaw.file, flaw.row, flaw.rule, flaw.column, flaw.value,
                   flaw.reason, flaw.raw, cover.value(flaw), cover.raw(flaw), flaw.key_hash)  # fmt: skip
            # PostgreSQL text holds no zero byte; the raw file keeps it.
            copy.write_row(tuple(v.replace("\0", "\N{SYMBOL FOR NULL}") if isinstance(v, str) else v for v in row))


def rows_before(connection: Connection, interface: str, dataset: str, seq: int) -> int | None:
    """Rows the newest accepted delivery before ``seq`` brought; None where there was none."""
    row = connection.execute(
        "SELECT r.received FROM engine.receipt r JOIN engine.delivery d ON d.id = r.delivery WHERE d.interface = %s "
        "AND r.dataset = %s AND d.state = 'accepted' AND d.kind = 'delivery' AND d.seq < %s "
        "ORDER BY d.seq DESC LIMIT 1",
        [interface, dataset, seq],
    ).fetchone()
    return int(row[0]) if row else None


def write_scopes(connection: Connection, delivery: str, dataset: str, scopes: Sequence[str]) -> None:
    """Keep the scopes a snapshot answers for, and their number with the delivery."""
    with connection.cursor().copy("COPY engine.delivery_scope (delivery, dataset, scope) FROM STDIN") as copy:
        for scope in scopes:
            copy.write_row((delivery, dataset, scope))
    connection.execute(
        "UPDATE engine.delivery SET scope = coalesce(scope, '{}') || jsonb_build_object(%s::text, %s::int) "
        "WHERE id = %s",
        [dataset, len(scopes), delivery],
    )


def newest_period(connection: Connection, interface: str, before: int) -> str:
    """The latest business period accepted through the interface before delivery number ``before``; empty for none."""
    row = connection.execute(
        "SELECT max(period) FROM engine.delivery WHERE interface = %s AND state = 'accepted' AND seq < %s",
        [interface, before],
    ).fetchone()
    return str(row[0] or "") if row else ""


def later_scopes(
    connection: Connection, interface: str, dataset: str, period: str, among: Sequence[str] | None = None
) -> list[str]:
    """Scopes for which a delivery of a later period was accepted through the interface.

    ``among``: only these deliveries are asked.
    """
    if not period:
        return []
    wanted = None if among is None else list(among)
    listed = connection.execute(
        "SELECT DISTINCT s.scope FROM engine.delivery_scope s JOIN engine.delivery d ON d.id = s.delivery "
        "WHERE d.interface = %s AND s.dataset = %s AND d.state = 'accepted' AND d.period > %s "
        "AND (%s::uuid[] IS NULL OR d.id = ANY(%s::uuid[]))",
        [interface, dataset, period, wanted, wanted],
    )
    return [row[0] for row in listed]


def newest_day(connection: Connection, dataset: str) -> dt.date | None:
    """The last day on which rows of a dataset were received; None where no delivery of it counts."""
    row = connection.execute(
        "SELECT max(d.received_on) FROM engine.delivery d JOIN engine.receipt r ON r.delivery = d.id "
        "WHERE r.dataset = %s AND d.state = 'accepted'",
        [dataset],
    ).fetchone()
    return row[0] if row else None


def landing_of(connection: Connection, found: Mapping[str, Any], interface: str) -> Landing:
    """The answer to a repeated handing over."""
    return Landing(
        delivery=str(found["id"]),
        interface=interface,
        state=str(found["state"]),
        receipts=tuple(receipt.repeated() for receipt in receipts(connection, str(found["id"]))),
        message=str(found["message"]),
        signals=tuple(found["signals"]),
        repeated=True,
    )


def deliveries(
    connection: Connection, interface: str | None = None, dataset: str | None = None, limit: int = 50
) -> list[Delivery]:
    """The newest deliveries first."""
    listed = many(
        connection,
        "SELECT d.id::text AS id, d.seq, d.interface, d.supplier, d.received_on, d.received_at, d.state, d.message, "
        "d.signals, (SELECT array_agg(f.name ORDER BY f.number) FROM engine.delivery_file f WHERE f.delivery = d.id) "
        "AS files FROM engine.delivery d WHERE (%s::text IS NULL OR d.interface = %s) "
        "AND (%s::text IS NULL OR EXISTS (SELECT 1 FROM engine.receipt r WHERE r.delivery = d.id AND r.dataset = %s)) "
        "ORDER BY d.seq DESC LIMIT %s",
        [interface, interface, dataset, dataset, limit],
    )
    return [
        Delivery(
            **row
            | {
                "signals": tuple(row["signals"]),
                "files": tuple(row["files"] or ()),
                "receipts": receipts(connection, row["id"]),
            }
        )
        for row in listed
    ]
