"""A county is believed only where its data came, is fresh and covers the areas; silence is never green."""

import datetime as dt
from dataclasses import replace

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.evaluable import Readiness
from steelyard.detect.readiness import EVALUATED, TRUSTED, Facts, by_county, is_open
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.pool import RegionCoverage

DAY = dt.date(2026, 6, 30)
COUNTY, OTHER = "339921000000", "339922000000"
UNPAID = "village-asset/rent-receivable-unpaid"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


def covered(dataset: str, share: float, latest: dt.date | None = None, county: str = COUNTY) -> RegionCoverage:
    full = 10
    missing = tuple(f"3399211{n:02d}000" for n in range(full - round(full * share)))
    return RegionCoverage(dataset, county, "town", round(full * share), full, 100, latest, 1.0, 1.0, missing)


def facts(catalogue: Catalogue, **more: object) -> Facts:
    needed = catalogue.base_datasets(list(catalogue.models[UNPAID].data))
    came = dict.fromkeys(needed, DAY)
    return replace(Facts(DAY, delivered=came, counties=(COUNTY, OTHER)), **more)


def judged(catalogue: Catalogue, given: Facts, state: str = "ready", publishers=()) -> dict[str, Readiness]:
    province = [Readiness(UNPAID, "330000000000", state, None)]
    found = by_county(catalogue.models[UNPAID], catalogue, province, given, publishers)
    return {one.area_code: one for one in found}


def test_a_province_is_judged_county_by_county(catalogue):
    given = facts(catalogue, coverage={("rent_receipt", OTHER): covered("rent_receipt", 0.1, county=OTHER)})
    assert {code: one.state for code, one in judged(catalogue, given).items()} == {
        COUNTY: "ready", OTHER: "not_evaluable",
    }  # fmt: skip


def test_thin_townships_make_a_county_thin_and_are_named(catalogue):
    given = facts(catalogue, coverage={("rent_receipt", COUNTY): covered("rent_receipt", 0.6)})
    found = judged(catalogue, given)[COUNTY]
    assert found.state == "thin"
    assert "rent_receipt of Agriculture and rural affairs covers 6 of 10 townships" in found.reason["en"]
    assert "339921100000" in found.reason["en"]
    assert "仅覆盖 6/10 个乡镇" in found.reason["zh"]


def test_a_silent_interface_turns_its_models_grey(catalogue):
    needed = catalogue.base_datasets(list(catalogue.models[UNPAID].data))
    given = facts(catalogue, delivered=dict.fromkeys(needed, DAY) | {"rent_receipt": DAY - dt.timedelta(days=9)})
    found = judged(catalogue, given)[COUNTY]
    assert found.state == "not_evaluable"
    assert "rent_receipt of Agriculture and rural affairs was last delivered 9 days ago" in found.reason["en"]
    assert "村集体收款记录（rent_receipt，农业农村）已 9 天未送达" in found.reason["zh"]


def test_deliveries_without_new_business_are_as_good_as_none(catalogue):
    old = covered("rent_receipt", 1.0, DAY - dt.timedelta(days=200))
    found = judged(catalogue, facts(catalogue, coverage={("rent_receipt", COUNTY): old}))[COUNTY]
    assert found.state == "not_evaluable"
    assert "the newest business date of rent_receipt" in found.reason["en"]


def test_what_never_came_is_told_from_what_is_late(catalogue):
    needed = catalogue.base_datasets(list(catalogue.models[UNPAID].data)) - {"rent_receipt"}
    given = facts(catalogue, delivered=dict.fromkeys(needed, DAY))
    found = judged(catalogue, given, state="not_evaluable")[COUNTY]
    assert found.state == "never_connected"
    assert found.reason["en"] == "never connected: rent_receipt of Agriculture and rural affairs"


def test_a_publisher_is_no_region_and_is_never_late(catalogue):
    given = facts(catalogue, delivered={"tender": DAY - dt.timedelta(days=900)})
    assert judged(catalogue, given, publishers={"33"})["330000000000"].state == "ready"


def test_findings_are_made_where_data_is_thin_and_taken_back_only_where_it_is_not():
    states = [Readiness("m", COUNTY, "thin"), Readiness("m", OTHER, "not_evaluable")]
    assert is_open("339921101201", states, EVALUATED)
    assert not is_open("339921101201", states, TRUSTED)
    assert not is_open("339922101201", states, EVALUATED)
    assert is_open("330000000000", states, EVALUATED)
