"""Records: whom a row names without a number that could be used, written while the row lands."""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

import psycopg

from steelyard.engines.duck import Duck
from steelyard.engines.duck import rows as fetched
from steelyard.identity.names import company_form, person_form
from steelyard.kit import identifiers

Connection = psycopg.Connection[Any]
CONFLICT = "name-conflict"
EARLIEST_YEAR = 1900
_BORN = re.compile(r"[1-9]\w{5}(\d{4})(\d{2})(\d{2})\w{4}")
_COLUMNS = (
    *("id", "kind", "delivery", "dataset", "column_name", "supplier", "file", "row", "reason", "number_masked"),
    *("name", "name_form", "birth_date", "sex", "area_code", "phone", "address", "conflict_key"),
)
_TELLING = ("birth_date", "sex", "area_code", "phone", "address", "number_masked", "reason", "conflict_key")
"""What decides whom a record means, beside its name: where it changes, the record is looked at again."""


@dataclass(frozen=True)
class Record:
    """One row of ``engine.source_record``, in the order of its columns."""

    id: str
    kind: str
    delivery: str
    dataset: str
    column_name: str
    supplier: str
    file: str
    row: int
    reason: str
    number_masked: str
    name: str
    name_form: str
    birth_date: dt.date | None
    sex: str | None
    area_code: str | None
    phone: str | None
    address: str | None
    conflict_key: str | None


def form_of(kind: str, name: str) -> str:
    """The form in which a name is compared, by the kind of subject a column asks for."""
    return person_form(name) if kind == "person" or (kind == "party" and is_persons(name)) else company_form(name)


def is_persons(name: str) -> bool:
    """Whether the name of a party, of which nobody says what it is, is that of a person."""
    form = person_form(name)
    return len(form) <= 4 or "·" in name or (form.isascii() and " " in name.strip())


def record_id(dataset: str, column: str, key_hash: str, form: str) -> str:
    """The id of what a row says: delivered again, the row is the same record, and keeps what was judged of it."""
    return _id("row", dataset, column, key_hash, form)


def conflict_id(key: str, form: str) -> str:
    """The id of a number under another name: one record, however many rows say so."""
    return _id("conflict", key, form)


def _id(*parts: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256("\x1f".join(parts).encode()).digest()[:16]))


def keep(
    connection: Connection, duck: Duck, mentions: str, delivery: str, dataset: str, supplier: str
) -> int:  # fmt: skip
    """Write the records of one dataset of a delivery and their places; see ``pool.Keys.mention``.  Returns how many."""
    found: dict[str, Record] = {}
    places: dict[tuple[str, str, int], str] = {}
    for row in fetched(duck, f"SELECT * FROM {mentions} AS m ORDER BY column_name, file, row"):
        record = _record(row, delivery, dataset, supplier)
        if not record.name_form:
            continue
        found[record.id] = record
        if row["placed"]:
            places[record.column_name, record.file, record.row] = record.id
    connection.execute("DELETE FROM engine.record_place WHERE delivery = %s AND dataset = %s", [delivery, dataset])
    _write(connection, [found[name] for name in sorted(found)])
    with connection.cursor().copy(
        "COPY engine.record_place (record, delivery, dataset, column_name, file, row) FROM STDIN"
    ) as copy:
        for (column, file, number), name in sorted(places.items()):
            copy.write_row((name, delivery, dataset, column, file, number))
    return len(found)


def _record(row: dict[str, Any], delivery: str, dataset: str, supplier: str) -> Record:
    kind, name, key = row["kind"], _plain(row["name"]), row["conflict_key"]
    form, conflict = form_of(kind, name), row["reason"] == CONFLICT and key
    return Record(
        id=conflict_id(key, form) if conflict else record_id(dataset, row["column_name"], row["key_hash"], form),
        kind=kind, delivery=delivery, dataset=dataset, column_name=row["column_name"], supplier=supplier,
        file=row["file"], row=row["row"], reason=row["reason"], number_masked=masked(_plain(row["number"])),
        name=name, name_form=form, birth_date=row["birth_date"] or born(kind, row["number"]), sex=row["sex"],
        area_code=row["area"], phone=row["phone"], address=row["address"], conflict_key=key,
    )  # fmt: skip


def born(kind: str, number: str) -> dt.date | None:
    """The birth date in a resident number that is mistyped elsewhere; None where there is none that can be."""
    found = _BORN.fullmatch(identifiers.normal(number))
    if kind not in ("person", "party") or not found:
        return None
    try:
        date = dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
    return date if date.year >= EARLIEST_YEAR and date <= dt.date.today() else None


def masked(number: str) -> str:
    """A number of which only the area and the length are seen."""
    return number[:6] + "*" * max(len(number) - 6, 0)


def _plain(text: str) -> str:
    # PostgreSQL text holds no zero byte.
    return text.replace("\0", "")


def _write(connection: Connection, records: Sequence[Record]) -> None:
    """New records, and known ones as they are told now; in the order of their ids, so that no two landings wait."""
    if not records:
        return
    columns = ", ".join(_COLUMNS)
    connection.execute(
        f"CREATE TEMP TABLE told ON COMMIT DROP AS SELECT {columns} FROM engine.source_record WHERE false"
    )
    with connection.cursor().copy(f"COPY told ({columns}) FROM STDIN") as copy:
        for record in records:
            copy.write_row(astuple(record))
    taken = [name for name in _COLUMNS if name not in ("id", "kind", "name_form")]
    news = " OR ".join(f"s.{name} IS DISTINCT FROM EXCLUDED.{name}" for name in _TELLING)
    connection.execute(
        f"INSERT INTO engine.source_record AS s ({columns}) SELECT {columns} FROM told ORDER BY id "
        f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in taken)}, "
        f"since = CASE WHEN {news} THEN 0 ELSE s.since END"
    )
    connection.execute("DROP TABLE told")
