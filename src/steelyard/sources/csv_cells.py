"""Blocks of lines without quotes, cut into columns: what many rows say alike is decoded once."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

NEWLINE = 10
FEW_OF = 3
"""A column of which less than one value in three is new is kept as codes and a list of its values."""
_CODED = pa.dictionary(pa.int32(), pa.binary())
_CODED_TEXT = pa.dictionary(pa.int32(), pa.string())

Lines = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Cut:
    """What a block of lines holds."""

    columns: list[pa.Array]
    """Text or coded text, one array a column."""
    lines: Lines
    """Positions of the lines these rows are, from 0 within the block."""
    odd: list[tuple[int, bytes]]
    """Position and bytes, in the file's encoding, of the lines with more or fewer cells than the heading."""


@dataclass
class Cutter:
    """Cuts the blocks of one file."""

    width: int
    delimiter: str
    encoding: str
    coded: list[bool] = field(init=False)
    """Which columns repeat themselves, by what the block before showed."""

    def __post_init__(self) -> None:
        self.coded = [True] * self.width
        self.narrow = self.encoding.lower().replace("-", "") == "utf8"

    @property
    def early(self) -> bool:
        """Whether cells can be cut before they are decoded: no byte of a character may look like the delimiter."""
        # In GB18030 and Big5 a character's later bytes are digits or begin with '@'.
        return self.delimiter < "0" or self.delimiter in ":;"

    def cut(self, data: bytes) -> Cut | None:
        """The cells of whole lines, in the file's encoding.  None where a line needs a closer look."""
        if len(self.delimiter.encode()) != 1:
            return None
        try:
            if self.narrow or self.early:
                return self._cut(data, self.narrow)
            made = self._cut(data.decode(self.encoding).encode("utf-8"), True)
            back = [(at, line.decode().encode(self.encoding)) for at, line in made.odd] if made else []
            return replace(made, odd=back) if made else None
        except (UnicodeDecodeError, pa.ArrowInvalid):
            return None

    def _cut(self, data: bytes, decoded: bool) -> Cut | None:
        kept, lines, odd = self._even(data)
        if not kept:
            return Cut([], lines, odd)
        if kept.startswith(codecs.BOM_UTF8):
            # The engine would take it for no part of the text, in whatever encoding it is a character.
            return None
        table = arrow_csv.read_csv(
            pa.py_buffer(kept),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=[str(at) for at in range(self.width)], block_size=len(kept) + 1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, quote_char=False, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(column_types=self._types(decoded), strings_can_be_null=False),
        )  # fmt: skip
        columns = [column.chunk(0) for column in table.columns]
        if any(len(column) != len(lines) for column in columns):
            return None
        self.coded = [
            coded and len(column.dictionary) * FEW_OF < len(column)
            for coded, column in zip(self.coded, columns, strict=True)
        ]
        return Cut(columns if decoded else [_text(column, self.encoding) for column in columns], lines, odd)

    def _types(self, decoded: bool) -> dict[str, pa.DataType]:
        coded, plain = (_CODED_TEXT, pa.string()) if decoded else (_CODED, pa.binary())
        return {str(at): coded if one else plain for at, one in enumerate(self.coded)}

    def _even(self, data: bytes) -> tuple[bytes, Lines, list[tuple[int, bytes]]]:
        """The lines with as many cells as the heading, their positions, and the other lines."""
        ends, cells = _places(data, ord(self.delimiter))
        lines = np.arange(len(ends), dtype=np.int64)
        wrong = np.flatnonzero(cells != self.width)
        if not len(wrong):
            return data, lines, []
        odd, kept, begin = [], [], 0
        for at in wrong.tolist():
            start, end = int(ends[at - 1]) + 1 if at else 0, int(ends[at])
            odd.append((at, data[start:end].removesuffix(b"\r")))
            kept.append(data[begin:start])
            begin = end + 1
        return b"".join([*kept, data[begin:]]), np.delete(lines, wrong), odd


def _places(data: bytes, delimiter: int) -> tuple[Lines, Lines]:
    """Where every line ends, and how many cells it has."""
    seen = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(seen == NEWLINE)
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    behind = np.searchsorted(np.flatnonzero(seen == delimiter), ends)
    return ends, np.diff(behind, prepend=0) + 1


def _text(column: pa.Array, encoding: str) -> pa.Array:
    """Bytes as text.  Raises UnicodeDecodeError."""
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, _text(column.dictionary, encoding))
    if _is_ascii(column):
        return column.view(pa.string())
    return pa.array(_decoded(column.to_pylist(), encoding), pa.string())


def _is_ascii(column: pa.Array) -> bool:
    data = column.buffers()[2]
    return data is None or not data.size or int(np.frombuffer(data, np.uint8).max()) < 128


def _decoded(values: Sequence[bytes], encoding: str) -> list[str]:
    # No cell holds a line end, and half a character before one is refused as it is before a delimiter.
    return b"\n".join(values).decode(encoding).split("\n")
