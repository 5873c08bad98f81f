"""What the departments have on record: rows by dataset, and long registers as whole columns."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa


class Subject(Protocol):
    """Whoever a file names by number: a person, a firm or a body."""

    @property
    def number(self) -> str: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Yuan:
    """An amount in whole fen; written in yuan with two places."""

    fen: int

    def __str__(self) -> str:
        return f"{self.fen // 100}.{self.fen % 100:02d}" if self.fen >= 0 else f"-{Yuan(-self.fen)}"


@dataclass(frozen=True)
class Named:
    """A subject whose name somebody wrote in another way, or whose number he miswrote."""

    number: str
    name: str


Value = str | int | bool | dt.date | dt.datetime | Yuan | Subject | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Columns:
    """A long register: columns of text by contract column; a subject column is a pair (number, name)."""

    plain: dict[str, pa.StringArray]
    subjects: dict[str, tuple[pa.StringArray, pa.StringArray]]


class Ledger:
    """Everything on record, in the order in which it was entered."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.registers: dict[str, Columns] = {}

    def enter(self, dataset: str, **row: Value) -> None:
        """Enter one row; the names are those of the contract's columns."""
        self.rows[dataset].append(row)
