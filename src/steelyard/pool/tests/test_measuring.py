"""Coverage is told against the areas that should have data, by day, and is never green by silence."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from steelyard.contracts import Contract, Expectations, load_contracts
from steelyard.engines.duck import connect
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.pool import regions
from steelyard.pool.measuring import take
from steelyard.pool.versions import PoolVersion

DAY = dt.date(2026, 6, 1)
COUNTY = "339921000000"
AREAS = {
    COUNTY: "county",
    "339921101000": "town", "339921102000": "town",
    "339921101201": "village", "339921101202": "village", "339921102201": "village",
}  # fmt: skip


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return load_contracts(catalogue_folder() / "contracts")


class Tables:
    """Parquet files by dataset; every write is a new version."""

    def __init__(self, folder: Path, contracts: dict[str, Contract]) -> None:
        self.folder, self.contracts = folder, contracts
        self.tables: dict[str, int] = {}

    def put(self, dataset: str, *rows: dict[str, object]) -> None:
        number = self.tables.get(dataset, -1) + 1
        schema = self.contracts[dataset].schema
        values = [
            "SELECT " + ", ".join(f"CAST({_sql(row.get(name))} AS {kind}) AS {name}" for name, kind in schema.items())
            for row in rows
        ] or [
            "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in schema.items()) + " WHERE false"
        ]
        connect(memory_mb=64, threads=1).execute(
            f"COPY ({' UNION ALL '.join(values)}) TO '{self.folder}/{dataset}-{number}.parquet' (FORMAT parquet)"
        )
        self.tables[dataset] = number

    def files(self, dataset: str) -> list[str]:
        return [f"{self.folder}/{dataset}-{self.tables[dataset]}.parquet"] if dataset in self.tables else []


def _sql(value: object) -> str:
    return "NULL" if value is None else f"'{value}'"


@pytest.fixture
def tables(tmp_path, contracts):
    return Tables(tmp_path, contracts)


@pytest.fixture
def connection(clean_engine):
    opened = clean_engine.connect(autocommit=True)
    yield opened
    opened.close()


def measured(connection, tables, contracts, day=DAY):
    return take(connection, contracts, PoolVersion(1, dict(tables.tables)), tables.files, day, {})


def asset(number: str, village: str) -> dict[str, object]:
    return {"asset_id": number, "village_code": village}


def test_a_township_without_rows_is_named_among_the_missing(connection, tables, contracts):
    tables.put("village_asset", asset("1", "339921101201"), asset("2", "339921101202"))
    measured(connection, tables, contracts)
    found = regions.read(connection, contracts["village_asset"], AREAS, COUNTY)
    assert (found.covered, found.expected, found.missing) == (2, 3, ("339921102201",))
    assert found.share == pytest.approx(2 / 3)
    assert regions.read(connection, contracts["village_asset"], AREAS, "339921102000") is None


def test_an_area_below_the_contract_s_least_rows_is_not_covered(connection, tables, contracts):
    tables.put("village_asset", asset("1", "339921101201"), asset("2", "339921101201"), asset("3", "339921101202"))
    measured(connection, tables, contracts)
    strict = replace(contracts["village_asset"], expectations=Expectations(areas="village", min_rows_per_area=2))
    assert regions.read(connection, strict, AREAS, COUNTY).covered == 1


def test_a_bid_lies_where_its_tender_does(connection, tables, contracts):
    tables.put("tender", {"tender_id": "T", "area_code": "339921101000"})
    tables.put("tender_section", {"section_id": "S", "tender_id": "T"})
    tables.put("bid", {"bid_id": "B", "section_id": "S", "submit_time": "2026-05-01 10:00:00"},
               {"bid_id": "C", "section_id": "nowhere", "submit_time": "2026-05-09 10:00:00"})  # fmt: skip
    measured(connection, tables, contracts)
    found = regions.read(connection, contracts["bid"], AREAS, COUNTY)
    assert (found.covered, found.expected, found.rows, found.latest) == (1, 1, 1, dt.date(2026, 5, 1))


def test_a_day_to_come_is_not_the_newest_day(connection, tables, contracts):
    tables.put("village_purchase", {"purchase_id": "1", "village_code": "339921101201", "purchase_date": "2026-05-30"},
               {"purchase_id": "2", "village_code": "339921101201", "purchase_date": "2099-01-01"})  # fmt: skip
    measured(connection, tables, contracts)
    assert regions.read(connection, contracts["village_purchase"], AREAS).latest == dt.date(2026, 5, 30)


def test_the_history_says_how_it_was(connection, tables, contracts):
    tables.put("village_asset", asset("1", "339921101201"))
    measured(connection, tables, contracts)
    tables.put("village_asset", asset("1", "339921101201"), asset("2", "339921102201"))
    measured(connection, tables, contracts, DAY + dt.timedelta(days=3))
    days = regions.days(connection, "village_asset", COUNTY)
    assert days == [DAY, DAY + dt.timedelta(days=3)]
    then, now = (regions.read(connection, contracts["village_asset"], AREAS, COUNTY, day) for day in days)
    assert (then.covered, now.covered) == (1, 2)


def test_a_quiet_day_writes_nothing(connection, tables, contracts):
    tables.put("village_asset", asset("1", "339921101201"))
    assert measured(connection, tables, contracts) == ["village_asset"]
    assert measured(connection, tables, contracts, DAY + dt.timedelta(days=1)) == []
    tables.put("village_asset", asset("1", "339921101201"))
    assert measured(connection, tables, contracts, DAY + dt.timedelta(days=2)) == ["village_asset"]
    assert regions.days(connection, "village_asset") == [DAY]


def test_an_area_that_lost_its_rows_is_no_longer_covered(connection, tables, contracts):
    tables.put("village_asset", asset("1", "339921101201"), asset("2", "339921102201"))
    measured(connection, tables, contracts)
    tables.put("village_asset", asset("1", "339921101201"))
    measured(connection, tables, contracts, DAY + dt.timedelta(days=1))
    assert regions.read(connection, contracts["village_asset"], AREAS, COUNTY).missing == (
        "339921101202",
        "339921102201",
    )


def test_a_region_that_must_be_forgotten_leaves_no_history(connection, tables, contracts):
    tables.put("village_asset", asset("1", "339921101201"), asset("2", "339921102201"))
    measured(connection, tables, contracts)
    assert regions.forget(connection, "339921102000") == 1
    assert regions.days(connection, "village_asset", "339921102000") == []
    tables.put("village_asset", asset("1", "339921101201"))
    measured(connection, tables, contracts, DAY + dt.timedelta(days=1))
    assert regions.read(connection, contracts["village_asset"], AREAS, "339921102000") is None


def test_a_county_without_a_row_is_there_with_none(connection, tables, contracts):
    tables.put("village_asset", asset("1", "339921101201"))
    measured(connection, tables, contracts)
    other = AREAS | {"339922000000": "county", "339922101201": "village"}
    found = regions.by_county(connection, [contracts["village_asset"]], other)
    assert (found["village_asset", "339922000000"].covered, found["village_asset", "339922000000"].share) == (0, 0.0)
