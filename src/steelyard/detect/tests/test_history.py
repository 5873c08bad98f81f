"""What runs cost, told as percentiles, and what to do about a slow model."""

from dataclasses import replace

import pytest

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect import advice, history
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

RENT = "village-asset/rent-receivable-unpaid"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def ran(clean_engine: Database) -> Database:
    with clean_engine.transaction() as connection:
        for number, wall in enumerate((1_000, 2_000, 9_000), 1):
            connection.execute(
                "INSERT INTO engine.run (id, as_of, pool_version) VALUES (%s, '2025-06-30', 1)", [number]
            )
            connection.execute(
                "INSERT INTO engine.run_model (run, model, model_version, scope, wall_ms, cpu_ms, rows_read) "
                "VALUES (%s, %s, '1.0.0', 'full', %s, 300, 5000000), (%s, 'field/quick', '1.0.0', 'units', 5, 5, 3)",
                [number, RENT, wall, number],
            )
    return clean_engine


def test_a_model_is_told_by_percentiles_and_the_slowest_comes_first(ran: Database) -> None:
    with ran.connect() as connection:
        slow, quick = history.habits(connection)
    assert (slow.model, slow.p50_ms, slow.runs, slow.full) == (RENT, 2_000, 3, 3)
    assert 8_000 < slow.p95_ms < 9_000
    assert (quick.p95_ms, quick.units_p95_ms) == (0, 5)
    assert history.share_of_slowest([slow, quick], 1) == pytest.approx(12_000 / 12_015)


def test_one_run_lists_its_models_slowest_first(ran: Database) -> None:
    with ran.connect() as connection:
        found = history.one_run(connection, 3)
        assert found
        assert history.one_run(connection, 99) is None
        assert [one.id for one in history.runs(connection, model=RENT, limit=2)] == [3, 2]
    assert [one.model for one in found[1]] == [RENT, "field/quick"]
    assert found[0].wall_ms == 9_005


def habit_of(database: Database) -> history.Habit:
    with database.connect() as connection:
        return history.habits(connection)[0]


def codes(catalogue: Catalogue, habit: history.Habit | None, **model: object) -> list[str]:
    known = replace(catalogue.models[RENT], **model)  # type: ignore[arg-type]
    return [one.code for one in advice.advice(known, catalogue, habit, {"rent_receivable": 4_000_000})]


def test_a_slow_model_gets_advice(ran: Database, catalogue: Catalogue) -> None:
    habit = habit_of(ran)
    assert codes(catalogue, habit) == ["size", "waiting"]
    assert codes(catalogue, replace(habit, runs=9, full=6, cpu_ms=habit.wall_ms)) == ["mostly-full", "size"]
    assert "global" in codes(catalogue, habit, unit=())


def test_a_quick_model_is_left_alone(ran: Database, catalogue: Catalogue) -> None:
    assert codes(catalogue, replace(habit_of(ran), p95_ms=10)) == []
    assert codes(catalogue, None) == []


def test_advice_names_rows_and_datasets_in_both_languages(ran: Database, catalogue: Catalogue) -> None:
    [size, _] = advice.advice(catalogue.models[RENT], catalogue, habit_of(ran), {"rent_receivable": 4_000_000})
    assert "4,000,000 of them of rent_receivable" in size.en
    assert "rent_receivable" in size.zh
