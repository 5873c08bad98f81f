"""What a contract says, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from steelyard.contracts.vocabulary import Vocabulary
from steelyard.contracts.words import Words

TYPES = ("string", "integer", "decimal", "date", "datetime", "boolean")
MODES = ("snapshot", "upsert", "append", "changes")
LEVELS = ("L1", "L2", "L3", "L4")
SUBJECTS = ("person", "company", "party", "org")
CHECK_LEVELS = ("reject", "quarantine", "warn")
RHYTHMS = ("realtime", "daily", "weekly", "monthly", "quarterly", "seasonal", "yearly", "on-demand")
DUE_DAYS: Mapping[str, int] = {
    "realtime": 2,
    "daily": 2,
    "weekly": 14,
    "monthly": 45,
    "quarterly": 120,
    "seasonal": 200,
    "yearly": 400,
}
AREAS = ("village", "town", "county", "city", "province", "none")
SUBJECT_REGISTERS: Mapping[str, tuple[str, str]] = {
    "person": ("person", "person_id"),
    "company": ("company", "company_id"),
    "org": ("org", "org_id"),
}
"""Dataset and column that hold the subjects of a kind; a party stands in the first or the second."""
NOBODY = Words("", "")
_SQL_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


DETAILS = ("birth_date", "sex", "area", "phone", "address")
"""What a column may tell of a subject that its row names."""


class Detail(NamedTuple):
    """What a column tells, and of whom."""

    column: str
    """A subject column of the same contract."""
    detail: str
    """One of ``DETAILS``."""


class Reference(NamedTuple):
    """A column of another dataset."""

    dataset: str
    column: str


@dataclass(frozen=True)
class Column:
    """One column of a dataset."""

    name: str
    type: str
    """string, integer, decimal, date, datetime or boolean."""
    title: Words
    sensitivity: str
    """L1 to L4; the dataset's where the column names none."""
    subject: str | None = None
    """person, company, party (either) or org: then the pool stores a subject key, never the number."""
    raw: tuple[str, ...] = ()
    """Fields a delivery maps: number and name for a subject, else the column itself."""
    required: bool = False
    vocabulary: str | None = None
    values: frozenset[str] = frozenset()
    """Codes of the vocabulary; empty where any text goes."""
    terms: Vocabulary | None = field(default=None, repr=False, compare=False)
    """The vocabulary itself, with the words departments use for its codes."""
    scale: int = 2
    """Decimal places: 2 for money, 6 for ratios and quantities."""
    unit: str = ""
    """Code of the vocabulary ``unit`` for a number; empty for everything else."""
    references: Reference | None = None
    """Where the value must be found; a subject is found in the register of its kind and names none."""
    private: bool = False
    """Whether the value itself tells who a person is: a name, a phone, an address, an account."""
    of: Detail | None = None
    """Of which subject of the row the value tells what; where nobody says it, it may be anybody's."""
    note: str = ""
    line: int = 1

    @property
    def sql_type(self) -> str:
        """The column's type in SQL."""
        return f"DECIMAL(18,{self.scale})" if self.type == "decimal" else _SQL_TYPES[self.type]


@dataclass(frozen=True)
class Check:
    """A condition on one row, over typed columns and ``delivered_on`` (date of receipt).

    A row fails where the condition is false; where it is null the check does not apply.
    """

    id: str
    level: str
    """reject refuses the delivery, quarantine the row, warn only says so."""
    sql: str
    title: Words
    line: int = 1


@dataclass(frozen=True)
class TableCheck:
    """A SELECT over ``delivered``, and over ``pool`` where it names it, that finds what must not be.

    ``delivered`` holds the delivery's good rows, typed, with ``_file`` and ``_row``; ``pool`` the table as it was
    before.  The SELECT answers ``_file`` and ``_row`` of each row at fault; for level reject any row will do.
    """

    id: str
    level: str
    sql: str
    title: Words
    reads: tuple[str, ...] = ()
    """Other datasets the SELECT names: their newest published rows, none where nothing was published."""
    line: int = 1

    @property
    def reads_pool(self) -> bool:
        """Whether the check looks beyond the delivery."""
        return "pool" in self.sql.replace("(", " ").replace(")", " ").split()


@dataclass(frozen=True)
class Expectations:
    """What a delivery should be like."""

    rhythm: str = ""
    latest: str = ""
    """ISO 8601 duration after which the newest business date is too old; of a dataset without business dates, the
    last delivery."""
    min_rows: int = 0
    """Fewer rows in a delivery refuse it."""
    max_rows: int | None = None
    """More rows are remarked upon; None: any number."""
    max_change: float | None = None
    """Share by which the rows may differ from the delivery before; None: as it comes."""
    min_rows_per_area: int = 1
    """Rows of the table below which an area counts as thin."""
    areas: str = "none"
    """Level at which every area should have rows; none for events that need not happen everywhere."""

    @property
    def due_days(self) -> int | None:
        """Days after which a supplier who delivered nothing is silent; None where he delivers on demand."""
        return DUE_DAYS.get(self.rhythm)


@dataclass(frozen=True)
class LegalBasis:
    """A reference; one that is ``unverified`` is never printed to users."""

    ref: str
    status: str


@dataclass(frozen=True)
class Version:
    """One version of a contract and what it changed."""

    version: str
    date: date
    changes: Words
    migration: str | None = None
    """SELECT over ``old`` (the table of the version before, lineage columns included); a MAJOR version has one."""
    line: int = 1


@dataclass(frozen=True)
class Contract:
    """What one dataset holds."""

    dataset: str
    version: str
    title: Words
    owners: tuple[str, ...]
    department: str
    mode: str
    """snapshot: the delivery is the whole truth of its scope; upsert: rows by key; append: facts, corrected by key;
    changes: rows with an operation and an order."""
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    checks: tuple[Check, ...]
    sensitivity: str
    quarantined_share: float
    """Share of quarantined rows above which a delivery is refused as a whole."""
    purpose: Words
    path: Path
    scope: tuple[str, ...] = ()
    """Columns that bound a snapshot: absence inside the delivered values means deletion, outside nothing."""
    order: str = ""
    """Column whose larger value is the newer version of a row; empty: the later delivery is."""
    table_checks: tuple[TableCheck, ...] = ()
    expectations: Expectations = Expectations()
    retention: str = ""
    """ISO 8601 duration for which rows are kept."""
    legal_basis: tuple[LegalBasis, ...] = ()
    cluster_by: tuple[str, ...] = ()
    """Columns by which models cut the table into slices."""
    area: str = ""
    """Column that tells where a row belongs: an area code, or what leads to one by reference; empty: nowhere."""
    business_date: str = ""
    """Column that says when a row happened; empty for a register, whose rows may stand still for years."""
    history: tuple[Version, ...] = ()
    supplier: Words = NOBODY
    """Name of the department that owes the data."""

    @property
    def schema(self) -> dict[str, str]:
        """Column name to SQL type, in the order of the file."""
        return {name: column.sql_type for name, column in self.columns.items()}

    @property
    def rhythm(self) -> str:
        return self.expectations.rhythm

    @property
    def freshness(self) -> str:
        """ISO 8601 duration after which the newest business date is too old."""
        return self.expectations.latest
