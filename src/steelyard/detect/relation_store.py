"""Derived relations kept between runs: files that many models share, and the pool version they hold for.

A version is a base and patches.  A patch replaces the rows of some units; it is folded into a new base when patches
grow many.
"""

import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Relation
from steelyard.engines.duck import Duck, quoted
from steelyard.kit.sqltext import literal
from steelyard.pool import ROW_GROUP_ROWS

Connection = psycopg.Connection[Any]
MOST_PATCHES = 8
MOST_PATCHES_OF_EVENTS = 64
"""A relation is not written anew while a push waits for its alert."""
KEPT_SECONDS = 3 * 3600
"""How long files stay that no version names."""
MOST_PATCHED = 0.1
"""Patched rows, as a part of all, beyond which a base is written anew."""


@dataclass(frozen=True)
class Layers:
    """Files of one version: the base, and for each patch its units and their rows; names within the folder."""

    base: str
    patches: tuple[tuple[str, str], ...] = ()

    @property
    def files(self) -> list[str]:
        return [self.base, *(name for patch in self.patches for name in patch)]


@dataclass(frozen=True)
class Standing:
    """One version of one relation that a run made, to be recorded with what it found."""

    relation: Relation
    form: str
    layers: Layers
    rows: int


class RelationStore:
    """Reads and writes the versions of derived relations below a folder."""

    def __init__(self, duck: Duck, connection: Connection, folder: Path) -> None:
        self.duck = duck
        self.connection = connection
        self.folder = folder
        self.made: list[Standing] = []
        self.most_patches = MOST_PATCHES

    def find(self, relation: Relation, form: str, version: int, seq: int, generation: int) -> Standing | None:
        """The version that held at a moment under a state of who is who; None where it was not kept."""
        row = self.connection.execute(
            "SELECT layers, rows FROM engine.relation_version WHERE relation = %s AND form = %s AND sha = %s "
            "AND pool_version = %s AND inbox_seq = %s AND identity_generation = %s",
            [relation.id, form, relation.sha256, version, seq, generation],
        ).fetchone()
        if row is None:
            return None
        layers = Layers(row[0]["base"], tuple((units, rows) for units, rows in row[0]["patches"]))
        there = all((self.folder / relation.id / name).exists() for name in layers.files)
        return Standing(relation, form, layers, int(row[1])) if there else None

    def sql(self, standing: Standing) -> str:
        """SQL for the rows of a version, with duplicates as they are."""
        relation, layers = standing.relation, standing.layers
        chosen = ", ".join(f"CAST(r.{quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in _schema(relation))
        parts = []
        for number, rows in enumerate([layers.base, *(rows for _, rows in layers.patches)]):
            later = [units for units, _ in layers.patches[number:]]
            kept = "".join(f" AND NOT EXISTS (FROM {self._file(relation, one)} u WHERE {same(relation, 'r', 'u')})"
                           for one in later)  # fmt: skip
            parts.append(f"SELECT {chosen} FROM {self._file(relation, rows)} AS r WHERE true{kept}")
        return " UNION ALL ".join(parts)

    def base(self, relation: Relation, form: str, source: str) -> Standing:
        """Write all rows of a relation, read from ``source``, as a new version to be recorded."""
        name, rows = self._write(relation, source, _order(relation))
        return self._note(Standing(relation, form, Layers(name), rows))

    def patch(self, before: Standing, units: str, rows: str, source: str) -> Standing:
        """Write the new rows of some units over a version.  ``source``: all rows as they are then."""
        relation, layers = before.relation, before.layers
        row = self.duck.execute(f"SELECT count(*) FROM {rows}").fetchone()
        fresh = int(row[0]) if row else 0
        if len(layers.patches) >= self.most_patches or fresh > MOST_PATCHED * max(before.rows, 1_000):
            return self.base(relation, before.form, source)
        told, _ = self._write(relation, units, "")
        said, _ = self._write(relation, rows, _order(relation))
        return self._note(
            Standing(relation, before.form, Layers(layers.base, (*layers.patches, (told, said))), before.rows + fresh)
        )

    def same(self, before: Standing) -> Standing:
        """Nothing of it changed: the version holds for the new state too."""
        return self._note(before)

    def _note(self, standing: Standing) -> Standing:
        self.made.append(standing)
        return standing

    def record(self, version: int, seq: int, generation: int) -> None:
        """Record what this run made as holding for a state, in the transaction of its findings."""
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO engine.relation_version (relation, form, sha, pool_version, inbox_seq, "
                "identity_generation, layers, rows) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
                "ON CONFLICT (relation, form, sha, pool_version, inbox_seq, identity_generation) "
                "DO UPDATE SET layers = excluded.layers, rows = excluded.rows, made_at = now()",
                [
                    [one.relation.id, one.form, one.relation.sha256, version, seq, generation,
                     Jsonb({"base": one.layers.base, "patches": one.layers.patches}), one.rows]
                    for one in self.made
                ],
            )  # fmt: skip

    def carry(self, relations: Collection[str], version: int, seq: int, generation: int, to: int) -> None:
        """Let versions that hold at a push hold at a later one too, which concerns none of these relations."""
        self.connection.execute(
            "INSERT INTO engine.relation_version (relation, form, sha, pool_version, inbox_seq, "
            "identity_generation, layers, rows) "
            "SELECT relation, form, sha, pool_version, %s, identity_generation, layers, rows "
            "FROM engine.relation_version WHERE relation = ANY(%s) AND pool_version = %s AND inbox_seq = %s "
            "AND identity_generation = %s ON CONFLICT DO NOTHING",
            [to, sorted(relations), version, seq, generation],
        )

    def _write(self, relation: Relation, source: str, order: str) -> tuple[str, int]:
        folder = self.folder / relation.id
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{uuid.uuid4()}.parquet"
        row = self.duck.execute(
            f"COPY (SELECT * FROM {source}{order}) TO {literal(str(folder / name))} (FORMAT parquet, "
            f"ROW_GROUP_SIZE {ROW_GROUP_ROWS})"
        ).fetchone()
        return name, int(row[0]) if row else 0

    def _file(self, relation: Relation, name: str) -> str:
        return f"read_parquet({literal(str(self.folder / relation.id / name))})"


def same(relation: Relation, left: str, right: str) -> str:
    """SQL: whether two rows are of one unit."""
    return " AND ".join(f"{left}.{quoted(name)} IS NOT DISTINCT FROM {right}.{quoted(name)}" for name in relation.unit)


def tidy(connection: Connection, folder: Path) -> int:
    """Forget versions no cursor rests on and that are not the newest; remove files no version names.

    Returns how many files went.  Young ones stay: another run may be about to name them.
    """
    with connection.transaction():
        connection.execute(
            "DELETE FROM engine.relation_version v WHERE v.id NOT IN "
            "(SELECT max(id) FROM engine.relation_version GROUP BY relation, form) AND NOT EXISTS "
            "(SELECT 1 FROM engine.model_cursor c WHERE c.pool_version = v.pool_version "
            "AND c.inbox_seq = v.inbox_seq AND c.identity_generation = v.identity_generation)"
        )
    named: dict[str, set[str]] = {}
    for relation, layers in connection.execute("SELECT relation, layers FROM engine.relation_version"):
        named.setdefault(relation, set()).update(_names(layers))
    gone = 0
    for place in folder.iterdir() if folder.is_dir() else ():
        named.setdefault(place.name, set())
        for file in place.iterdir():
            if file.name not in named[place.name] and file.stat().st_mtime < time.time() - KEPT_SECONDS:
                file.unlink(missing_ok=True)
                gone += 1
    return gone


def _names(layers: Mapping[str, Any]) -> Collection[str]:
    return [layers["base"], *(name for patch in layers["patches"] for name in patch)]


def _schema(relation: Relation) -> list[tuple[str, str]]:
    return list(relation.schema.items())


def _order(relation: Relation) -> str:
    unit = [name for name in relation.unit if name in relation.schema]
    return f" ORDER BY {', '.join(quoted(name) for name in unit)}" if unit else ""
