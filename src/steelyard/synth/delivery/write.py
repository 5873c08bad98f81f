"""Files as departments send them; the same sheet gives the same bytes, on any day and with any library."""

import io
import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc

from steelyard.contracts import Contract
from steelyard.synth.delivery.sheet import Sheet, numbered

FORM_DATE = (1980, 1, 1, 0, 0, 0)
BARE = ("integer", "decimal", "boolean")
MARK = "\ufeff"


def file_bytes(sheet: Sheet, contracts: Sequence[Contract], *, filler: dict[str, str] | None = None) -> bytes:
    """A sheet in the format of its interface.  ``contracts``: those of the datasets in it."""
    interface = sheet.shape.interface
    if interface.file_format == "jsonl":
        return jsonl_bytes(sheet, contracts[0])
    if interface.file_format == "xlsx":
        return xlsx_bytes(sheet, f"清源县{interface.title['zh']}")
    return csv_bytes(sheet, filler=filler)


def csv_bytes(sheet: Sheet, *, filler: dict[str, str] | None = None) -> bytes:
    """Comma-separated text in the department's encoding; columns nobody uses come along.

    ``filler``: what stands in such a column; running numbers where nothing is said.
    """
    options = sheet.shape.interface.options
    extra = {
        header: pa.array([text] * len(sheet)) if (text := (filler or {}).get(header)) else numbered(len(sheet))
        for header in sorted(sheet.shape.interface.ignore, reverse=True)
    }
    columns = {**extra, **sheet.columns}
    cells = [pc.fill_null(column, "") for column in columns.values()]
    lines = pc.binary_join_element_wise(*cells, ",").to_pylist()
    text = "\r\n".join([",".join(columns), *lines, ""])
    if options.skip_footer:
        text += ",".join([options.skip_footer, *[""] * (len(columns) - 1)]) + "\r\n"
    if options.encoding == "utf-8":
        return (MARK + text).encode()
    return text.encode("gb18030")


def jsonl_bytes(sheet: Sheet, contract: Contract) -> bytes:
    """One JSON object a line; numbers and booleans stand bare."""
    bare = {field.header for field in sheet.shape.fields if _is_bare(contract, field.source)}
    parts = [_member(header, column, header in bare) for header, column in sheet.columns.items()]
    lines = pc.binary_join_element_wise(*parts, ", ").to_pylist()
    return "".join(f"{{{line}}}\n" for line in lines).encode()


def _is_bare(contract: Contract, source: str) -> bool:
    column = contract.columns.get(source)
    return column is not None and not column.subject and column.type in BARE


def _member(header: str, column: pa.StringArray, bare: bool) -> pa.StringArray:
    if bare:
        return pc.binary_join_element_wise(f'"{header}": ', pc.fill_null(column, "null"), "")
    quoted = pc.binary_join_element_wise('"', column, '"', "")
    return pc.binary_join_element_wise(f'"{header}": ', pc.fill_null(quoted, "null"), "")


def xlsx_bytes(sheet: Sheet, title: str) -> bytes:
    """A workbook of one sheet with a title above the heading, not compressed so that its bytes are fixed."""
    extra: Collection[str] = sorted(sheet.shape.interface.ignore)
    columns = {**{header: numbered(len(sheet)) for header in extra}, **sheet.columns}
    top = sheet.shape.interface.options.header
    rows = [_row(number, [title]) for number in range(1, top)]
    rows.append(_row(top, list(columns)))
    lists = [column.to_pylist() for column in columns.values()]
    rows += [_row(number, list(cells)) for number, cells in enumerate(zip(*lists, strict=True), start=top + 1)]
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{''.join(rows)}</sheetData></worksheet>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (*_FRAME, ("xl/worksheets/sheet1.xml", body)):
            archive.writestr(zipfile.ZipInfo(name, FORM_DATE), content)
    return file.getvalue()


def _row(number: int, cells: list[str | None]) -> str:
    filled = "".join(
        f'<c r="{_letters(place)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        for place, cell in enumerate(cells)
        if cell is not None
    )
    return f'<row r="{number}">{filled}</row>'


def _letters(place: int) -> str:
    return chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FRAME = (
    (
        "[Content_Types].xml",
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    ),
    (
        "_rels/.rels",
        f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    ),
    (
        "xl/workbook.xml",
        f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    ),
    (
        "xl/_rels/workbook.xml.rels",
        f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    ),
)


def save(path: Path, content: bytes) -> None:
    """Write a file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
