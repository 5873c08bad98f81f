"""A trial over the pool: covered rows, cuts, complaints, and a draft from its folder."""

import json
from pathlib import Path

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.catalogue.reach import reach_of
from steelyard.detect.sandbox import Draft, Limits, Refusal, ask, dismiss_all, sampling
from steelyard.detect.sandbox.cases import case_of
from steelyard.detect.sandbox.made_up import added
from steelyard.detect.sandbox.trial import Cut, Trial, try_out
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

FORMER = "village-project/former-employer-contractor"
VILLAGE = "339921101201"
LIMITS = Limits(wall_seconds=60)
OFFICIALS = [{"person_id": person, "org_id": "V1", "village_code": VILLAGE, "position": "party_secretary",
            "from_date": "2014-01-01", "to_date": "2018-12-31"} for person in ("PLI", "PWU")]  # fmt: skip
INSURED = [{"person_id": person, "company_id": "CB", "month": f"2015-0{n}-01", "ins_type": "pension"} for n in (3, 4)
           for person in ("PLI", "PWU")]  # fmt: skip
PROJECTS = [
    {"project_id": f"J{n}", "village_code": VILLAGE, "name": f"road past Li's house {n}", "contractor_id": "CB",
     "contract_amount": 90000 + n, "sign_date": "2018-02-01"}
    for n in range(40)
]  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    found = SmallPool(tmp_path, catalogue)
    know(clean_engine, PLI="person", PWU="person", CB="company", V1="org")
    found.put(region=REGION, official=OFFICIALS, social_insurance=INSURED, village_project=PROJECTS)
    return found


@pytest.fixture(autouse=True, scope="module")
def leave_nobody_waiting():
    yield
    dismiss_all()


def tried(pool: SmallPool, database: Database, text: Draft | str, cut: Cut = Cut()) -> Trial:  # noqa: B008
    return try_out(pool, pool.catalogue, database, text, as_of=str(DAY), cut=cut, limits=LIMITS)


def draft() -> Draft:
    return Draft.read(catalogue_folder() / "models" / FORMER)


def test_a_model_of_the_catalogue_finds_in_the_sandbox_what_a_run_finds(pool, clean_engine):
    found = tried(pool, clean_engine, draft())
    assert (found.rows, sum(found.grades.values()), found.complaints) == (2, 2, [])
    assert found.met["rows_read"] > 0


def test_nobody_is_named_in_what_is_shown(pool, clean_engine):
    found = tried(pool, clean_engine, draft())
    assert not {"PLI", "PWU", "CB"} & {str(value) for row in found.shown for value in row.values()}
    assert "road past" not in str(found.shown)
    assert {row["contractor_id"] for row in found.shown} == {"party-1"}


def test_a_figure_made_of_a_name_is_covered_too(pool, clean_engine):
    found = tried(pool, clean_engine, "SELECT LENGTH(name) AS n, contract_amount AS m FROM village_project")
    assert found.covered == {"n": "text"}
    assert found.shown[0]["m"] == "90000.00"


def test_an_expression_without_a_name_is_shown_under_how_it_begins(pool, clean_engine):
    found = tried(
        pool, clean_engine, "SELECT contract_amount, CASE WHEN contract_amount >= 90000 THEN 'much' ELSE 'little' END,"
        " contract_amount + 1 FROM village_project WHERE contract_amount = 90000",
    )  # fmt: skip
    assert [found.headings.get(name, name) for name in found.columns] == [
        "contract_amount", "CASE WHEN contract_amount >…", "contract_amount + 1",
    ]  # fmt: skip
    assert list(found.shown[0].values()) == ["90000.00", "much", "90001.00"]


SPELLED = """SELECT
  FIRST_VALUE(p.name) OVER (ORDER BY p.name) AS windowed,
  MAX(p.name) OVER (PARTITION BY p.village_code) AS most,
  ROW_NUMBER() OVER (ORDER BY p.name) AS place,
  CASE WHEN p.name LIKE 'road%' THEN 1 ELSE 2 END AS chosen,
  CASE WHEN p.name LIKE 'road%' THEN 'red' ELSE 'blue' END AS worded,
  (SELECT MAX(o.name) FROM village_project AS o) AS inner_name,
  CASE WHEN p.name LIKE 'road%' THEN 'red' ELSE 'blue' END AS grade,
  p.contract_amount AS amount
FROM village_project AS p"""


