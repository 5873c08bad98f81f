"""What every reader makes of a delivered file: text Parquet, and the lines that could not be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from steelyard.kit.errors import SteelyardError
from steelyard.sources.blanks import is_tidy

MAX_BROKEN = 100_000
SHOWN_CHARACTERS = 2_000
SHOWN_OF_MANY = 100
ROW_GROUP_ROWS = 122_880
MANY_CHARACTERS = 16 << 20
"""When so much text of broken lines is held, the others are kept by their beginning alone."""


class FileRefused(SteelyardError):
    """A delivered file cannot be read at all; the message names the file and the reason."""


@dataclass(frozen=True)
class Broken:
    """A line (row, element) that could not be read."""

    file: str
    row: int
    """1-based, as in ``_row``; 0 where the whole file is meant."""
    reason: str
    text: str = ""
    rule: str = "line"


@dataclass
class TextFile:
    """One file as text: Parquet parts with ``_row`` (bigint), ``_file`` and its columns, all varchar."""

    file: str
    folder: Path
    number: int
    dataset: str | None = None
    """None: the rows go to every dataset the interface feeds."""
    member: int = 0
    """Position among the members or sheets of one delivered file; keeps their parts apart."""
    parts: list[Path] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    tidy: set[str] = field(default_factory=set)
    """Columns no value of which is empty or has blanks around it, as far as that is known."""
    rows: int = 0
    broken: list[Broken] = field(default_factory=list)
    held: int = 0
    """Characters of broken lines in memory."""
    signals: list[dict[str, object]] = field(default_factory=list)
    """What the department should know of the file although its rows are taken: kind, file, reason."""

    def refuse_line(self, row: int, reason: str, text: str = "", rule: str = "line") -> None:
        """Note a broken line.  Raises FileRefused when there is no end of them."""
        shown = text[: SHOWN_CHARACTERS if self.held < MANY_CHARACTERS else SHOWN_OF_MANY]
        self.held += len(shown)
        self.broken.append(Broken(self.file, row, reason, writable(shown), rule))
        if len(self.broken) >= MAX_BROKEN:
            raise FileRefused(f"{self.file}: more than {MAX_BROKEN} lines cannot be read")

    def write(self, columns: Sequence[str], values: Sequence[pa.Array], numbers: Iterable[Any]) -> None:
        """Add rows: one array of text or coded text a column, and their row numbers.

        Where a reader codes columns, those it leaves plain repeat themselves too little to be coded here.
        """
        rows = pa.array(numbers, pa.int64())
        if not len(rows):
            return
        names = pa.DictionaryArray.from_arrays(np.zeros(len(rows), np.int32), pa.array([self.file], pa.string()))
        table = pa.Table.from_arrays([rows, names, *values], names=["_row", "_file", *columns])
        kind = f"-{self.dataset}" if self.dataset else f"-m{self.member:08d}"
        part = self.folder / f"{self.number:04d}{kind}-{len(self.parts):04d}.parquet"
        plain = pa.string() if any(pa.types.is_dictionary(value.type) for value in values) else None
        coded = [field.name for field in table.schema if field.type not in (plain, pa.int64())]
        # Without the schema of arrow whoever reads the file gets text, coded or not.
        pq.write_table(table, part, compression="zstd", compression_level=1, row_group_size=ROW_GROUP_ROWS,
                       use_dictionary=coded, column_encoding={"_row": "DELTA_BINARY_PACKED"}, store_schema=False,
                       write_statistics=["_row"])  # fmt: skip
        tidy = {name for name, value in zip(columns, values, strict=True) if is_tidy(value)}
        self.tidy = self.tidy & tidy if self.parts else tidy
        self.parts.append(part)
        self.columns += [name for name in columns if name not in self.columns]
        self.rows += len(rows)

    def signal(self, kind: str, reason: str, **more: object) -> None:
        """Tell the department something of the file."""
        self.signals.append({"kind": kind, "file": self.file, "reason": reason} | more)


def tidy_in_all(texts: Sequence[TextFile]) -> frozenset[str]:
    """Columns that need no trimming in any of the files; one that a file does not have reads as null there."""
    have = {name for text in texts for name in text.columns}
    return frozenset(name for name in have if all(name in text.tidy or name not in text.columns for text in texts))


def writable(text: str) -> str:
    """Text that every store takes: halves of surrogate pairs are replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def text_array(values: Sequence[str | None]) -> pa.Array:
    """A column of text."""
    return pa.array(values, pa.string())
