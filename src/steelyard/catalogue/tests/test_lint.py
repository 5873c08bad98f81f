"""Each rule of the lint, broken once, is complained of in the right file and line."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from steelyard.catalogue import load_catalogue
from steelyard.catalogue.lint import Complaint, check, reach
from steelyard.catalogue.lint.subset import breaches
from steelyard.catalogue.lock import write_lock
from steelyard.catalogue.model import Evidence
from steelyard.catalogue.tree import read, told_by
from steelyard.contracts.words import Words
from steelyard.kit.catalogue_folder import catalogue_folder

MODEL = Path("models/village-project/former-employer-contractor")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue of one model that has nothing to complain of."""
    source = catalogue_folder()
    shutil.copytree(source / "vocabulary", tmp_path / "vocabulary")
    shutil.copytree(source / MODEL, tmp_path / MODEL)
    # Contracts refer to each other: there are all of them or none.
    shutil.copytree(source / "contracts", tmp_path / "contracts")
    shutil.copy(source / "contracts.lock.json", tmp_path)
    write_lock(tmp_path)
    return tmp_path


def complaints(root: Path) -> list[Complaint]:
    return [one for one in check(root).complaints if not one.rule.startswith("lock")]


def test_the_untouched_model_has_nothing_to_complain_of(root: Path) -> None:
    assert check(root).complaints == []


BREAKS = {
    "file-id": ("model.yaml", "id: village-project/former", "id: village-project/other"),
    "file-version": ("model.yaml", "version: 1.", "version: 1.0."),
    "vocabulary": ("model.yaml", "stage: contract", "stage: someday"),
    "grade": ("model.yaml", "values: [red]", "values: [purple]"),
    "parameter": ("model.yaml", "default: 12, ", "default: 90, "),
    "legal-basis": ("model.yaml", "status: unverified}", "status: probably}"),
    "disposal": ("model.yaml", "reviewer: {level: county", "reviewer: {level: moon"),
    "false-positives": ("model.yaml", "verdict: false_data}", "verdict: perhaps}"),
    "snooze": ("model.yaml", "by: [contractor_id, person_id]", "by: [village_code]"),
    "unit": ("model.yaml", "unit: [contractor_id]", "unit: [village_code]"),
    "clock": ("model.yaml", "clock: none", "clock: daily"),
    "text": ("model.yaml", "{contractor_id:name}承接", "{winner_id:name}承接"),
    "contract": (
        "model.yaml",
        "needs: [person_id, company_id, month, ins_type]",
        "needs: [person_id, company_id, month]",
    ),
    "key": ("model.yaml", "key: [contractor_id, person_id]", "key: [contractor_id, person_id, contract_total]"),
    "output": ("model.yaml", "area: village_code", "area: home_code"),
    "subjects": ("model.yaml", "subjects: {person_id: person", "subjects: {village_code: person, person_id: person"),
    "evidence": ("model.yaml", "FROM social_insurance AS s JOIN hit", "FROM village_project AS s JOIN hit"),
    "sql": ("model.sql", "i.contract_amount,", "i.no_such_column,"),
    "sql-node": ("model.sql", "MAX(m.insured_months)", "ANY_VALUE(m.insured_months)"),
    "sql-star": ("model.sql", "COUNT(*) AS project_count", "(SELECT x.project_id FROM (SELECT * FROM won) AS x) AS n"),
    "sql-interval": (
        "model.sql",
        "CAST(o.from_date - q.office_buffer_months * INTERVAL '1' MONTH AS DATE)",
        "o.from_date - q.office_buffer_months * INTERVAL '1' MONTH",
    ),
    "sql-dates": ("model.sql", "COUNT(*) AS project_count", "MAX(w.sign_date) - MIN(w.sign_date) AS project_count"),
    "sql-quotient": ("model.sql", "COUNT(*) AS project_count", "COUNT(*) / 2 AS project_count"),
    "sql-levenshtein": (
        "model.sql",
        "COUNT(*) AS project_count",
        "MAX(LEVENSHTEIN(w.contractor_id, TRANSLATE(w.person_id, w.contractor_id, 'ab'))) AS project_count",
    ),
    "sql-product": ("model.sql", "CROSS JOIN run AS r", "CROSS JOIN run AS r\n  CROSS JOIN official AS z"),
    "sql-run-last": (
        "model.sql",
        "CROSS JOIN run AS r\n  JOIN param AS q\n    ON q.area_code = COALESCE(p.village_code, r.root_area)",
        "CROSS JOIN run AS r\n  LEFT JOIN official AS v\n    ON v.village_code = p.village_code\n"
        "  JOIN param AS q\n    ON q.area_code = COALESCE(v.village_code, r.root_area)",
    ),
    "sql-union": (
        "model.sql",
        "FROM won AS w\n",
        "FROM (SELECT a.* FROM won AS a UNION SELECT b.* FROM won AS b) AS w\n",
    ),
    "sql-not-in": (
        "model.sql",
        "s.ins_type = 'pension'",
        "s.ins_type NOT IN (SELECT x.position FROM official AS x)",
    ),
    "sql-window": ("model.sql", " ORDER BY i.sign_date DESC, i.village_code, i.project_id", ""),
    "sql-order": ("model.sql", "'red' AS grade", "'red' AS grade, STRING_AGG(w.project_id, ',') AS listed"),
    "sql-figures": (
        "model.sql",
        "COUNT(*) AS project_count",
        "CAST(SUM(w.contract_amount * w.contract_amount) AS DECIMAL(18, 2)) AS project_count",
    ),
    "sql-distinct": (
        "model.sql",
        "COUNT(*) AS project_count",
        "COUNT(DISTINCT w.project_id) AS project_count, "
        "STRING_AGG(DISTINCT w.project_id, ',' ORDER BY w.project_id) AS listed",
    ),
    "types": ("model.sql", "'red' AS grade", "'red' AS grade, AVG(w.contract_amount) AS mean"),
    "cases": ("cases.yaml", "kind: negative", "kind: odd"),
    "yaml-code": ("cases.yaml", "village_code: '330182104001'", "village_code: 330182104001"),
    "yaml-key": ("cases.yaml", "defaults:", "1: x\ndefaults:"),
}