def test_what_a_name_chooses_or_puts_in_order_is_covered_as_the_name_is(pool, clean_engine):
    found = tried(pool, clean_engine, SPELLED)
    assert set(found.covered) == {"windowed", "most", "place", "chosen", "worded", "inner_name"}
    assert {row["grade"] for row in found.shown} == {"blue"}, "a trial has no letters a condition could hold for"
    assert all(str(row[name]).startswith("text-") for row in found.shown for name in found.covered)


@pytest.mark.parametrize("whole", ["p", "MAX(p)", "COUNT(p)"])
def test_a_whole_row_is_no_value(pool, clean_engine, whole):
    with pytest.raises(Refusal, match="whole row"):
        tried(pool, clean_engine, f"SELECT {whole} AS x FROM village_project AS p WHERE p.name IS NOT NULL")


def test_only_the_columns_a_text_names_are_handed_in(pool, clean_engine):
    with pytest.raises(Refusal, match="nope"):
        tried(pool, clean_engine, "SELECT nope FROM village_project")
    assert tried(pool, clean_engine, "SELECT COUNT(*) AS n FROM village_project").shown == [{"n": 40}]


def test_a_sample_of_a_bare_text_is_of_its_first_relation_and_the_same_each_time(pool, clean_engine):
    sql = "SELECT p.project_id, o.person_id FROM village_project AS p JOIN official AS o USING (village_code)"
    first, second = (tried(pool, clean_engine, sql, Cut(sample=10)) for _ in range(2))
    assert 0 < first.given["village_project"] < 40
    assert first.given == second.given
    assert first.given["official"] == 2
    assert first.sampled == {"by": "rows", "taken": 10, "of": 40, "what": ["village_project"]}


def many(pool: SmallPool, database: Database, firms: int) -> None:
    """Firms that each have a finding of their own, resting on several rows of each dataset."""
    numbers = range(firms)
    know(database, **{f"PM{n}": "person" for n in numbers}, **{f"CM{n}": "company" for n in numbers})
    months = [{"person_id": f"PM{n}", "company_id": f"CM{n}", "month": f"2015-0{month}-01", "ins_type": "pension"}
              for month in (3, 4, 5) for n in numbers]  # fmt: skip
    projects = [PROJECTS[0] | {"project_id": f"J{n}-{part}", "contractor_id": f"CM{n}", "contract_amount": 1000 * n + 1}
                for n in numbers for part in (1, 2)]  # fmt: skip
    officials = [OFFICIALS[0] | {"person_id": f"PM{n}"} for n in numbers]
    pool.put(official=officials, social_insurance=months, village_project=projects)


def test_a_sample_of_a_model_is_of_units_with_all_their_rows(pool, clean_engine):
    many(pool, clean_engine, 30)
    every, some = (
        try_out(pool, pool.catalogue, clean_engine, draft(), as_of=str(DAY), cut=cut, limits=LIMITS, secret="same")
        for cut in (Cut(), Cut(sample=7))
    )
    assert some.sampled == {"by": "units", "taken": 7, "of": 30, "what": ["contractor_id"]}
    assert (every.rows, some.rows) == (30, 7)
    assert (some.given["social_insurance"], some.given["village_project"]) == (7 * 3, 7 * 2)
    totals = [{(row["insured_months"], row["contract_total"]) for row in found.shown} for found in (every, some)]
    assert totals[1] < totals[0]
    assert len(totals[1]) == 7


def test_a_sample_larger_than_all_is_all(pool, clean_engine):
    found = tried(pool, clean_engine, draft(), Cut(sample=1000))
    assert (found.rows, found.sampled) == (2, {})


def test_a_case_of_a_sampled_finding_holds(pool, clean_engine, tmp_path):
    many(pool, clean_engine, 12)
    made = case_of(pool, pool.catalogue, clean_engine, draft(), row=2, name="sampled", as_of=str(DAY), limits=LIMITS,
                   cut=Cut(sample=5))  # fmt: skip
    assert made.rows == {"official": 1, "social_insurance": 3, "village_project": 2}


