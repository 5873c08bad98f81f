"""Where a model runs is decided by people: what is watched tells nobody, what is released does, and it stays told."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from steelyard import detect
from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue
from steelyard.catalogue.reader import read_model
from steelyard.detect import deciding, local_values, releases, standings, sweeps, texts
from steelyard.detect.backtest import backtest, steps
from steelyard.detect.deciding import Decision, GatesNotMet, NotInThatOrder, TextChanged, decide
from steelyard.detect.dossier import Asked, facts
from steelyard.detect.effects import effect
from steelyard.detect.gates import Facts
from steelyard.detect.parameters import OutsideLimits
from steelyard.detect.tests.small_pool import DAY, REGION, SmallPool, know
from steelyard.detect.verdicts import Verdicts
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder

FORMER = "village-project/former-employer-contractor"
TOWN, VILLAGE, NEXT = "339921101", "339921101201", "339921102201"
COUNTY = "339921"
NAMED = "q.contractor_id, q.person_id, q.village_code, q.grade"
OPEN = Facts("shadow", COUNTY, DAY, cases=1, references=1, places=1, ready=1, approved_by=("du", "chen"),
             proposed_by="fang", shadow_since=dt.date(2000, 1, 1), backtest=1, backtest_read=True)  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(catalogue_folder())


@pytest.fixture
def undecided(tmp_path: Path, catalogue: Catalogue, clean_engine: Database) -> SmallPool:
    """Two villages in which the former employer won, and a deployment that has not decided on the model."""
    found = SmallPool(tmp_path, catalogue)
    know(clean_engine, PLI="person", PMA="person", CB="company", CD="company", V1="org", V2="org")
    found.put(
        region=[*REGION, {"area_code": NEXT, "name": "Qingping", "level": "village"}],
        official=[_official("PLI", "V1", VILLAGE), _official("PMA", "V2", NEXT)],
        social_insurance=[_insured("PLI", "CB", 3), _insured("PLI", "CB", 4), _insured("PMA", "CD", 5)],
        village_project=[_project("J1", VILLAGE, "CB"), _project("J2", NEXT, "CD")],
    )
    with clean_engine.transaction() as connection:
        deciding.draft(connection, catalogue.models[FORMER], by="fang", reason="new here", day=dt.date(2010, 1, 1))
    return found


def _official(person: str, org: str, village: str) -> dict[str, object]:
    return {"person_id": person, "org_id": org, "village_code": village, "position": "party_secretary",
            "from_date": "2014-01-01", "to_date": "2018-12-31"}  # fmt: skip


def _insured(person: str, company: str, month: int) -> dict[str, object]:
    return {"person_id": person, "company_id": company, "month": f"2015-0{month}-01", "ins_type": "pension"}


def _project(project: str, village: str, company: str) -> dict[str, object]:
    return {"project_id": project, "village_code": village, "name": "road", "contractor_id": company,
            "contract_amount": 90000, "sign_date": "2018-02-01"}  # fmt: skip


@pytest.fixture
def connection(clean_engine: Database) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with clean_engine.connect(autocommit=True) as found:
        yield found


def release(database: Database, model: SupervisionModel, phase: releases.Phase, area: str, since: str = "2011-01-01",
            known: Facts = OPEN) -> tuple[int, int]:  # fmt: skip
    with database.transaction() as opened:
        decision = Decision(phase, area, dt.date.fromisoformat(since), "fang", ("du", "chen"), "because")
        enough = replace(known, phase=phase, area=area, replaces=True, successor="none")
        return decide(opened, model, decision, enough)


def run(pool: SmallPool, database: Database, day: dt.date = DAY) -> detect.RunReport:
    return detect.run(pool, pool.catalogue, database, day, [FORMER])


def alerts(database: Database, since: int = 0) -> list[str]:
    """Where findings were told to whoever listens."""
    with database.connect() as opened:
        return sorted(one.area_code or "" for one in detect.findings_since(opened, since))


def test_a_fresh_deployment_takes_over_what_the_catalogue_ships(
    tmp_path: Path, catalogue: Catalogue, clean_engine: Database
) -> None:
    pool = SmallPool(tmp_path, catalogue)
    pool.put(region=REGION)
    run(pool, clean_engine)
    with clean_engine.connect() as opened:
        [one] = releases.history(opened, FORMER)
        everything = releases.releases_on(opened, DAY).models
    assert (one.phase, one.area, one.decided_by) == ("promoted", "", "catalogue")
    assert set(everything) == {name for name, model in catalogue.models.items() if model.status == "ready"}


def test_a_model_nobody_decided_about_is_a_draft_and_not_evaluated(
    undecided: SmallPool, clean_engine: Database
) -> None:
    report = run(undecided, clean_engine)
    assert (report.new, report.resting, report.failed) == (0, [FORMER], {})


def test_a_shadow_keeps_findings_and_tells_nobody(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    release(clean_engine, catalogue.models[FORMER], "shadow", COUNTY)
    assert run(undecided, clean_engine).new == 2
    assert alerts(clean_engine) == []


def test_only_areas_with_a_phase_are_looked_at(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    release(clean_engine, catalogue.models[FORMER], "shadow", TOWN)
    assert run(undecided, clean_engine).new == 1


def test_a_wider_release_tells_what_it_newly_covers(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    run(undecided, clean_engine)
    assert release(clean_engine, model, "live-pilot", TOWN)[1] == 1
    assert alerts(clean_engine) == [VILLAGE]
    with clean_engine.connect() as opened:
        [first] = detect.findings_since(opened, 0)
    assert release(clean_engine, model, "promoted", COUNTY)[1] == 1
    assert alerts(clean_engine, first.seq) == [NEXT]


def test_what_was_told_stays_told_when_a_model_retires(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    run(undecided, clean_engine)
    release(clean_engine, model, "retired", "", "2012-01-01")
    undecided.put(village_project=[])
    report = run(undecided, clean_engine)
    assert (report.vanished, report.resting) == (0, [FORMER])
    assert alerts(clean_engine) == [VILLAGE, NEXT]


def test_phases_follow_each_other(undecided: SmallPool, catalogue: Catalogue, clean_engine: Database) -> None:
    model = catalogue.models[FORMER]
    with pytest.raises(NotInThatOrder, match="watch it as a shadow"):
        release(clean_engine, model, "live-pilot", COUNTY)
    release(clean_engine, model, "shadow", COUNTY)
    with pytest.raises(NotInThatOrder, match="pilot it there first"):
        release(clean_engine, model, "promoted", COUNTY)


def test_a_gate_that_is_not_met_is_told_with_its_figures(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    with pytest.raises(GatesNotMet, match="2 of 8 cases fail"):
        release(clean_engine, catalogue.models[FORMER], "shadow", COUNTY, known=replace(OPEN, cases=8, failed_cases=2))


def test_what_was_decided_is_not_rewritten(undecided: SmallPool, connection: "psycopg.Connection[object]") -> None:
    for text in ("UPDATE engine.release SET phase = 'promoted'", "DELETE FROM engine.release"):
        with pytest.raises(psycopg.errors.RaiseException, match="add a row instead"):
            connection.execute(text)


def edited(model: SupervisionModel, folder: Path, version: str) -> SupervisionModel:
    """The same model with another text in another folder."""
    place = folder / model.id
    place.mkdir(parents=True)
    for name in ("model.yaml", "model.sql", "cases.yaml"):
        (place / name).write_text((model.path / name).read_text(encoding="utf-8"), encoding="utf-8")
    sheet = (
        (place / "model.yaml").read_text(encoding="utf-8").replace(f"version: {model.version}", f"version: {version}")
    )
    (place / "model.yaml").write_text(sheet, encoding="utf-8")
    query = (place / "model.sql").read_text(encoding="utf-8")
    (place / "model.sql").write_text(query + "\n-- another text\n", encoding="utf-8")
    return read_model(place)


def test_a_text_that_changed_under_its_version_is_refused(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database, tmp_path: Path
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    changed = edited(model, tmp_path / "other", model.version)
    undecided.catalogue = replace(catalogue, models={**catalogue.models, FORMER: changed})
    report = run(undecided, clean_engine)
    assert "raise its version, back-test it and release it" in report.failed[FORMER]
    assert report.new == 0
    with pytest.raises(TextChanged, match="raise the version"):
        release(clean_engine, changed, "live-pilot", COUNTY)


def test_the_released_text_runs_until_another_is_released(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database, tmp_path: Path
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    changed = edited(model, tmp_path / "other", "9.0.0")
    undecided.catalogue = replace(catalogue, models={**catalogue.models, FORMER: changed})
    report = run(undecided, clean_engine)
    assert (report.new, report.waiting) == (2, {FORMER: "9.0.0"})
    with clean_engine.connect() as opened:
        assert {one.model_sha for one in detect.findings_since(opened, 0)} == {model.sha256}
    release(clean_engine, changed, "live-pilot", COUNTY)
    run(undecided, clean_engine)
    with clean_engine.connect() as opened:
        stored = opened.execute("SELECT DISTINCT model_sha FROM engine.finding").fetchall()
    assert stored == [(changed.sha256,)]


def test_a_kept_text_is_read_back_word_for_word(
    undecided: SmallPool, catalogue: Catalogue, connection: "psycopg.Connection[object]"
) -> None:
    model = catalogue.models[FORMER]
    again = texts.kept(connection, model.sha256)
    assert (again.id, again.version, again.sql, again.sha256) == (model.id, model.version, model.sql, model.sha256)


def test_a_new_text_is_released_wherever_the_old_one_is_live(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database, tmp_path: Path
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    with pytest.raises(NotInThatOrder, match="one text runs at a time"):
        release(clean_engine, edited(model, tmp_path / "other", "9.0.0"), "live-pilot", TOWN)


def test_a_back_test_says_what_would_be_lost_and_stores_nothing(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database, tmp_path: Path
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    run(undecided, clean_engine)
    looked: list[tuple[int, int]] = []
    with clean_engine.connect() as opened:
        told = {one.area_code: one.fingerprint for one in detect.findings_since(opened, 0)}
        before = opened.execute("SELECT count(*), max(seq) FROM engine.finding").fetchone()
        stricter = edited(model, tmp_path / "other", "9.0.0")
        stricter = replace(stricter, sql=f"SELECT {NAMED} FROM ({model.sql}) AS q WHERE q.village_code <> '{NEXT}'")
        made = backtest(
            undecided, catalogue, opened, new=stricter, old=model,
            days=steps(dt.date(2025, 1, 31), DAY, "month"), confirmed=[told[NEXT], told[VILLAGE]],
            progress=lambda done, days: looked.append((done, days)),
        )  # fmt: skip
        after = opened.execute("SELECT count(*), max(seq) FROM engine.finding").fetchone()
    assert made.counts == {"added": 0, "removed": 1, "regraded": 0, "lost": 1}
    assert [one["fingerprint"] for one in made.lost] == [told[NEXT]]
    assert (made.found, made.found_before, len(made.days)) == (1, 2, 6)
    assert looked == [(day, 6) for day in range(1, 7)]
    assert after == before


def test_steps_end_with_the_last_day_and_keep_the_day_of_the_month() -> None:
    listed = steps(dt.date(2025, 1, 31), dt.date(2025, 4, 30), "month")
    assert [day.isoformat() for day in listed] == ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]


def test_the_effect_of_a_value_is_told_before_it_is_saved(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    _strict(clean_engine, model)
    run(undecided, clean_engine)
    with clean_engine.connect() as opened:
        found = effect(undecided, catalogue, opened, model, area=COUNTY, values={"min_months": 1}, as_of=DAY)
    assert (found.found, found.added, found.removed, found.live) == (1, 1, 0, True)
    assert found.said["en"] == (
        "lowering “least months insured” (2 → 1) raises 1 more alerts in Qingyuan County, 0 fewer; 0 get another grade"
    )
    assert "调低最少参保月数（2 → 1）" in found.said["zh"]
    assert [(one["area"], one["added"]) for one in found.by_area] == [("339921102", 1)]
    assert alerts(clean_engine) == [VILLAGE]


def _strict(database: Database, model: SupervisionModel, since: str = "2012-01-01") -> int:
    with database.transaction() as opened:
        return local_values.put(
            opened, model, area=COUNTY, values={"min_months": 2}, since=dt.date.fromisoformat(since), reason="fewer",
            proposed_by="fang", approved_by="du",
        )  # fmt: skip


def test_a_lowered_limit_does_not_flood_people_with_the_past(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    number = _strict(clean_engine, model)
    run(undecided, clean_engine)
    assert alerts(clean_engine) == [VILLAGE]
    with clean_engine.transaction() as opened:
        local_values.end(
            opened, number, on=dt.date(2025, 6, 1), reason="too strict", proposed_by="fang", approved_by="du"
        )
    assert run(undecided, clean_engine).new == 1
    assert alerts(clean_engine) == [VILLAGE]
    with clean_engine.transaction() as opened:
        [campaign, _earlier] = sweeps.campaigns(opened, FORMER)
        assert (campaign.findings, campaign.opened) == (1, None)
        assert sweeps.decide(opened, campaign.id, opened=True, by="du", reason="worth a look") == 1
    assert alerts(clean_engine) == [VILLAGE, NEXT]
    with clean_engine.transaction() as opened, pytest.raises(sweeps.CampaignDecided):
        sweeps.decide(opened, campaign.id, opened=False, by="du", reason="again")


def test_what_happens_after_the_change_is_news(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    release(clean_engine, model, "live-pilot", COUNTY)
    _strict(clean_engine, model, since="2018-01-15")
    run(undecided, clean_engine)
    assert alerts(clean_engine) == [VILLAGE]


def test_nobody_signs_his_own_value(catalogue: Catalogue, clean_engine: Database) -> None:
    with clean_engine.transaction() as opened, pytest.raises(local_values.SignedByOne):
        local_values.put(
            opened, catalogue.models[FORMER], area=COUNTY, values={"min_months": 2}, since=DAY, reason="mine",
            proposed_by="fang", approved_by="fang",
        )  # fmt: skip


def test_values_keep_to_type_and_limits_of_the_model(catalogue: Catalogue) -> None:
    model = catalogue.models[FORMER]
    assert local_values.read_values(model, {"min_months": " 3 "}) == {"min_months": 3}
    for wrong in ({"min_months": "0"}, {"min_months": "61"}, {"min_months": "three"}, {"other": "1"}, {}):
        with pytest.raises((local_values.WrongValue, OutsideLimits)):
            local_values.read_values(model, wrong)


def test_a_level_below_the_named_one_may_not_change_a_limit(catalogue: Catalogue) -> None:
    model = catalogue.models[FORMER]
    values = {"min_months": 2, "lookback_years": 4}
    assert local_values.above_their_level(model, values, "province") == []
    assert local_values.above_their_level(model, values, "city") == ["lookback_years"]
    assert local_values.above_their_level(model, values, "county") == ["lookback_years", "min_months"]
    assert local_values.above_their_level(model, values, "") == ["lookback_years", "min_months"]


def test_what_is_held_back_is_told_once_it_is_let_go(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY)
    run(undecided, clean_engine)
    with clean_engine.transaction() as opened:
        opened.execute("UPDATE engine.finding SET standing = 'held'")
        assert standings.widened(opened, FORMER, "") == 0
        assert standings.let_go(opened, FORMER) == 2
    assert alerts(clean_engine) == [VILLAGE, NEXT]


def test_the_dossier_gathers_what_the_gates_ask(
    undecided: SmallPool, catalogue: Catalogue, clean_engine: Database
) -> None:
    model = catalogue.models[FORMER]
    release(clean_engine, model, "shadow", COUNTY, "2025-06-10")
    run(undecided, clean_engine)
    with clean_engine.connect() as opened:
        known = facts(
            opened, catalogue, model, Asked("live-pilot", COUNTY, "fang", ("du",)), day=DAY, verdicts=Verdicts()
        )
    assert known.cases > 0
    assert (known.failed_cases, known.watched, known.shadow_since) == (0, 2, dt.date(2025, 6, 10))
    assert known.unverified == ("村民委员会组织法 第36条",)
    assert any(column.startswith("official.person_id") for column in known.private_columns)
    assert (known.author, known.replaces) == ("fang", False)
    assert (known.ready, known.places) == (1, 1)
