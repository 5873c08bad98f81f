"""Files as departments send them; the same sheet gives the same bytes, on any day and with any library."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steelyard.contracts import Contract
from steelyard.sources.interfaces import Interface
from steelyard.synth.delivery.sheet import Sheet, numbered
from steelyard.synth.delivery.workbook import FORM_DATE, workbook_bytes

BARE = ("integer", "decimal", "boolean")
MARK = "\ufeff"


Members = Sequence[tuple[str, Sheet]]
"""What one file holds: by name of a member of an archive or of a sheet, or one alone without a name."""


def file_bytes(members: Members, contracts: Sequence[Contract], *, filler: dict[str, str] | None = None) -> bytes:
    """Sheets in the format of their interface.  ``contracts``: those of the datasets in them."""
    sheet = members[0][1]
    interface = sheet.shape.interface
    if interface.file_format in ("jsonl", "json"):
        lines = json_lines(sheet, contracts[0])
        return enveloped(lines, interface.options.rows_path) if interface.file_format == "json" else joined_lines(lines)
    if interface.file_format == "xlsx":
        named = [(name or "Sheet1", one) for name, one in members]
        return workbook_bytes(named, f"清源县{interface.title['zh']}")
    if interface.file_format == "parquet":
        return parquet_bytes(sheet, contracts[0])
    if interface.file_format == "zip":
        return archive_bytes([(f"{name}.csv", csv_bytes(one, filler=filler)) for name, one in members], interface)
    return csv_bytes(sheet, filler=filler)


def parquet_bytes(sheet: Sheet, contract: Contract) -> bytes:
    """Parquet whose whole numbers and amounts have a type of their own; all else is text."""
    columns: dict[str, pa.Array] = dict(sheet.columns)
    for item in sheet.shape.fields:
        column = contract.columns.get(item.source)
        if column is not None and not column.subject and column.type in ("integer", "decimal"):
            kind = pa.int64() if column.type == "integer" else pa.decimal128(18, column.scale)
            columns[item.header] = sheet.columns[item.header].cast(kind)
    columns |= {header: numbered(len(sheet)) for header in sheet.shape.ignored}
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd", compression_level=1)
    return file.getvalue()


def archive_bytes(members: Sequence[tuple[str, bytes]], interface: Interface) -> bytes:
    """A ZIP whose members are named in Chinese; a note lies beside where the interface ignores one."""
    file = io.BytesIO()
    note = [("说明.txt", f"{interface.title['zh']}，按乡镇分文件。".encode("gb18030"))]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in [*members, *(note if interface.options.ignore_members else [])]:
            told = zipfile.ZipInfo(name, FORM_DATE)
            told.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(told, content, compresslevel=1)
    return file.getvalue()


def csv_bytes(sheet: Sheet, *, filler: dict[str, str] | None = None) -> bytes:
    """Separated text in the department's encoding; columns nobody uses come along.

    ``filler``: what stands in such a column; running numbers where nothing is said.
    """
    options = sheet.shape.interface.options
    extra = {
        header: pa.array([text] * len(sheet)) if (text := (filler or {}).get(header)) else numbered(len(sheet))
        for header in sorted(sheet.shape.interface.ignore, reverse=True)
    }
    columns = {**extra, **sheet.columns}
    cells = [pc.fill_null(column, "") for column in columns.values()]
    lines = pc.binary_join_element_wise(*cells, options.delimiter).to_pylist()
    text = "\r\n".join([options.delimiter.join(columns), *lines, ""])
    if options.footers:
        text += options.delimiter.join([options.footers[0], *[""] * (len(columns) - 1)]) + "\r\n"
    if options.encoding == "utf-8":
        return (MARK + text).encode()
    return text.encode("gb18030")


def json_lines(sheet: Sheet, contract: Contract) -> list[str]:
    """One JSON object for each row; numbers and booleans stand bare."""
    bare = {field.header for field in sheet.shape.fields if _is_bare(contract, field.source)}
    parts = [_member(header, column, header in bare) for header, column in sheet.columns.items()]
    lines: list[str] = pc.binary_join_element_wise(*parts, ", ").to_pylist()
    return [f"{{{line}}}" for line in lines]


def joined_lines(lines: Sequence[str]) -> bytes:
    """One object a line."""
    return "".join(f"{line}\n" for line in lines).encode()


def enveloped(lines: Sequence[str], path: str) -> bytes:
    """The rows as a list deep in an answer: ``path`` such as ``data.rows``."""
    text = "[\n" + ",\n".join(lines) + "\n]"
    steps = path.split(".")
    for place, name in enumerate(reversed(steps)):
        above = '"code": 0, "message": "ok", ' if place == len(steps) - 1 else ""
        text = f'{{{above}"{name}": {text}}}'
    return text.encode()


def _is_bare(contract: Contract, source: str) -> bool:
    column = contract.columns.get(source)
    return column is not None and not column.subject and column.type in BARE


def _member(header: str, column: pa.StringArray, bare: bool) -> pa.StringArray:
    if bare:
        return pc.binary_join_element_wise(f'"{header}": ', pc.fill_null(column, "null"), "")
    quoted = pc.binary_join_element_wise('"', column, '"', "")
    return pc.binary_join_element_wise(f'"{header}": ', pc.fill_null(quoted, "null"), "")


def save(path: Path, content: bytes) -> None:
    """Write a file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
