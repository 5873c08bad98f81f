"""Fills the public pages from the data pool.  A personal number in a text keeps its row inside."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from steelyard.engines import duck
from steelyard.kit import identifiers
from steelyard.pool import Pool, PoolVersion
from steelyard.web.orgs import clock
from steelyard.web.orgs.masking import find_numbers
from steelyard.web.orgs.models import Area
from steelyard.web.orgs.names import shown_names
from steelyard.web.people.models import BlockedRow, Publication, PublishedRow
from steelyard.web.people.published import PUBLISHED, Publishable

NAMES_AT_ONCE = 20_000


@dataclass(frozen=True)
class Published:
    """How many rows are public now, and how many were held back."""

    pool_version: int
    published: int
    blocked: int


def publish_from_pool(pool: Pool, *, force: bool = False) -> Published:
    """Publish the newest pool version; nothing is done where it is public already.  A job's verb."""
    version = pool.current()
    last = Publication.objects.order_by("-pk").first()
    if last and last.pool_version == version.number and not force:
        return Published(version.number, last.published, last.blocked)
    return publish(_rows(pool, version), pool_version=version.number)


@transaction.atomic
def publish(rows: Iterable[tuple[str, Mapping[str, Any]]], *, pool_version: int) -> Published:
    """Replace the public copy.  ``rows``: dataset and row, with every column the published list names.

    Subject columns hold keys of the pool; names come from there, persons masked.
    """
    held = list(rows)
    names = _names(held)
    public, blocked = [], []
    for dataset, row in held:
        listed = PUBLISHED[dataset]
        key = "|".join(str(row[column]) for column in listed.key)
        place = (str(row["village_code"]), dataset, key)
        bad = _personal(listed, row)
        if bad:
            blocked.append(BlockedRow(
                village_code=place[0], dataset=dataset, key=_safe(key), column=bad, pool_version=pool_version
            ))  # fmt: skip
        else:
            public.append((*place, json.dumps(_fields(listed, row, names), ensure_ascii=False), pool_version))
    _replace(public)
    BlockedRow.objects.all().delete()
    BlockedRow.objects.bulk_create(blocked, batch_size=1000)
    Publication.objects.create(pool_version=pool_version, published=len(public), blocked=len(blocked))
    return Published(pool_version, len(public), len(blocked))


def _replace(public: list[tuple[Any, ...]]) -> None:
    PublishedRow.objects.all().delete()
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY people_publishedrow (village_id, dataset, key, fields, pool_version) FROM STDIN") as copy,
    ):
        for values in public:
            copy.write_row(values)


def _rows(pool: Pool, version: PoolVersion) -> Iterator[tuple[str, Mapping[str, Any]]]:
    villages = set(Area.objects.filter(level="village").values_list("code", flat=True))
    since = clock.today() - dt.timedelta(days=365)
    engine = duck.connect(memory_mb=512, threads=1)
    try:
        for dataset, listed in PUBLISHED.items():
            if dataset not in pool.contracts or dataset not in version.tables:
                continue
            duck.register_files(engine, dataset, pool.files(dataset, version), pool.contracts[dataset].schema)
            columns = ["village_code", *dict.fromkeys((*listed.key, *listed.plain, *listed.texts, *listed.names))]
            conditions = [listed.where or "true", f"{listed.day} >= ?" if listed.day else "true"]
            sql = f"SELECT {', '.join(dict.fromkeys(columns))} FROM {dataset} WHERE {' AND '.join(conditions)}"
            for row in duck.rows(engine, sql, [since] if listed.day else []):
                if row["village_code"] in villages:
                    yield dataset, row
    finally:
        engine.close()


def _names(rows: list[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    keys = sorted({row[c] for dataset, row in rows for c in PUBLISHED[dataset].names if row.get(c)})
    found: dict[str, str] = {}
    for start in range(0, len(keys), NAMES_AT_ONCE):
        shown = shown_names(None, keys[start : start + NAMES_AT_ONCE])
        found |= {key: name.text for key, name in shown.items()}
    return found


def _personal(listed: Publishable, row: Mapping[str, Any]) -> str:
    """The first column in which a personal number stands; empty where none does.

    Keys of matters may look like card numbers, so in them only a valid resident number counts.
    """
    for column in listed.texts:
        if find_numbers(str(row.get(column) or "")):
            return column
    for column in (*listed.key, *listed.plain):
        value = row.get(column)
        if isinstance(value, str) and identifiers.is_resident_id(identifiers.normal(value)):
            return column
    return ""


def _safe(key: str) -> str:
    return key if not find_numbers(key) else "*" * len(key)


def _fields(listed: Publishable, row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    made = {column: _plain(row.get(column)) for column in (*listed.plain, *listed.texts)}
    return made | {column.removesuffix("_id"): names.get(row.get(column) or "", "") for column in listed.names}


def _plain(value: object) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        # The hour at which somebody came to the village office is nobody's business.
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)
