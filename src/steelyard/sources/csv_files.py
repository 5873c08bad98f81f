"""CSV as text: strict about what a line is, indifferent to what it says."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from steelyard.sources.interfaces import Options
from steelyard.sources.lines import MAX_LINE_BYTES, Block, blocks, lines, opened
from steelyard.sources.textfile import FileRefused, TextFile

BATCH_ROWS = 50_000
MOST_LINES_OF_A_RECORD = 100
TOO_LONG = f"the line is longer than {MAX_LINE_BYTES >> 20} MB"


def read_csv(path: Path, options: Options, made: TextFile) -> TextFile:
    """Read one CSV into ``made``.  Raises FileRefused where there is no readable heading."""
    encoding = options.encoding or _guess(path)
    if _holds(path, b'"'):
        _Quoted(path, encoding, options, made).read()
    else:
        _Plain(path, encoding, options, made).read()
    return made


def _guess(path: Path) -> str:
    with opened(path) as stream:
        head = stream.read(1 << 16)
    head = head[: head.rfind(b"\n") + 1] or head
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _holds(path: Path, byte: bytes) -> bool:
    with opened(path) as stream:
        return any(byte in chunk for chunk in iter(lambda: stream.read(1 << 20), b""))


@dataclass
class _Reader:
    path: Path
    encoding: str
    options: Options
    made: TextFile
    names: list[str] = field(default_factory=list)

    def decode(self, number: int, line: bytes) -> str | None:
        """The line as text; None where it is refused."""
        if b"\0" in line:
            self.made.refuse_line(number, "a zero byte in the line", line.decode(self.encoding, "replace"))
            return None
        try:
            return line.decode(self.encoding)
        except UnicodeDecodeError as error:
            reason = f"byte {error.start + 1} is not {self.encoding}"
            self.made.refuse_line(number, reason, line.decode(self.encoding, "replace"))
            return None

    def heading(self, line: bytes) -> None:
        """Take the column names from the heading line."""
        line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            text = line.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise FileRefused(
                f"{self.made.file}: line {self.options.header} is not {self.encoding}: "
                f"the file has another encoding than its interface says"
            ) from error
        cells = next(csv.reader([text], delimiter=self.options.delimiter), [])
        self.names = heading_names(cells, f"{self.made.file}: line {self.options.header}")
        self.made.columns = list(self.names)

    def keep(self, numbers: Sequence[int], rows: Sequence[Sequence[str]], texts: Sequence[str]) -> None:
        """Write the rows that have as many cells as the heading; note the others."""
        width = len(self.names)
        good = [at for at, row in enumerate(rows) if len(row) == width]
        if len(good) < len(rows):
            for at, row in enumerate(rows):
                if len(row) != width and not self.is_footer(row):
                    self.wrong_width(numbers[at], len(row), texts[at])
        columns = list(zip(*(rows[at] for at in good), strict=True))
        self.write([pa.array(column, pa.string()) for column in columns], [numbers[at] for at in good])

    def wrong_width(self, number: int, cells: int, text: str) -> None:
        reason = f"{cells} cells where the heading has {len(self.names)}"
        self.made.refuse_line(number, reason, text)

    def is_footer(self, row: Sequence[str]) -> bool:
        words = self.options.skip_footer
        return bool(words) and next((cell for cell in row if cell.strip()), "").strip().startswith(words or "")

    def write(self, columns: list[pa.Array], numbers: Sequence[int] | np.ndarray[Any, Any]) -> None:
        if not columns or not len(columns[0]):
            return
        kept = kept_rows(columns, self.options.skip_footer)
        if kept is not None:
            columns = [column.filter(kept) for column in columns]
            numbers = pa.array(numbers, pa.int64()).filter(kept)
        self.made.write(self.names, columns, numbers)


def heading_names(cells: Sequence[str], place: str) -> list[str]:
    """Column names of a heading; an unnamed column is called by its position.

    Raises FileRefused where the heading is empty or says a name twice.
    """
    names = [cell.strip() or f"#{position}" for position, cell in enumerate(cells, 1)]
    if not any(cell.strip() for cell in cells):
        raise FileRefused(f"{place}: there is no heading")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileRefused(f"{place}: the column {', '.join(twice)} stands twice")
    return names


def kept_rows(columns: Sequence[pa.Array], footer: str | None) -> pa.Array | None:
    """Mask of the rows that are neither empty nor a footer; None where all are kept."""
    first = columns[0]
    blank = pc.equal(pc.utf8_trim_whitespace(pc.fill_null(first, "")), "")
    if not footer and not pc.any(blank).as_py():
        return None
    if not pc.any(blank).as_py():
        # Nobody's first cell is empty, so that it is the first filled one.
        return pc.invert(pc.starts_with(pc.utf8_ltrim_whitespace(pc.fill_null(first, "")), footer))
    filled = [pc.if_else(pc.equal(pc.utf8_trim_whitespace(pc.fill_null(c, "")), ""), None, c) for c in columns]
    lead = pc.coalesce(*filled)
    kept = pc.is_valid(lead)
    if footer:
        ends = pc.starts_with(pc.utf8_ltrim_whitespace(pc.fill_null(lead, "")), footer)
        kept = pc.and_(kept, pc.invert(ends))
    return kept


class _Plain(_Reader):
    """A file without quotes: a line is a record, and the engine can cut it."""

    def read(self) -> None:
        for block in blocks(self.path):
            if block.too_long:
                if block.first <= self.options.header:
                    raise FileRefused(f"{self.made.file}: line {block.first}: {TOO_LONG}")
                self.made.refuse_line(block.first, TOO_LONG, block.data.decode(self.encoding, "replace"))
                continue
            if not self.names:
                block = self._behind_heading(block)
            if block.data:
                self._block(block)
        if not self.names:
            raise FileRefused(f"{self.made.file}: the file has no line {self.options.header}")

    def _behind_heading(self, block: Block) -> Block:
        for number, line in lines(block):
            if number == self.options.header:
                self.heading(line)
                behind = block.data.split(b"\n", number - block.first + 1)
                return Block(number + 1, behind[-1] if len(behind) > number - block.first + 1 else b"")
        return Block(block.first, b"")

    def _block(self, block: Block) -> None:
        data = self._whole(block)
        if data is None:
            self._line_by_line(block)
            return
        refused: list[tuple[int, int, str]] = []
        found = data.count(b"\n") + (not data.endswith(b"\n"))

        def odd(row: arrow_csv.InvalidRow) -> str:
            refused.append((row.number, row.actual_columns, row.text))
            return "skip"

        table = arrow_csv.read_csv(
            pa.py_buffer(data),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=self.names, block_size=len(data) + 1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.options.delimiter, quote_char=False, ignore_empty_lines=False,
                invalid_row_handler=odd,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()), strings_can_be_null=False
            ),
        )  # fmt: skip
        numbers = np.arange(block.first, block.first + found, dtype=np.int64)
        if refused:
            # Numbers of refused rows count from 1 within what was handed over.
            numbers = np.delete(numbers, [number - 1 for number, _, _ in refused])
            for number, cells, text in refused:
                if text.strip() and not self.is_footer(text.split(self.options.delimiter)):
                    self.wrong_width(block.first + number - 1, cells, text)
        if len(numbers) != table.num_rows:
            self._line_by_line(block)
            return
        self.write([column.combine_chunks() for column in table.columns], numbers)

    def _whole(self, block: Block) -> bytes | None:
        """The block in UTF-8; None where a line of it needs a closer look."""
        data = block.data
        if b"\0" in data or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n")):
            return None
        try:
            text = data.decode(self.encoding)
        except UnicodeDecodeError:
            return None
        return data if self.encoding.lower().replace("-", "") == "utf8" else text.encode("utf-8")

    def _line_by_line(self, block: Block) -> None:
        numbers, rows, texts = [], [], []
        for number, line in lines(block):
            text = self.decode(number, line)
            if text is not None and text.strip():
                numbers.append(number)
                rows.append(text.split(self.options.delimiter))
                texts.append(text)
        self.keep(numbers, rows, texts)


class _Quoted(_Reader):
    """A file with quotes: a record may run over several lines."""

    def read(self) -> None:
        delimiter = re.escape(self.options.delimiter)
        cell = rf'(?:"(?:[^"]++|"")*+"[^{delimiter}"]*+|[^{delimiter}"][^{delimiter}]*+|)'
        self.closed = re.compile(rf"{cell}(?:{delimiter}{cell})*+\s*")
        numbers: list[int] = []
        texts: list[str] = []
        for number, text in self._records():
            if text.strip():
                numbers.append(number)
                texts.append(text)
            if len(texts) >= BATCH_ROWS:
                self._batch(numbers, texts)
                numbers, texts = [], []
        self._batch(numbers, texts)
        if not self.names:
            raise FileRefused(f"{self.made.file}: the file has no line {self.options.header}")

    def _batch(self, numbers: list[int], texts: list[str]) -> None:
        rows = [next(csv.reader(io.StringIO(text, newline=""), delimiter=self.options.delimiter), [])
                if '"' in text else text.split(self.options.delimiter) for text in texts]  # fmt: skip
        self.keep(numbers, rows, texts)

    def _lines(self) -> Iterator[tuple[int, str]]:
        for block in blocks(self.path):
            if block.too_long:
                self.made.refuse_line(block.first, TOO_LONG, block.data.decode(self.encoding, "replace"))
                continue
            for number, line in lines(block):
                if number < self.options.header:
                    continue
                if number == self.options.header:
                    self.heading(line)
                    continue
                text = self.decode(number, line)
                if text is not None:
                    yield number, text

    def _records(self) -> Iterator[tuple[int, str]]:
        waiting: deque[tuple[int, str]] = deque()
        source = self._lines()
        while True:
            item = waiting.popleft() if waiting else next(source, None)
            if item is None:
                return
            number, text = item
            if '"' not in text or self.closed.fullmatch(text):
                yield number, text
                continue
            record = self._joined(text, waiting, source)
            if record is None:
                self.made.refuse_line(number, "a quotation mark is not closed", text)
            else:
                yield number, record

    def _joined(self, text: str, waiting: deque[tuple[int, str]], source: Iterator[tuple[int, str]]) -> str | None:
        """The record that starts with ``text``; None (and nothing taken) where its quote never closes."""
        taken: list[tuple[int, str]] = []
        while len(taken) < MOST_LINES_OF_A_RECORD:
            item = waiting.popleft() if waiting else next(source, None)
            if item is None:
                break
            taken.append(item)
            text = f"{text}\n{item[1]}"
            if self.closed.fullmatch(text):
                return text
        waiting.extendleft(reversed(taken))
        return None
