"""The embedded engine: DuckDB computes, it stores nothing of ours."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from duckdb import CatalogException as NotThere
from duckdb import DuckDBPyConnection as Duck
from duckdb import Error as DuckError

from steelyard.engines.spilling import most_spilled_mb, spill_folder
from steelyard.kit.errors import SteelyardError

__all__ = [
    "Duck",
    "DuckError",
    "EngineTooOld",
    "NotThere",
    "close_off",
    "connect",
    "memory_for_a_run",
    "quoted",
    "register_files",
    "rows",
    "spill_folder",
]


class EngineTooOld(SteelyardError):
    """DuckDB 2.0 or later is needed; set up again with: make setup."""


def connect(
    *, memory_mb: int = 2048, threads: int | None = None, spill: Path | None = None, stays: bool = False
) -> Duck:
    """A fresh engine in memory.  ``spill``: folder for what does not fit; without it nothing spills.

    ``stays``: it reads the same files again and again, and none of them changes under its name.
    """
    if int(duckdb.__version__.split(".")[0]) < 2:
        raise EngineTooOld
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory_mb}MB'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    # It would be drawn between the lines of JSON.
    connection.execute("SET enable_progress_bar = false")
    if threads:
        connection.execute(f"SET threads = {threads}")
    if stays:
        connection.execute("SET parquet_metadata_cache = true")
        connection.execute("SET validate_external_file_cache = 'NO_VALIDATION'")
    if spill:
        spill.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection.execute(f"SET temp_directory = {_text(str(spill))}")
        connection.execute(f"SET max_temp_directory_size = '{most_spilled_mb(spill)}MB'")
    return connection


def memory_for_a_run() -> int:
    """Megabytes a run over all data may hold: STEELYARD_RUN_MB, else half of the machine's, from 1,024 to 6,144."""
    if named := os.environ.get("STEELYARD_RUN_MB"):
        return int(named)
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return max(1_024, min(6_144, machine // 2))


def close_off(connection: Duck, folders: Sequence[Path] = ()) -> None:
    """From now on the engine reads files below ``folders`` alone, writes none, and keeps its settings.

    Models are texts of people who are not system administrators; their SQL must reach data only.
    """
    listed = ", ".join(_text(str(folder)) for folder in folders)
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def register_files(
    connection: Duck, name: str, files: Sequence[str], columns: Mapping[str, str], *, place: bool = False,
    known: dict[tuple[str, ...], set[str]] | None = None,
) -> None:  # fmt: skip
    """Make Parquet files readable under ``name``; without files an empty relation of the same columns.

    ``columns``: column name to SQL type; a column that a file does not have yet reads as null.
    ``place``: with every row's file and position in it, as ``_path`` and ``_at``.  ``known``: remembers which columns
    files have; give it only where a file never changes.
    """
    source, present = _source(connection, files, place, {} if known is None else known)
    chosen = [
        f"CAST({quoted(column) if column in present else 'NULL'} AS {kind}) AS {quoted(column)}"
        for column, kind in columns.items()
    ]
    if place:
        chosen += ["CAST(filename AS VARCHAR) AS _path", "CAST(file_row_number AS BIGINT) AS _at"]
    # A view also where there is nothing: a table could not be replaced by the view of a later version.
    connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT {', '.join(chosen)} FROM {source}")


def _source(
    connection: Duck, files: Sequence[str], place: bool, known: dict[tuple[str, ...], set[str]]
) -> tuple[str, set[str]]:
    """What to read the files from, and the columns they have."""
    if not files:
        return "(SELECT NULL AS filename, NULL AS file_row_number WHERE false)", set()
    paths = "[" + ", ".join(_text(file) for file in files) + "]"
    if tuple(files) not in known:
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({paths}, union_by_name = true)").fetchall()
        known[tuple(files)] = {row[0] for row in described}
    more = ", filename = true, file_row_number = true" if place else ""
    return f"read_parquet({paths}, union_by_name = true{more})", known[tuple(files)]


def rows(connection: Duck, sql: str, values: Sequence[Any] | None = None) -> list[dict[str, Any]]:
    """Run one query; one dictionary a row, in column order."""
    cursor = connection.execute(sql, values) if values is not None else connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
