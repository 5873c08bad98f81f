"""Mistakes clerks make: rows that must be quarantined, rows sent twice, and numbers that lead nowhere.

Every bad row is a copy of a good one with one thing wrong; it comes besides the good row, so that what is true
of the county does not depend on it.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from steelyard.contracts import Column, Contract
from steelyard.kit.identifiers import is_credit_code, is_resident_id
from steelyard.synth.chance import Chance
from steelyard.synth.delivery.sheet import Sheet, dated

BAD_SHARE = 0.007
TWICE_SHARE = 0.0006
LEAST_ROWS = 150
TYPED = ("jsonl", "json", "parquet")
"""Formats in which a number cannot be a word."""
NO_SUCH_DAY = "2021-02-30 10:15:00"
NO_SUCH_MONTH = "2021-13-01"
UNKNOWN_WORD = "待核实"
DIGITS = "7306"
SHORT_CODE = "33992110120"


@dataclass(frozen=True)
class Mistake:
    """What a clerk does to one cell, and the rule that must catch it."""

    header: str
    column: str
    rule: str
    text: str | None


@dataclass
class Dirt:
    """All planted mistakes, by file and row as a reader counts them."""

    quarantined: list[dict[str, Any]] = field(default_factory=list)
    superseded: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0
    """Rows of all files, bad ones included."""


def soil(sheet: Sheet, contract: Contract, file: str, chance: Chance, dirt: Dirt, above: int = 0) -> Sheet:
    """The sheet with bad and doubled rows put in; what was put in is told in ``dirt``.

    ``above``: rows of another dataset that stand before these in the same source.
    """
    count = len(sheet)
    if count < LEAST_ROWS:
        dirt.rows += count
        return sheet
    mistakes = _mistakes(sheet, contract)
    bad = max(1, int(count * BAD_SHARE)) if mistakes else 0
    twice = max(1, int(count * TWICE_SHARE))
    source = chance.below(count, bad + twice)
    # A copy stands before the row it was made from, so that the good row comes last and counts.
    place = np.where(np.arange(bad + twice) < bad, chance.below(count, bad + twice), source)
    order = np.argsort(place, kind="stable")
    rows = np.insert(np.arange(count), place[order], source[order])
    where = place[order] + np.arange(bad + twice)
    columns = {header: column.take(pa.array(rows)).to_pylist() for header, column in sheet.columns.items()}
    first = sheet.shape.first_row + above
    for position, number in zip(where.tolist(), order.tolist(), strict=True):
        told = {
            "interface": sheet.shape.interface.id,
            "dataset": sheet.shape.dataset,
            "file": file,
            "line": position + first,
        }
        if number >= bad:
            dirt.superseded.append(told)
            continue
        mistake = mistakes[number % len(mistakes)]
        cell = columns[mistake.header][position]
        columns[mistake.header][position] = spoiled_number(cell) if mistake.rule == "number" else mistake.text
        dirt.quarantined.append({**told, "column": mistake.column, "rule": mistake.rule})
    dirt.rows += len(rows)
    return Sheet(sheet.shape, {header: pa.array(cells, pa.string()) for header, cells in columns.items()})


def misread(sheet: Sheet, contract: Contract, file: str, column: str, chance: Chance, dirt: Dirt, count: int) -> None:
    """Some rows carry a number with a slip in an optional column: they are let in, and a question is asked."""
    raw = contract.columns[column].raw[0]
    header = next(item.header for item in sheet.shape.fields if item.source == raw)
    cells = sheet.columns[header].to_pylist()
    for position in sorted(chance.some(range(len(cells)), count)):
        if cells[position]:
            cells[position] = spoiled_number(cells[position])
            dirt.questions.append(
                {"dataset": contract.dataset, "file": file, "line": position + sheet.shape.first_row, "column": column}
            )
    sheet.columns[header] = pa.array(cells, pa.string())


def spoiled_number(number: str | None) -> str:
    """The number with another last character, so that it is valid neither as a resident's nor as a firm's."""
    body = (number or "11010119000101001")[:17]
    return next(
        body + last
        for last in DIGITS
        if not is_resident_id(body + last) and not is_credit_code(body + last) and body + last != number
    )


def _mistakes(sheet: Sheet, contract: Contract) -> list[Mistake]:
    """One mistake of each kind for each column that allows it; rows where the cell is empty are not spared."""
    found: list[Mistake] = []
    interface = sheet.shape.interface
    typed = interface.file_format in TYPED and interface.connector in ("file", "sftp")
    selecting = {feed.only_column for feed in interface.feeds}
    checks = {check.id for check in contract.checks if check.level == "quarantine"}
    for item in sheet.shape.fields:
        column = _column(contract, item.source)
        if column is None or item.header in selecting:
            continue
        required = column.required or column.name in contract.key
        if column.subject:
            if required and item.source == column.raw[0]:
                found.append(Mistake(item.header, column.name, "number", None))
            continue
        if column.type in ("date", "datetime"):
            found.append(Mistake(item.header, column.name, "type", _no_such_day(column.type, item.format)))
        if column.type == "decimal" and _slug(column.name, "not-negative") in checks:
            found.append(Mistake(item.header, column.name, f"check:{_slug(column.name, 'not-negative')}", "-1200.50"))
        if column.type in ("decimal", "integer") and not typed:
            found.append(Mistake(item.header, column.name, "type", "约300"))
        if column.vocabulary:
            found.append(Mistake(item.header, column.name, "vocabulary", UNKNOWN_WORD))
        if _slug(column.name, "has-12-characters") in checks:
            found.append(
                Mistake(item.header, column.name, f"check:{_slug(column.name, 'has-12-characters')}", SHORT_CODE)
            )
        if required and not _shared(sheet, item.header, item.source):
            found.append(Mistake(item.header, column.name, "required", None))
    return found


def _no_such_day(kind: str, form: str | None) -> str:
    """30 February, or the thirteenth month where the file writes months, in the file's own form."""
    if not form:
        return NO_SUCH_DAY if kind == "datetime" else NO_SUCH_DAY[:10]
    day = NO_SUCH_DAY if "%d" in form else NO_SUCH_MONTH
    text: str = dated(pa.array([day]), form)[0].as_py()
    return text


def _slug(column: str, ending: str) -> str:
    return f"{column.replace('_', '-')}-{ending}"


def _shared(sheet: Sheet, header: str, source: str) -> bool:
    """Whether another target reads the same column of the file: an empty cell would break two rules."""
    feed = next(feed for feed in sheet.shape.interface.feeds if feed.dataset == sheet.shape.dataset)
    return sum(header in item.columns for target, item in feed.columns.items() if target != source) > 0


def _column(contract: Contract, source: str) -> Column | None:
    plain = contract.columns.get(source)
    if plain is not None and not plain.subject:
        return plain
    return next((column for column in contract.columns.values() if column.subject and source in column.raw), None)
