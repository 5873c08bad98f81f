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

from steelyard.sources.csv_cells import Cutter
from steelyard.sources.encodings import is_wide
from steelyard.sources.footers import Footers
from steelyard.sources.headings import heading_names, joined
from steelyard.sources.lines import MAX_LINE_BYTES, Block, blocks, lines
from steelyard.sources.opening import encoding_of, opened
from steelyard.sources.options import Options
from steelyard.sources.textfile import FileRefused, TextFile

BATCH_ROWS = 50_000
BATCH_CHARACTERS = 16 << 20
MOST_LINES_OF_A_RECORD = 100
csv.field_size_limit(2 * MAX_LINE_BYTES)
TOO_LONG = f"the line is longer than {MAX_LINE_BYTES >> 20} MB"


def read_csv(path: Path, options: Options, made: TextFile) -> TextFile:
    """Read one CSV into ``made``.  Raises FileRefused where there is no readable heading."""
    found = encoding_of(path, options.encoding)
    kind = _Quoted if _holds(path, found, b'"') else _Plain
    reader = kind(path, found, options, made)
    reader.read()
    reader.footers.tell(made)
    return made


def _holds(path: Path, encoding: str, byte: bytes) -> bool:
    with opened(path, encoding) as stream:
        return any(byte in chunk for chunk in iter(lambda: stream.read(1 << 20), b""))


@dataclass
class _Reader:
    path: Path
    found: str
    """Encoding of the file."""
    options: Options
    made: TextFile
    names: list[str] = field(default_factory=list)
    above: list[list[str]] = field(default_factory=list)
    """Cells of the heading's lines so far."""

    def __post_init__(self) -> None:
        # What comes from ``blocks`` is UTF-8 where the file is in UTF-16.
        self.encoding = "utf-8" if is_wide(self.found) else self.found
        self.footers = Footers(self.options.footers)
        self.last_heading = self.options.headings[-1]

    def read(self) -> None:
        """Read the file.  Raises FileRefused where there is no readable heading."""
        raise NotImplementedError

    def refused(self) -> FileRefused:
        """The file ends before its heading."""
        return FileRefused(f"{self.made.file}: the file has no line {self.last_heading}")

    def decode(self, number: int, line: bytes) -> str | None:
        """The line as text; None where it is refused."""
        if b"\0" in line:
            self.made.refuse_line(number, "a zero byte in the line", line.decode(self.encoding, "replace"))
            return None
        try:
            return line.decode(self.encoding)
        except UnicodeDecodeError as error:
            reason = f"byte {error.start + 1} is not {self.found}"
            self.made.refuse_line(number, reason, line.decode(self.encoding, "replace"))
            return None

    def heading(self, number: int, line: bytes) -> None:
        """Take a line of the heading, or one above it; after the last one the column names are known."""
        if number not in self.options.headings:
            return
        place = f"{self.made.file}: line {number}"
        try:
            text = line.removeprefix(b"\xef\xbb\xbf").decode(self.encoding)
            cells = next(csv.reader([text], delimiter=self.options.delimiter, strict=True), [])
        except UnicodeDecodeError as error:
            raise FileRefused(
                f"{place} is not {self.found}: the file has another encoding than its interface says"
            ) from error
        except csv.Error as error:
            # Python's words for a lone carriage return, which is how files end lines that nobody made since 2001.
            raise FileRefused(f"{place}: the heading cannot be cut into cells: {error}") from error
        self.above.append(cells)
        if number == self.last_heading:
            names = self.above[0] if len(self.above) == 1 else joined(self.above)
            self.names = heading_names(names, place)
            self.made.columns = list(self.names)

    def keep(self, numbers: Sequence[int], rows: Sequence[Sequence[str]], texts: Sequence[str]) -> None:
        """Write the rows that have as many cells as the heading; note the others."""
        width = len(self.names)
        good = [at for at, row in enumerate(rows) if len(row) == width]
        if len(good) < len(rows):
            for at, row in enumerate(rows):
                if len(row) != width and not self.footers.is_one(row, numbers[at]):
                    self.wrong_width(numbers[at], len(row), texts[at])
        columns = list(zip(*(rows[at] for at in good), strict=True))
        self.write([pa.array(column, pa.string()) for column in columns], [numbers[at] for at in good])

    def wrong_width(self, number: int, cells: int, text: str) -> None:
        reason = f"{cells} cells where the heading has {len(self.names)}"
        self.made.refuse_line(number, reason, text)

    def write(self, columns: list[pa.Array], numbers: Sequence[int] | np.ndarray[Any, Any]) -> None:
        if not columns or not len(columns[0]):
            return
        self.made.write(self.names, *self.footers.without(columns, pa.array(numbers, pa.int64())))