def test_every_reach_of_the_catalogue_comes_through_the_walls_as_it_is(catalogue):
    for model in catalogue.models.values():
        said = sampling.told(model, catalogue)
        whole = reach_of(model, catalogue).whole
        assert (said is None) == whole, model.id
        if said is not None:
            found = sampling.read(json.loads(json.dumps(said)), catalogue)
            assert found is not None, model.id
            assert found.occurrences == reach_of(model, catalogue).occurrences, model.id


def test_a_reach_that_names_what_the_catalogue_has_not_is_not_believed(catalogue):
    said = sampling.told(catalogue.models[FORMER], catalogue)
    assert said is not None
    forged = json.loads(json.dumps(said).replace('"company_id"', '"nobody_id"'))
    assert sampling.read(forged, catalogue) is None


def test_an_area_without_findings_has_none(pool, clean_engine):
    sql = "SELECT village_code AS area_code, project_id FROM village_project"
    assert tried(pool, clean_engine, sql, Cut(area="339921000000")).in_area == 40
    assert tried(pool, clean_engine, sql, Cut(area="330784000000")).in_area == 0


def test_keys_twice_are_told(pool, clean_engine):
    twice = dict(draft().files)
    twice["model.yaml"] = twice["model.yaml"].replace("key: [contractor_id, person_id]", "key: [contractor_id]")
    assert twice["model.yaml"] != draft().files["model.yaml"]
    assert [one["rule"] for one in tried(pool, clean_engine, Draft(FORMER, twice)).complaints] == ["key-twice"]


def test_the_lint_and_the_cases_run_within_the_walls(tmp_path):
    place = draft().write(tmp_path)
    named = {"sql": draft().sql, "model": str(place.relative_to(tmp_path))}
    assert ask(catalogue_folder(), "check", tmp_path, LIMITS, **named).said == {"complaints": []}
    ran = ask(catalogue_folder(), "cases", tmp_path, LIMITS, **named).said
    assert ran["cases"] >= 6
    assert ran["failed"] == []


def test_a_broken_yaml_is_a_complaint_at_its_line(tmp_path):
    broken = Draft(FORMER, {**draft().files, "model.yaml": "format: 1\nid: [\n"})
    named = {"sql": broken.sql, "model": str(broken.write(tmp_path).relative_to(tmp_path))}
    complaints = ask(catalogue_folder(), "check", tmp_path, LIMITS, **named).said["complaints"]
    assert [(one["file"], one["rule"]) for one in complaints] == [("model.yaml", "file")]


def test_a_draft_stays_in_its_folder(tmp_path):
    with pytest.raises(Refusal, match="field/model"):
        Draft("../../etc/cron", draft().files).write(tmp_path)
    with pytest.raises(Refusal, match="no file of a model"):
        Draft(FORMER, {"../evil": "x"}).write(tmp_path)


def test_a_case_of_real_rows_holds_and_names_nobody(pool, clean_engine, tmp_path):
    made = case_of(pool, pool.catalogue, clean_engine, draft(), row=0, name="from-a-row", as_of=str(DAY), limits=LIMITS)
    assert not any(real in made.text for real in ("PLI", "PWU", "CB", VILLAGE, "339921"))
    assert made.rows == {"official": 1, "social_insurance": 2, "village_project": 40}
    with_it = Draft(FORMER, {**draft().files, "cases.yaml": added(draft().files["cases.yaml"], made.text)})
    named = {"sql": with_it.sql, "model": str(with_it.write(tmp_path).relative_to(tmp_path))}
    ran = ask(catalogue_folder(), "cases", tmp_path, LIMITS, **named).said
    assert ran["failed"] == [], made.text


def test_a_plan_alone_says_what_it_would_read(pool, clean_engine):
    found = try_out(pool, pool.catalogue, clean_engine, draft(), as_of=str(DAY), limits=LIMITS, only_plan=True)
    assert found.foreseen["rows"] > 0
    assert (found.shown, found.met) == ([], {})
