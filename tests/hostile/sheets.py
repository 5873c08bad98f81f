# ruff: noqa: E501 - XML stays in one piece
"""Hostile spreadsheets, made by code."""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(path: Path) -> None:
    with xlsxwriter.Workbook(path) as work:
        sheet = work.add_worksheet("S")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, ["x", 2])


def altered(path: Path, changes: Mapping[str, bytes], without: tuple[str, ...] = ()) -> None:
    """A good book with some of its parts replaced."""
    book(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name not in without}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **changes}.items():
            archive.writestr(name, content)


def bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as out,
    ):
        for _ in range(200):
            out.write(b"0" * (1 << 20))


def far_cell(path: Path) -> None:
    with xlsxwriter.Workbook(path) as work:
        sheet = work.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")


def outer_entity(path: Path) -> None:
    doc = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst xmlns="{MAIN}"><si><t>&e;</t></si></sst>'
    altered(path, {"xl/sharedStrings.xml": doc.encode()})


def billion_laughs(path: Path) -> None:
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doc = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lols}]><workbook xmlns="{MAIN}">&l9;</workbook>'
    altered(path, {"xl/workbook.xml": doc.encode()})


def entity_in_relations(path: Path) -> None:
    altered(path, {"_rels/.rels": b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/x">]><x>&e;</x>'})


def outer_link(path: Path) -> None:
    with xlsxwriter.Workbook(path) as work:
        sheet = work.add_worksheet("S")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "='[other.xlsx]S'!A1", None, "from elsewhere")
        sheet.write_url(1, 1, "file:///etc/passwd", string="link")


def failed_formula(path: Path) -> None:
    with xlsxwriter.Workbook(path) as work:
        sheet = work.add_worksheet("S")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["x", 2])


def formula_without_value(path: Path) -> None:
    with xlsxwriter.Workbook(path) as work:
        sheet = work.add_worksheet("S")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write(1, 0, "x")
        sheet.write_formula(1, 1, "=SUM(A1:A9)", None, "")


def string_beyond_the_list(path: Path) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>999999999</v></c></row></sheetData></worksheet>'
    altered(path, {"xl/worksheets/sheet1.xml": sheet.encode()})


def sheet_is_no_xml(path: Path) -> None:
    altered(path, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='1'><c"})


def cut_short(path: Path) -> None:
    book(path)
    path.write_bytes(path.read_bytes()[:2_000])


def binary_book(path: Path) -> None:
    altered(path, {"xl/workbook.bin": b"\x83\x01"})


def locked(path: Path) -> None:
    path.write_bytes(OLE + b"\0" * 1_528 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4_096)


def old_junk(path: Path) -> None:
    path.write_bytes(OLE + bytes(n * 37 % 256 for n in range(40_000)))


def old_with_loop(path: Path) -> None:
    """A compound file whose chain of sectors leads back to itself."""
    header = bytearray(512)
    header[:8] = OLE
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<LLLLLLLLL", header, 40, 0, 1, 0, 0, 4096, 0, 1, 0xFFFFFFFE, 0)
    struct.pack_into("<L", header, 76, 1)
    directory = "Workbook".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBB", 18, 2, 1) + b"\0" * 60
    path.write_bytes(bytes(header) + directory.ljust(512, b"\0") + struct.pack("<128L", *([0] * 128)))


def open_document(path: Path, rows: str) -> None:
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)


def cell(text: str, repeated: int = 1) -> str:
    times = f' table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
    return f'<table:table-cell{times} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def repeated_cells(path: Path) -> None:
    wide = cell("x", 16_384)
    rows = f'<table:table-row table:number-rows-repeated="1048576">{wide}</table:table-row>'
    open_document(path, f"<table:table-row>{cell('a')}{cell('b')}</table:table-row>{rows}")


def too_many_sheets(path: Path) -> None:
    altered(path, {f"xl/worksheets/sheet{n}.xml": b"<worksheet/>" for n in range(2, 2_500)})


def without_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "no book")
