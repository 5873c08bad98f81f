"""An engine for texts of strangers: it reads the files it is given, and keeps its settings."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
from duckdb import StatementType

from steelyard.engines.duck import Duck, _text, quoted

__all__ = ["measured", "not_one_select", "planned", "sealed"]

_SETTINGS = (
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "allow_community_extensions = false",
    "allow_persistent_secrets = false",
    # Else a table's name could be that of a variable of this program.
    "python_enable_replacements = false",
    "max_temp_directory_size = '0B'",
    "temp_directory = ''",
    "max_expression_depth = 500",
    "TimeZone = 'UTC'",
    "enable_progress_bar = false",
)


def sealed(
    relations: Mapping[str, Path], *, memory_mb: int, threads: int, prepare: Callable[[Duck], None] | None = None
) -> Duck:
    """A fresh engine in memory that reads these Parquet files under these names, no other file, and writes none.

    The views are made while files are still open; from then on each file is open by its own path alone, and nothing
    can change that.
    """
    connection = duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_mb}MB"})
    for name, path in relations.items():
        connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet({_text(str(path))})")
    if prepare is not None:
        prepare(connection)
    for setting in _SETTINGS:
        connection.execute(f"SET {setting}")
    connection.execute("PRAGMA enable_profiling = 'no_output'")
    listed = ", ".join(_text(str(path)) for path in relations.values())
    connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def not_one_select(sql: str) -> str | None:
    """What the engine's own parser sees where it does not see exactly one SELECT; else None.

    Two parsers may read one text differently; both must agree on this.  Raises DuckError.
    """
    kinds = [statement.type for statement in duckdb.extract_statements(sql)]
    if kinds == [StatementType.SELECT]:
        return None
    return ", ".join(str(kind).removeprefix("StatementType.") for kind in kinds) or "nothing"


def measured(connection: Duck) -> dict[str, Any]:
    """What the last query read and took, as the engine's profile tells."""
    return dict(json.loads(connection.get_profiling_information(format="json")))


def planned(connection: Duck, sql: str) -> list[dict[str, Any]]:
    """How the engine would run a query: its operators as a tree.  Raises DuckError."""
    row = connection.execute(f"EXPLAIN (FORMAT JSON) {sql}").fetchone()
    return list(json.loads(row[1])) if row else []
