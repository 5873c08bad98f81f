"""What every reader makes of a delivered file: text Parquet, and the lines that could not be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from steelyard.kit.errors import SteelyardError

MAX_BROKEN = 100_000
SHOWN_CHARACTERS = 2_000
SHOWN_OF_MANY = 100
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
        """Add rows: one array a column, and their row numbers."""
        rows = pa.array(numbers, pa.int64())
        if not len(rows):
            return
        names = pa.array([self.file], pa.string()).take(pa.array([0] * len(rows), pa.int32()))
        table = pa.Table.from_arrays([rows, names, *values], names=["_row", "_file", *columns])
        kind = f"-{self.dataset}" if self.dataset else f"-m{self.member:08d}"
        part = self.folder / f"{self.number:04d}{kind}-{len(self.parts):04d}.parquet"
        pq.write_table(table, part, compression="zstd", compression_level=1, row_group_size=122_880)
        self.parts.append(part)
        self.columns += [name for name in columns if name not in self.columns]
        self.rows += len(rows)

    def signal(self, kind: str, reason: str, **more: object) -> None:
        """Tell the department something of the file."""
        self.signals.append({"kind": kind, "file": self.file, "reason": reason} | more)


def writable(text: str) -> str:
    """Text that every store takes: halves of surrogate pairs are replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def text_array(values: Sequence[str | None]) -> pa.Array:
    """A column of text."""
    return pa.array(values, pa.string())
