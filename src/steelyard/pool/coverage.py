"""Which areas have data, and how fresh it is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, connect, register_files
from steelyard.kit.sqltext import quoted
from steelyard.pool import records

AREA_COLUMNS = ("village_code", "hukou_village_code", "area_code")
FUTURE_DATES = ("end", "to", "until", "due", "planned", "valid")
"""Words of column names that agree a day to come; such a date says nothing about freshness."""


@dataclass(frozen=True)
class Coverage:
    """Data of one dataset at one level."""

    dataset: str
    level: str
    areas: int
    """Areas with data."""
    expected: int | None
    """Areas of the region table at that level, never what arrived; None where there is no region table."""
    rows: int
    latest: dt.date | None
    """Newest business date that does not lie after its delivery."""


def area_column(contract: Contract) -> str | None:
    """The column that says where a row belongs."""
    names = [name for name in AREA_COLUMNS if name in contract.columns]
    names += [name for name in contract.columns if name.endswith(("village_code", "area_code"))]
    return names[0] if names else None


def date_column(contract: Contract) -> str | None:
    """The column that says when a row happened."""
    if contract.business_date:
        return contract.business_date
    for name, column in contract.columns.items():
        if column.type in ("date", "datetime") and not set(name.split("_")) & set(FUTURE_DATES):
            return name
    return None


def write(
    connection: "psycopg.Connection[Any]", duck: Duck, number: int, contract: Contract,
    files: Sequence[str], received_on: dt.date,
) -> None:  # fmt: skip
    """Keep, for one pool version, rows and newest business date by area."""
    area = area_column(contract)
    if area is None:
        return
    name = f"covered {contract.dataset}"
    register_files(duck, name, files, contract.schema)
    dated = date_column(contract)
    latest = (
        f"max(CAST({quoted(dated)} AS DATE)) FILTER (CAST({quoted(dated)} AS DATE) <= DATE '{received_on}')"
        if dated
        else "CAST(NULL AS DATE)"
    )
    found = duck.execute(
        f"SELECT {quoted(area)}, count(*), {latest} FROM {quoted(name)} WHERE {quoted(area)} IS NOT NULL GROUP BY 1"
    ).fetchall()
    # Only the newest version is ever asked for; what changed day by day is kept by the measures.
    connection.execute("DELETE FROM engine.coverage WHERE dataset = %s", [contract.dataset])
    with connection.cursor().copy(
        "COPY engine.coverage (pool_version, dataset, area_code, rows, latest) FROM STDIN"
    ) as copy:
        for row in found:
            copy.write_row((number, contract.dataset, *row))


def level_of(code: str) -> str:
    """Level of a 12-character area code by its filling zeros."""
    for filled, level in ((10, "province"), (8, "city"), (6, "county"), (3, "town")):
        if code.endswith("0" * filled):
            return level
    return "village"


def read(
    connection: "psycopg.Connection[Any]", dataset: str, region_files: Sequence[str], within: str = ""
) -> list[Coverage]:
    """Coverage of a dataset by level, in the newest version that has any.

    ``within``: only areas whose code begins so.  A village's data covers its village, not its town.
    """
    listed = records.many(
        connection,
        "SELECT area_code, rows, latest FROM engine.coverage WHERE dataset = %s AND pool_version = "
        "(SELECT max(pool_version) FROM engine.coverage WHERE dataset = %s) AND area_code LIKE %s || '%%'",
        [dataset, dataset, within],
    )
    expected = _expected(region_files, within)
    found: list[Coverage] = []
    for level in ("province", "city", "county", "town", "village"):
        here = [row for row in listed if level_of(row["area_code"]) == level]
        if here:
            dates = [row["latest"] for row in here if row["latest"]]
            found.append(
                Coverage(
                    dataset, level, len(here), expected.get(level) if expected else None,
                    sum(row["rows"] for row in here), max(dates) if dates else None,
                )
            )  # fmt: skip
    return found


def by_area(connection: "psycopg.Connection[Any]", dataset: str) -> dict[str, tuple[int, dt.date | None]]:
    """Rows and newest business date of a dataset, by area code."""
    listed = connection.execute(
        "SELECT area_code, rows, latest FROM engine.coverage WHERE dataset = %s AND pool_version = "
        "(SELECT max(pool_version) FROM engine.coverage WHERE dataset = %s)",
        [dataset, dataset],
    )
    return {row[0]: (int(row[1]), row[2]) for row in listed}


def _expected(region_files: Sequence[str], within: str) -> dict[str, int]:
    if not region_files:
        return {}
    duck = connect(memory_mb=256, threads=1)
    try:
        register_files(duck, "region", region_files, {"area_code": "VARCHAR", "level": "VARCHAR"})
        found = duck.execute(
            "SELECT level, count(*) FROM region WHERE starts_with(area_code, ?) GROUP BY 1", [within]
        ).fetchall()
        return {level: int(count) for level, count in found}
    finally:
        duck.close()
