"""Workbooks as offices make them: a title, headings over one line or two, one sheet or several, lines of totals."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

import pyarrow as pa

from steelyard.synth.delivery.sheet import Sheet, numbered

FORM_DATE = (1980, 1, 1, 0, 0, 0)
JOIN = "/"


def workbook_bytes(sheets: Sequence[tuple[str, Sheet]], title: str) -> bytes:
    """A workbook with a title above each heading, not compressed so that its bytes are fixed.

    ``sheets``: name and content of each.  A heading of two lines has its groups merged.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        parts = [(f"xl/worksheets/sheet{place}.xml", _body(sheet, title)) for place, (_, sheet) in enumerate(sheets, 1)]
        for name, content in (*_frame([name for name, _ in sheets]), *parts):
            archive.writestr(zipfile.ZipInfo(name, FORM_DATE), content)
    return file.getvalue()


def _body(sheet: Sheet, title: str) -> str:
    options = sheet.shape.interface.options
    extra = sorted(sheet.shape.interface.ignore)
    columns: dict[str, pa.StringArray] = {**{header: numbered(len(sheet)) for header in extra}, **sheet.columns}
    first, last = options.headings[0], options.headings[-1]
    rows = [_row(number, [title]) for number in range(1, first)]
    merged: list[str] = []
    if first == last:
        rows.append(_row(last, list(columns)))
    else:
        rows += [_row(first + place, line) for place, line in enumerate(_two_lines(list(columns)))]
        merged = _merged(list(columns), first)
    lists = [column.to_pylist() for column in columns.values()]
    rows += [_row(number, list(cells)) for number, cells in enumerate(zip(*lists, strict=True), start=last + 1)]
    if options.footers:
        rows.append(_row(last + 1 + len(sheet), [options.footers[0]]))
    spans = "".join(f'<mergeCell ref="{span}"/>' for span in merged)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{''.join(rows)}</sheetData>"
        f"{f'<mergeCells>{spans}</mergeCells>' if spans else ''}</worksheet>"
    )


def _two_lines(names: list[str]) -> list[list[str | None]]:
    """``余额/期初`` stands as 余额 above 期初; the group is written once, a name without group in the upper line."""
    upper: list[str | None] = []
    lower: list[str | None] = []
    group = ""
    for name in names:
        above, _, below = name.partition(JOIN)
        upper.append(None if below and above == group else above)
        lower.append(below or None)
        group = above if below else ""
    return [upper, lower]


def _merged(names: list[str], first: int) -> list[str]:
    """Groups go over their columns, names without a group over both lines."""
    spans: list[str] = []
    place = 0
    while place < len(names):
        group, _, below = names[place].partition(JOIN)
        stop = place
        while below and stop + 1 < len(names) and names[stop + 1].startswith(group + JOIN):
            stop += 1
        bottom = first if below else first + 1
        if stop > place or bottom > first:
            spans.append(f"{_letters(place)}{first}:{_letters(stop)}{bottom}")
        place = stop + 1
    return spans


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


def _frame(names: Sequence[str]) -> list[tuple[str, str]]:
    """The parts of the package around its sheets."""
    at = list(enumerate(names, 1))
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for place, _ in at
    )
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}"/>' for place, name in at)
    related = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place, _ in at
    )
    return [
        (
            "[Content_Types].xml",
            f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{parts}</Types>',
        ),
        (
            "_rels/.rels",
            f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "xl/workbook.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}">'
            f"<sheets>{listed}</sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}/relationships">'
            f"{related}</Relationships>",
        ),
    ]
