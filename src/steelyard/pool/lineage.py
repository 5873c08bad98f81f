"""From a conformed row back to the line that was delivered."""

import codecs
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq

from steelyard.pool import records
from steelyard.pool.masking import masked, masked_json, rebuilt
from steelyard.pool.raw import RawFile, is_of, opened, opened_rows, rows_path, sealed_path, unsealed
from steelyard.pool.replaying import as_sent_again
from steelyard.pool.sealing import Destroyed, Seal, Sealed
from steelyard.sources import Interface, Origin, origin
from steelyard.sources.csv_files import MOST_LINES_OF_A_RECORD

MARKS_OF_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""Behind them bytes of line ends are no line ends."""
_ESCAPE = re.compile(r"\\u(?!d[89a-f])([0-9a-f]{4})", re.IGNORECASE)
"""A character written as its number in JSON; halves of pairs stay as they are."""


@dataclass(frozen=True)
class Lineage:
    """Where a row comes from."""

    delivery: str
    interface: str
    file: str
    row: int
    """As in ``_raw_row``: line, sheet row or position, from 1."""
    text: str | None
    """The delivered line, written anew from its masked values; None where it has none that could be read."""
    fields: Mapping[str, str | None]
    """The delivered values by the file's own column names; empty where a line holds several rows."""


def _covered_line(text: str, fields: Mapping[str, str | None], published: bool) -> str | None:
    if fields and not published:
        return rebuilt(text, {name: value if value is None else masked(value) for name, value in fields.items()})
    try:
        return json.dumps(masked_json(json.loads(text)), ensure_ascii=False)
    except ValueError:
        # Published records are longer than what is shown of a line; elsewhere half a line is not shown at all.
        return masked(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)) if published else None


def _opened(
    folder: Path, file: RawFile, interface: Interface, row: int, seal: Seal | None
) -> AbstractContextManager[Path]:
    """The delivered file, of which no more is opened than the row needs where it has lines that lie apart."""
    by_lines = interface.file_format in ("csv", "jsonl") and not file.name.lower().endswith(".gz")
    wide = (interface.options.encoding or "").lower().startswith("utf-16")
    if seal is None or not by_lines or wide:
        return opened(folder, file, seal)
    sealed = Sealed(sealed_path(folder, file), seal, file.number)
    if next(sealed.chunks(), b"").startswith(MARKS_OF_UTF_16):
        return opened(folder, file, seal)
    pieces = sealed.around(row, row + MOST_LINES_OF_A_RECORD, interface.options.headings[-1])
    return unsealed(folder, file, pieces)


def _origin(
    folder: Path, chosen: RawFile, interface: Interface, file: str, row: int, seal: Seal | None
) -> Origin | None:
    if seal and rows_path(folder, chosen).exists():
        with opened_rows(folder, chosen, seal) as path:
            table = pq.read_table(path, filters=[("_row", "=", row), ("_file", "=", file)])
        found = [{k: v for k, v in one.items() if k not in ("_row", "_file")} for one in table.to_pylist()]
        return Origin(None, found[0]) if found else None
    with _opened(folder, chosen, interface, row, seal) as path:
        return origin(path, interface, chosen.name, file, row)


def trace(
    connection: "psycopg.Connection[Any]", raw: Path, interfaces: Mapping[str, Interface], delivery: str,
    row: int, file: str | None, *, reveal: bool, seal_of: Callable[[str], Seal | None],
) -> Lineage | None:  # fmt: skip
    """The origin of a row; None where the delivery or its row does not exist (any more).

    ``file``: needed where the delivery has several.  Without ``reveal`` resident numbers are covered.
    """
    found = records.one(connection, "SELECT interface, kind FROM engine.delivery WHERE id::text = %s", [delivery])
    listed = records.files(connection, delivery) if found else []
    chosen = next((entry for entry in listed if file is None or is_of(file, entry.name)), None)
    if found is None or chosen is None:
        return None
    interface = interfaces.get(found["interface"])
    if interface is None:
        return None
    interface = as_sent_again(interface, found["kind"])
    try:
        source = _origin(raw / delivery, chosen, interface, file or chosen.name, row, seal_of(delivery))
    except (FileNotFoundError, Destroyed):
        return None
    if source is None:
        return None
    text, values = source.text, source.fields
    if text is None and not values:
        return None
    published = interface.file_format == "ocds"
    line = text if text is None or reveal else _covered_line(text, values, published)
    # The empty cells of a table keep their place; an object leaves out what it does not know.
    table = text is not None and interface.file_format == "csv"
    fields = {name: value for name, value in values.items() if table or value is not None}
    covered = {name: value if value is None or reveal else masked(value) for name, value in fields.items()}
    return Lineage(delivery, found["interface"], file or chosen.name, row, line, covered)
