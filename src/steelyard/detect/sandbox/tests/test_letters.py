"""What a text can learn of the letters of a value that is closed to its author: nothing, whatever it asks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.sandbox import Draft, Limits, Refusal, dismiss_all, given
from steelyard.detect.sandbox.tests.hostile import SPELLING
from steelyard.detect.sandbox.trial import Cut, Trial, try_out
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.engines.duck import connect
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

VILLAGE = "339921101201"
NAMES = [f"road past Li's house {n}" for n in range(8)]
PROJECTS = [
    {"project_id": f"J{n}", "village_code": VILLAGE, "name": name, "contractor_id": "CB", "contract_amount": 90000 + n,
     "sign_date": "2018-02-01"}
    for n, name in enumerate(NAMES)
]  # fmt: skip
OFFICIALS = [{"person_id": "PLI", "org_id": "V1", "village_code": VILLAGE, "position": "party_secretary",
              "from_date": "2014-01-01", "to_date": "2018-12-31"}]  # fmt: skip
INSURED = [{"person_id": "PLI", "company_id": "CB", "month": "2015-03-01", "ins_type": "pension"}]
SECRET = "of these tests alone"
RIGHT = {"guess": NAMES[3].replace("'", "''"), "last": NAMES[-1].replace("'", "''"), "start": "road", "key": "CB",
         "length": str(len(NAMES[0])), "first": str(ord("r"))}  # fmt: skip
WRONG = {"guess": "path past Wu''s house 3", "last": "path past Wu''s house 9", "start": "path", "key": "CZ",
         "length": "19", "first": str(ord("p"))}  # fmt: skip
HELD_BEFORE = {"except", "intersect", "regexp", "ascii", "list", "filter", "nullif", "case-of"}
"""Refused as they are written, or covered in what is shown; kept in case either should fail one day."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def pool(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    found = SmallPool(tmp_path, catalogue)
    know(clean_engine, PLI="person", CB="company", V1="org")
    found.put(region=REGION, official=OFFICIALS, social_insurance=INSURED, village_project=PROJECTS)
    return found


@pytest.fixture(autouse=True, scope="module")
def leave_nobody_waiting():
    yield
    dismiss_all()


@pytest.fixture
def tried(pool, clean_engine) -> Callable[..., Trial]:
    def run(text: Draft | str, secret: str = "") -> Trial:
        limits = Limits(wall_seconds=60)
        return try_out(
            pool, pool.catalogue, clean_engine, text, as_of=str(DAY), cut=Cut(), limits=limits, secret=secret
        )

    return run


@pytest.fixture
def answers(tried) -> Callable[[str, dict[str, str]], Any]:
    """All that an author is told in answer to a text with a guess in it."""

    def answer(name: str, guess: dict[str, str]) -> Any:
        text = SPELLING[name]
        for word, said in guess.items():
            text = text.replace(f"{{{word}}}", said)
        try:
            found = tried(text, SECRET)
        except Refusal as refused:
            return refused.rule, re.sub(r"'[^']*'", "", refused.message)
        return found.rows, dict(found.grades), found.shown, found.met["rows_read"]

    return answer


def test_a_right_guess_is_answered_as_a_wrong_one(answers):
    assert [name for name in SPELLING if answers(name, RIGHT) != answers(name, WRONG)] == []


def test_with_the_letters_there_the_same_texts_would_tell_them(answers, monkeypatch):
    monkeypatch.setattr(given, "spells", lambda column: False)
    some = sorted(set(SPELLING) - HELD_BEFORE)[::4]
    assert [name for name in some if answers(name, RIGHT) == answers(name, WRONG)] == []


def laid(pool: SmallPool, database: Database, folder: Path, secret: str = "") -> dict[str, list[dict[str, Any]]]:
    tables = {
        "village_project": ["project_id", "village_code", "name", "contractor_id", "contract_amount"],
        "social_insurance": ["person_id", "company_id", "ins_type"],
        "official": ["person_id", "position"],
    }
    folder.mkdir()
    made = given.lay_out(pool, pool.catalogue, database, tables, folder, secret=secret)
    return {name: pq.read_table(folder / file).to_pylist() for name, file in made.relations.items()}


def test_no_name_number_or_key_is_among_what_is_handed_in(pool, clean_engine, tmp_path):
    rows = laid(pool, clean_engine, tmp_path / "a")
    values = [value for listed in rows.values() for row in listed for value in row.values()]
    assert not re.search(r"road|Li|PLI|CB|J\d", str(values))
    assert all(re.fullmatch(r"\d{29}", row["name"]) for row in rows["village_project"])


def test_codes_areas_and_figures_are(pool, clean_engine, tmp_path):
    rows = laid(pool, clean_engine, tmp_path / "a")
    assert {row["village_code"] for row in rows["village_project"]} == {VILLAGE}
    assert sorted(int(row["contract_amount"]) for row in rows["village_project"]) == [90000 + n for n in range(8)]
    assert {row["ins_type"] for row in rows["social_insurance"]} == {"pension"}


def test_what_is_the_same_stays_the_same_across_datasets(pool, clean_engine, tmp_path):
    rows = laid(pool, clean_engine, tmp_path / "a")
    assert rows["official"][0]["person_id"] == rows["social_insurance"][0]["person_id"]
    assert {row["contractor_id"] for row in rows["village_project"]} == {rows["social_insurance"][0]["company_id"]}
    assert len({row["name"] for row in rows["village_project"]}) == len(NAMES)


def test_what_is_empty_stays_empty():
    with connect() as duck:
        stands = given.stand_in("v", SECRET)
        rows = duck.execute(
            f"SELECT {stands} FROM (VALUES (1, NULL), (2, ''), (3, ' '), (4, 'a')) AS t (n, v) ORDER BY n"
        )
        assert [value and len(value) for (value,) in rows.fetchall()] == [None, "", "", 29]


def test_another_run_has_other_stand_ins_unless_it_knows_the_secret(pool, clean_engine, tmp_path):
    runs = [laid(pool, clean_engine, tmp_path / name, secret) for name, secret in
            (("a", ""), ("b", ""), ("c", SECRET), ("d", SECRET))]  # fmt: skip
    names = [[row["name"] for row in run["village_project"]] for run in runs]
    assert not set(names[0]) & set(names[1])
    assert names[2] == names[3]


def test_a_text_that_asks_for_letters_is_told_that_a_trial_has_none(tried):
    found = tried("SELECT UPPER(p.name) AS x FROM village_project AS p\nWHERE p.name LIKE 'road%'")
    assert found.rows == 0
    assert [one["rule"] for one in found.complaints] == ["closed-letters"]
    assert "village_project.name" in found.complaints[0]["message"]


@pytest.mark.parametrize(
    "asks", ["p.name = 'x'", "p.name IN ('x')", "LEFT(p.name, 1) = 'x'", "CASE p.name WHEN 'x' THEN true END"]
)
def test_each_way_of_asking_is_told(tried, asks):
    assert tried(f"SELECT p.village_code AS x FROM village_project AS p WHERE {asks}").complaints


@pytest.mark.parametrize("does", ["p.name <> ''", "p.name IS NOT NULL", "p.name = p.name", "p.ins = 'pension'"])
def test_nothing_is_told_of_a_text_that_asks_for_none(tried, does):
    joined = "(SELECT v.name, i.ins_type AS ins FROM village_project AS v JOIN social_insurance AS i ON true) AS p"
    assert tried(f"SELECT COUNT(p.name) AS x FROM {joined} WHERE {does}").complaints == []
