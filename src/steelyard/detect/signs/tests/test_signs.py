"""Signs that a model no longer says what it used to; where there is too little to tell, that is what is said."""

import datetime as dt
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect import signs, texts
from steelyard.detect.evaluable import Readiness
from steelyard.detect.signs import Sign
from steelyard.detect.signs.shape import BOUND, shift
from steelyard.detect.signs.silence import Habit, _Look, habit
from steelyard.detect.tests.small_pool import DAY, SmallPool
from steelyard.detect.tests.test_model_life import COUNTY, FORMER, release, run, undecided  # noqa: F401
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


def drawn(number: int, middle: float, seed: int) -> Counter[str]:
    dice = random.Random(seed)
    return Counter(str(1000 + round(dice.gauss(middle, 3))) for _ in range(number))


def test_equal_spreads_hardly_ever_pass_the_bound() -> None:
    before = drawn(400, 20, 0)
    raised = [
        seed for seed in range(1, 201) if (one := shift(before, drawn(80, 20, seed), ordered=True)).index > one.bound
    ]
    assert len(raised) <= 2


def test_a_spread_ten_times_as_large_passes_it() -> None:
    found = shift(drawn(400, 20, 0), drawn(80, 24, 1), ordered=True)
    assert found.index > found.bound >= BOUND


def test_a_grade_nobody_gets_any_more_passes_it() -> None:
    found = shift({"red": 60, "yellow": 140}, {"yellow": 200})
    assert found.index > found.bound


def test_a_county_that_is_suddenly_most_of_it_passes_though_each_was_small() -> None:
    counties = {f"3307{n:02d}": 10.0 for n in range(40)}
    found = shift(counties, {**counties, "330705": 400.0}, ordered=True)
    assert found.groups >= 8
    assert found.index > found.bound


def shaped(
    connection: Connection, days: int, spread: dict[str, dict[str, int]], *, ago: int = 0, sha: str = "a"
) -> None:
    """One shape a day, the newest ``ago`` days before the day."""
    [run] = connection.execute(
        "INSERT INTO engine.run (as_of, pool_version) VALUES (%s, 1) RETURNING id", [DAY]
    ).fetchone()  # type: ignore[misc]
    for n in range(days):
        connection.execute(
            "INSERT INTO engine.finding_shape VALUES (%s, %s, %s, 'p', %s, %s, %s)",
            [FORMER, DAY - dt.timedelta(days=ago + n), sha, run, sum(spread["grade"].values()), Jsonb(spread)],
        )


def judged(connection: Connection) -> dict[str, Sign]:
    return {one.about: one for one in signs.shape(connection, [FORMER], DAY)}


def test_a_model_without_history_cannot_be_told(clean_engine: Database) -> None:
    with clean_engine.connect() as opened:
        assert {one.state for one in judged(opened).values()} == {"unknown"}
        shaped(opened, 10, {"grade": {"red": 100}})
        [one] = judged(opened).values()
    assert (one.state, one.why["en"][:40]) == ("unknown", "cannot tell the shape: 3 days of history")


def test_amounts_that_came_in_cents_are_a_shift(clean_engine: Database) -> None:
    steady = {"red": 60, "yellow": 60}
    with clean_engine.connect() as opened:
        shaped(opened, 30, {"grade": steady, "payload.amount": {"1016": 60, "1020": 60}}, ago=1)
        shaped(opened, 1, {"grade": steady, "payload.amount": {"1024": 60, "1028": 60}})
        found = judged(opened)
    assert (found["grade"].state, found["payload.amount"].state) == ("ok", "raised")


def test_another_text_begins_its_history_anew(clean_engine: Database) -> None:
    with clean_engine.connect() as opened:
        shaped(opened, 30, {"grade": {"red": 100}}, ago=1, sha="old")
        shaped(opened, 1, {"grade": {"yellow": 100}}, sha="new")
        [one] = judged(opened).values()
    assert one.state == "unknown"


def test_a_handful_of_findings_proves_nothing(clean_engine: Database) -> None:
    with clean_engine.connect() as opened:
        shaped(opened, 30, {"grade": {"red": 9}}, ago=1)
        shaped(opened, 1, {"grade": {"yellow": 9}})
        [one] = judged(opened).values()
    assert "too few findings" in one.why["en"]


def spoke(every: int, times: int, ago: int) -> dict[dt.date, int]:
    return {DAY - dt.timedelta(days=ago + every * n): 1 for n in range(times)}


def look(tables: dict[int, dict[str, int]], state: str = "ready") -> _Look:
    return _Look(FORMER, DAY, [Readiness(FORMER, "330700000000", state)], ["village_project"], tables)  # type: ignore[arg-type]


ARRIVING = {1: {"village_project": 1, "official": 1}, 2: {"village_project": 2, "official": 1}}
STOPPED = {1: {"village_project": 1, "official": 1}, 2: {"village_project": 1, "official": 2}}


def test_a_habit_needs_enough_days() -> None:
    assert habit(sorted(spoke(7, 5, 0)), DAY) is None
    assert habit(sorted(spoke(7, 6, 10)), DAY) == Habit(6, 7.0, 7, 10)


