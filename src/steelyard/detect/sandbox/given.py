"""The rows a text may read, cut out of the pool and laid into one folder: its relations, their columns it names.

Letters that could name somebody are not among them: `stand_in` takes their place before the text sees a row.
"""

import hashlib
import math
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from steelyard.catalogue import Catalogue
from steelyard.catalogue.reach import Reach
from steelyard.detect.parameters import literal, prefix
from steelyard.detect.present import present
from steelyard.detect.sandbox.covering import spells
from steelyard.detect.sandbox.sampling import Sampled, sampled
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
UNITS = "units.parquet"


@dataclass(frozen=True)
class Cut:
    """A part of the data, for a first look."""

    sample: int = 0
    """So many units with all rows that lead to them, the same ones each time; 0 is all.  Of a text without units, or
    whose rows lead to none, about so many rows of the relation it begins with: the others stay whole."""
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
    units: dict[str, Any] = field(default_factory=dict)
    """Of a sample of units: their file, and the names of their columns."""
    sampled: dict[str, Any] = field(default_factory=dict)
    """What the sample is of: ``by`` units or rows, how many of how many, and what their columns or relation are."""


def lay_out(
    pool: Tables,
    catalogue: Catalogue,
    database: Database,
    tables: Mapping[str, Collection[str]],
    folder: Path,
    *,
    lead: str = "",
    cut: Cut = Cut(),
    reach: Reach | None = None,
    traced: bool = False,
    secret: str = "",
) -> Given:
    """Write the columns of ``tables`` (name to columns) below ``folder``, with who is who laid over them.

    ``reach``: of the text to its units, where a sample shall be of them.  ``traced``: each row tells the delivered
    lines it rests on.  ``secret``: that of another run, for the same stand-ins in the same places; else one nobody
    will know.
    """
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
        laying = _Laying(duck, catalogue, folder, given, cut, lead, traced, secret or secrets.token_hex(32))
        laying.lay(tables, reach)
        _write_file(duck, "SELECT area_code FROM area_code", folder / AREAS)
    return given


@dataclass
class _Laying:
    """Cuts rows out of one engine, in which every relation stands, and writes them."""

    duck: Duck
    catalogue: Catalogue
    folder: Path
    given: Given
    cut: Cut
    lead: str
    traced: bool
    secret: str

    def lay(self, tables: Mapping[str, Collection[str]], reach: Reach | None) -> None:
        sample = self._units(tables, reach) if self.cut.sample and reach else None
        for name, columns in tables.items():
            rows = sample.slices.get(name, self._standing(name)) if sample else self._part(name)
            chosen = [self._chosen(name, column) for column in columns] + [*map(quoted, self._beside(name))]
            # A text that only counts rows names no column; one without a value is enough for it.
            sql = f"SELECT {', '.join(chosen) or 'true AS _'} FROM {rows} AS rows"
            file = f"{len(self.given.relations):03d}.parquet"
            self.given.relations[self._name(name)] = file
            self.given.rows[name] = _write_file(self.duck, sql, self.folder / file)

    def _name(self, name: str) -> str:
        """Of a relation with its lines where they are asked for."""
        return TRACED + name if self.traced and name in self.catalogue.relations else name

    def _standing(self, name: str) -> str:
        return quoted(self._name(name))

    def _beside(self, name: str) -> list[str]:
        if not self.traced:
            return []
        return ["_src"] if name in self.catalogue.relations else list(LINEAGE)

    def _chosen(self, name: str, column: str) -> str:
        closed = spells(self.catalogue.columns(name)[column])
        return f"{stand_in(column, self.secret)} AS {quoted(column)}" if closed else quoted(column)

    def _part(self, name: str) -> str:
        """Rows of the area, and of the relation a text begins with about as many as the sample asks for."""
        parts = [self._in_area(name)]
        if self.cut.sample and name == self.lead:
            [[found]] = self.duck.execute(f"SELECT COUNT(*) FROM {quoted(name)}").fetchall()
            every = math.ceil(found / self.cut.sample)
            if every > 1:
                known = self.catalogue.contracts.get(name) or self.catalogue.relations[name]
                parts.append(f"hash({', '.join(map(quoted, known.key))}) % {every} = 0")
                self.given.sampled = {"by": "rows", "taken": self.cut.sample, "of": found, "what": [name]}
        return f"(SELECT * FROM {self._standing(name)} WHERE {' AND '.join(parts)})"

    def _in_area(self, name: str) -> str:
        if not self.cut.area or not self.cut.area_from or self.cut.area_from[0] != name:
            return "true"
        return f"starts_with({quoted(self.cut.area_from[1])}, {literal(prefix(self.cut.area))})"

    def _units(self, tables: Mapping[str, Collection[str]], reach: Reach) -> Sampled | None:
        found = sampled(
            self.duck, reach, self.cut.sample, self._standing, lead=self.lead,
            rows=lambda name: f"(SELECT * FROM {self._standing(name)} WHERE {self._in_area(name)})",
            columns={name: (*columns, *self._beside(name)) for name, columns in tables.items() if columns},
        )  # fmt: skip
        if found is None:
            return None
        chosen = [
            f"{stand_in(name, self.secret)} AS {quoted(name)}"
            if spells(self.catalogue.columns(found.route.nodes[place].table)[column])
            else quoted(name)
            for name, (place, column) in zip(found.route.names, found.route.unit, strict=True)
        ]
        names = list(found.route.names)
        _write_file(self.duck, f"SELECT {', '.join(chosen)} FROM {found.units.table}", self.folder / UNITS)
        self.given.units = {"file": UNITS, "names": names}
        self.given.sampled = {"by": "units", "taken": found.units.count, "of": found.of, "what": names}
        return found


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


def _write_file(duck: Duck, sql: str, place: Path) -> int:
    reader = duck.cursor().sql(sql).to_arrow_reader(_BATCH)
    rows = 0
    with pq.ParquetWriter(place, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
