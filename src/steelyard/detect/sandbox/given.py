"""The rows a text may read, cut out of the pool and laid into one folder: its relations, their columns it names.

Letters that could name somebody are not among them: `stand_in` takes their place before the text sees a row.
"""

import hashlib
import math
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from steelyard.catalogue import Catalogue
from steelyard.detect.parameters import literal, prefix
from steelyard.detect.present import present
from steelyard.detect.sandbox.covering import spells
from steelyard.detect.stage import Stage, bare
from steelyard.detect.trace import TRACED, trace
from steelyard.detect.views import Tables, Views
from steelyard.engines.duck import Duck, connect, quoted
from steelyard.engines.postgres import Database, Role
from steelyard.pool import LINEAGE

_BATCH = 65_536
_HEX, _DIGITS = 24, 29
"""96 bits: two values of a country do not share a stand-in."""
AREAS = "areas.parquet"


@dataclass(frozen=True)
class Cut:
    """A part of the data, for a first look.  Of the relation a text begins with; the others stay whole."""

    sample: int = 0
    """About so many rows, the same ones each time; 0 is all."""
    area: str = ""
    """Digits an area's code begins with, where the findings' area is a column of one relation."""
    area_from: tuple[str, str] | None = None
    """That relation and column."""


@dataclass
class Given:
    """What was laid into the folder."""

    relations: dict[str, str] = field(default_factory=dict)
    """Name to file."""
    rows: dict[str, int] = field(default_factory=dict)
    pool_version: int = 0
    root: str = ""


def lay_out(
    pool: Tables,
    catalogue: Catalogue,
    database: Database,
    tables: Mapping[str, Collection[str]],
    folder: Path,
    *,
    lead: str = "",
    cut: Cut = Cut(),
    traced: Collection[str] = (),
    secret: str = "",
) -> Given:
    """Write the columns of ``tables`` (name to columns) below ``folder``, with who is who laid over them.

    ``traced``: the names a text reads whose rows tell the delivered lines they rest on; others come along as rows.
    ``secret``: that of another run, for the same stand-ins in the same places; else one nobody will know.
    """
    secret = secret or secrets.token_hex(32)
    seen = present(pool, database)
    base = catalogue.base_datasets(set(tables))
    with connect(memory_mb=1024) as duck, database.connect(Role.WORKER) as connection:
        views = Views(duck, catalogue, pool, seen.version, connection)
        views.moment = seen
        views.register(sorted(base | {"region"}))
        stage = Stage(duck, catalogue)
        given = Given(pool_version=seen.version.number, root=stage.put_areas(base))
        for relation in catalogue.relations_needed(set(tables)):
            stage.put_relation(relation)
            if traced:  # also those that others are derived from
                made = trace(bare(relation.sql), catalogue.contracts, catalogue.relations)
                duck.execute(f"CREATE OR REPLACE TABLE {quoted(TRACED + relation.id)} AS {made.sql}")
        for name, columns in tables.items():
            where = _condition(duck, catalogue, name, cut, lead)
            if traced and name in catalogue.relations:
                chosen = [*_chosen(catalogue, name, columns, secret), '"_src"']
                _write(duck, given, folder, TRACED + name, chosen, where)
                given.rows[name] = given.rows.pop(TRACED + name)
                continue
            chosen = [*_chosen(catalogue, name, columns, secret), *(map(quoted, LINEAGE) if traced else ())]
            _write(duck, given, folder, name, chosen, where)
        _write_file(duck, "SELECT area_code FROM area_code", folder / AREAS)
    return given


def _condition(duck: Duck, catalogue: Catalogue, name: str, cut: Cut, lead: str) -> str:
    parts = []
    if cut.area and cut.area_from and cut.area_from[0] == name:
        parts.append(f"starts_with({quoted(cut.area_from[1])}, {literal(prefix(cut.area))})")
    if cut.sample and name == lead:
        [[found]] = duck.execute(f"SELECT COUNT(*) FROM {quoted(name)}").fetchall()
        every = math.ceil(found / cut.sample)
        if every > 1:
            key = ", ".join(quoted(column) for column in _key(catalogue, name))
            parts.append(f"hash({key}) % {every} = 0")
    return " AND ".join(parts) or "true"


def _key(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    known = catalogue.contracts.get(name) or catalogue.relations[name]
    return tuple(known.key)


def _chosen(catalogue: Catalogue, name: str, columns: Collection[str], secret: str) -> list[str]:
    known = catalogue.columns(name)
    return [
        f"{stand_in(column, secret)} AS {quoted(column)}" if spells(known[column]) else quoted(column)
        for column in columns
    ]


def stand_in(column: str, secret: str) -> str:
    """SQL of what stands for a value: the same for the same value wherever it stands, in this run alone.

    Only whoever knows the secret can say which value it stands for, so nothing a text asks finds that out; whether two
    values are one stays true, and whether there is one.  It is digits of one length, which survive the tidying that
    models do before they compare: TRIM, UPPER, a pattern that keeps digits.
    """
    value = quoted(column)
    key = hashlib.sha256(secret.encode()).hexdigest()[:32]  # with most values it fills one block: half the time
    digest = f"CAST('0x' || left(sha256({literal(key)} || {value}), {_HEX}) AS HUGEINT)"
    digits = f"lpad(CAST({digest} AS VARCHAR), {_DIGITS}, '0')"
    return f"CASE WHEN trim({value}) = '' THEN '' WHEN {value} IS NOT NULL THEN {digits} END"


def _write(duck: Duck, given: Given, folder: Path, name: str, chosen: Collection[str], where: str) -> None:
    given.relations[name] = f"{len(given.relations):03d}.parquet"
    place = folder / given.relations[name]
    # A text that only counts rows names no column; one without a value is enough for it.
    # The condition is of what was delivered, so it stands where no stand-in has its name.
    rows = f"(SELECT * FROM {quoted(name)} WHERE {where})"
    given.rows[name] = _write_file(duck, f"SELECT {', '.join(chosen) or 'true AS _'} FROM {rows} AS rows", place)


def _write_file(duck: Duck, sql: str, place: Path) -> int:
    reader = duck.cursor().sql(sql).to_arrow_reader(_BATCH)
    rows = 0
    with pq.ParquetWriter(place, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
