"""What gates ask for here is dated, signed by two people and within bounds; probation has its days."""

import datetime as dt
from dataclasses import replace

import psycopg
import pytest

from steelyard.detect import gate_values
from steelyard.detect.gate_values import DESIGN, FIGURES, OutsideBounds, UnknownGate, asks_on
from steelyard.detect.probation import Term, terms
from steelyard.detect.tests.test_gates import DAY, PILOT, PROMOTED, SHADOW, missing
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.workdays import Calendar, load_calendar


def put(database: Database, name: str, value: float, since: dt.date = DAY, by: str = "fang", agrees: str = "du") -> int:
    with database.transaction() as opened:
        return gate_values.put(opened, name, value, since=since, today=DAY, reason="a year of experience",
                               proposed_by=by, approved_by=agrees)  # fmt: skip


def asked(database: Database, day: dt.date = DAY) -> gate_values.Asks:
    with database.connect() as opened:
        return asks_on(opened, day)


def test_the_defaults_are_the_figures_of_the_design() -> None:
    assert {name: getattr(DESIGN, name) for name in FIGURES} == {name: one.default for name, one in FIGURES.items()}


def test_a_figure_holds_from_its_day_and_the_newest_of_them_counts(clean_engine: Database) -> None:
    put(clean_engine, "decided", 50)
    put(clean_engine, "decided", 60, since=DAY + dt.timedelta(days=30))
    put(clean_engine, "decided", 55)
    assert asked(clean_engine, DAY - dt.timedelta(days=1)) == DESIGN
    assert asked(clean_engine).decided == 55
    assert asked(clean_engine, DAY + dt.timedelta(days=30)).decided == 60


@pytest.mark.parametrize(
    ("name", "value"),
    [("floor_red", 0.79), ("floor_red", 1.0), ("decided", 29), ("decided", 30.5), ("ready_share", 0.4),
     ("floor", float("nan")), ("probation_days", 31)],
)  # fmt: skip
def test_no_figure_leaves_its_bounds(clean_engine: Database, name: str, value: float) -> None:
    with pytest.raises(OutsideBounds):
        put(clean_engine, name, value)
    assert asked(clean_engine) == DESIGN


def test_nobody_signs_alone_and_nobody_changes_the_past(clean_engine: Database) -> None:
    with pytest.raises(OutsideBounds, match="two people"):
        put(clean_engine, "floor", 0.7, agrees="fang")
    with pytest.raises(OutsideBounds, match="from today on"):
        put(clean_engine, "floor", 0.7, since=DAY - dt.timedelta(days=1))
    with pytest.raises(UnknownGate, match="there are shadow_days"):
        put(clean_engine, "mood", 1)


def test_what_was_signed_is_not_rewritten(clean_engine: Database) -> None:
    put(clean_engine, "floor", 0.7)
    for text in ("UPDATE engine.gate_value SET value = 0.1", "DELETE FROM engine.gate_value"):
        with clean_engine.connect(autocommit=True) as opened, pytest.raises(psycopg.errors.RaiseException):
            opened.execute(text)


@pytest.mark.parametrize(
    ("facts", "name", "value", "gate"),
    [
        (PROMOTED, "floor_red", 0.9, "precision-red"),
        (PROMOTED, "decided", 31, "decided"),
        (PILOT, "shadow_days", 15, "shadow"),
        (replace(SHADOW, places=10, ready=9), "ready_share", 0.95, "readiness"),
    ],
)
def test_a_stricter_figure_keeps_a_model_back(facts: object, name: str, value: float, gate: str) -> None:
    assert missing(facts) == []  # type: ignore[arg-type]
    assert missing(replace(facts, asks=replace(DESIGN, **{name: value}))) == [gate]  # type: ignore[arg-type,type-var]


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar(catalogue_folder() / "workflows" / "calendar.yaml", "cn_workdays")


def release(database: Database, phase: str, area: str = "3307", since: str = "2026-06-01") -> None:
    with database.transaction() as opened:
        opened.execute(
            "INSERT INTO engine.release (model, version, sha256, phase, area_prefix, valid_from, decided_by, reason) "
            "VALUES ('a/b', '1.0.0', 'x', %s, %s, %s, 'fang', 'because')",
            [phase, area, since],
        )


def waiting(database: Database, day: str, calendar: Calendar) -> list[Term]:
    with database.connect() as opened:
        return terms(opened, dt.date.fromisoformat(day), calendar)


def test_probation_has_ten_working_days(clean_engine: Database, calendar: Calendar) -> None:
    release(clean_engine, "promoted", since="2026-01-01")
    release(clean_engine, "probation")
    [on_time] = waiting(clean_engine, "2026-06-15", calendar)
    # Monday to Monday two weeks on; 19 June is the Dragon Boat Festival.
    assert (on_time.until, on_time.overdue) == (dt.date(2026, 6, 15), 0)
    assert [one.overdue for one in waiting(clean_engine, "2026-06-16", calendar)] == [1]
    assert [one.overdue for one in waiting(clean_engine, "2026-06-22", calendar)] == [4]


def test_a_decision_ends_it(clean_engine: Database, calendar: Calendar) -> None:
    release(clean_engine, "probation")
    release(clean_engine, "promoted", since="2026-06-10")
    assert waiting(clean_engine, "2026-07-30", calendar) == []


def test_its_days_are_the_deployments_own(clean_engine: Database, calendar: Calendar) -> None:
    release(clean_engine, "probation")
    with clean_engine.transaction() as opened:
        gate_values.put(opened, "probation_days", 5, since=dt.date(2026, 5, 1), today=dt.date(2026, 5, 1),
                        reason="they are quick", proposed_by="fang", approved_by="du")  # fmt: skip
    assert [one.until for one in waiting(clean_engine, "2026-06-02", calendar)] == [dt.date(2026, 6, 8)]
