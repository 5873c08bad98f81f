"""Evidence of several findings at once: each has all sections, whichever way a section is read."""

from dataclasses import replace
from pathlib import Path

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.catalogue.model import Evidence
from steelyard.contracts.words import Words
from steelyard.detect.stage import bare
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.detect.trace import traced
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

FORMER = "village-project/former-employer-contractor"
VILLAGE = "339921101201"
PEOPLE = ("PLI", "PWU", "PXU")
OFFICIALS = [{"person_id": person, "org_id": "V1", "village_code": VILLAGE, "position": "party_secretary",
              "from_date": "2014-01-01", "to_date": "2018-12-31"} for person in PEOPLE]  # fmt: skip
INSURED = [{"person_id": person, "company_id": "CB", "month": f"2015-0{month}-01", "ins_type": "pension"}
           for month in (3, 4) for person in PEOPLE]  # fmt: skip
PROJECT = {"project_id": "J1", "village_code": VILLAGE, "name": "road", "contractor_id": "CB",
           "contract_amount": 90000, "sign_date": "2018-02-01"}  # fmt: skip

ONE_BY_ONE = Evidence(
    "one-by-one",
    Words("逐条", "one by one"),
    "SELECT s.person_id, s.month FROM social_insurance AS s"
    " WHERE s.person_id IN (SELECT h.person_id FROM hit AS h) ORDER BY s.month",
)
FOR_ALL = Evidence(
    "for-all",
    Words("一次", "for all"),
    "SELECT o.person_id, o.position FROM official AS o JOIN hit AS h ON o.person_id = h.person_id ORDER BY o.position",
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    found = SmallPool(tmp_path, catalogue)
    know(clean_engine, PLI="person", PWU="person", PXU="person", CB="company", V1="org")
    found.put(region=REGION, official=OFFICIALS, social_insurance=INSURED, village_project=[PROJECT])
    return found


def test_one_section_cannot_be_read_for_all_findings_at_once_and_the_other_can(catalogue):
    ways = [traced(bare(one.sql), catalogue).per_hit for one in (ONE_BY_ONE, FOR_ALL)]
    assert ways == [False, True]


@pytest.mark.parametrize("evidence", [(ONE_BY_ONE, FOR_ALL), (FOR_ALL, ONE_BY_ONE), (ONE_BY_ONE, ONE_BY_ONE, FOR_ALL)])
def test_each_of_several_new_findings_has_all_rows_of_every_section(pool, clean_engine, catalogue, evidence):
    model = replace(catalogue.models[FORMER], evidence=evidence)
    changed = replace(catalogue, models={**catalogue.models, FORMER: model})
    assert detect.run(pool, changed, clean_engine, DAY, [FORMER]).new == len(PEOPLE)
    with clean_engine.connect() as connection:
        found = detect.findings_since(connection, 0)
    rows = {"one-by-one": ["2015-03-01", "2015-04-01"], "for-all": ["party_secretary"]}
    for finding in found:
        person = finding.payload["person_id"]
        seen = [(one["name"], one["rows"], one["count"]) for one in finding.evidence]
        assert seen == [
            (one.name, [[person, value] for value in rows[one.name]], len(rows[one.name])) for one in evidence
        ], person
        assert all(one["sources"] for one in finding.evidence)
