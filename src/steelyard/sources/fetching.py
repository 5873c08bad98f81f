"""The doorway to systems that are asked: one name whatever the connector."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from steelyard.sources.fetched import Fetched, Probe, SourceRefused
from steelyard.sources.interfaces import Interface
from steelyard.sources.json_files import read_json
from steelyard.sources.options import Options
from steelyard.sources.references import References
from steelyard.sources.textfile import TextFile

ASKED = ("sql", "rest", "sftp")
"""Connectors that ask the other side; the others wait for what comes."""
Seen = Callable[[str], bool]
"""Whether a file of this content (sha256) was delivered before."""


def fetch(
    interface: Interface, folder: Path, references: References, cursor: Mapping[str, Any] | None = None,
    seen: Seen = lambda digest: False,
) -> Fetched:  # fmt: skip
    """Get what is new since ``cursor`` (or all) as files below ``folder``, in the form in which they are landed.

    Raises FetchFailed and its kinds, ReferenceMissing.  No message holds a secret or the query of an address.
    """
    return _fetch(interface, folder, references, cursor, seen, None)


def sample(interface: Interface, folder: Path, references: References, limit: int) -> Fetched:
    """A few rows from the beginning, as files below ``folder``; of a folder its newest file."""
    return _fetch(interface, folder, references, None, lambda digest: False, limit)


def probe(interface: Interface, references: References, limit: int = 20) -> Probe:
    """Columns, the first rows as text and the number of rows of a database or an API; nothing is kept."""
    if interface.connector not in ("sql", "rest"):
        raise SourceRefused(f"{interface.id}: only databases and APIs can be looked at without a file")
    with tempfile.TemporaryDirectory(prefix="steelyard-") as name:
        got = sample(interface, Path(name), references, limit)
        columns, rows = _table(got.paths[0], Path(name))
    return Probe(columns, rows, got.total)


def _fetch(
    interface: Interface, folder: Path, references: References, cursor: Mapping[str, Any] | None,
    seen: Seen, limit: int | None,
) -> Fetched:  # fmt: skip
    # Each library is loaded by the connector that needs it alone: together they take seconds to import.
    if interface.connector == "sql":
        from steelyard.sources.sql import fetch_sql

        return fetch_sql(interface, folder, references, cursor, limit)
    if interface.connector == "rest":
        from steelyard.sources.rest import fetch_rest

        return fetch_rest(interface, folder, references, cursor, limit)
    if interface.connector == "sftp":
        from steelyard.sources.sftp import fetch_sftp

        return fetch_sftp(interface, folder, references, cursor, seen, limit)
    raise SourceRefused(f"{interface.id}: a connector {interface.connector!r} is not asked, it delivers")


def _table(path: Path, folder: Path) -> tuple[tuple[str, ...], tuple[Mapping[str, str | None], ...]]:
    if path.suffix == ".jsonl":
        made = read_json(path, Options(), TextFile(path.name, folder, 0), as_lines=True)
        tables = [pq.read_table(part).drop_columns(["_row", "_file"]) for part in made.parts]
        return tuple(made.columns), tuple(row for table in tables for row in table.to_pylist())
    table = pq.read_table(path)
    return tuple(table.column_names), tuple(table.to_pylist())
