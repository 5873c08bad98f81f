"""What a spreadsheet file really is, and whether it stays within limits: looked at before anything is unpacked."""

import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from steelyard.sources.textfile import FileRefused

MAX_FILE_BYTES = 256 << 20
MAX_UNPACKED_BYTES = 600 << 20
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 20 << 20
MAX_CELLS = 20_000_000
MAX_TEXT_BYTES = 2 << 30
LONG_TEXT_BYTES = 4_000
MAX_ENTRIES = 2_000
SHOWN_FORMULAS = 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?r="([0-9]{1,7})"')
_EMPTY_FORMULA = re.compile(
    rb'<c\s[^>]*?r="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_FAILED = re.compile(
    rb'<c\s(?=[^>]*?\st="e")[^>]*?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>(?:(?!</c>).){0,8000}?<v>([^<]{1,20})</v>',
    re.DOTALL,
)
_SHEET = re.compile(rb'<sheet\s[^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship\s[^>]*>")
MAX_FAILED = 100_000
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="([0-9]{1,9})"')


@dataclass(frozen=True)
class Looked:
    """What a look at a workbook found."""

    kind: str
    """xlsx, xls or ods."""
    formulas: tuple[str, ...] = field(default=())
    """Cells (``sheet1!C3``) whose formula has no value, the first ones."""
    errors: Mapping[str, Mapping[tuple[int, int], str]] = field(default_factory=dict)
    """By sheet the cells (row, column; from 1) whose formula failed, and with what."""


def look(path: Path, name: str) -> Looked:
    """Check a spreadsheet file.  Raises FileRefused for bombs, foreign, locked and other files."""
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise FileRefused(f"{name}: {size >> 20} MB; the limit of a spreadsheet is {MAX_FILE_BYTES >> 20} MB")
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(_OLE):
        return _old(path, name)
    if not zipfile.is_zipfile(path):
        raise FileRefused(f"{name}: not an xlsx file, nor xls nor ods: {_guess(head)}")
    try:
        with zipfile.ZipFile(path) as archive:
            return _packed(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise FileRefused(f"{name}: not a readable spreadsheet: {error}") from error


def _guess(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        return "it is empty"
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return "it is a web page named like a spreadsheet; save it as xlsx"
    if start.startswith(b"<?xml"):
        return "it is an XML file named like a spreadsheet; save it as xlsx"
    return "it does not begin like one" if b"\0" in head else "it is text; deliver it as csv"


def _old(path: Path, name: str) -> Looked:
    # The names of the streams of a compound file are UTF-16 text in its directory.
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused(f"{name}: is locked with a password; deliver it without")
    if not any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book")):
        raise FileRefused(f"{name}: not a readable spreadsheet: there is no workbook in it")
    return Looked("xls")


def _packed(archive: zipfile.ZipFile, name: str) -> Looked:
    entries = archive.infolist()
    _sizes(entries, name)
    names = {entry.filename for entry in entries}
    if "xl/workbook.bin" in names:
        raise FileRefused(f"{name}: a binary workbook (xlsb); save it as xlsx")
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            _no_entities(archive, entry, name)
    if "content.xml" in names:
        _no_far_cells(archive, archive.getinfo("content.xml"), name)
        return Looked("ods")
    if "xl/workbook.xml" not in names:
        raise FileRefused(f"{name}: not a readable spreadsheet: a packed file without a workbook")
    sheets = [entry for entry in entries if "worksheets/" in entry.filename]
    cells = sum(_cells(archive, entry, name) for entry in sheets)
    longest = max((_longest_text(archive, entry) for entry in entries
                   if entry.filename.endswith("sharedStrings.xml")), default=0)  # fmt: skip
    if cells * longest > MAX_TEXT_BYTES and longest > LONG_TEXT_BYTES:
        raise FileRefused(f"{name}: a text of {longest} bytes in a sheet of {cells} cells")
    return Looked("xlsx", tuple(_formulas(archive, sheets)), _errors(archive, sheets, name))


def _sizes(entries: list[zipfile.ZipInfo], name: str) -> None:
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or size > MAX_UNPACKED_BYTES:
        raise FileRefused(
            f"{name}: unpacks to {len(entries)} parts of {size >> 20} MB; "
            f"the limit is {MAX_ENTRIES} parts of {MAX_UNPACKED_BYTES >> 20} MB"
        )
    for entry in entries:
        if entry.file_size > max(RATIO_COUNTS_FROM_BYTES, MAX_RATIO * entry.compress_size):
            raise FileRefused(
                f"{name}: {entry.filename} unpacks to {entry.file_size // max(entry.compress_size, 1)} "
                f"times its size; the limit is {MAX_RATIO}"
            )


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, overlap: int = 200) -> Iterator[bytes]:
    """An entry's bytes in pieces that overlap, so that no mark is cut in two."""
    with archive.open(entry) as stream:
        rest = b""
        read = 0
        while chunk := stream.read(1 << 20):
            read += len(chunk)
            if read > entry.file_size:
                raise FileRefused(f"{entry.filename}: longer than the archive says")
            yield rest + chunk
            rest = chunk[-overlap:]


def _no_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """No spreadsheet program declares entities: they fetch files of the reader's machine, or grow without end."""
    for piece in _pieces(archive, entry):
        if _ENTITIES.search(piece):
            raise FileRefused(f"{name}: {entry.filename} declares entities of its own")


def _no_far_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Cells with a value that are repeated without end; empty ones at the end of a sheet are usual."""
    filled = re.compile(
        rb'<table:table-cell[^>]*?number-columns-repeated="([0-9]{1,9})"[^>]*?(?<!/)>'
        rb'|<table:table-row[^>]*?number-rows-repeated="([0-9]{1,9})"[^>]*>'
        rb"(?=(?:(?!</table:table-row>).){0,4000}?<text:p)"
    )
    total = 0
    for piece in _pieces(archive, entry, 8_000):
        for columns, rows in filled.findall(piece):
            total += int(columns or rows)
    if total > MAX_CELLS // 100:
        raise FileRefused(f"{name}: {entry.filename} repeats cells {total} times; the limit is {MAX_CELLS // 100}")


def _cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> int:
    """Size of the rectangle a sheet spans: one far cell would make the reader allocate all before it."""
    widest = deepest = 0
    for piece in _pieces(archive, entry):
        found = _CELL.findall(piece)
        for column in {match[0] for match in found}:
            widest = max(widest, column_number(column))
        deepest = max([deepest, *(int(row) for row in _ROW.findall(piece)), *(int(row) for _, row in found)])
    if widest * deepest > MAX_CELLS:
        raise FileRefused(f"{name}: {entry.filename} spans {widest * deepest} cells; the limit is {MAX_CELLS}")
    return widest * deepest


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


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


def _formulas(archive: zipfile.ZipFile, sheets: list[zipfile.ZipInfo]) -> list[str]:
    found: dict[str, None] = {}
    for entry in sheets:
        sheet = Path(entry.filename).stem
        for piece in _pieces(archive, entry, 1_000):
            for cell in _EMPTY_FORMULA.findall(piece):
                found[f"{sheet}!{cell.decode()}"] = None
                if len(found) > SHOWN_FORMULAS:
                    return list(found)
    return list(found)


def _errors(
    archive: zipfile.ZipFile, sheets: list[zipfile.ZipInfo], name: str
) -> dict[str, dict[tuple[int, int], str]]:  # fmt: skip
    """The reader gives a failed formula as an empty cell; what it holds stands in the sheet's XML."""
    titles = _titles(archive)
    found: dict[str, dict[tuple[int, int], str]] = {}
    for entry in sheets:
        cells: dict[tuple[int, int], str] = {}
        for piece in _pieces(archive, entry, 10_000):
            for letters, row, word in _FAILED.findall(piece):
                cells[int(row), column_number(letters)] = word.decode("ascii", "replace")
            if len(cells) > MAX_FAILED:
                raise FileRefused(f"{name}: more than {MAX_FAILED} cells of {entry.filename} hold errors")
        if cells:
            found[titles.get(Path(entry.filename).name, entry.filename)] = cells
    return found


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names of the sheets by the file each lies in."""
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in archive.namelist():
        return {}
    targets: dict[bytes, str] = {}
    for said in _RELATION.findall(archive.read(relations)):
        parts = dict(re.findall(rb'(\w+)="([^"]*)"', said))
        targets[parts.get(b"Id", b"")] = Path(parts.get(b"Target", b"").decode("utf-8", "replace")).name
    book = archive.read("xl/workbook.xml")
    return {
        targets.get(key, ""): html.unescape(title.decode("utf-8", "replace")) for title, key in _SHEET.findall(book)
    }