class _Plain(_Reader):
    """A file without quotes: a line is a record, and the engine can cut it."""

    cutter: Cutter | None = None

    def read(self) -> None:
        for block in blocks(self.path, self.found):
            if block.too_long:
                if block.first <= self.last_heading:
                    raise FileRefused(f"{self.made.file}: line {block.first}: {TOO_LONG}")
                self.made.refuse_line(block.first, TOO_LONG, block.data.decode(self.encoding, "replace"))
                continue
            if not self.names:
                block = self._behind_heading(block)
            if block.data:
                self._block(block)
        if not self.names:
            raise self.refused()

    def _behind_heading(self, block: Block) -> Block:
        for number, line in lines(block):
            self.heading(number, line)
            if number == self.last_heading:
                behind = block.data.split(b"\n", number - block.first + 1)
                return Block(number + 1, behind[-1] if len(behind) > number - block.first + 1 else b"")
        return Block(block.first, b"")

    def _block(self, block: Block) -> None:
        data = block.data
        lone = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
        cut = None if lone or b"\0" in data else self._cutter().cut(data)
        if cut is None:
            self._line_by_line(block)
            return
        for at, line in cut.odd:
            text = self.decode(block.first + at, line)
            if text is not None and text.strip():
                self._odd(block.first + at, text)
        self.write(cut.columns, cut.lines + block.first)

    def _odd(self, number: int, text: str) -> None:
        cells = text.split(self.options.delimiter)
        if not self.footers.is_one(cells, number):
            self.wrong_width(number, len(cells), text)

    def _cutter(self) -> Cutter:
        if self.cutter is None:
            self.cutter = Cutter(len(self.names), self.options.delimiter, self.encoding)
        return self.cutter

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
        held = 0
        for number, text in self._records():
            if text.strip():
                numbers.append(number)
                texts.append(text)
                held += len(text)
            if len(texts) >= BATCH_ROWS or held > BATCH_CHARACTERS:
                self._batch(numbers, texts)
                numbers, texts, held = [], [], 0
        self._batch(numbers, texts)
        if not self.names:
            raise self.refused()

    def _batch(self, numbers: list[int], texts: list[str]) -> None:
        rows: list[list[str]] = []
        kept: list[int] = []
        for at, text in enumerate(texts):
            row = self._cells(text) if '"' in text else text.split(self.options.delimiter)
            if row is None:
                self.made.refuse_line(numbers[at], "a carriage return stands alone within the line", text)
                continue
            kept.append(at)
            rows.append(row)
        self.keep([numbers[at] for at in kept], rows, [texts[at] for at in kept])

    def _cells(self, text: str) -> list[str] | None:
        """The cells of one record; None where a lone carriage return would end it early."""
        try:
            found = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.options.delimiter))
        except csv.Error:
            return None
        return found[0] if len(found) == 1 else None

    def _lines(self) -> Iterator[tuple[int, str]]:
        for block in blocks(self.path, self.found):
            if block.too_long:
                if block.first <= self.last_heading:
                    raise FileRefused(f"{self.made.file}: line {block.first}: {TOO_LONG}")
                self.made.refuse_line(block.first, TOO_LONG, block.data.decode(self.encoding, "replace"))
                continue
            for number, line in lines(block):
                if number <= self.last_heading:
                    self.heading(number, line)
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
        while len(taken) < MOST_LINES_OF_A_RECORD and len(text) <= MAX_LINE_BYTES:
            item = waiting.popleft() if waiting else next(source, None)
            if item is None:
                break
            taken.append(item)
            text = f"{text}\n{item[1]}"
            if '"' in item[1] and self.closed.fullmatch(text):
                return text
        waiting.extendleft(reversed(taken))
        return None
