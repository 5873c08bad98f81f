"""One row of a delivered file again, as it was delivered: its line where it has one, and its values."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from steelyard.sources.archives import SEPARATOR, members, unpacked
from steelyard.sources.csv_files import MOST_LINES_OF_A_RECORD, read_csv
from steelyard.sources.encodings import is_wide
from steelyard.sources.files import read_as
from steelyard.sources.interfaces import Interface
from steelyard.sources.json_files import flat, json_lines
from steelyard.sources.lines import blocks, line_at, lines
from steelyard.sources.opening import encoding_of
from steelyard.sources.textfile import SHOWN_CHARACTERS, FileRefused, TextFile


@dataclass(frozen=True)
class Origin:
    """What was delivered for one row."""

    text: str | None
    """The line; None in formats without lines."""
    fields: Mapping[str, str | None] = field(default_factory=dict)
    """Values by the file's own column names; empty where the line could not be read."""


def origin(path: Path, interface: Interface, name: str, file: str, row: int) -> Origin | None:
    """The row ``row`` of ``file`` (as in ``_row`` and ``_file``); None where there is none.

    ``path``: the delivered file, ``name``: what it was delivered as.
    """
    member = file[len(name) + 1 :] if file.startswith(name + SEPARATOR) else ""
    with tempfile.TemporaryDirectory(prefix="steelyard-") as folder:
        try:
            if interface.file_format != "zip":
                return _origin(interface.file_format, path, interface, TextFile(name, Path(folder), 0), file, row)
            found = next((one for one in members(path, interface.options, name) if one.name == member), None)
            if found is None:
                return None
            with unpacked(path, found, Path(folder), name) as inner:
                made = TextFile(file, Path(folder), 0)
                return _origin(interface.options.member_format, inner, interface, made, file, row)
        except FileRefused:
            return None


def _origin(kind: str, path: Path, interface: Interface, made: TextFile, file: str, row: int) -> Origin | None:
    if kind == "csv":
        return _of_csv(path, interface, made, row)
    if kind in ("jsonl", "ocds"):
        return _of_lines(path, interface, made, row)
    for text in read_as(kind, path, interface, made):
        if text.file == file:
            found = _row_of(text, row)
            return Origin(None, found) if found else _broken(text, row)
    return None


def _of_lines(path: Path, interface: Interface, made: TextFile, row: int) -> Origin | None:
    encoding = encoding_of(path, interface.options.encoding or "utf-8")
    line = line_at(path, row, encoding)
    if line is None:
        return None
    target = made.folder / "line.jsonl"
    target.write_bytes(line)
    value = next((value for _, value in json_lines(target, made, _narrow(encoding))), None)
    fields = flat(value) if isinstance(value, dict) and interface.file_format != "ocds" else {}
    return Origin(line.decode(_narrow(encoding), "replace")[:SHOWN_CHARACTERS], fields)


def _of_csv(path: Path, interface: Interface, made: TextFile, row: int) -> Origin | None:
    """By a small file of the heading and the lines from ``row`` on, so that it is read as it was read."""
    options = interface.options
    encoding = encoding_of(path, options.encoding)
    heading, following = _cut(path, encoding, options.headings, row)
    if not following:
        return None
    target = made.folder / "cut.csv"
    target.write_bytes(b"\n".join([*heading, *following]))
    narrow = replace(options, encoding=_narrow(encoding), header=tuple(range(1, len(heading) + 1)))
    found = _row_of(read_csv(target, narrow, made), len(heading) + 1)
    return Origin(following[0].decode(_narrow(encoding), "replace")[:SHOWN_CHARACTERS], found or {})


def _cut(path: Path, encoding: str, headings: tuple[int, ...], row: int) -> tuple[list[bytes], list[bytes]]:
    """The lines of the heading, and those from ``row`` on that one record may run over."""
    heading: list[bytes] = []
    following: list[bytes] = []
    for block in blocks(path, encoding):
        last = block.first + (1 if block.too_long else block.data.count(b"\n"))
        if block.first > headings[-1] and last < row:
            continue
        for number, line in lines(block):
            if number in headings:
                heading.append(line)
            elif row <= number < row + MOST_LINES_OF_A_RECORD:
                following.append(line)
        if len(following) >= MOST_LINES_OF_A_RECORD:
            break
    return heading, following


def _narrow(encoding: str) -> str:
    return "utf-8" if is_wide(encoding) else encoding


def _row_of(text: TextFile, row: int) -> dict[str, str | None]:
    for part in text.parts:
        table = pq.read_table(part)
        found = table.filter(pc.equal(table["_row"], row)).to_pylist()
        if len(found) == 1:
            return {name: value for name, value in found[0].items() if name not in ("_file", "_row")}
    return {}


def _broken(text: TextFile, row: int) -> Origin | None:
    line = next(islice((one for one in text.broken if one.row == row), 1), None)
    if line is None:
        return None
    try:
        said = json.loads(line.text)
    except ValueError:
        said = None
    return Origin(line.text, flat(said) if isinstance(said, dict) else {})
