"""The deliveries of a table in the order they were published, and from where they can be told again without one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from steelyard.pool import records, tables

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Past:
    """A delivery that fed a table, accepted then; ``withdrawn_at`` where it does not count any more."""

    id: str
    seq: int
    interface: str
    kind: str
    period: str
    received_on: dt.date
    finished_at: dt.datetime
    withdrawn_at: dt.datetime | None
    version: int | None
    """The first pool version it made, by its landing or its withdrawal; None where it made none."""


@dataclass(frozen=True)
class Beginning:
    """Where telling begins."""

    base: int | None
    """Delta version of the table before; None: with an empty table."""
    earlier: tuple[Past, ...]
    """Deliveries that count and stand in ``base``."""
    later: tuple[Past, ...]
    """Deliveries that count and are told again, in order."""
    narrow: bool
    """Whether nothing but the keys that the withdrawn delivery changed can differ."""


def deliveries_of(connection: Connection, dataset: str) -> list[Past]:
    """Every delivery that was let into a table, in the order of publication.

    Publication holds the table's lock, so the end of a landing tells the order; the order of receipt does not.
    """
    listed = records.many(
        connection,
        "SELECT d.id::text AS id, d.seq, d.interface, d.kind, d.period, d.received_on, d.finished_at, d.withdrawn_at, "
        "(SELECT min(v.number) FROM engine.pool_version v WHERE v.delivery = d.id) AS version "
        "FROM engine.delivery d JOIN engine.receipt r ON r.delivery = d.id "
        "WHERE r.dataset = %s AND d.state IN ('accepted', 'withdrawn') ORDER BY d.finished_at, d.seq",
        [dataset],
    )
    return [Past(**row) for row in listed]


def beginning(connection: Connection, pool: Path, dataset: str, delivery: str) -> Beginning:
    """From where to tell the deliveries of a table again without one of them."""
    told = deliveries_of(connection, dataset)
    own = next(one for one in told if one.id == delivery)
    anchor = _clean_of_withdrawn(told, own)
    since = told[told.index(anchor) :]
    base = _before(connection, pool, dataset, since)
    counted = [one for one in told if one.withdrawn_at is None and one.id != delivery]
    if base is _UNREADABLE:
        return Beginning(None, (), tuple(counted), narrow=False)
    earlier = tuple(one for one in counted if one not in since)
    later = tuple(one for one in counted if one in since)
    narrow = (
        anchor is own
        and _landing_readable(connection, own)
        and not _answered_for_others(connection, dataset, own, later)
    )
    return Beginning(base, earlier, later, narrow)


_UNREADABLE = -1


def _clean_of_withdrawn(told: Sequence[Past], anchor: Past) -> Past:
    """The latest delivery, no later than ``anchor``, before which no delivery counted that does not count today."""
    for one in told[: told.index(anchor)]:
        if one.withdrawn_at and one.withdrawn_at > anchor.finished_at:
            return _clean_of_withdrawn(told, one)
    return anchor


def _before(connection: Connection, pool: Path, dataset: str, since: Sequence[Past]) -> int | None:
    """Delta version of the table before the first of some deliveries; _UNREADABLE where it cannot be taken."""
    made = min((one.version for one in since if one.version is not None), default=None)
    row = records.one(
        connection,
        "SELECT number, tables, vacuumed_at FROM engine.pool_version WHERE %s::bigint IS NULL OR number < %s "
        "ORDER BY number DESC LIMIT 1",
        [made, made],
    )
    base = row["tables"].get(dataset) if row else None
    if row is None or base is None:
        return None
    migrated = records.one(
        connection,
        "SELECT 1 FROM engine.pool_version WHERE number > %s AND what LIKE %s LIMIT 1",
        [row["number"], f"migration {dataset} %"],
    )
    if row["vacuumed_at"] or migrated:
        return _UNREADABLE
    return int(base)


def _landing_readable(connection: Connection, own: Past) -> bool:
    sql = "SELECT 1 FROM engine.pool_version WHERE delivery = %s AND vacuumed_at IS NOT NULL LIMIT 1"
    return records.one(connection, sql, [own.id]) is None


def _answered_for_others(connection: Connection, dataset: str, own: Past, later: Sequence[Past]) -> bool:
    """Whether the delivery kept rows of other keys out: those of an older period that came after it."""
    if not any(one.period and one.period < own.period and one.interface == own.interface for one in later):
        return False
    found = records.one(
        connection, "SELECT 1 FROM engine.delivery_scope WHERE delivery = %s AND dataset = %s LIMIT 1",
        [own.id, dataset],
    )  # fmt: skip
    return found is not None


def landing_versions(connection: Connection, pool: Path, dataset: str, delivery: str) -> tuple[list[str], list[str]]:
    """The files of a table before and after a delivery was landed; the same where it changed nothing."""
    row = records.one(
        connection,
        "SELECT number, tables FROM engine.pool_version WHERE delivery = %s AND what = 'landing' LIMIT 1",
        [delivery],
    )
    if row is None:
        return [], []
    before = records.one(
        connection, "SELECT tables FROM engine.pool_version WHERE number < %s ORDER BY number DESC LIMIT 1",
        [row["number"]],
    )  # fmt: skip
    return _files(pool, dataset, before["tables"] if before else {}), _files(pool, dataset, row["tables"])


def _files(pool: Path, dataset: str, named: Mapping[str, int]) -> list[str]:
    return list(tables.files_of(str(pool / dataset), named[dataset])) if dataset in named else []
