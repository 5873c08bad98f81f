"""Every model of the catalogue on data that says nothing: no crash, no finding, a reason."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue
from steelyard.detect.guards.tests.homely import HomelyPool
from steelyard.detect.tests.small_pool import DAY
from steelyard.engines.postgres import Database

PROVINCES = [
    {"area_code": "330000000000", "name": "One", "level": "province"},
    {"area_code": "339921000000", "name": "Its county", "level": "county"},
    {"area_code": "340000000000", "name": "Another", "level": "province"},
]
VALUES: Mapping[str, Any] = {
    "string": "X", "integer": 1, "decimal": 1, "boolean": True, "date": "2025-01-01", "datetime": "2025-01-01",
}  # fmt: skip


def row(catalogue: Catalogue, dataset: str, number: int, *, keys_only: bool, area: str = "") -> dict[str, Any]:
    """A row of a dataset with every column filled, or only its key."""
    contract = catalogue.contracts[dataset]
    found: dict[str, Any] = {}
    for name, column in contract.columns.items():
        if keys_only and name not in contract.key:
            continue
        value = VALUES.get(column.type, "X")
        found[name] = f"X{number}" if value == "X" else value
        if name.endswith("village_code") or name == "area_code":
            found[name] = area or None
    return found


def judged(pool: HomelyPool, database: Database) -> list[detect.Readiness]:
    report = detect.run(pool, pool.catalogue, database, DAY)
    assert report.failed == {}
    assert report.held == {}
    assert (report.new, report.vanished) == (0, 0)
    with database.connect() as connection:
        found = detect.readiness(connection)
    ready = {name for name, model in pool.catalogue.models.items() if model.status == "ready"}
    assert {one.model for one in found} == ready
    return found


@pytest.fixture
def bare(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> HomelyPool:
    return HomelyPool(tmp_path, catalogue)


def keys_are_enough(catalogue: Catalogue, model: str) -> bool:
    """Whether every department must fill all the columns a model needs."""
    return all(
        catalogue.contracts[needs.dataset].columns[name].required or name in catalogue.contracts[needs.dataset].key
        for needs in catalogue.models[model].data.values()
        if needs.dataset in catalogue.contracts and not needs.optional
        for name in set(needs.needs) - set(needs.may_be_null)
    )


def test_empty_datasets_give_a_reason_for_every_model(bare: HomelyPool, clean_engine: Database) -> None:
    bare.put(region=PROVINCES, **{name: [] for name in bare.catalogue.contracts if name != "region"})
    for one in judged(bare, clean_engine):
        assert one.state == "not_evaluable", one
        assert one.reason
        assert one.reason["zh"]


def test_columns_without_a_value_give_a_reason_for_every_model(bare: HomelyPool, clean_engine: Database) -> None:
    known = bare.catalogue
    rows = {
        name: [row(known, name, n, keys_only=True) for n in range(3)] for name in known.contracts if name != "region"
    }
    bare.put(region=PROVINCES, **rows)
    for one in judged(bare, clean_engine):
        if one.state == "not_evaluable":
            assert one.reason
        else:
            assert one.state == "ready", one
            assert keys_are_enough(known, one.model), one


def test_data_of_one_region_says_nothing_of_another(bare: HomelyPool, clean_engine: Database) -> None:
    known = bare.catalogue
    rows = {
        name: [row(known, name, n, keys_only=False, area="339921101201") for n in range(2)]
        for name in known.contracts
        if name != "region"
    }
    bare.put(region=PROVINCES, **rows)
    report = detect.run(bare, known, clean_engine, DAY)
    assert report.failed == {}
    with clean_engine.connect() as connection:
        elsewhere = [one for one in detect.readiness(connection) if one.area_code.startswith("34")]
        areas = {one.area_code for one in detect.findings_since(connection, 0)}
    assert not {area for area in areas if area.startswith("34")}
    local = {name for name, model in known.models.items() if _tells_its_area(known, model)}
    for one in elsewhere:
        if one.model in local:
            assert one.state == "not_evaluable", one
            assert one.reason


def _tells_its_area(known: Catalogue, model: Any) -> bool:
    """Whether one of the datasets a model cannot do without says where its rows belong."""
    return any(
        {"village_code", "area_code"} & set(known.contracts[needs.dataset].columns)
        for needs in model.data.values()
        if not needs.optional and needs.dataset in known.contracts
    )
