"""A newer text is watched beside the one that raises alerts: it tells nobody, and touches nothing that was told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue
from steelyard.catalogue.reader import read_model
from steelyard.detect.deciding import NotInThatOrder
from steelyard.detect.side_by_side import SideBySide, side_by_side
from steelyard.detect.tests.small_pool import DAY, SmallPool
from steelyard.detect.tests.test_model_life import (  # noqa: F401 - fixtures
    COUNTY,
    FORMER,
    NAMED,
    NEXT,
    TOWN,
    VILLAGE,
    _project,
    alerts,
    catalogue,
    edited,
    release,
    run,
    undecided,
)
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

Edit = Callable[[str], SupervisionModel]


@pytest.fixture
def live(undecided: SmallPool, catalogue: Catalogue, clean_engine: Database) -> SmallPool:  # noqa: F811
    """The model raises alerts in both villages of the county."""
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    assert run(undecided, clean_engine).new == 2
    return undecided


@pytest.fixture
def newer(live: SmallPool, catalogue: Catalogue, tmp_path: Path) -> Edit:  # noqa: F811
    """Puts a version 9.0.0 with another query into the catalogue."""

    def make(query: str) -> SupervisionModel:
        changed = edited(catalogue.models[FORMER], tmp_path / "newer", "9.0.0")
        sheet = changed.path / "model.sql"
        sheet.write_text(query.format(old=catalogue.models[FORMER].sql.strip().rstrip(";")), encoding="utf-8")
        words = changed.path / "model.yaml"
        words.write_text(words.read_text(encoding="utf-8").replace("[red]", "[red, yellow]"), encoding="utf-8")
        found = read_model(changed.path)
        live.catalogue = replace(catalogue, models={**catalogue.models, FORMER: found})
        return found

    return make


SHIPPED = load_catalogue(catalogue_folder()).models[FORMER].version
STRICTER = f"SELECT {NAMED} FROM ({{old}}) AS q WHERE q.village_code <> '{NEXT}'"
MILDER = f"SELECT {NAMED.replace('q.grade', chr(39) + 'yellow' + chr(39) + ' AS grade')} FROM ({{old}}) AS q"
BROKEN = "SELECT q.no_such_column FROM ({old}) AS q"


def compared(database: Database, verdicts: dict[str, str] | None = None) -> SideBySide:
    with database.connect() as opened:
        found = side_by_side(opened, FORMER, DAY, verdicts=verdicts)
    assert found is not None
    return found


def stored(database: Database) -> list[tuple[object, ...]]:
    with database.connect() as opened:
        return opened.execute("SELECT fingerprint, seq, grade, standing, state, model_sha FROM engine.finding "
                              "ORDER BY 1").fetchall()  # fmt: skip


def test_what_a_watched_text_says_lies_beside_and_tells_nobody(
    live: SmallPool, newer: Edit, clean_engine: Database
) -> None:
    before = stored(clean_engine)
    release(clean_engine, newer(STRICTER), "shadow", COUNTY)
    report = run(live, clean_engine)
    assert report.beside == {FORMER: {"found": 1, "new": 1, "changed": 0, "vanished": 0}}
    assert stored(clean_engine) == before
    assert alerts(clean_engine) == [VILLAGE, NEXT]
    with clean_engine.connect() as opened:
        [row] = opened.execute("SELECT model_version, rows_out, failure FROM engine.beside_run").fetchall()
    assert row == ("9.0.0", 1, "")


def test_the_comparison_says_what_would_be_lost(live: SmallPool, newer: Edit, clean_engine: Database) -> None:
    release(clean_engine, newer(STRICTER), "shadow", COUNTY)
    run(live, clean_engine)
    [gone] = [row[0] for row in stored(clean_engine) if row[0] in _only(compared(clean_engine), "only_old")]
    found = compared(clean_engine, {str(gone): "true_violation"})
    assert (found.both, found.only_old, found.only_new, found.confirmed_lost) == (1, 1, 0, 1)
    assert [(one.what, one.area, one.verdict) for one in found.listed] == [("only_old", NEXT, "true_violation")]
    assert [(one.version, one.looks) for one in found.costs] == [(SHIPPED, 1), ("9.0.0", 1)]


def _only(found: SideBySide, what: str) -> set[str]:
    return {one.fingerprint for one in found.listed if one.what == what}


def test_another_grade_is_told_and_changes_no_finding(live: SmallPool, newer: Edit, clean_engine: Database) -> None:
    before = stored(clean_engine)
    release(clean_engine, newer(MILDER), "shadow", COUNTY)
    run(live, clean_engine)
    found = compared(clean_engine)
    regraded = {(one.old_grade, one.new_grade) for one in found.listed if one.what == "regraded"}
    assert (found.regraded, found.both, regraded) == (2, 2, {("red", "yellow")})
    assert stored(clean_engine) == before


def test_what_only_the_newer_one_drops_vanishes_beside_alone(
    live: SmallPool, newer: Edit, clean_engine: Database
) -> None:
    release(clean_engine, newer("{old}\n-- the same"), "shadow", COUNTY)
    run(live, clean_engine)
    live.put(village_project=[_project("J1", VILLAGE, "CB"), _project("J2", NEXT, "CB")])
    report = run(live, clean_engine)
    assert report.beside[FORMER]["vanished"] == 1
    assert compared(clean_engine).only_old == 0


def test_nothing_is_evaluated_where_nothing_changed(live: SmallPool, newer: Edit, clean_engine: Database) -> None:
    release(clean_engine, newer(STRICTER), "shadow", COUNTY)
    assert run(live, clean_engine).beside
    assert run(live, clean_engine).beside == {}


def test_a_watched_text_that_breaks_stops_nothing(live: SmallPool, newer: Edit, clean_engine: Database) -> None:
    release(clean_engine, newer(BROKEN), "shadow", COUNTY)
    live.put(village_project=[_project("J1", VILLAGE, "CB")])
    report = run(live, clean_engine)
    assert (report.failed, report.vanished) == ({}, 1)
    assert "no_such_column" in compared(clean_engine).failure


def test_the_shadow_ends_when_the_new_version_is_released(live: SmallPool, newer: Edit, clean_engine: Database) -> None:
    changed = newer(STRICTER)
    release(clean_engine, changed, "shadow", TOWN)
    assert run(live, clean_engine).beside
    release(clean_engine, changed, "live-pilot", COUNTY)
    report = run(live, clean_engine)
    assert report.beside == {}
    with clean_engine.connect() as opened:
        assert side_by_side(opened, FORMER, DAY) is None
        assert opened.execute("SELECT count(*) FROM engine.beside_finding").fetchone() == (0,)


def test_a_watched_text_can_be_put_back(live: SmallPool, newer: Edit, clean_engine: Database) -> None:
    changed = newer(STRICTER)
    with pytest.raises(NotInThatOrder, match="nothing to put back"):
        release(clean_engine, changed, "draft", COUNTY)
    release(clean_engine, changed, "shadow", COUNTY)
    run(live, clean_engine)
    release(clean_engine, changed, "draft", COUNTY)
    run(live, clean_engine)
    with clean_engine.connect() as opened:
        assert side_by_side(opened, FORMER, DAY) is None
        life = detect.releases_on(opened, DAY)
    assert (life.phase(FORMER, COUNTY), life.runs(FORMER).version) == ("live-pilot", SHIPPED)  # type: ignore[union-attr]


def test_a_shadow_of_a_town_speaks_of_the_town(live: SmallPool, newer: Edit, clean_engine: Database) -> None:
    release(clean_engine, newer("{old}\n-- the same"), "shadow", TOWN)
    assert run(live, clean_engine).beside[FORMER]["found"] == 1
    found = compared(clean_engine)
    assert (found.area, found.both, found.only_old) == (TOWN, 1, 0)
