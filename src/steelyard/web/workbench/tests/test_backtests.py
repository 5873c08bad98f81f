"""A back-test asked for on a model's page: who may, what the worker makes of it, and what the page tells of it."""

import datetime as dt

import pytest
from django.urls import reverse

from steelyard.catalogue import load_catalogue
from steelyard.detect import deciding
from steelyard.detect.backtest import Backtest
from steelyard.engines.postgres import Role
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.errors import SteelyardError
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.workbench import backtests, carrying, figures, jobs
from steelyard.web.workbench.figures import RecentAlert
from steelyard.web.workbench.models import BacktestRun, BacktestState

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"
DAY = dt.date(2026, 1, 5)
HERE, ELSEWHERE = "339921101201", "330101001001"


@pytest.fixture
def model(web_database):
    _empty(web_database)
    found = load_catalogue(catalogue_folder()).models[RENT]
    with web_database.transaction(Role.WORKER) as opened:
        deciding.draft(opened, found, by="fang", reason="new here", day=dt.date(2020, 1, 1))
    yield found
    _empty(web_database)


def _empty(database):
    with database.transaction(Role.OWNER) as opened:
        opened.execute("SET LOCAL lock_timeout = '10s'")
        opened.execute("TRUNCATE engine.release, engine.model_text, engine.model_report RESTART IDENTITY CASCADE")


def asked(model, by, **more):
    given = {"against": model.sha256, "first": dt.date(2025, 1, 1), "last": DAY, "step": "month", **more}
    return backtests.ask(model, **given, by=by)


def row(area, grade="red", **more):
    return {"key": {"contract_id": "LEASE-OF-THE-MILL"}, "grade": grade, "area": area, **more}


@pytest.fixture
def looked(monkeypatch):
    """What the engine would say, without a pool."""

    def backtest(pool, catalogue, connection, *, new, old, days, confirmed, progress):
        for n in range(len(days)):
            progress(n + 1, len(days))
        return Backtest(
            new.id, new.version, new.sha256, old.version, old.sha256, tuple(days), (1,) * len(days), 7, 6,
            (row(HERE), row(HERE, "yellow"), row(ELSEWHERE)), (row(HERE),), (),
            {"added": 3, "removed": 1, "regraded": 0, "lost": 2},
            (row(HERE, fingerprint="f" * 64), row(ELSEWHERE, fingerprint="e" * 64)),
        )  # fmt: skip

    monkeypatch.setattr(carrying, "pool", lambda: None)
    monkeypatch.setattr(backtests.backtest, "backtest", backtest)


class Alerts:
    def confirmed(self, model_id):
        return {"f" * 64}

    def alerts(self, viewer, fingerprints):
        return {one: RecentAlert("/alerts/1/", "Rent of Wulong unpaid", "red", dt.datetime.now(dt.UTC))
                for one in fingerprints}  # fmt: skip

    def rulings(self, model_id):
        return {}


def test_the_worker_keeps_a_report_and_the_page_tells_it(model, cast, as_user, looked, monkeypatch):
    monkeypatch.setattr(figures, "_sources", [Alerts()])
    client = as_user(cast.fang)
    said = {"against": model.sha256, "first": "2025-01-01", "last": "2026-01-05", "step": "month"}
    assert client.post(reverse("backtest_ask", args=[RENT]), said).url.endswith("#backtests")
    run = BacktestRun.objects.get()
    jobs.backtest(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.days) == (BacktestState.DONE, 14, 14)
    page = client.get(reverse("backtest_report", args=[run.report])).content.decode()
    assert "2 alerts that people confirmed would not have been raised" in page
    assert "Rent of Wulong unpaid" in page
    assert "LEASE-OF-THE-MILL" not in page


def test_of_other_areas_only_totals_are_told(model, cast, as_user, looked, monkeypatch):
    monkeypatch.setattr(figures, "_sources", [Alerts()])
    run = asked(model, cast.fang)
    jobs.backtest(run_id=run.pk)
    run.refresh_from_db()
    found = backtests.report_of(run.report, cast.fang)
    own = cast.fang.scope.area
    assert all(line.area.startswith(own) for line in found.lines)
    assert len(found.lost) + found.lost_elsewhere == 2
    assert all(one.area.startswith(own) for one in found.lost)


def test_how_far_it_has_come_is_told_until_it_ends(model, cast, as_user, looked):
    run = asked(model, cast.fang)
    BacktestRun.objects.filter(pk=run.pk).update(done=3)
    client = as_user(cast.fang)
    page = client.get(reverse("backtest_list", args=[RENT])).content.decode()
    assert "3 of 14 days looked at" in page
    assert "hx-trigger" in page
    jobs.backtest(run_id=run.pk)
    after = client.get(reverse("backtest_list", args=[RENT])).content.decode()
    assert "hx-trigger" not in after
    assert "2 confirmed alerts lost" in after


def test_a_second_one_waits_for_the_first(model, cast, looked):
    asked(model, cast.fang)
    with pytest.raises(backtests.WaitsAlready):
        asked(model, cast.fang)


def test_it_runs_once_however_often_the_job_does(model, cast, looked, web_database):
    run = asked(model, cast.fang)
    jobs.backtest(run_id=run.pk)
    jobs.backtest(run_id=run.pk)
    with web_database.connect() as opened:
        assert opened.execute("SELECT count(*) FROM engine.model_report").fetchone() == (1,)


def test_what_cannot_be_done_is_told(model, cast, as_user, monkeypatch):
    run = asked(model, cast.fang)

    def broken(*given, **more):
        raise SteelyardError("the files of then are gone")

    monkeypatch.setattr(carrying, "pool", lambda: None)
    monkeypatch.setattr(backtests.backtest, "backtest", broken)
    jobs.backtest(run_id=run.pk)
    page = as_user(cast.fang).get(reverse("model_life", args=[RENT])).content.decode()
    assert "the files of then are gone" in page


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"first": dt.date(2026, 2, 1)}, backtests.WrongDays),
        ({"first": dt.date(2020, 1, 1), "step": "day"}, backtests.TooManyDays),
        ({"against": "0" * 64}, backtests.NoSuchText),
    ],
)
def test_what_cannot_be_asked_is_refused(model, cast, more, refused):
    with pytest.raises(refused):
        asked(model, cast.fang, **more)


@pytest.mark.parametrize("name", ["du", "chen", "qian", "steward", "admin", "li"])
def test_only_those_who_keep_models_ask(model, cast, name):
    with pytest.raises(NotAllowed):
        asked(model, getattr(cast, name))


@pytest.mark.parametrize(("name", "status"), [("fang", 200), ("du", 200), ("chen", 200), ("qian", 403), ("admin", 403)])
def test_those_who_agree_read_it_and_nobody_else(model, cast, as_user, looked, name, status):
    run = asked(model, cast.fang)
    jobs.backtest(run_id=run.pk)
    run.refresh_from_db()
    client = as_user(getattr(cast, name))
    assert client.get(reverse("backtest_report", args=[run.report])).status_code == status
    assert client.get(reverse("backtest_list", args=[RENT])).status_code == status


def test_there_is_no_report_that_nobody_made(model, cast, as_user):
    assert as_user(cast.fang).get(reverse("backtest_report", args=[99])).status_code == 404
