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


@dataclass
class Part:
    """What one interface brings of one dataset in one delivery: single rows, a whole register, or both."""

    rows: list[Row]
    register: Columns | None = None


class Books:
    """What departments hold besides the ledger, by the interface that brings it.

    Nothing planted rests on these rows, and they are made last, so that a new book changes no old one.
    """

    def __init__(self) -> None:
        self.deliveries: dict[tuple[str, str], dict[str, dict[str, Part]]] = {}
        """(interface, stamp of the file) to member of an archive or sheet of a workbook to dataset."""

    def enter(self, interface: str, dataset: str, *, stamp: str = "", member: str = "", **row: Value) -> None:
        """Enter one row; the names are those of the contract's columns."""
        self.add(interface, dataset, row, stamp=stamp, member=member)

    def add(self, interface: str, dataset: str, row: Row, *, stamp: str = "", member: str = "") -> None:
        """Enter a row that is made already."""
        self._part(interface, dataset, stamp, member).rows.append(row)

    def keep(self, interface: str, dataset: str, register: Columns, *, stamp: str = "", member: str = "") -> None:
        """Hold a whole register; ``stamp`` names one of several files, such as a month."""
        self._part(interface, dataset, stamp, member).register = register

    def rows(self, dataset: str) -> list[Row]:
        """All single rows of a dataset."""
        parts = [parts for members in self.deliveries.values() for parts in members.values()]
        return [row for part in parts if dataset in part for row in part[dataset].rows]

    def _part(self, interface: str, dataset: str, stamp: str, member: str) -> Part:
        members = self.deliveries.setdefault((interface, stamp), {})
        return members.setdefault(member, {}).setdefault(dataset, Part([]))


class Ledger:
    """Everything on record, in the order in which it was entered."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.registers: dict[str, Columns] = {}

    def enter(self, dataset: str, **row: Value) -> None:
        """Enter one row; the names are those of the contract's columns."""
        self.rows[dataset].append(row)
