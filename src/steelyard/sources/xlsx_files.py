"""Spreadsheets as text, with limits that hold before anything is unpacked into memory."""

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import python_calamine

from steelyard.sources.csv_files import heading_names, kept_rows
from steelyard.sources.interfaces import Options
from steelyard.sources.textfile import FileRefused, TextFile, text_array

MAX_UNPACKED_BYTES = 600 << 20
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 20 << 20
MAX_CELLS = 20_000_000
MAX_TEXT_BYTES = 2 << 30
MAX_ENTRIES = 2_000
_CELL = re.compile(rb'<c\s[^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<row\s[^>]*?r="([0-9]{1,7})"')


def read_xlsx(path: Path, options: Options, made: TextFile) -> TextFile:
    """Read one sheet into ``made``.  Raises FileRefused for bombs, foreign files and missing sheets."""
    _measure(path, made.file)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        name = _sheet_name(book.sheet_names, options.sheet, made.file)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise FileRefused(f"{made.file}: not a readable spreadsheet: {error}") from error
    if len(rows) < options.header:
        raise FileRefused(f"{made.file}: the sheet has no row {options.header}")
    cells = [_text(cell) or "" for cell in rows[options.header - 1]]
    while cells and not cells[-1].strip():
        cells.pop()
    names = heading_names(cells, f"{made.file}: row {options.header}")
    made.columns = list(names)
    body = rows[options.header :]
    columns = [text_array([_text(row[at]) if at < len(row) else None for row in body]) for at in range(len(names))]
    numbers = list(range(options.header + 1, options.header + 1 + len(body)))
    if body:
        kept = kept_rows(columns, options.skip_footer)
        if kept is not None:
            columns = [column.filter(kept) for column in columns]
            numbers = text_array([str(number) for number in numbers]).filter(kept).cast("int64")
        made.write(names, columns, numbers)
    return made


def _sheet_name(names: list[str], wanted: str | int, file: str) -> str:
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return names[wanted - 1]
    if wanted in names:
        return str(wanted)
    raise FileRefused(f"{file}: there is no sheet {wanted!r}; it has {', '.join(names)}")


def _measure(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_ENTRIES or size > MAX_UNPACKED_BYTES:
                raise FileRefused(f"{name}: unpacks to {size >> 20} MB; the limit is {MAX_UNPACKED_BYTES >> 20} MB")
            for entry in entries:
                if entry.file_size > max(RATIO_COUNTS_FROM_BYTES, MAX_RATIO * entry.compress_size):
                    raise FileRefused(
                        f"{name}: {entry.filename} unpacks to {entry.file_size // max(entry.compress_size, 1)} "
                        f"times its size; the limit is {MAX_RATIO}"
                    )
            cells = sum(_cells(archive, entry, name) for entry in entries if "worksheets/" in entry.filename)
            longest = max((_longest_text(archive, entry) for entry in entries
                           if entry.filename.endswith("sharedStrings.xml")), default=0)  # fmt: skip
            if cells * longest > MAX_TEXT_BYTES and longest > 4_000:
                raise FileRefused(f"{name}: a text of {longest} bytes in a sheet of {cells} cells")
    except zipfile.BadZipFile as error:
        raise FileRefused(f"{name}: not an xlsx file: {error}") from error


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Any:
    with archive.open(entry) as stream:
        rest = b""
        read = 0
        while chunk := stream.read(1 << 20):
            read += len(chunk)
            if read > entry.file_size:
                raise FileRefused(f"{entry.filename}: longer than the archive says")
            yield rest + chunk
            rest = chunk[-200:]


def _cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> int:
    """Size of the rectangle a sheet spans: one far cell would make the reader allocate all before it."""
    widest = deepest = 0
    for piece in _pieces(archive, entry):
        for column in {match[0] for match in _CELL.findall(piece)}:
            widest = max(widest, _column_number(column))
        deepest = max([deepest, *(int(row) for row in _ROW.findall(piece))])
        for _, row in _CELL.findall(piece)[-1:]:
            deepest = max(deepest, int(row))
    if widest * deepest > MAX_CELLS:
        raise FileRefused(f"{name}: {entry.filename} spans {widest * deepest} cells; the limit is {MAX_CELLS}")
    return widest * deepest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _longest_text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    longest = here = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(1 << 20):
            parts = chunk.split(b"</si>")
            here += len(parts[0])
            for part in parts[1:]:
                longest = max(longest, here)
                here = len(part)
    return max(longest, here)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if value is None:
        return None
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
