"""The Delta log of one table: which files make up which version, and the one way to change that."""

import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from deltalake import CommitProperties, DeltaTable, Field, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction

from steelyard.kit.errors import SteelyardError
from steelyard.pool.faults import fault
from steelyard.pool.parts import Bound, Part

SETTINGS = {
    # An evaluation must be repeatable on the pool version it saw; what may go is decided by vacuum, after pins.
    "delta.logRetentionDuration": "interval 3650 days",
    "delta.deletedFileRetentionDuration": "interval 3650 days",
}
_DELTA_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "long",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "BOOLEAN": "boolean",
}


class TableMoved(SteelyardError):
    """Another writer changed the table meanwhile; nothing was committed.  Run the same command again."""


class AlreadyPublished(SteelyardError):
    """The published version of a table holds this delivery already; PostgreSQL does not say so."""


@dataclass(frozen=True)
class Note:
    """What a commit says about itself."""

    what: str
    """merge, compact, migrate, erase …"""
    delivery: str = ""
    seq: int = 0
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def batch(self) -> str:
        """By what the log tells one batch from another; empty where the commit brings none."""
        return f"{self.what} {self.delivery} {self.seq}" if self.delivery else ""


@dataclass(frozen=True)
class Newest:
    """The log's newest version as a writer under the table's lock found it."""

    version: int
    table: DeltaTable


@lru_cache(maxsize=4)
def _opened(folder: str, version: int) -> DeltaTable:
    """To be read alone.  To open a table costs more than a small merge, and its files and parts are asked together."""
    return DeltaTable(folder, version=version)


@lru_cache(maxsize=512)
def files_of(folder: str, version: int) -> tuple[str, ...]:
    """The Parquet files that make up one version of a table."""
    return tuple(_opened(folder, version).file_uris())


@lru_cache(maxsize=512)
def parts_of(folder: str, version: int) -> tuple[Part, ...]:
    """The same files with their sizes and bounds."""
    actions = _opened(folder, version).get_add_actions(flatten=True)
    columns = {name: list(actions.column(name).to_pylist()) for name in actions.schema.names}
    found = []
    for at, path in enumerate(columns["path"]):
        lowest = _known(columns, "min.", at)
        highest = _known(columns, "max.", at)
        rows, size = columns["num_records"][at], columns["size_bytes"][at]
        found.append(Part(str(path), int(size), int(rows), lowest, highest))
    return tuple(found)


def _known(columns: Mapping[str, Sequence[object]], prefix: str, at: int) -> dict[str, Bound]:
    values = {name.removeprefix(prefix): column[at] for name, column in columns.items() if name.startswith(prefix)}
    return {
        name: value if isinstance(value, int) else str(value) for name, value in values.items() if value is not None
    }


@lru_cache(maxsize=512)
def row_count(folder: str, version: int) -> int:
    """Rows of one version of a table, from its log."""
    return sum(part.rows for part in parts_of(folder, version))


def rewind(folder: Path, version: int | None) -> Newest | None:
    """Make the table's newest state that of ``version``, undoing a commit no pool version ever named.

    Call under the table's lock.  None where there is no table.
    """
    if not DeltaTable.is_deltatable(str(folder)):
        return None
    table = DeltaTable(str(folder))
    if version is None:
        # Never published: nobody can have read it, and nothing refers to it.
        shutil.rmtree(folder)
        # Its version numbers will be given again, to other files.
        for cached in (_opened, files_of, parts_of, row_count):
            cached.cache_clear()
        return None
    if table.version() != version and sorted(table.file_uris()) != sorted(files_of(str(folder), version)):
        table.restore(version)
        table.update_incremental()
    return Newest(int(table.version()), table)


def refuse_repeated(folder: Path, published: int | None, note: Note) -> None:
    """Delta itself takes the same batch twice.  Raises AlreadyPublished where the published version has it."""
    if published is None or not note.batch:
        return
    if _opened(str(folder), published).transaction_version(note.batch) is not None:
        raise AlreadyPublished(f"{folder.name} holds delivery {note.delivery} since version {published} or before")


