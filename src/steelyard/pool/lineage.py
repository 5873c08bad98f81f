"""From a conformed row back to the line that was delivered."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from steelyard.engines.duck import connect, rows
from steelyard.kit.sqltext import literal
from steelyard.pool import records
from steelyard.pool.raw import raw_path
from steelyard.sources import Interface, read_line

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{6})(\d{8}|\d{5,6})(\d{3}[0-9Xx]|\d{3})(?![0-9A-Za-z])")


@dataclass(frozen=True)
class Lineage:
    """Where a row comes from."""

    delivery: str
    interface: str
    file: str
    row: int
    """As in ``_raw_row``: line, sheet row or position, from 1."""
    text: str | None
    """The delivered line; None where the format has no lines."""
    fields: Mapping[str, str | None]
    """The delivered values by the file's own column names; empty where a line holds several rows."""


def masked(text: str) -> str:
    """Text with the birth dates and serials of resident numbers covered."""
    return _NUMBER.sub(lambda found: found[1] + "*" * len(found[2] + found[3]), text)


def trace(
    connection: "psycopg.Connection[Any]", raw: Path, interfaces: Mapping[str, Interface], delivery: str,
    row: int, file: str | None, *, reveal: bool,
) -> Lineage | None:  # fmt: skip
    """The origin of a row; None where the delivery or its row does not exist (any more).

    ``file``: needed where the delivery has several.  Without ``reveal`` resident numbers are covered.
    """
    found = records.one(connection, "SELECT interface FROM engine.delivery WHERE id::text = %s", [delivery])
    listed = records.files(connection, delivery) if found else []
    chosen = next((entry for entry in listed if file in (None, entry.name)), None)
    if found is None or chosen is None:
        return None
    fields = _fields(raw / delivery, chosen.name, row)
    interface = interfaces.get(found["interface"])
    path = raw_path(raw / delivery, chosen)
    by_lines = interface is None or interface.file_format in ("csv", "jsonl") or ".jsonl" in chosen.name
    encoding = interface.options.encoding if interface else None
    text = read_line(path, encoding, row) if by_lines and path.exists() else None
    if text is None and not fields:
        return None

    def shown(value: str | None) -> str | None:
        return value if value is None or reveal else masked(value)

    return Lineage(
        delivery, found["interface"], chosen.name, row, shown(text),
        {name: shown(value) for name, value in fields.items()},
    )  # fmt: skip


def _fields(folder: Path, file: str, row: int) -> dict[str, str | None]:
    parts = sorted(str(part) for part in (folder / "text").glob("*.parquet"))
    if not parts:
        return {}
    duck = connect(memory_mb=256, threads=1)
    try:
        listed = ", ".join(literal(part) for part in parts)
        found = rows(
            duck,
            f"SELECT * FROM read_parquet([{listed}], union_by_name = true) WHERE _file = ? AND _row = ?",
            [file, row],
        )
    finally:
        duck.close()
    if len(found) != 1:
        return {}  # a line of several rows, such as the bids of a tender: its text says it all
    return {name: value for name, value in found[0].items() if value is not None and not name.startswith("_")}


def mask_json(raw: str | None) -> str | None:
    """A delivered row as JSON, masked."""
    if raw is None:
        return None
    try:
        said = json.loads(raw)
    except ValueError:
        return masked(raw)
    if not isinstance(said, dict):
        return masked(raw)
    return json.dumps(
        {name: masked(value) if isinstance(value, str) else value for name, value in said.items()},
        ensure_ascii=False,
    )
