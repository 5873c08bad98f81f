"""What goes wrong in one model or one dataset stays there, is said, and waits for a person where it is large."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from steelyard import detect
from steelyard.detect.guards.tests.homely import FORMER, PROJECT, RENT, HomelyPool, stored
from steelyard.detect.tests.small_pool import DAY, SmallPool
from steelyard.engines.postgres import Database


def run(
    pool: SmallPool, database: Database, sql: str | None = None, *, also: str = "", **changes: Any
) -> detect.RunReport:
    model = replace(pool.catalogue.models[FORMER], **({"sql": sql} if sql else {}), **changes)
    models = {**pool.catalogue.models, FORMER: model}
    chosen = [FORMER, *([also] if also else [])]
    return detect.run(pool, replace(pool.catalogue, models=models), database, DAY, chosen, full=True)


# -- never ending --------------------------------------------------------------------------


def test_a_model_that_never_ends_is_ended_and_the_others_go_on(
    pool: HomelyPool, clean_engine: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(pool, clean_engine)
    monkeypatch.setenv("STEELYARD_MODEL_SECONDS", "1")
    slow = (
        "SELECT a.contractor_id, a.project_id AS person_id FROM village_project AS a CROSS JOIN village_project AS b "
        "CROSS JOIN village_project AS c "
        "CROSS JOIN village_project AS d WHERE a.project_id || b.project_id || c.project_id || d.project_id = 'none'"
    )
    pool.put(village_project=[PROJECT | {"project_id": f"J{n}"} for n in range(1500)])
    report = run(pool, clean_engine, slow, also=RENT)
    assert list(report.failed) == [FORMER]
    assert "stopped after 1 s" in report.failed[FORMER]
    assert RENT in report.by_model
    assert stored(clean_engine) == 1


# -- answers that are no findings ----------------------------------------------------------


def broken(pool: SmallPool, database: Database, column: str, value: str) -> str:
    """Run the model with one output column written otherwise."""
    once = pool.catalogue.models[FORMER].sql.strip().rstrip(";")
    columns = ("contractor_id", "person_id", "project_count", "contract_total", "village_code", "grade")
    chosen = ", ".join(f"{value} AS {name}" if name == column else f"f.{name} AS {name}" for name in columns)
    with_value = f"SELECT {chosen} FROM ({once}\n) AS f"
    return run(pool, database, with_value).failed.get(FORMER, "")


@pytest.fixture
def with_finding(pool: HomelyPool, clean_engine: Database) -> Iterator[HomelyPool]:
    assert run(pool, clean_engine).new == 1
    yield pool
    assert stored(clean_engine) == 1


def test_a_null_in_a_key_is_refused_with_an_example_and_what_to_do(
    with_finding: HomelyPool, clean_engine: Database
) -> None:
    said = broken(with_finding, clean_engine, "contractor_id", "CAST(NULL AS VARCHAR)")
    assert f"{FORMER}: 1 rows have no value in a key column" in said
    assert "contractor_id NULL" in said
    assert "join or fill it" in said


def test_a_grade_outside_the_models_words_is_refused(with_finding: HomelyPool, clean_engine: Database) -> None:
    said = broken(with_finding, clean_engine, "grade", "'purple'")
    assert "1 rows have a grade that is none of" in said


def test_an_area_that_is_no_code_is_refused(with_finding: HomelyPool, clean_engine: Database) -> None:
    assert "no code of 12 digits" in broken(with_finding, clean_engine, "village_code", "'Wulong'")


def test_blanks_around_a_key_are_refused(with_finding: HomelyPool, clean_engine: Database) -> None:
    assert "blanks around a key" in broken(with_finding, clean_engine, "contractor_id", "'CB '")


def test_an_empty_key_is_refused(with_finding: HomelyPool, clean_engine: Database) -> None:
    assert "empty text in a key" in broken(with_finding, clean_engine, "contractor_id", "''")


def test_the_example_never_names_a_person(with_finding: HomelyPool, clean_engine: Database) -> None:
    once = with_finding.catalogue.models[FORMER].sql.strip().rstrip(";")
    columns = "contractor_id, person_id, project_count, contract_total, village_code, grade"
    twice = f"SELECT {columns} FROM ({once}\n) AS a UNION ALL SELECT {columns} FROM ({once}\n) AS b"
    subjects = dict.fromkeys(with_finding.catalogue.models[FORMER].key, "person")
    said = run(with_finding, clean_engine, twice, subjects=subjects).failed[FORMER]
    assert "share the key" in said
    assert "(a person, covered)" in said
    assert "PLI" not in said
    assert "CB" not in said
