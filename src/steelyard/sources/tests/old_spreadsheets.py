"""Spreadsheets of other programs, written by hand: OpenDocument (ods) and the binary form of Excel 5 (xls).

A sheet is a list of rows; a cell is None, a text, a whole number, a float, a date, ``Percent`` or ``Wide``.
"""

import datetime as dt
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[Any]]
NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in [("office", "office"), ("table", "table"), ("text", "text")]
)
ODS = "application/vnd.oasis.opendocument.spreadsheet"
NO_SECTOR, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


@dataclass(frozen=True)
class Percent:
    """A share as a percentage."""

    value: float


@dataclass(frozen=True)
class Wide:
    """A heading over several columns, as merged cells."""

    text: str
    columns: int


def write_ods(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write a book as LibreOffice does: equal neighbours are one element that says how often it is repeated."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}"><table:table-column table:number-columns-repeated="16384"/>'
        f"{''.join(_ods_row(row) for row in rows)}"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES} office:version="1.3">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def _ods_row(row: Sequence[Any]) -> str:
    cells = "".join(_ods_cells(value, len(list(same))) for value, same in groupby(_spread(row)))
    return f'<table:table-row>{cells}<table:table-cell table:number-columns-repeated="16300"/></table:table-row>'


def _spread(row: Sequence[Any]) -> list[Any]:
    """The cells with those that a wide one covers."""
    return [one for value in row for one in ([value, *[...] * (value.columns - 1)] if type(value) is Wide else [value])]


def _ods_cells(value: Any, times: int) -> str:
    again = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if value is None:
        return f"<table:table-cell{again}/>"
    if value is ...:
        return f"<table:covered-table-cell{again}/>"
    kind, shown = _ods_value(value)
    return f"<table:table-cell{again} {kind}><text:p>{escape(shown)}</text:p></table:table-cell>"


def _ods_value(value: Any) -> tuple[str, str]:
    if isinstance(value, Wide):
        spans = f'table:number-columns-spanned="{value.columns}" table:number-rows-spanned="1"'
        return f'office:value-type="string" {spans}', value.text
    if isinstance(value, Percent):
        return f'office:value-type="percentage" office:value="{value.value!r}"', f"{100 * value.value:g}%"
    if isinstance(value, dt.date):
        return f'office:value-type="date" office:date-value="{value.isoformat()}"', f"{value:%Y年%m月%d日}"
    if isinstance(value, int | float):
        return f'office:value-type="float" office:value="{value!r}"', f"{value:,}"
    return 'office:value-type="string"', value


# -- xls ---------------------------------------------------------------------------------------


def write_xls(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write a book as Excel 97 does: records (BIFF8) in the stream ``Workbook`` of a compound file."""
    path.write_bytes(_compound(_workbook(sheets)))
    return path


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _workbook(sheets: Mapping[str, Rows]) -> bytes:
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    head = begin + _record(0x0042, struct.pack("<H", 1200))
    # Formats of cells: 0 general, 1 a date, 2 a percentage.
    head += b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, kind, 0, 0, 0, 0, 0, 0, 0, 0)) for kind in (0, 14, 10)
    )
    bodies = [_sheet(rows) for rows in sheets.values()]
    names = [_text(name, "B") for name in sheets]
    at = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        head += _record(0x0085, struct.pack("<IH", at, 0) + name)
        at += len(body)
    return head + _record(0x000A) + b"".join(bodies)


def _sheet(rows: Rows) -> bytes:
    made = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    widest = max(len(_spread(row)) for row in rows)
    made += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, widest, 0))
    merged = []
    for at, row in enumerate(rows):
        for column, value in enumerate(_spread(row)):
            made += _xls_cell(at, column, value)
            if isinstance(value, Wide):
                merged.append(struct.pack("<HHHH", at, at, column, column + value.columns - 1))
    if merged:
        made += _record(0x00E5, struct.pack("<H", len(merged)) + b"".join(merged))
    return made + _record(0x000A)


def _xls_cell(row: int, column: int, value: Any) -> bytes:
    if value is None or value is ...:
        return b""
    if isinstance(value, Wide):
        value = value.text
    if isinstance(value, str):
        return _record(0x0204, struct.pack("<HHH", row, column, 0) + _text(value, "H"))
    style = 1 if isinstance(value, dt.date) else 2 if isinstance(value, Percent) else 0
    if isinstance(value, dt.date):
        value = (value - dt.date(1899, 12, 30)).days
    number = value.value if isinstance(value, Percent) else float(value)
    return _record(0x0203, struct.pack("<HHHd", row, column, style, number))


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream that is long enough to lie in whole sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    # The first sector holds the table of sectors, the second the directory, the others the stream.
    table = [FAT_SECTOR, END, *range(3, sectors + 2), END]
    assert len(table) <= SECTOR // 4, "one sector of the table is enough for what tests write"
    table += [NO_SECTOR] * (SECTOR // 4 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<109I", 0, *[NO_SECTOR] * 108)
    root = _entry("Root Entry", 5, child=1, start=END, size=0)
    directory = root + _entry("Workbook", 2, child=NO_SECTOR, start=2, size=len(stream))
    directory += _entry("", 0, child=NO_SECTOR, start=0, size=0) * 2
    return head + struct.pack(f"<{SECTOR // 4}I", *table) + directory + stream


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return (
        text.ljust(64, b"\0") + struct.pack("<HBBIII", length, kind, 1, NO_SECTOR, NO_SECTOR, child) + bytes(36)
        + struct.pack("<IQ", start, size)
    )  # fmt: skip