@pytest.mark.parametrize("rule", sorted(BREAKS))
def test_a_broken_rule_is_named(root: Path, rule: str) -> None:
    name, old, new = BREAKS[rule]
    path = root / MODEL / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    found = complaints(root)
    assert rule in {one.rule for one in found}, found
    assert all(one.line >= 1 and one.file for one in found)


def test_a_mention_without_a_way_to_the_unit_is_named(root: Path) -> None:
    path = root / MODEL / "model.sql"
    text = path.read_text().replace("o.village_code = p.village_code", "TRIM(o.village_code) = p.village_code")
    path.write_text(text.replace("s.person_id = o.person_id", "TRIM(s.person_id) = o.person_id"))
    found = [one for one in complaints(root) if one.rule == "reach"]
    assert found
    assert all("official has no way to contractor_id" in one.message for one in found)


def test_a_changed_reach_is_complained_of_until_it_is_locked(root: Path) -> None:
    path = root / "models.lock.json"
    path.write_text(path.read_text().replace("social_insurance: contractor_id", "social_insurance: nobody"))
    assert {one.rule for one in check(root).complaints} == {"lock-reach"}
    write_lock(root)
    assert check(root).complaints == []


def test_a_complaint_names_file_and_line(root: Path) -> None:
    path = root / MODEL / "model.yaml"
    lines = path.read_text().splitlines()
    number = next(n for n, line in enumerate(lines, start=1) if line.startswith("stage:"))
    path.write_text("\n".join(lines).replace("stage: contract", "stage: someday"))
    [found] = complaints(root)
    assert (found.file, found.line) == (str(path), number)


def test_a_closed_column_needs_the_commission_zone(root: Path) -> None:
    contract = root / "contracts/human-resources/social_insurance.yaml"
    contract.write_text(contract.read_text().replace("sensitivity: L2, zh: 险种", "sensitivity: L4, zh: 险种"))
    assert [one.rule for one in complaints(root)] == ["privacy"]
    model = root / MODEL / "model.yaml"
    model.write_text(model.read_text().replace("zone: common", "zone: commission"))
    assert complaints(root) == []


def test_a_changed_text_needs_a_raised_version(root: Path) -> None:
    model = root / MODEL / "model.yaml"
    sql = root / MODEL / "model.sql"
    sql.write_text(sql.read_text().replace("COUNT(DISTINCT i.month) >=", "COUNT(DISTINCT i.month) >"))
    said = load_catalogue(root).models[MODEL.relative_to("models").as_posix()].version
    major, minor, patch = (int(part) for part in said.split("."))
    text = model.read_text()
    [found] = check(root).complaints
    assert (found.rule, found.message) == ("lock-version", f"changed since {said}: raise the minor version")
    model.write_text(text.replace(f"version: {said}", f"version: {major}.{minor}.{patch + 1}"))
    assert [one.rule for one in check(root).complaints] == ["lock-version"]
    model.write_text(text.replace(f"version: {said}", f"version: {major}.{minor + 1}.0"))
    assert [one.rule for one in check(root).complaints] == ["lock-stale"]
    write_lock(root)
    assert check(root).complaints == []


