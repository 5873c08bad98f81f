"""Delta tables: one a dataset, written by delta-rs; a version's files are read as plain Parquet."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, register_files
from steelyard.kit.sqltext import literal, quoted

LINEAGE: Mapping[str, str] = {
    "_delivery": "VARCHAR",
    "_raw_row": "BIGINT",
    "_file": "VARCHAR",
    "_seq": "BIGINT",
    "_supplier": "VARCHAR",
    "_order": "BIGINT",
}
"""Columns every conformed row carries beside those of its contract."""
BATCH_ROWS = 100_000
SETTINGS = {
    # An evaluation must be repeatable on the pool version it saw; what may go is decided by vacuum, after pins.
    "delta.logRetentionDuration": "interval 3650 days",
    "delta.deletedFileRetentionDuration": "interval 3650 days",
}


@dataclass(frozen=True)
class Merged:
    """What a merge did.  ``version``: the Delta version now, unchanged where nothing was written."""

    version: int | None
    admitted: int
    unchanged: int
    removed: int
    written: bool
    corrected: int = 0
    """Of the admitted rows those that took the place of an older one."""


@dataclass(frozen=True)
class Stamp:
    """What a delivery writes beside its rows."""

    delivery: str
    seq: int
    supplier: str
    ordered: bool = False
    """Whether the rows bring ``_order``: which of two versions of a row is the newer."""


@lru_cache(maxsize=512)
def files_of(folder: str, version: int) -> tuple[str, ...]:
    """The Parquet files that make up one version of a table."""
    return tuple(DeltaTable(folder, version=version).file_uris())


def rewind(folder: Path, version: int | None) -> None:
    """Make the table's newest state that of ``version``, undoing a commit no pool version ever named.

    Call under the table's lock.
    """
    if not DeltaTable.is_deltatable(str(folder)):
        return
    table = DeltaTable(str(folder))
    if version is None:
        # Never published: nobody can have read it, and nothing refers to it.
        shutil.rmtree(folder)
        # Its version numbers will be given again, to other files.
        files_of.cache_clear()
        row_count.cache_clear()
    elif table.version() != version and sorted(table.file_uris()) != sorted(files_of(str(folder), version)):
        table.restore(version)


def merge(
    duck: Duck, contract: Contract, good: str, folder: Path, base: int | None, stamp: Stamp, *,
    gone: str | None = None, restored: bool = False,
) -> Merged:  # fmt: skip
    """Bring the rows of ``good`` into the table whose published version is ``base``, and take keys out of it.

    Rows that say what the table says already are left as they are, with their first lineage.  ``gone``: relation of
    keys that are to be no more; none of them stands in ``good``, and those the table does not have do no harm.
    ``restored``: the rows bring their own lineage columns, and replace what is there even where only these differ.
    """
    rewind(folder, base)
    known = files_of(str(folder), base) if base is not None else ()
    old, compared = quoted(f"old {contract.dataset}"), quoted(f"compared {contract.dataset}")
    register_files(duck, old[1:-1], known, contract.schema | dict(LINEAGE))
    same = "false" if restored else " AND ".join(
        ["o._seq IS NOT NULL"]
        + [f"o.{quoted(name)} IS NOT DISTINCT FROM n.{quoted(name)}"
           for name in contract.columns if name not in contract.key]
    )  # fmt: skip
    if known:
        duck.execute(
            f"CREATE OR REPLACE TABLE {compared} AS SELECT n.*, o._seq IS NOT NULL AS _known, {same} AS _same "
            f"FROM {good} n LEFT JOIN {old} o ON {match(contract, 'o', 'n')}"
        )
    else:
        duck.execute(f"CREATE OR REPLACE VIEW {compared} AS SELECT *, false AS _known, false AS _same FROM {good}")
    admitted, unchanged, changed = _counts(duck, compared)
    removed = _removed(duck, contract, old, gone) if known and gone else 0
    if not admitted and not removed:
        return Merged(base, 0, unchanged, 0, written=False)
    new = _as_they_were(contract, compared) if restored else _stamped(contract, compared, stamp)
    if not known or not (changed or removed):
        _write(duck, new, folder, "append" if known else "overwrite", stamp)
    else:
        _write(duck, f"{_kept(contract, old, compared, gone)} UNION ALL {new}", folder, "overwrite", stamp)
    return Merged(DeltaTable(str(folder)).version(), admitted, unchanged, removed, True, changed)


def _counts(duck: Duck, compared: str) -> tuple[int, int, int]:
    found = duck.execute(
        f"SELECT count(*) FILTER (NOT _same), count(*) FILTER (_same), count(*) FILTER (_known AND NOT _same) "
        f"FROM {compared}"
    ).fetchall()[0]
    return int(found[0]), int(found[1]), int(found[2])


def match(contract: Contract, left: str, right: str) -> str:
    """SQL: whether two relations' rows have the same key."""
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in contract.key)


def _removed(duck: Duck, contract: Contract, old: str, gone: str) -> int:
    found = duck.execute(f"SELECT count(*) FROM {old} o SEMI JOIN {gone} g ON {match(contract, 'o', 'g')}").fetchall()
    return int(found[0][0])


def _kept(contract: Contract, old: str, compared: str, gone: str | None) -> str:
    columns = ", ".join(f"o.{quoted(name)}" for name in [*contract.columns, *LINEAGE])
    kept = (
        f"SELECT {columns} FROM {old} o "
        f"ANTI JOIN (SELECT * FROM {compared} WHERE NOT _same) n ON {match(contract, 'o', 'n')}"
    )
    return f"{kept} ANTI JOIN {gone} g ON {match(contract, 'o', 'g')}" if gone else kept


def _as_they_were(contract: Contract, compared: str) -> str:
    columns = ", ".join(quoted(name) for name in [*contract.columns, *LINEAGE])
    return f"SELECT {columns} FROM {compared} WHERE NOT _same"


def _stamped(contract: Contract, compared: str, stamp: Stamp) -> str:
    columns = ", ".join(quoted(name) for name in contract.columns)
    return (
        f"SELECT {columns}, {literal(stamp.delivery)} AS _delivery, _row AS _raw_row, _file, "
        f"CAST({stamp.seq} AS BIGINT) AS _seq, {literal(stamp.supplier)} AS _supplier, "
        f"{'_order' if stamp.ordered else 'CAST(NULL AS BIGINT)'} AS _order FROM {compared} WHERE NOT _same"
    )


def _write(duck: Duck, sql: str, folder: Path, mode: str, stamp: Stamp) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_deltalake(
        str(folder),
        duck.sql(sql).to_arrow_reader(BATCH_ROWS),
        configuration=SETTINGS,
        mode=mode,  # type: ignore[call-overload]  # one of two constants of this module
        schema_mode="overwrite" if mode == "overwrite" else "merge",
        writer_properties=WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=122_880),
        commit_properties=CommitProperties(custom_metadata={"delivery": stamp.delivery, "seq": str(stamp.seq)}),
    )


@lru_cache(maxsize=512)
def row_count(folder: str, version: int) -> int:
    """Rows of one version of a table, from its log."""
    actions = DeltaTable(folder, version=version).get_add_actions(flatten=True)
    return sum(int(str(number)) for number in actions.column("num_records").to_pylist())
