"""Where a subject stands in the pool: rows by department and dataset, as one viewer may see them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from steelyard.contracts import Contract
from steelyard.engines import duck
from steelyard.engines.duck import Duck, quoted
from steelyard.web.orgs.models import User
from steelyard.web.orgs.names import shown_names
from steelyard.web.subjects import who
from steelyard.web.subjects.access import Sight
from steelyard.web.subjects.covering import covered
from steelyard.web.subjects.pool_link import contracts, pool
from steelyard.web.subjects.who import Place

MOST_ROWS = 20
"""Rows shown of one dataset."""
MOST_READ = 200
"""Rows looked at of one dataset."""
SUBJECT_KINDS = ("person", "company", "party", "org")
PURPOSE_BOUND = "L4"
"""Datasets of this level are shown for a case only."""


@dataclass(frozen=True)
class Row:
    """One row of the pool, covered."""

    cells: tuple[str, ...]
    delivery: str
    line: int
    file: str
    by_link: bool
    """Whether it names the subject without his number."""


@dataclass
class Holding:
    """What one dataset has of the subject."""

    dataset: str
    department: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    elsewhere: int = 0
    """Rows outside the viewer's area, of which nothing is shown."""
    more: int = 0
    """Rows of his that are not listed."""
    closed: bool = False
    """Whether rows are shown only for a case."""
    cut: bool = False
    """Whether there are more rows than were looked at."""

    @property
    def total(self) -> int:
        return len(self.rows) + self.more


@dataclass(frozen=True)
class Standing:
    """Where a subject stands."""

    departments: tuple[tuple[str, tuple[Holding, ...]], ...]
    within: bool
    """Whether a row of it lies in the viewer's area."""
    placed: bool
    """Whether any row tells an area."""


def standing(viewer: User, keys: Collection[str], *, for_case: bool) -> Standing:
    """Rows that name one of the keys, by department.  ``for_case``: whether the page was opened for a case."""
    sight, held = Sight.of(viewer), pool()
    linked: dict[str, list[Place]] = defaultdict(list)
    for place in who.places(keys):
        linked[place.dataset].append(place)
    found, within, placed = [], False, False
    version = held.current()
    engine = duck.connect(memory_mb=256, threads=1)
    try:
        for name, contract in sorted(contracts().items()):
            columns = subject_columns(contract)
            files = held.files(name, version) if columns and name in version.tables else []
            if not files:
                continue
            duck.register_files(engine, "held", files, held.schema(name))
            rows = _rows(engine, columns, keys, linked.get(name, ()))
            areas = {code for row in rows if (code := _area(contract, row))}
            placed, within = placed or bool(areas), within or any(sight.of_area(code) for code in areas)
            if rows and sight.of_department(contract.department):
                found.append(_holding(viewer, contract, rows, sight, for_case))
    finally:
        engine.close()
    return Standing(_by_department(found), within, placed)


def subject_columns(contract: Contract) -> list[str]:
    """Columns that name somebody."""
    return [column.name for column in contract.columns.values() if column.subject in SUBJECT_KINDS]


def _rows(
    engine: Duck, columns: Sequence[str], keys: Collection[str], linked: Sequence[Place]
) -> list[dict[str, Any]]:  # fmt: skip
    named = " OR ".join(f"{quoted(column)} IN (SELECT unnest($keys))" for column in columns)
    at = [f"{place.delivery} {place.row} {place.file}" for place in linked]
    told = "concat(_delivery, ' ', _raw_row, ' ', _file) IN (SELECT unnest($at))" if at else "false"
    values: dict[str, Any] = {"keys": list(keys)} | ({"at": at} if at else {})
    cursor = engine.execute(
        f"SELECT *, NOT coalesce({named}, false) AS by_link FROM held WHERE {named} OR {told} "
        f"ORDER BY _seq DESC, _raw_row LIMIT {MOST_READ}",
        values,
    )
    names = [one[0] for one in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _area(contract: Contract, row: dict[str, Any]) -> str:
    """The area code a row itself bears; empty where it leads to one over another dataset, or to none."""
    value = str(row.get(contract.area) or "") if contract.area else ""
    return value if value.isdigit() and len(value) == 12 else ""


def _holding(
    viewer: User, contract: Contract, rows: Sequence[dict[str, Any]], sight: Sight, for_case: bool
) -> Holding:  # fmt: skip
    made = Holding(contract.dataset, contract.department, tuple(contract.columns), cut=len(rows) >= MOST_READ)
    seen = [row for row in rows if not (code := _area(contract, row)) or sight.of_area(code)]
    made.elsewhere = len(rows) - len(seen)
    made.closed = contract.sensitivity == PURPOSE_BOUND and not for_case
    listed = [] if made.closed else seen[:MOST_ROWS]
    made.more = len(seen) - len(listed)
    wanted = [str(row[name]) for row in listed for name in subject_columns(contract) if row[name]]
    names = shown_names(viewer, wanted)
    for row in listed:
        cells = tuple(
            (names[row[name]].text if row[name] in names else "") if column.subject in SUBJECT_KINDS
            else covered(column, row[name])
            for name, column in contract.columns.items()
        )  # fmt: skip
        made.rows.append(Row(cells, str(row["_delivery"]), int(row["_raw_row"]), str(row["_file"]), row["by_link"]))
    return made


def _by_department(found: Iterable[Holding]) -> tuple[tuple[str, tuple[Holding, ...]], ...]:
    grouped: dict[str, list[Holding]] = defaultdict(list)
    for one in found:
        grouped[one.department].append(one)
    return tuple((name, tuple(grouped[name])) for name in sorted(grouped))