@pytest.mark.parametrize(
    ("tables", "ago", "state"),
    [(ARRIVING, 30, "raised"), (ARRIVING, 27, "ok"), (STOPPED, 30, "unknown"), ({}, 30, "unknown")],
)
def test_silence_is_a_sign_only_while_its_data_arrive(tables: dict[int, dict[str, int]], ago: int, state: str) -> None:
    [whole, *silent] = look(tables).signs({"330701": spoke(7, 8, ago)})
    assert whole.state == state
    assert [one.area_code for one in silent] == (["330701"] if state == "raised" else [])


def test_one_silent_county_shows_behind_others_that_speak() -> None:
    [whole, silent] = look(ARRIVING).signs({"330701": spoke(7, 8, 60), "330702": spoke(7, 20, 0)})
    assert (whole.state, silent.state, silent.area_code) == ("ok", "raised", "330701")
    assert "of 2 counties 2 can be judged, 1 are silent" in whole.why["en"]


def test_a_county_that_cannot_be_looked_at_is_not_called_silent() -> None:
    [_, *silent] = look(ARRIVING, "not_evaluable").signs({"330701": spoke(7, 8, 60), "330702": spoke(7, 20, 0)})
    assert silent == []


def test_a_longer_pause_than_ever_is_needed() -> None:
    days = {**spoke(1, 8, 50), DAY - dt.timedelta(days=157): 1}
    [whole] = look(ARRIVING).signs({"330701": days})
    assert whole.state == "ok"


def test_a_run_leaves_shapes_and_says_what_it_cannot_tell(
    undecided: SmallPool,  # noqa: F811
    catalogue: Catalogue,
    clean_engine: Database,
) -> None:
    release(clean_engine, catalogue.models[FORMER], "shadow", COUNTY)
    run(undecided, clean_engine)
    with clean_engine.connect() as opened:
        [(found, spread)] = opened.execute("SELECT findings, spread FROM engine.finding_shape").fetchall()
        told = {(one.detector, one.state) for one in signs.signs(opened)}
    assert (found, spread["grade"], spread["county"]) == (2, {"red": 2}, {COUNTY: 2})
    assert spread["payload.contract_total"] == {"1019": 2}
    assert not [column for column in spread if "contractor" in column or "village" in column]
    assert told == {("shape", "unknown"), ("silence", "unknown")}


def test_what_could_not_be_looked_at_leaves_no_shape_of_today(
    undecided: SmallPool,  # noqa: F811
    catalogue: Catalogue,
    clean_engine: Database,
) -> None:
    release(clean_engine, catalogue.models[FORMER], "shadow", COUNTY)
    run(undecided, clean_engine)
    for name in ("official", "social_insurance"):
        undecided.tables.pop(name)
    undecided.put(region=[])
    run(undecided, clean_engine, DAY + dt.timedelta(days=1))
    with clean_engine.connect() as opened:
        days = opened.execute("SELECT day FROM engine.finding_shape").fetchall()
    assert days == [(DAY,)]


def test_the_canary_of_every_model_that_ships_sings(catalogue: Catalogue, clean_engine: Database) -> None:
    chosen = sorted(catalogue.models)[:6]
    with clean_engine.connect() as opened:
        for name in chosen:
            texts.keep(opened, catalogue.models[name])
        found = signs.canary(opened, catalogue, {name: catalogue.models[name].sha256 for name in chosen})
    assert {one.state for one in found} == {"ok"}
    assert all(one.value and one.value >= 3 for one in found)


def test_a_model_that_no_longer_fires_is_an_incident(
    catalogue: Catalogue, clean_engine: Database, tmp_path: Path
) -> None:
    model = catalogue.models[FORMER]
    place = tmp_path / model.id
    place.mkdir(parents=True)
    for name in ("model.yaml", "model.sql", "cases.yaml"):
        text = (model.path / name).read_text(encoding="utf-8")
        dumb = text.replace("GROUP BY w.contractor_id", "WHERE 1 = 0\nGROUP BY w.contractor_id")
        (place / name).write_text(dumb if name == "model.sql" else text, encoding="utf-8")
    with clean_engine.connect() as opened:
        texts.keep(opened, replace(model, path=place, sha256="dumb"))
        [one] = signs.canary(opened, catalogue, {FORMER: "dumb"})
    assert one.state == "raised"
    assert "canaries were not found" in one.why["en"]


def test_a_state_keeps_the_day_since_when_it_holds(clean_engine: Database) -> None:
    def say(state: str, day: dt.date) -> None:
        said = Sign("canary", FORMER, state, {"zh": "死", "en": "dead"})  # type: ignore[arg-type]
        signs.sign.keep(opened, ["canary"], [FORMER], [said], day)

    with clean_engine.connect() as opened:
        for state, ahead in (("ok", 0), ("raised", 1), ("raised", 2)):
            say(state, DAY + dt.timedelta(days=ahead))
        [one] = signs.signs(opened)
    assert (one.since, one.as_of) == (DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2))
