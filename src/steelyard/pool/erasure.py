"""Erasure of one person from everything the pool keeps, and the end of delivered files whose time is over."""

import datetime as dt
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Json

from steelyard.contracts import Contract
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import raw, records, scrubbing, sealing
from steelyard.pool.locks import locked
from steelyard.pool.scrubbing import Scrubbed
from steelyard.pool.traces import Traces, traces
from steelyard.sources import Interface

Connection = psycopg.Connection[Any]
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


class TwoPersonsNeeded(SteelyardError):
    """An erasure needs two persons: one who asks and another one who approves."""


class Unknown(SteelyardError):
    """The pool knows nobody by this key or number."""


class StillNeeded(SteelyardError):
    """The person cannot be erased now; the message says why."""

    permanent = False


class People(Protocol):
    """What the pool must be told of persons: a parameter, because it lies below the room that knows them."""

    def find(self, connection: Connection, text: str) -> str | None:
        """The key behind a key or a number."""
        ...

    def known(self, connection: Connection, key: str) -> tuple[list[str], str]:
        """Numbers and name of a key."""
        ...

    def places(self, connection: Connection, key: str) -> list[tuple[str, str, int]]:
        """Delivery, file and row that name the person without a number."""
        ...

    def forget(self, connection: Connection, key: str) -> int:
        """Remove numbers, name and open questions, in the caller's transaction; how many rows."""
        ...


@dataclass(frozen=True)
class Erased:
    """What an erasure did."""

    id: int
    counts: Mapping[str, int]
    files: tuple[Scrubbed, ...] = field(default=())


class _Pool(Protocol):
    home: Home
    contracts: Mapping[str, Contract]
    interfaces: dict[str, Interface]

    def _connection(self) -> AbstractContextManager[Connection]: ...


class Erasing:
    """The part of the pool that forgets."""

    def erase(
        self: _Pool, subject: str, *, reason: str, by: str, second: str, people: People,
        needed: Callable[[str], str] = lambda key: "",
    ) -> Erased:  # fmt: skip
        """Take one person, known by key or number, out of raw files, quarantine, inbox, identity and all versions.

        ``needed`` says why a key is still needed (an open case), empty where it is not.  Rows and counts stay.
        Safe to run again after a crash: numbers and name go last.
        Raises TwoPersonsNeeded, Unknown, StillNeeded, sealing.KeyMissing.
        """
        if not by.strip() or not second.strip() or by.strip() == second.strip() or not reason.strip():
            raise TwoPersonsNeeded
        with self._connection() as connection:
            key = people.find(connection, subject)
            if key is None:
                raise Unknown
            why = needed(key)
            if why:
                raise StillNeeded(f"not erased: {why}")
            _no_push_waits(connection)
            number = _begin(connection, "person", key, reason, by, second)
            places, found = _traces(self, connection, key, people)
            files = [*_raw(self, connection, places, found), *_tables(self, connection, key, found)]
            with connection.transaction():
                counts = _database(connection, places, found)
                counts["identity"] = people.forget(connection, key)
                counts |= {"raw_files": sum(one.place.startswith("raw/") for one in files),
                           "table_files": sum(one.place.startswith("pool/") for one in files)}  # fmt: skip
                _finish(connection, number, files, counts)
        return Erased(number, counts, tuple(files))

    def expired(self: _Pool, on: dt.date) -> list["Expired"]:
        """Deliveries whose files' time is over, oldest first: that of every dataset they feed."""
        with self._connection() as connection:
            listed = records.many(
                connection,
                "SELECT d.id::text AS delivery, d.interface, d.received_on, "
                "coalesce((SELECT sum(bytes) FROM engine.delivery_file f WHERE f.delivery = d.id), 0)::bigint AS bytes "
                "FROM engine.delivery d JOIN engine.raw_key k ON k.delivery = d.id "
                "WHERE k.wrapped IS NOT NULL AND d.state <> 'received' ORDER BY d.seq",
            )
        found = [(row, _ends(self, row["interface"], row["received_on"])) for row in listed]
        return [Expired(**row, until=until) for row, until in found if until is not None and until < on]

    def erase_expired(self: _Pool, found: Iterable["Expired"], *, by: str, second: str) -> Erased:
        """End deliveries: first their keys, so that nothing can be read, then the files and the rows held back.

        Raises TwoPersonsNeeded.
        """
        if not by.strip() or not second.strip() or by.strip() == second.strip():
            raise TwoPersonsNeeded
        listed = list(found)
        with self._connection() as connection:
            number = _begin(connection, "expiry", None, "retention", by, second)
            gone: list[Scrubbed] = []
            for one in listed:
                with connection.transaction():
                    connection.execute(
                        "UPDATE engine.raw_key SET wrapped = NULL, destroyed_at = now() WHERE delivery = %s",
                        [one.delivery],
                    )
                    rows = connection.execute(
                        "UPDATE engine.quarantine SET value = NULL, raw = NULL, value_masked = NULL, raw_masked = NULL "
                        "WHERE delivery = %s", [one.delivery],
                    ).rowcount  # fmt: skip
                    gone += [Scrubbed(f"raw/{one.delivery}/{file.name}", file.sha256, None, rows)
                             for file in records.files(connection, one.delivery)]  # fmt: skip
                shutil.rmtree(self.home.raw / one.delivery, ignore_errors=True)
            counts = {"deliveries": len(listed), "bytes": sum(one.bytes for one in listed)}
            with connection.transaction():
                _finish(connection, number, gone, counts)
        return Erased(number, counts, tuple(gone))


@dataclass(frozen=True)
class Expired:
    """A delivery whose files' time is over."""

    delivery: str
    interface: str
    received_on: dt.date
    bytes: int
    until: dt.date


