"""Spreadsheets (xlsx, xls, ods) as text: the values as they were last computed, and the true rows."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine

from steelyard.sources.footers import Footers
from steelyard.sources.headings import heading_names, joined
from steelyard.sources.options import Options
from steelyard.sources.textfile import FileRefused, TextFile, text_array
from steelyard.sources.workbooks import Looked, column_letters, look

BATCH_ROWS = 20_000
SHEETS = 10_000
"""More sheets than a book has: keeps the parts of several books of an archive apart."""
ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""How a cell says that its formula failed."""


def read_spreadsheet(path: Path, options: Options, made: TextFile, used: frozenset[str]) -> list[TextFile]:
    """Read the wanted sheets, one TextFile each.

    ``made``: the first one, whose ``file`` is the delivered name; of several sheets each is called
    ``<file>!<sheet>``.  ``used``: columns some dataset reads; a failed formula elsewhere spoils no row.
    Raises FileRefused for bombs, foreign files, missing sheets and headings.
    """
    looked = look(path, made.file)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise FileRefused(f"{made.file}: is locked with a password; deliver it without") from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise FileRefused(f"{made.file}: not a readable spreadsheet: {error}") from error
    found = [
        _Sheet(book, name, options, text, used, looked.errors.get(name, {})).read()
        for name, text in _texts(book.sheet_names, options, made)
    ]  # fmt: skip
    return _told(found, looked, options, made)


def _texts(names: Sequence[str], options: Options, made: TextFile) -> list[tuple[str, TextFile]]:
    """The wanted sheets, each with the text it becomes."""
    wanted = list(names) if options.sheets == ("*",) else [_name(names, one, made.file) for one in options.sheets]
    if not isinstance(options.sheet, tuple) and options.sheet != "*":
        return [(wanted[0], made)]
    return [
        (name, TextFile(f"{made.file}!{name}", made.folder, made.number, member=made.member * SHEETS + at))
        for at, name in enumerate(wanted)
    ]


def _name(names: Sequence[str], wanted: str | int, file: str) -> str:
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return names[wanted - 1]
    if wanted in names:
        return str(wanted)
    raise FileRefused(f"{file}: there is no sheet {wanted!r}; it has {', '.join(names)}")


def _told(found: Sequence["_Sheet"], looked: Looked, options: Options, made: TextFile) -> list[TextFile]:
    """The sheets that are kept, with what is to be said of the book."""
    kept = found
    if options.sheet == "*":
        heading = next((sheet.made.columns for sheet in found if sheet.made.columns), None)
        if heading is None:
            raise FileRefused(f"{made.file}: no sheet has a heading in row {options.headings[-1]}")
        kept = [sheet for sheet in found if sheet.made.columns and set(sheet.made.columns) == set(heading)]
        for sheet in found:
            if sheet not in kept and not sheet.empty:
                kept[0].made.signal("sheet-left-out", f"the sheet {sheet.name} has another heading and was left out")
                _drop(sheet.made)
    if looked.formulas:
        shown = ", ".join(looked.formulas)
        kept[0].made.signal("formula-without-value", f"formulas nobody computed, read as empty: {shown}")
    return [sheet.made for sheet in kept]


def _drop(made: TextFile) -> None:
    for part in made.parts:
        part.unlink()


class _Sheet:
    """One sheet on its way into text."""

    def __init__(
        self, book: Any, name: str, options: Options, made: TextFile, used: frozenset[str],
        errors: Mapping[tuple[int, int], str],
    ) -> None:  # fmt: skip
        self.name, self.options, self.made, self.used = name, options, made, used
        self.errors = errors
        self.footers = Footers(options.footers)
        self.several = options.sheet == "*"
        self.empty = True
        try:
            self.sheet = book.get_sheet_by_name(name)
        except (python_calamine.CalamineError, ValueError, OSError) as error:
            raise FileRefused(f"{made.file}: the sheet {name} cannot be read: {error}") from error

    def read(self) -> "_Sheet":
        """Read it; without a heading it stays without columns where all sheets are asked for, else it is refused."""
        rows = self._rows()
        heading = self._heading(rows)
        if heading is None:
            return self
        names = heading
        self.made.columns = list(names)
        numbers: list[int] = []
        cells: list[list[str | None]] = []
        for number, row in rows:
            text = [_text(row[at]) if at < len(row) else None for at in range(len(names))]
            if not self._failed(number, names, text):
                numbers.append(number)
                cells.append(text)
            if len(cells) >= BATCH_ROWS:
                self._write(names, cells, numbers)
                numbers, cells = [], []
        self._write(names, cells, numbers)
        self.footers.tell(self.made)
        return self

    def _rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Rows with their number in the sheet; the reader leaves out the empty columns before the first."""
        start = self.sheet.start
        if start is None:
            return
        left = [""] * start[1]
        for number, row in enumerate(self.sheet.iter_rows(), 1):
            yield number, [*left, *row] if left else row

    def _heading(self, rows: Iterator[tuple[int, list[Any]]]) -> list[str] | None:
        lines: list[list[str]] = []
        wanted = self.options.headings
        for number, row in rows:
            self.empty = self.empty and not any(_text(cell) for cell in row)
            if number in wanted:
                lines.append([_text(cell) or "" for cell in row])
            if number >= wanted[-1]:
                break
        place = f"{self.made.file}: row {wanted[-1]}"
        if len(lines) < len(wanted):
            if self.several:
                return None
            raise FileRefused(f"{self.made.file}: the sheet has no row {wanted[-1]}")
        names = lines[0] if len(lines) == 1 else joined(lines, wanted[0] - 1, self._spans())
        while names and not names[-1].strip():
            names.pop()
        if self.several and not any(name.strip() for name in names):
            return None
        return heading_names(names, place)

    def _spans(self) -> list[tuple[int, int, int, int]] | None:
        found = self.sheet.merged_cell_ranges
        return [(*first, *last) for first, last in found] if found else None

    def _failed(self, number: int, names: Sequence[str], text: list[str | None]) -> bool:
        """Whether a cell that is used holds an error; others become empty."""
        for at, value in enumerate(text):
            value = self.errors.get((number, at + 1), value)
            if value not in ERRORS:
                continue
            if names[at] in self.used:
                reason = f"cell {column_letters(at + 1)}{number} holds the error {value}"
                self.made.refuse_line(number, reason, "\t".join(cell or "" for cell in text), "cell")
                return True
            text[at] = None
        return False

    def _write(self, names: Sequence[str], cells: Sequence[Sequence[str | None]], numbers: Sequence[int]) -> None:
        if not cells:
            return
        columns = [text_array([row[at] for row in cells]) for at in range(len(names))]
        self.made.write(names, *self.footers.without(columns, pa.array(numbers, pa.int64())))


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