def holds(folder: Path, note: Note) -> bool:
    """Whether the newest version of a table, published or not, has a batch."""
    if not DeltaTable.is_deltatable(str(folder)):
        return False
    return DeltaTable(str(folder)).transaction_version(note.batch) is not None


def newest(folder: Path) -> int:
    """The newest version of a table, published or not."""
    return int(DeltaTable(str(folder)).version())


def commit(
    folder: Path, at: Newest | None, schema: Mapping[str, str], added: Sequence[Part], removed: Sequence[Part],
    note: Note,
) -> int:  # fmt: skip
    """Take files in and out in one step.  Returns the new version.

    ``at``: what ``rewind`` found, good for one commit; None to begin a table.  ``schema``: SQL type by column.
    Raises TableMoved where the log is further.
    """
    wanted = _delta_schema(schema)
    table = _begin(folder, wanted) if at is None else at.table
    table.update_incremental()
    if at is not None and table.version() != at.version:
        raise TableMoved(f"{folder.name} is at version {table.version()}, no longer at {at.version}")
    whole = at is not None and _retyped(table, wanted)
    if whole and len(removed) != len(table.file_uris()):
        raise TableMoved(
            f"{folder.name}: columns change their type, so every file must be rewritten; run: steelyard pool migrate"
        )
    fault("before-commit")
    try:
        if not whole:
            _add_columns(table, wanted)
        table.create_write_transaction(
            [*map(_add, added), *(() if whole else map(_remove, removed))],
            "overwrite" if whole else "append",
            wanted if whole else table.schema(),
            commit_properties=CommitProperties(
                custom_metadata={"what": note.what, "delivery": note.delivery, "seq": str(note.seq), **note.more},
                app_transactions=[Transaction(note.batch, note.seq)] if note.batch else None,
                # A second writer without the lock must fail, never be woven in.
                max_commit_retries=0,
            ),
        )
    except CommitFailedError as error:
        raise TableMoved(f"{folder.name}: {error}") from error
    fault("after-commit")
    table.update_incremental()
    _settle_log(folder)
    return int(table.version())


def _begin(folder: Path, schema: Schema) -> DeltaTable:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return DeltaTable.create(str(folder), schema, configuration=SETTINGS)
    except DeltaError as error:
        raise TableMoved(f"{folder.name}: {error}") from error


def _delta_schema(schema: Mapping[str, str]) -> Schema:
    kinds = {name: _DELTA_TYPES.get(kind, kind.lower()) for name, kind in schema.items()}
    return Schema([Field(name, PrimitiveType(kind), nullable=True) for name, kind in kinds.items()])


def _types(schema: Schema) -> dict[str, str]:
    return {one.name: str(json.loads(one.to_json())["type"]) for one in schema.fields}


def _retyped(table: DeltaTable, wanted: Schema) -> bool:
    """True where an old column is gone or has another type; a new column alone needs no rewriting."""
    known = _types(wanted)
    return any(known.get(name) != kind for name, kind in _types(table.schema()).items())


def _add_columns(table: DeltaTable, wanted: Schema) -> None:
    known = _types(table.schema())
    missing = [one for one in wanted.fields if one.name not in known]
    if missing:
        table.alter.add_columns(missing)


def _add(part: Part) -> AddAction:
    statistics = {
        "numRecords": part.rows, "minValues": part.lowest, "maxValues": part.highest, "nullCount": {},
    }  # fmt: skip
    return AddAction(part.name, part.bytes, {}, int(time.time() * 1000), True, json.dumps(statistics))


def _remove(part: Part) -> RemoveAction:
    return RemoveAction(part.name, True, int(time.time() * 1000), part.bytes)


def _settle_log(folder: Path) -> None:
    """Have the disk hold the commit before PostgreSQL names it."""
    for path in (folder, folder / "_delta_log"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