def test_a_changed_key_is_a_major_change(root: Path) -> None:
    model = root / MODEL / "model.yaml"
    model.write_text(model.read_text().replace("unit: [contractor_id]", "unit: [contractor_id, person_id]"))
    assert "raise the major version" in check(root).complaints[0].message


def test_a_published_model_is_never_deleted(root: Path) -> None:
    shutil.rmtree(root / MODEL)
    assert [one.rule for one in check(root).complaints] == ["lock-gone"]


def test_copies_of_other_patterns_are_found_alike(root: Path) -> None:
    copy = root / "models/village-project/copied"
    shutil.copytree(root / MODEL, copy)
    text = (copy / "model.yaml").read_text().replace("former-employer-contractor", "copied", 1)
    (copy / "model.yaml").write_text(text.replace("pattern: conflict-of-interest-link", "pattern: specific-rule"))
    assert "likeness" in {one.rule for one in complaints(root)}


def test_a_folder_without_sql_is_complained_of_and_the_rest_is_read(root: Path) -> None:
    broken = root / "models/village-project/half"
    broken.mkdir()
    (broken / "model.yaml").write_text("format: 1\n")
    report = check(root)
    assert report.models == 1
    assert [one.rule for one in report.complaints] == ["file"]


def test_unverified_references_are_reported(root: Path) -> None:
    assert check(root).unverified == ["village-project/former-employer-contractor: 村民委员会组织法 第36条"]


RUN_BEFORE = """SELECT p.project_id FROM village_project AS p CROSS JOIN run AS r
  LEFT JOIN official AS o ON o.village_code = p.village_code {on} {where}"""
RUN_LAST = """SELECT p.project_id FROM village_project AS p
  LEFT JOIN official AS o ON o.village_code = p.village_code
  CROSS JOIN run AS r WHERE COALESCE(o.from_date, p.sign_date) <= r.as_of"""
TABLES = {
    "village_project": {"project_id": "VARCHAR", "village_code": "VARCHAR", "sign_date": "DATE"},
    "official": {"village_code": "VARCHAR", "from_date": "DATE"},
    "run": {"as_of": "DATE", "root_area": "VARCHAR"},
}


@pytest.mark.parametrize(
    ("sql", "complained"),
    [
        (RUN_BEFORE.format(on="", where="WHERE COALESCE(o.from_date, p.sign_date) <= r.as_of"), True),
        (RUN_BEFORE.format(on="", where="WHERE p.sign_date <= r.as_of AND o.from_date IS NULL"), False),
        (RUN_BEFORE.format(on="AND o.from_date <= r.as_of", where=""), False),
        (RUN_LAST, False),
    ],
    ids=["mixed in WHERE", "apart in WHERE", "in its own ON", "run last"],
)
def test_the_run_stands_after_the_outer_joins_it_is_held_against(sql: str, complained: bool) -> None:
    found = [rule for _line, rule, _message in breaches(read(sql, TABLES))]
    assert found == (["sql-run-last"] if complained else [])


def test_common_tables_that_many_read_are_followed_once() -> None:
    steps = ["a0 AS (SELECT b.bidder_id AS x, b.section_id AS y FROM bid AS b)"]
    steps += [f"a{n} AS (SELECT p.x, q.y FROM a{n - 1} AS p JOIN a{n - 1} AS q ON p.x = q.y)" for n in range(1, 40)]
    schema = {"bid": {"bidder_id": "VARCHAR", "section_id": "VARCHAR"}}
    tree = read(f"WITH {', '.join(steps)} SELECT z.x FROM a39 AS z", schema)
    assert told_by(tree, "x") == {("bid", "bidder_id")}


@pytest.mark.parametrize(
    ("joined", "complained"), [("t.party_id = h.party_id", False), ("t.party_id IN (h.party_id, h.contract_id)", True)]
)
def test_evidence_that_would_need_a_whole_relation_is_complained_of(joined: str, complained: bool) -> None:
    catalogue = load_catalogue(catalogue_folder())
    sql = f"SELECT t.official_id FROM related_party AS t JOIN hit AS h ON {joined} ORDER BY t.official_id"
    rent = catalogue.models["village-asset/rent-receivable-unpaid"]
    found = list(reach.complaints(replace(rent, evidence=(Evidence("ties", Words("关联", "ties"), sql),)), catalogue))
    assert ["related_party must be joined" in str(one) for one in found] == [True] * complained
