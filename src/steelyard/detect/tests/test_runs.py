"""What a run promises: nothing twice, nothing lost, nothing out of a gap in the data."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

FORMER = "village-project/former-employer-contractor"
RENT = "village-asset/rent-receivable-unpaid"
VILLAGE = "339921101201"
MODELS = [FORMER]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    found = SmallPool(tmp_path, catalogue)
    know(clean_engine, PLI="person", CB="company", V1="org")
    found.put(region=REGION, official=[OFFICIAL], social_insurance=INSURED, village_project=[PROJECT])
    return found


OFFICIAL = {"person_id": "PLI", "org_id": "V1", "village_code": VILLAGE, "position": "party_secretary",
            "from_date": "2014-01-01", "to_date": "2018-12-31"}  # fmt: skip
INSURED = [{"person_id": "PLI", "company_id": "CB", "month": f"2015-0{n}-01", "ins_type": "pension"} for n in (3, 4)]
PROJECT = {"project_id": "J1", "village_code": VILLAGE, "name": "road", "contractor_id": "CB",
           "contract_amount": 90000, "sign_date": "2018-02-01"}  # fmt: skip


PAID = {"receipt_id": "R1", "contract_id": "L0", "village_code": VILLAGE, "received_date": "2018-01-01", "amount": 1}


def run(pool: SmallPool, database: Database, models: list[str] | None = None) -> detect.RunReport:
    return detect.run(pool, pool.catalogue, database, DAY, models or MODELS)


def all_findings(database: Database) -> list[detect.Finding]:
    with database.connect() as connection:
        return detect.findings_since(connection, 0)


def test_a_second_run_on_the_same_data_finds_nothing_new(pool: SmallPool, clean_engine: Database) -> None:
    first, second = run(pool, clean_engine), run(pool, clean_engine)
    assert (first.new, first.failed) == (1, {})
    assert (second.new, second.changed, second.vanished, second.unchanged) == (0, 0, 0, 1)


def test_evidence_leads_to_the_delivered_line(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    [found] = all_findings(clean_engine)
    insurance = next(section for section in found.evidence if section["name"] == "insurance")
    assert insurance["count"] == 2
    assert insurance["rows"][0][1] == "2015-03-01"
    lines = [insurance["sources"][n] for n in insurance["row_sources"][0]]
    assert lines == [
        {"dataset": "social_insurance", "delivery": "delivery-of-social_insurance", "file": "social_insurance.csv",
         "row": 2}
    ]  # fmt: skip


def test_a_distinct_evidence_row_names_every_line_behind_it(pool: SmallPool, clean_engine: Database) -> None:
    second_post = OFFICIAL | {"position": "village_head"}
    pool.put(official=[OFFICIAL, second_post])
    run(pool, clean_engine)
    [found] = all_findings(clean_engine)
    projects = next(section for section in found.evidence if section["name"] == "projects")
    assert projects["count"] == 1
    assert {(one["dataset"], one["row"]) for one in projects["sources"]} >= {("official", 2), ("official", 3)}


def test_a_finding_the_data_no_longer_support_is_reported_as_vanished(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    pool.put(village_project=[PROJECT | {"contractor_id": "CX"}])
    report = run(pool, clean_engine)
    assert (report.vanished, report.new) == (1, 0)
    [found] = all_findings(clean_engine)
    assert found.state == "vanished"


def test_a_finding_that_comes_back_is_new_again(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    pool.put(village_project=[PROJECT | {"contractor_id": "CX"}])
    run(pool, clean_engine)
    pool.put(village_project=[PROJECT])
    assert run(pool, clean_engine).new == 1


def test_a_changed_figure_changes_the_finding_and_moves_it_to_the_end(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    [before] = all_findings(clean_engine)
    pool.put(village_project=[PROJECT | {"contract_amount": 95000}])
    assert run(pool, clean_engine).changed == 1
    [after] = all_findings(clean_engine)
    assert after.payload["contract_total"] == "95000.00"
    assert after.seq > before.seq
    assert after.fingerprint == before.fingerprint


def test_a_thin_column_makes_a_model_not_evaluable_and_never_clean(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    thin = [PROJECT] + [PROJECT | {"project_id": f"K{n}", "sign_date": None} for n in range(9)]
    pool.put(village_project=thin)
    report = run(pool, clean_engine)
    assert (report.not_evaluable, report.vanished, report.unchanged) == (1, 0, 0)
    with clean_engine.connect() as connection:
        [judged] = detect.readiness(connection)
    assert judged.state == "not_evaluable"
    assert judged.reason == {
        "zh": "不可评估：该地区缺少 village_project.sign_date",
        "en": "not evaluable: needs village_project.sign_date from this area",
    }
    [found] = all_findings(clean_engine)
    assert found.state == "new"


def test_no_finding_comes_out_of_a_province_that_cannot_be_evaluated(pool: SmallPool, clean_engine: Database) -> None:
    abroad = PROJECT | {"project_id": "J9", "village_code": "830000000000"}
    pool.put(
        region=[*REGION, {"area_code": "830000000000", "name": "Publisher", "level": "province"}],
        village_project=[PROJECT, abroad],
        person=[{"person_id": "PLI", "hukou_village_code": VILLAGE}],
        official=[OFFICIAL, OFFICIAL | {"village_code": "830000000000", "position": "deputy"}],
    )
    report = run(pool, clean_engine)
    assert report.new == 1
    assert report.not_evaluable == 1
    assert [one.area_code for one in all_findings(clean_engine)] == [VILLAGE]


def test_an_empty_pool_is_not_evaluable(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> None:
    report = detect.run(SmallPool(tmp_path, catalogue), catalogue, clean_engine, DAY)
    assert (report.new, report.unchanged) == (0, 0)
    assert report.not_evaluable == len([one for one in catalogue.models.values() if one.status == "ready"])


def test_red_becomes_yellow_where_only_the_supplier_knows_a_party(pool: SmallPool, clean_engine: Database) -> None:
    know(clean_engine, "source", CB="company")
    run(pool, clean_engine)
    [found] = all_findings(clean_engine)
    assert (found.grade, found.model_grade, found.identity_tier) == ("yellow", "red", "source")
    assert found.grade_reason
    assert "yellow at most" in found.grade_reason["en"]


def test_a_confirmed_identity_raises_the_grade_again(pool: SmallPool, clean_engine: Database) -> None:
    know(clean_engine, "source", CB="company")
    run(pool, clean_engine)
    know(clean_engine, "T1", CB="company")
    assert run(pool, clean_engine).changed == 1
    assert all_findings(clean_engine)[0].grade == "red"


def test_an_override_changes_the_outcome_of_its_area(pool: SmallPool, clean_engine: Database) -> None:
    override(clean_engine, "3399", {"min_months": 3}, "2025-01-01")
    assert run(pool, clean_engine).new == 0


def test_an_override_acts_only_from_its_day_and_in_its_area(pool: SmallPool, clean_engine: Database) -> None:
    override(clean_engine, "3399", {"min_months": 3}, "2025-07-01")
    override(clean_engine, "3301", {"min_months": 3}, "2025-01-01")
    assert run(pool, clean_engine).new == 1


def test_an_override_beyond_the_models_limits_is_refused(pool: SmallPool, clean_engine: Database) -> None:
    override(clean_engine, "33", {"min_months": 61}, "2025-01-01")
    assert "must be between 1 and 60" in run(pool, clean_engine).failed[FORMER]


def test_an_unchanged_finding_names_what_it_was_last_computed_from(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    [before] = all_findings(clean_engine)
    override(clean_engine, "33", {"min_months": 2}, "2025-01-01")
    assert run(pool, clean_engine).unchanged == 1
    [after] = all_findings(clean_engine)
    assert after.param_hash != before.param_hash
    assert after.seq == before.seq


def override(database: Database, area: str, values: dict[str, int], since: str) -> None:
    from psycopg.types.json import Jsonb

    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO engine.parameter_override (model, area_prefix, parameter_values, valid_from) "
            "VALUES (%s, %s, %s, %s)",
            [FORMER, area, Jsonb(values), since],
        )


def test_a_broken_model_is_named_and_takes_nothing_back(
    pool: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    run(pool, clean_engine)
    broken = replace(catalogue.models[FORMER], sql="SELECT nothing FROM village_project")
    again = replace(catalogue, models={**catalogue.models, FORMER: broken})
    report = detect.run(pool, again, clean_engine, DAY, [FORMER])
    assert list(report.failed) == [FORMER]
    assert report.vanished == 0
    with clean_engine.connect() as connection:
        assert [one.state for one in detect.readiness(connection)] == ["failed"]


def test_two_rows_for_one_key_are_refused(pool: SmallPool, catalogue: Catalogue, clean_engine: Database) -> None:
    once = catalogue.models[FORMER].sql
    said = "contractor_id, person_id, project_count, contract_total, insured_months, village_code, grade"
    twice = f"SELECT {said} FROM ({once}) AS a UNION ALL SELECT {said} FROM ({once}) AS b"
    broken = replace(catalogue.models[FORMER], sql=twice)
    report = detect.run(pool, replace(catalogue, models={FORMER: broken}), clean_engine, DAY, [FORMER])
    assert "share the key" in report.failed[FORMER]


def test_a_day_changes_what_a_daily_model_sees(pool: SmallPool, clean_engine: Database) -> None:
    lease = {"contract_id": "L1", "village_code": VILLAGE, "party_id": "CB", "status": "active"}
    due = {"contract_id": "L1", "village_code": VILLAGE, "due_date": "2025-01-01", "amount_due": 20000}
    paid = {
        "receipt_id": "R1",
        "contract_id": "L0",
        "village_code": VILLAGE,
        "received_date": "2025-01-01",
        "amount": 1,
    }
    pool.put(village_contract=[lease], rent_receivable=[due], rent_receipt=[paid])
    early = detect.run(pool, pool.catalogue, clean_engine, dt.date(2025, 1, 15), [RENT])
    assert (early.new, early.not_evaluable, early.failed) == (0, 0, {})
    late = detect.run(pool, pool.catalogue, clean_engine, dt.date(2025, 6, 30), [RENT])
    assert late.new == 1


def test_a_finding_without_an_area_is_routed_to_the_top(pool: SmallPool, clean_engine: Database) -> None:
    lease = {"contract_id": "L1", "village_code": VILLAGE, "party_id": "CB", "status": "active"}
    later = [
        {"contract_id": "L2", "village_code": VILLAGE, "due_date": f"2026-0{n}-01", "amount_due": 1}
        for n in range(1, 7)
    ]
    lost = {"contract_id": "L1", "due_date": "2025-01-01", "amount_due": 20000}
    pool.put(village_contract=[lease], rent_receivable=[*later, lost], rent_receipt=[PAID])
    assert run(pool, clean_engine, [RENT]).new == 1
    assert [one.area_code for one in all_findings(clean_engine)] == ["330000000000"]


def test_a_tie_through_derived_relations_leads_to_its_lines(pool: SmallPool, clean_engine: Database) -> None:
    pool.put(
        village_contract=[{"contract_id": "L1", "village_code": VILLAGE, "party_id": "CB", "status": "active"}],
        rent_receivable=[{"contract_id": "L1", "village_code": VILLAGE, "due_date": "2018-01-01", "amount_due": 3000}],
        rent_receipt=[PAID],
        company=[{"company_id": "CB", "name": "Builder", "legal_rep_id": "PKIN", "area_code": "339921000000"}],
        kinship=[{"person_id": "PLI", "relative_id": "PKIN", "relation": "sibling", "degree": 1, "confidence": 1}],
    )  # fmt: skip
    report = detect.run(pool, pool.catalogue, clean_engine, dt.date(2018, 3, 1), [RENT])
    assert (report.new, report.failed) == (1, {})
    [found] = all_findings(clean_engine)
    assert found.payload["debtor_link"] == "PLI"
    ties = next(section for section in found.evidence if section["name"] == "ties")
    assert ties["rows"][0][2] == "sibling > legal_rep"
    assert {one["dataset"] for one in ties["sources"]} == {"official", "kinship", "company"}


def test_an_unknown_model_is_refused(pool: SmallPool, clean_engine: Database) -> None:
    with pytest.raises(Exception, match="there is no model"):
        run(pool, clean_engine, ["no/such"])


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd') AS p",
        "SELECT h.person_id FROM household_member AS h",
        "COPY village_project TO '/tmp/out.csv'",
        "SET search_path = 'other'",
        "SELECT p.project_id FROM main.village_project AS p",
    ],
)
def test_a_text_that_reaches_beyond_its_data_never_runs(
    pool: SmallPool, catalogue: Catalogue, clean_engine: Database, text: str
) -> None:
    broken = replace(catalogue.models[FORMER], sql=text)
    report = detect.run(pool, replace(catalogue, models={FORMER: broken}), clean_engine, DAY, [FORMER])
    assert list(report.failed) == [FORMER]
    assert report.new == 0
