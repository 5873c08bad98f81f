"""Who is who decides what a finding may say, and takes a finding along when it changes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.detect.tests.who import link, merge, part
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

FORMER = "village-project/former-employer-contractor"
VILLAGE = "339921101201"
PEOPLE = ("P1", "P2", "P3", "P4")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


def official(person: str) -> dict[str, str]:
    return {"person_id": person, "org_id": "V1", "village_code": VILLAGE, "position": "party_secretary",
            "from_date": "2014-01-01", "to_date": "2018-12-31"}  # fmt: skip


def insured(person: str | None, company: str = "CB") -> dict[str, str | None]:
    return {"person_id": person, "company_id": company, "month": "2015-03-01", "ins_type": "pension"}


def project(company: str = "CB") -> dict[str, object]:
    return {"project_id": f"J-{company}", "village_code": VILLAGE, "name": "road", "contractor_id": company,
            "contract_amount": 90000, "sign_date": "2018-02-01"}  # fmt: skip


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    know(clean_engine, CB="company", CC="company", V1="org", **dict.fromkeys(PEOPLE, "person"))
    found = SmallPool(tmp_path, catalogue, numbered=True)
    found.put(region=REGION, official=[official("P1")], social_insurance=[insured("P1")], village_project=[project()])
    return found


def run(pool: SmallPool, database: Database) -> detect.RunReport:
    return detect.run(pool, pool.catalogue, database, DAY, [FORMER])


def findings(database: Database) -> dict[tuple[str, str], detect.Finding]:
    """Standing findings by person and company."""
    with database.connect() as connection:
        listed = detect.findings_since(connection, 0)
    standing = [one for one in listed if one.state != "vanished"]
    return {(one.key["person_id"], one.key["contractor_id"]): one for one in standing}


def test_a_finding_goes_with_the_person(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    merge(clean_engine, "P1", "P2")
    report = run(pool, clean_engine)
    assert (report.new, report.moved, report.vanished, report.failed) == (0, 1, 0, {})
    assert list(findings(clean_engine)) == [("P2", "CB")]


def test_it_comes_back_when_the_two_are_parted(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    before = findings(clean_engine)["P1", "CB"].fingerprint
    merge(clean_engine, "P1", "P2")
    run(pool, clean_engine)
    part(clean_engine, "P1")
    report = run(pool, clean_engine)
    assert (report.new, report.moved, report.vanished) == (0, 1, 0)
    assert findings(clean_engine)["P1", "CB"].fingerprint == before


def test_two_findings_of_one_person_become_one(pool: SmallPool, clean_engine: Database) -> None:
    pool.put(official=[official("P1"), official("P2")], social_insurance=[insured("P1"), insured("P2")])
    run(pool, clean_engine)
    assert len(findings(clean_engine)) == 2
    merge(clean_engine, "P1", "P2")
    report = run(pool, clean_engine)
    assert (report.new, report.moved, report.vanished) == (0, 1, 1)
    assert list(findings(clean_engine)) == [("P2", "CB")]


def test_what_rests_on_a_statistical_link_is_yellow_at_most(pool: SmallPool, clean_engine: Database) -> None:
    pool.put(social_insurance=[insured(None)])
    assert run(pool, clean_engine).new == 0
    link(clean_engine, pool, "social_insurance", "person_id", 2, "P1", "T3")
    assert run(pool, clean_engine).new == 1
    found = findings(clean_engine)["P1", "CB"]
    assert (found.grade, found.model_grade, found.identity_tier) == ("yellow", "red", "T3")


def test_what_holds_a_red_back_is_asked_first_and_once(pool: SmallPool, clean_engine: Database) -> None:
    pool.put(social_insurance=[insured(None)])
    record = link(clean_engine, pool, "social_insurance", "person_id", 2, "P1", "T2")
    run(pool, clean_engine)
    run(pool, clean_engine)
    with clean_engine.connect() as connection:
        asked = connection.execute("SELECT a, b, blocks_red FROM engine.review_item WHERE state = 'open'").fetchall()
    assert asked == [(f"r:{record}", "s:P1", True)]


def test_what_people_confirmed_may_be_red(pool: SmallPool, clean_engine: Database) -> None:
    pool.put(social_insurance=[insured(None)])
    link(clean_engine, pool, "social_insurance", "person_id", 2, "P1", "H")
    run(pool, clean_engine)
    assert findings(clean_engine)["P1", "CB"].grade == "red"


def test_a_guess_beside_it_does_not_weaken_what_numbers_say(pool: SmallPool, clean_engine: Database) -> None:
    pool.put(social_insurance=[insured("P1"), insured(None, "CC")], village_project=[project(), project("CC")])
    link(clean_engine, pool, "social_insurance", "person_id", 3, "P1", "T2")
    run(pool, clean_engine)
    grades = {company: one.grade for (_person, company), one in findings(clean_engine).items()}
    assert grades == {"CB": "red", "CC": "yellow"}


def test_only_models_that_read_the_person_are_evaluated_again(pool: SmallPool, clean_engine: Database) -> None:
    touched = detect.touched_models(pool, pool.catalogue, ["P1"])
    assert FORMER in touched
    assert "village-asset/rent-receivable-unpaid" in touched  # ties to officials are looked up there
    assert not any(name.startswith("ocds/") for name in touched)
    assert detect.touched_models(pool, pool.catalogue, ["nobody"]) == set()


def test_a_word_on_who_is_who_that_could_make_a_red_needs_two(pool: SmallPool, clean_engine: Database) -> None:
    run(pool, clean_engine)
    with clean_engine.connect() as connection:
        assert detect.could_turn_red(connection, ["P1"])
        assert not detect.could_turn_red(connection, ["P4"])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.sampled_from(PEOPLE[:3]), st.just("P4")),
        st.tuples(st.just("part"), st.sampled_from(PEOPLE[:3]), st.just("")),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts=st.sets(st.sampled_from(PEOPLE), min_size=1), insurances=st.sets(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(("CB", "CC"))), min_size=1), steps=STEPS)  # fmt: skip
def test_findings_after_any_merging_and_parting_are_those_of_a_first_look(
    pool: SmallPool, clean_engine: Database, posts: set[str], insurances: set[tuple[str, str]],
    steps: list[tuple[str, str, str]],
) -> None:  # fmt: skip
    with clean_engine.transaction() as connection:
        for table in ("subject_alias", "finding_move", "finding", "model_cursor"):
            connection.execute(f"DELETE FROM engine.{table}")
    pool.put(
        official=[official(one) for one in sorted(posts)],
        social_insurance=[insured(*one) for one in sorted(insurances)],
        village_project=[project(), project("CC")],
    )
    run(pool, clean_engine)
    merged: dict[str, str] = {}
    for step, who, into in steps:
        if step == "merge" and who not in merged:
            merge(clean_engine, who, into)
            merged[who] = into
        elif step == "part" and who in merged:
            part(clean_engine, who)
            del merged[who]
        report = run(pool, clean_engine)
        assert report.failed == {}
        holders = {merged.get(one, one) for one in posts}
        expected = {(merged.get(who, who), firm) for who, firm in insurances if merged.get(who, who) in holders}
        assert set(findings(clean_engine)) == expected
