"""From the books to a sheet of text: one column of the file after the other."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steelyard.contracts import Contract
from steelyard.synth.delivery.shape import Field, Shape
from steelyard.synth.ledger import Columns, Part, Row, Value

PLACES = {"%Y": (0, 4), "%m": (5, 7), "%d": (8, 10), "%H": (11, 13), "%M": (14, 16), "%S": (17, 19)}


@dataclass
class Sheet:
    """A file as text: header to column, all of one length; empty cells are null."""

    shape: Shape
    columns: dict[str, pa.StringArray]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def from_part(shape: Shape, contract: Contract, part: Part) -> Sheet:
    """What an interface brings of one dataset, with the column that tells datasets apart."""
    sheets = [from_rows(shape, contract, part.rows)] if part.rows else []
    if part.register:
        sheets.append(from_columns(shape, contract, part.register))
    sheet = joined(sheets)
    if shape.selector:
        header, word = shape.selector
        sheet.columns[header] = pa.array([word] * len(sheet), pa.string())
    return sheet


def joined(sheets: list[Sheet]) -> Sheet:
    """Sheets of several datasets one below the other; a column that one lacks is empty there."""
    if len(sheets) == 1:
        return sheets[0]
    headers = dict.fromkeys(header for sheet in sheets for header in sheet.columns)
    columns = {
        header: pa.concat_arrays([sheet.columns.get(header, pa.nulls(len(sheet), pa.string())) for sheet in sheets])
        for header in headers
    }
    return Sheet(sheets[0].shape, columns)


def from_rows(shape: Shape, contract: Contract, rows: list[Row]) -> Sheet:
    """Rows of the ledger as the department writes them."""
    columns: dict[str, pa.StringArray] = {}
    for field in shape.fields:
        column, part = _owner(contract, field.source)
        values = [row.get(column) for row in rows]
        if part is None:
            texts = [_text(value) for value in values]
        else:
            texts = [None if value is None else getattr(value, part) for value in values]
        columns[field.header] = written(pa.array(texts, pa.string()), field)
    return Sheet(shape, columns)


def from_columns(shape: Shape, contract: Contract, register: Columns) -> Sheet:
    """A whole register as the department writes it."""
    columns = {}
    for field in shape.fields:
        column, part = _owner(contract, field.source)
        if part is None:
            column_text = register.plain[column]
        else:
            column_text = register.subjects[column][0 if part == "number" else 1]
        columns[field.header] = written(column_text, field)
    return Sheet(shape, columns)


def _owner(contract: Contract, source: str) -> tuple[str, str | None]:
    """The contract's column a raw field belongs to, and which part of the subject it is."""
    plain = contract.columns.get(source)
    if plain is not None and not plain.subject:
        return source, None
    for column in contract.columns.values():
        if column.subject and source in column.raw:
            return column.name, ("number", "name")[column.raw.index(source)]
    raise KeyError(f"{contract.dataset} has no field {source}")


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def written(texts: pa.StringArray, field: Field) -> pa.StringArray:
    """Codes become the department's words, dates take its form."""
    if field.words:
        codes = pa.array(list(field.words))
        found = pc.index_in(texts, codes)
        texts = pa.array(list(field.words.values())).take(found)
    if field.format:
        texts = dated(texts, field.format)
    if field.times:
        texts = pa.array([_divided(text, field.times) for text in texts.to_pylist()], pa.string())
    return texts


def _divided(text: str | None, times: Decimal) -> str | None:
    return None if text is None else format((Decimal(text) / times).normalize(), "f")


def dated(texts: pa.StringArray, form: str) -> pa.StringArray:
    """ISO dates and times in another form; ``form`` uses %Y %m %d %H %M %S and plain text."""
    parts: list[pa.StringArray | str] = []
    rest = form
    while rest:
        if rest[:2] in PLACES:
            start, stop = PLACES[rest[:2]]
            parts.append(pc.utf8_slice_codeunits(texts, start, stop))
            rest = rest[2:]
        else:
            end = rest.find("%")
            parts.append(rest if end < 0 else rest[:end])
            rest = "" if end < 0 else rest[end:]
    joined: pa.StringArray = pc.binary_join_element_wise(*parts, "")
    return joined


def numbered(count: int) -> pa.StringArray:
    """Running numbers from 1."""
    texts: pa.StringArray = pa.array(np.arange(1, count + 1)).cast(pa.string())
    return texts
