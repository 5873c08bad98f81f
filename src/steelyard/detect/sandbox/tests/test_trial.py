"""A trial over the pool: covered rows, cuts, complaints, and a draft from its folder."""

from pathlib import Path

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.sandbox import Draft, Limits, Refusal, ask, dismiss_all
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


def test_a_sample_is_of_the_first_relation_and_the_same_each_time(pool, clean_engine):
    sql = "SELECT p.project_id, o.person_id FROM village_project AS p JOIN official AS o USING (village_code)"
    first, second = (tried(pool, clean_engine, sql, Cut(sample=10)) for _ in range(2))
    assert 0 < first.given["village_project"] < 40
    assert first.given == second.given
    assert first.given["official"] == 2


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
