"""Coverage of regions: of the areas that should have data, those that have, and how good it is."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import connect, register_files

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class RegionCoverage:
    """One dataset in one region on one day."""

    dataset: str
    region: str
    level: str
    """Level of the areas counted."""
    covered: int
    """Areas with at least as many rows as the contract wants of an area."""
    expected: int | None
    """Areas of the region table; None where the contract expects no areas or nobody listed them."""
    rows: int
    latest: dt.date | None
    completeness: float | None
    """Mean of the areas by their rows."""
    validity: float | None
    missing: tuple[str, ...] = ()
    """Expected areas that are not covered, smallest code first."""
    day: dt.date | None = None
    """Day of the measure; None for the newest."""

    @property
    def share(self) -> float | None:
        """Covered areas of those expected; None where nothing is expected: not nothing, but not known."""
        return self.covered / self.expected if self.expected else None


def prefix(code: str) -> str:
    """The digits of an area code that tell the area; a code of another form is its own."""
    filled = (digits for digits in (2, 4, 6, 9) if len(code) == 12 and code[digits:] == "0" * (12 - digits))
    return code[: next(filled, len(code))]


def areas(region_files: Sequence[str]) -> dict[str, str]:
    """Level by area code, from the region table."""
    duck = connect(memory_mb=256, threads=1)
    try:
        register_files(duck, "region", region_files, {"area_code": "VARCHAR", "level": "VARCHAR"})
        return dict(duck.execute("SELECT area_code, level FROM region WHERE area_code IS NOT NULL").fetchall())
    finally:
        duck.close()


def read(
    connection: Connection, contract: Contract, known: Mapping[str, str], region: str = "", day: dt.date | None = None
) -> RegionCoverage | None:
    """Coverage of a dataset within a region (area code; empty for all) as it was on ``day``, by default now.

    None where the dataset was not measured there.  ``known``: level by area code, as the region table says.
    """
    within = prefix(region) if region else ""
    rows = connection.execute(
        "SELECT DISTINCT ON (area_code) area_code, level, rows, latest, completeness, validity "
        "FROM engine.coverage_day WHERE dataset = %s AND starts_with(area_code, %s) "
        "AND (%s::date IS NULL OR day <= %s) ORDER BY area_code, day DESC",
        [contract.dataset, within, day, day],
    ).fetchall()
    return told(contract, rows, known, region, day) if rows else None


def told(
    contract: Contract, rows: Sequence[tuple[Any, ...]], known: Mapping[str, str], region: str,
    day: dt.date | None = None,
) -> RegionCoverage:  # fmt: skip
    """A region's coverage from its areas: (code, level, rows, latest, completeness, validity)."""
    level, within = contract.expectations.areas, prefix(region) if region else ""
    least = max(contract.expectations.min_rows_per_area, 1)
    filled = {code for code, _, count, *_ in rows if count >= least}
    wanted = {code for code, kind in known.items() if kind == level != "none" and code.startswith(within)}
    present = [row for row in rows if row[2]]
    return RegionCoverage(
        dataset=contract.dataset,
        region=region,
        level=level,
        covered=len(filled & wanted) if wanted else len(filled),
        expected=len(wanted) or None,
        rows=sum(row[2] for row in rows),
        latest=max((row[3] for row in present if row[3]), default=None),
        completeness=_by_rows([(row[2], row[4]) for row in present]),
        validity=min((row[5] for row in present if row[5] is not None), default=None),
        missing=tuple(sorted(wanted - filled)),
        day=day,
    )


def _by_rows(shares: Sequence[tuple[int, float | None]]) -> float | None:
    known = [(count, share) for count, share in shares if share is not None]
    total = sum(count for count, _ in known)
    return sum(count * share for count, share in known) / total if total else None


def by_county(
    connection: Connection, contracts: Sequence[Contract], known: Mapping[str, str]
) -> dict[tuple[str, str], RegionCoverage]:
    """The newest coverage by dataset and county; a county that expects areas and has none is there with none."""
    counties = sorted(code for code, level in known.items() if level == "county")
    listed = {county: {code: kind for code, kind in known.items() if code[:6] == county[:6]} for county in counties}
    found: dict[tuple[str, str], RegionCoverage] = {}
    for contract in contracts:
        rows = connection.execute(
            "SELECT DISTINCT ON (area_code) area_code, level, rows, latest, completeness, validity "
            "FROM engine.coverage_day WHERE dataset = %s ORDER BY area_code, day DESC",
            [contract.dataset],
        ).fetchall()
        if not rows:
            continue
        for county in counties:
            own = [row for row in rows if row[0][:6] == county[:6]]
            found[contract.dataset, county] = told(contract, own, listed[county], county)
    return found


def days(connection: Connection, dataset: str, region: str = "") -> list[dt.date]:
    """Days on which something changed in a region, oldest first."""
    found = connection.execute(
        "SELECT DISTINCT day FROM engine.coverage_day WHERE dataset = %s AND starts_with(area_code, %s) ORDER BY day",
        [dataset, prefix(region) if region else ""],
    ).fetchall()
    return [row[0] for row in found]


def forget(connection: Connection, region: str) -> int:
    """Forget what was measured in a region, history and all; returns how many rows went.  Measure again after."""
    within = prefix(region)
    with connection.transaction():
        gone = connection.execute("DELETE FROM engine.coverage_day WHERE starts_with(area_code, %s)", [within]).rowcount
        connection.execute("DELETE FROM engine.coverage_taken")
    return gone
