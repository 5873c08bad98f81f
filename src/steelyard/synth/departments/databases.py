"""The departments' databases: real tables behind views, and accounts that may read the views alone.

A fault is another view over the same table, or a right that is taken away; the rows themselves are never touched.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from steelyard.sources import Interface
from steelyard.synth.departments.columns import type_of
from steelyard.synth.departments.faults import Kind, drip_seconds
from steelyard.synth.departments.spoil import NEW_COLUMN, NEW_VALUE, drifting, renamed

NUMBER = "row_number_"
_FROM = re.compile(r"\bfrom\s+([\w.\"`]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Shown:
    """One table as a department shows it."""

    interface: Interface
    schema: str
    name: str
    types: dict[str, str]
    """Column to ``text``, ``date`` or ``time``."""
    rows: int

    @property
    def store(self) -> str:
        """Name of the table behind the view."""
        return f"{self.schema}__{self.name}"


class Bank(Protocol):
    """A database server that departments share, each with a schema and an account of its own."""

    name: str
    """As people call it."""

    def account(self, department: str, password: str) -> str:
        """Make a department's schema and its reading account; the SQLAlchemy address for it."""

    def load(self, shown: Shown, table: pa.Table) -> None:
        """Put the rows into the table behind the view."""

    def show(self, shown: Shown, kinds: Collection[Kind]) -> None:
        """The view as these faults leave it."""

    def stop(self) -> None:
        """End the server and remove what it kept."""


def shown_as(interface: Interface, table: pa.Table) -> Shown:
    """Which table or view an interface reads."""
    named = interface.location.table
    if not named:
        found = _FROM.search(interface.location.query)
        named = found[1] if found else interface.id.rsplit("/", 1)[-1]
    schema, _, name = named.replace('"', "").replace("`", "").rpartition(".")
    types = {column: type_of(table[column]) for column in table.column_names}
    return Shown(interface, schema or schema_of(interface.department), name, types, len(table))


def schema_of(department: str) -> str:
    """The schema (in MariaDB: the database) of a department."""
    return department.replace("-", "_")


@dataclass(frozen=True)
class Words:
    """What differs between the two servers inside a view."""

    quote: str
    store: str
    """Schema of the tables behind the views and of the two functions ``broken`` and ``drip``."""
    garbled: str
    """Text read in the wrong character set; ``{}`` is the column."""
    text: str
    everything: str
    """What follows ORDER BY so that the order of a view is kept."""

    def name(self, *parts: str) -> str:
        return ".".join(f"{self.quote}{part}{self.quote}" for part in parts)


def view(shown: Shown, kinds: Collection[Kind], words: Words) -> str:
    """The SELECT behind the view."""
    cells = [_cell(column, kind, kinds, words) for column, kind in shown.types.items()]
    names = list(shown.types)
    if Kind.DRIFT in kinds:
        wrong = drifting(shown.interface, names)
        names = [renamed(name) if name == wrong else name for name in names] + [NEW_COLUMN]
        cells.append(f"'{NEW_VALUE}'")
    listed = ", ".join(f"{cell} AS {words.name(name)}" for cell, name in zip(cells, names, strict=True))
    select = f"SELECT {listed} FROM {_rows(shown, kinds, words)} WHERE {_guard(shown, kinds, words)}"
    if Kind.OUT_OF_ORDER in kinds:
        select += f" ORDER BY {words.name(NUMBER)} DESC{words.everything}"
    return select


def _cell(column: str, kind: str, kinds: Collection[Kind], words: Words) -> str:
    quoted = words.name(column)
    return words.garbled.format(quoted) if Kind.ENCODING in kinds and kind == "text" else quoted


def _rows(shown: Shown, kinds: Collection[Kind], words: Words) -> str:
    table = words.name(words.store, shown.store)
    if Kind.DUPLICATED not in kinds:
        return table
    return f"(SELECT * FROM {table} UNION ALL SELECT * FROM {table}) AS twice"


def _guard(shown: Shown, kinds: Collection[Kind], words: Words) -> str:
    said = ["1 = 1"]
    broken, drip = words.name(words.store, "broken"), words.name(words.store, "drip")
    if Kind.LATE in kinds:
        said.append("1 = 0")
    if Kind.ERRORS in kinds:
        said.append(f"{broken}() = 1")
    if Kind.HALF in kinds:
        said.append(f"CASE WHEN {words.name(NUMBER)} > {shown.rows // 2} THEN {broken}() ELSE 1 END = 1")
    if Kind.DRIP in kinds:
        # All rows, or those of one batch where there are more, take as long as a slow answer.
        rows = min(max(shown.rows, 1), shown.interface.fetch.batch)
        said.append(f"{drip}({drip_seconds(shown.interface) / rows:.9f}) = 1")
    return " AND ".join(said)
