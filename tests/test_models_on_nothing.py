"""Bad input for every model: no rows at all, keys with nothing beside them, and one region alone.

A model must neither crash nor speak of what is not there, and the engine must say in both languages why it is blind.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue
from steelyard.contracts import Column
from steelyard.detect import evaluable
from steelyard.detect.evaluable import Readiness
from steelyard.detect.readiness import EVALUATED, Facts, by_county
from steelyard.detect.stage import AREA_COLUMNS, Stage, bare
from steelyard.engines.duck import close_off, connect, rows
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.pool import RegionCoverage

DAY = dt.date(2025, 6, 30)
VILLAGE, COUNTY, OTHER_COUNTY = "339921101201", "339921000000", "339922000000"
ELSEWHERE = "320102001001"
CATALOGUE: Catalogue = load_catalogue(catalogue_folder())
READY = [model for model in CATALOGUE.models.values() if model.status == "ready"]
IDS = [model.id for model in READY]
SPOKEN_OF: Mapping[str, str] = {
    # models that rightly speak of rows in which every optional column is empty
    "appeals/appeal-overdue": "an appeal that nobody accepted or answered within the limit is what it looks for",
    "soe-funds/undervalue-disposal": "a disposal without an appraisal is what it looks for",
    "village-seal/no-approval-use": "a use of the seal without an approval is what it looks for",
    "village-seal/no-archive": "a use of the seal without a filed document is what it looks for",
    "village-subsidy/custody-recipient": "support without an end goes on while the person is held; sums only describe",
    "village-subsidy/public-employee-recipient": "support and employment without an end last, so they meet",
}

WITHOUT_AREA: Mapping[str, str] = {
    # models whose rows tell no area by themselves: then they count for every province, and findings say whose they are
    "governance/clue-feedback-overdue": "a clue goes from body to body; where no register of bodies tells, it is all's",
    "governance/data-feed-stale": "a feed is its body's; where no register of bodies tells, it is everybody's",
}

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def value(column: Column, n: int) -> Any:
    if column.name in AREA_COLUMNS:
        return VILLAGE
    if column.values:
        return min(column.values)
    day = DAY - dt.timedelta(days=40 * n)
    made = {"string": f"{column.name}{n}", "integer": n, "decimal": n, "date": day, "boolean": True}
    return made.get(column.type, dt.datetime.combine(day, dt.time()))


def two_rows(*, optional: bool) -> Rows:
    """Two rows of every dataset; ``optional``: also what a department need not fill in."""
    return {
        name: [
            {
                key: value(column, n)
                for key, column in contract.columns.items()
                if optional or column.required or key in contract.key
            }
            for n in (1, 2)
        ]
        for name, contract in CATALOGUE.contracts.items()
    }


class Laid:
    """Datasets and relations on one stage, with what is measured of them."""

    def __init__(self, given: Rows, *beside: str) -> None:
        """``beside``: areas of which there are no rows."""
        self.connection = connect(memory_mb=1024, threads=1)
        close_off(self.connection)
        self.stage = Stage(self.connection, CATALOGUE)
        for dataset in CATALOGUE.contracts:
            self.stage.put_rows(dataset, given.get(dataset, ()))
        for relation in CATALOGUE.relations.values():
            self.stage.put_relation(relation)
        root = self.stage.put_given_areas({**given, "": [{"area_code": code} for code in beside]})
        self.stage.put_run(DAY, root if not beside else f"{VILLAGE[:2]}0000000000")
        evaluable.put_homes(self.connection)
        wanted = evaluable.wanted_columns(CATALOGUE, READY)
        self.fills = evaluable.measure(self.connection, CATALOGUE, wanted)

    def found(self, model: SupervisionModel) -> list[dict[str, Any]]:
        self.stage.put_param(model, DAY)
        return rows(self.connection, bare(model.sql))

    def judged(self, model: SupervisionModel, *provinces: str) -> list[Readiness]:
        return evaluable.judge(model, CATALOGUE, self.fills, provinces, ())


@pytest.fixture(scope="module")
def nothing() -> Laid:
    return Laid({})


@pytest.fixture(scope="module")
def keys() -> Laid:
    return Laid(two_rows(optional=False))


@pytest.fixture(scope="module")
def one_region() -> Laid:
    return Laid(two_rows(optional=True), ELSEWHERE)


def says_why(one: Readiness) -> None:
    assert one.state == "not_evaluable", one
    assert one.reason, one
    assert one.reason["zh"].startswith("不可评估：")
    assert one.reason["en"].startswith("not evaluable: ")
    assert not re.search(r"[\u4e00-\u9fff]", one.reason["en"].split(" of ")[0])


@pytest.mark.parametrize("model", READY, ids=IDS)
def test_no_rows_no_alert_and_a_reason(model: SupervisionModel, nothing: Laid) -> None:
    assert nothing.found(model) == []
    for one in [*nothing.judged(model), *nothing.judged(model, "33")]:
        says_why(one)
        needed = [needs.dataset for needs in model.data.values() if not needs.optional]
        assert any(dataset in one.reason["en"] for dataset in CATALOGUE.base_datasets(needed))


@pytest.mark.parametrize("model", READY, ids=IDS)
def test_bare_keys_say_nothing_unless_what_lacks_is_the_wrong(model: SupervisionModel, keys: Laid) -> None:
    assert bool(keys.found(model)) == (model.id in SPOKEN_OF)
    optional = {
        f"{needs.dataset}.{name}"
        for needs in model.data.values()
        if needs.dataset in CATALOGUE.contracts and not needs.optional
        for name in set(needs.needs) - set(needs.may_be_null)
        if not CATALOGUE.contracts[needs.dataset].columns[name].required
        and name not in CATALOGUE.contracts[needs.dataset].key
    }
    (one,) = keys.judged(model, "33")
    if optional:
        says_why(one)
        assert all(name in one.reason["zh"] and name in one.reason["en"] for name in optional)
    else:
        assert one.state in EVALUATED, "all it needs is required of every department"


@pytest.mark.parametrize("model", READY, ids=IDS)
def test_one_region_alone_tells_nothing_of_another(model: SupervisionModel, one_region: Laid) -> None:
    told = {str(row.get(model.area) or "33")[:2] for row in one_region.found(model)}
    assert told <= {"33"}
    here, elsewhere = one_region.judged(model, "33", "32")
    assert here.state in EVALUATED, here
    if model.id in WITHOUT_AREA:
        assert elsewhere.state == "partly"
        assert elsewhere.reason
        assert all(elsewhere.reason.values())
    else:
        says_why(elsewhere)


@pytest.mark.parametrize("model", READY, ids=IDS)
def test_a_county_that_nothing_covers_is_told_apart(model: SupervisionModel) -> None:
    needed = [needs for needs in model.data.values() if not needs.optional]
    bases = {base for needs in needed if needs.min_coverage for base in CATALOGUE.base_datasets([needs.dataset])}
    coverage = {
        (base, county): RegionCoverage(base, county, "town", full, 4, 10, DAY, 1.0, 1.0, ())
        for base in bases
        for county, full in ((COUNTY, 4), (OTHER_COUNTY, 0))
    }
    facts = Facts(DAY, coverage, counties=(COUNTY, OTHER_COUNTY))
    province = [Readiness(model.id, "330000000000", "ready")]
    here, other = by_county(model, CATALOGUE, province, facts, ())
    assert here.state == "ready"
    if bases:
        says_why(other)
    else:
        assert other.state == "ready", "a model that asks for no coverage is never blind for want of it"