def _ends(pool: _Pool, interface: str, received_on: dt.date) -> dt.date | None:
    """The last day on which a delivery's files are kept; None where a dataset of it says no end."""
    known = pool.interfaces.get(interface)
    said = (
        [pool.contracts[feed.dataset].retention for feed in known.feeds if feed.dataset in pool.contracts]
        if known
        else []
    )
    ends = [_after(received_on, duration) for duration in said]
    return None if not ends or None in ends else max(one for one in ends if one)


def _after(day: dt.date, duration: str) -> dt.date | None:
    found = _DURATION.fullmatch(duration)
    if not found or not any(found.groups()):
        return None
    years, months, days = (int(part or 0) for part in found.groups())
    month = day.month - 1 + months
    year = day.year + years + month // 12
    if year > dt.MAXYEAR:
        return None
    start = dt.date(year, month % 12 + 1, 1)
    last = (dt.date(year + (month % 12 == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return start.replace(day=min(day.day, last)) + dt.timedelta(days=days)


def _begin(connection: Connection, kind: str, key: str | None, reason: str, by: str, second: str) -> int:
    row = connection.execute(
        "INSERT INTO engine.erasure (kind, subject, reason, asked_by, approved_by) VALUES (%s, %s, %s, %s, %s) "
        "RETURNING id",
        [kind, key, reason, by, second],
    ).fetchone()
    return int(row[0]) if row else 0


def _finish(connection: Connection, number: int, files: Iterable[Scrubbed], counts: Mapping[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine.erased_file VALUES (%s, %s, %s, %s, %s)",
            [(number, *asdict(one).values()) for one in files],
        )
    connection.execute(
        "UPDATE engine.erasure SET finished_at = now(), counts = %s WHERE id = %s", [Json(dict(counts)), number]
    )


def _no_push_waits(connection: Connection) -> None:
    row = connection.execute("SELECT count(*) FROM engine.inbox WHERE finished_at IS NULL").fetchone()
    if row and row[0]:
        raise StillNeeded(f"{row[0]} pushes wait to be landed; try again when they are")


def _parquet_files(pool: _Pool) -> list[tuple[Contract, Path]]:
    """Every Parquet file of every table, whichever version names it."""
    return [
        (contract, path)
        for dataset, contract in sorted(pool.contracts.items())
        for path in sorted((pool.home.pool / dataset).glob("*.parquet"))
    ]


Places = Mapping[tuple[str, str], set[int]]
"""Rows of a person by delivery and ``_file``."""


def _traces(pool: _Pool, connection: Connection, key: str, people: People) -> tuple[Places, Traces]:
    numbers, name = people.known(connection, key)
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for delivery, file, number in people.places(connection, key):
        places[delivery, file].add(number)
    values = {name}
    for contract, path in _parquet_files(pool):
        rows, private = scrubbing.person_rows(path, contract, key)
        values |= private
        for delivery, file, row in rows:
            places[delivery, file].add(row)
    return places, traces(numbers, values)


def _raw(pool: _Pool, connection: Connection, places: Places, found: Traces) -> list[Scrubbed]:
    made: list[Scrubbed] = []
    for row in records.many(connection, "SELECT id::text AS id, interface FROM engine.delivery ORDER BY seq"):
        folder = pool.home.raw / row["id"]
        if not folder.is_dir():
            continue
        try:
            seal = sealing.seal_of(connection, row["id"], pool.home.secrets)
        except sealing.Destroyed:
            continue
        for file in records.files(connection, row["id"]):
            rows = {number for (delivery, name), some in places.items() for number in some
                    if delivery == row["id"] and raw.is_of(name, file.name)}  # fmt: skip
            done = scrubbing.raw_file(folder, file, pool.interfaces.get(row["interface"]), seal, found, rows)
            made += [done] if done else []
        raw.forget_text(folder)
    return made


def _tables(pool: _Pool, connection: Connection, key: str, found: Traces) -> list[Scrubbed]:
    made: list[Scrubbed] = []
    for contract, path in _parquet_files(pool):
        with locked(connection, f"pool {contract.dataset}"):
            done = scrubbing.table_file(path, contract, key, found) if path.exists() else None
        made += [done] if done else []
    return made


def _database(connection: Connection, places: Places, found: Traces) -> dict[str, int]:
    """Quarantine, inbox and what was told of deliveries; rows stay, what they say of the person goes."""
    held = [
        number
        for number, delivery, file, row, *texts in connection.execute(
            "SELECT id, delivery::text, file, row, value, raw, value_masked, raw_masked FROM engine.quarantine"
        ).fetchall()
        if row in places.get((delivery, file), ()) or any(found.names_person(text) for text in texts)
    ]
    connection.execute(
        "UPDATE engine.quarantine SET value = NULL, raw = NULL, value_masked = NULL, raw_masked = NULL "
        "WHERE id = ANY(%s)",
        [held],
    )
    pushes = [
        seq
        for seq, body in connection.execute("SELECT seq, body FROM engine.inbox WHERE body IS NOT NULL").fetchall()
        if _in_body(bytes(body), found)
    ]
    connection.execute("UPDATE engine.inbox SET body = NULL, problems = '[]' WHERE seq = ANY(%s)", [pushes])
    return {"quarantine": len(held), "inbox": len(pushes)}


def _in_body(body: bytes, found: Traces) -> bool:
    # Letters may be written as their numbers in JSON, so that the text alone does not tell.
    text = body.decode("utf-8", "replace")
    spelled = re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), text)
    return found.names_person(spelled) or found.by_value.search(spelled) is not None
