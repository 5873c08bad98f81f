"""Who may ask what of a model, who must agree, and what the worker makes of it."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation

from steelyard.catalogue import load_catalogue
from steelyard.detect import deciding
from steelyard.detect.verdicts import Verdicts
from steelyard.engines.postgres import Role
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs.models import User
from steelyard.web.workbench import carrying, drift, figures, jobs, motions
from steelyard.web.workbench.models import Motion, State

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"
COUNTY, TOWN = "339921", "339921101"
DAY = dt.date(2026, 1, 5)
PAGES = ["model_life", "motion_list"]
MAY = ["fang", "du", "chen"]
MAY_NOT = ["qian", "zhou", "li", "tan", "jin", "admin", "gu", "he", "ye", "steward"]


@pytest.fixture
def drafted(web_database, cast):
    """A deployment that has the model as a draft, brought by Fang."""
    _empty(web_database)
    model = load_catalogue(catalogue_folder()).models[RENT]
    with web_database.transaction(Role.WORKER) as opened:
        deciding.draft(opened, model, by="fang", reason="new here", day=dt.date(2020, 1, 1))
    yield cast
    _empty(web_database)


def _empty(database):
    with database.transaction(Role.OWNER) as opened:
        opened.execute("SET LOCAL lock_timeout = '10s'")
        opened.execute(
            "TRUNCATE engine.release, engine.model_text, engine.parameter_override, engine.sweep_campaign, "
            "engine.finding, engine.run RESTART IDENTITY CASCADE"
        )


@pytest.fixture
def work_off(monkeypatch):
    """Let the worker carry what waits; what the pool says is not asked here."""
    ran = []
    monkeypatch.setattr(carrying, "pool", lambda: None)
    monkeypatch.setattr(carrying.detect, "run", lambda *given, **more: ran.append(given[-1]))

    def run():
        for found in Motion.objects.order_by("pk"):
            jobs.carry_on(motion_id=found.pk)
        return ran

    return run


def ask(by, phase="shadow", area=COUNTY, model=RENT, **declared):
    return motions.ask_release(
        model, phase=phase, area=area, since=DAY, reason="worth watching", by=by,
        declared={"privacy_read": True, **declared},
    )  # fmt: skip


@pytest.fixture
def evident(monkeypatch):
    """Everything the gates ask about is shown, but who agrees."""
    real = carrying.facts

    def shown(*given, **more):
        from dataclasses import replace

        return replace(real(*given, **more), unverified=(), places=1, ready=1, failed_cases=0, cases=8)

    monkeypatch.setattr(carrying, "facts", shown)


@pytest.mark.parametrize("login", MAY)
def test_those_who_keep_and_approve_models_see_their_life(cast, as_user, login):
    client = as_user(getattr(cast, login))
    assert client.get(reverse("model_life", args=[RENT])).status_code == 200
    assert client.get(reverse("motion_list")).status_code == 200


@pytest.mark.parametrize("login", MAY_NOT)
def test_others_do_not(cast, as_user, login):
    client = as_user(getattr(cast, login))
    assert client.get(reverse("model_life", args=[RENT])).status_code == 403
    assert client.get(reverse("motion_list")).status_code == 403
    assert client.post(reverse("release_ask", args=[RENT])).status_code == 403


def test_strangers_are_asked_to_sign_in(as_user, db):
    assert as_user(None).get(reverse("model_life", args=[RENT])).status_code == 302
    assert as_user(None).get(reverse("motion_list")).status_code == 302
    assert as_user(None).post(reverse("motion_say", args=[1])).status_code == 302


def test_a_request_shows_its_gates_with_figures(drafted, as_user, work_off):
    made = ask(drafted.fang)
    work_off()
    page = as_user(drafted.fang).get(reverse("motion_detail", args=[made.pk])).content.decode()
    assert "data are ready in 0 of 0 counties of the area" in page
    assert "It cannot be submitted before everything is shown." in page
    with pytest.raises(motions.NotShownYet):
        motions.submit(made.pk, by=drafted.fang)


def test_a_shadow_takes_one_who_neither_wrote_nor_asked(drafted, work_off, evident, web_database):
    made = ask(drafted.fang)
    work_off()
    motions.submit(made.pk, by=drafted.fang)
    work_off()
    with pytest.raises(motions.AnotherPersonNeeded):
        motions.agree(made.pk, by=drafted.fang)
    motions.agree(made.pk, by=drafted.chen)
    assert [RENT] in work_off()
    made.refresh_from_db()
    assert (made.state, made.message) == (State.DONE, "")
    with web_database.connect() as opened:
        row = opened.execute(
            "SELECT phase, area_prefix, decided_by, approved_by, motion FROM engine.release ORDER BY id DESC LIMIT 1"
        ).fetchone()
    assert row == ("shadow", COUNTY, "fang", ["chen"], made.pk)


def test_two_accounts_of_one_person_agree_once(drafted, work_off):
    made = ask(drafted.fang, phase="promoted")
    Motion.objects.filter(pk=made.pk).update(state=State.OPEN)
    User.objects.filter(pk__in=[drafted.chen.pk, drafted.du.pk]).update(subject_key="P-one")
    for one in (drafted.chen, drafted.du):
        motions.agree(made.pk, by=User.objects.get(pk=one.pk))
    made.refresh_from_db()
    assert not carrying._enough(made)
    User.objects.filter(pk=drafted.du.pk).update(subject_key="P-other")
    assert carrying._enough(made)


def test_a_job_that_runs_twice_decides_once(drafted, work_off, evident, web_database):
    made = ask(drafted.fang)
    work_off()
    motions.submit(made.pk, by=drafted.fang)
    work_off()
    motions.agree(made.pk, by=drafted.chen)
    work_off()
    Motion.objects.filter(pk=made.pk).update(state=State.OPEN)
    work_off()
    with web_database.connect() as opened:
        assert opened.execute("SELECT count(*) FROM engine.release WHERE phase = 'shadow'").fetchone() == (1,)


def test_what_was_routed_is_taken_over_whoever_carried_it(drafted, work_off, evident):
    made = ask(drafted.fang)
    work_off()
    motions.submit(made.pk, by=drafted.fang)
    work_off()
    motions.agree(made.pk, by=drafted.chen)
    assert carrying.carry(made.pk) is True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [carrying.PULL])
        assert cursor.fetchone()[0] >= 1


def test_one_no_is_enough(drafted, work_off, evident):
    made = ask(drafted.fang)
    work_off()
    motions.submit(made.pk, by=drafted.fang)
    work_off()
    with pytest.raises(motions.ReasonNeeded):
        motions.refuse(made.pk, note="", by=drafted.chen)
    motions.refuse(made.pk, note="the data are too thin", by=drafted.chen)
    work_off()
    made.refresh_from_db()
    assert made.state == State.REFUSED
    with pytest.raises(motions.SaidAlready):
        motions.agree(made.pk, by=drafted.du)


def test_nobody_decides_for_an_area_that_is_not_his(drafted, work_off, evident):
    """Chen answers for the county alone: for the city somebody of the city must agree too."""
    made = ask(drafted.fang, area="3399")
    work_off()
    motions.submit(made.pk, by=drafted.fang)
    work_off()
    motions.agree(made.pk, by=drafted.chen)
    work_off()
    made.refresh_from_db()
    assert made.state == State.OPEN
    motions.agree(made.pk, by=drafted.du)
    work_off()
    made.refresh_from_db()
    assert made.state == State.DONE


def test_only_analysts_ask(drafted):
    for who in (drafted.chen, drafted.qian, drafted.gu):
        with pytest.raises(NotAllowed):
            ask(who)


def test_a_request_without_a_reason_is_none(drafted):
    with pytest.raises(motions.ReasonNeeded):
        motions.ask_release(RENT, phase="shadow", area=COUNTY, since=DAY, reason=" ", by=drafted.fang, declared={})


@pytest.fixture
def counted(monkeypatch):
    """The effect of a limit as the engine would tell it."""

    class Told:
        def told(self):
            return {
                "said": {"zh": "多出41条", "en": "raises 41 more alerts in Qingyuan"}, "found": 3, "by_area": [],
                "as_of": "2026-01-05", "pool_version": 7,
            }  # fmt: skip

    monkeypatch.setattr(carrying, "effect", lambda *given, **more: Told())


def value(by, area=COUNTY, **values):
    return motions.ask_value(
        RENT, area=area, values=values or {"min_amount": "500"}, since=DAY, until=None, reason="small villages", by=by
    )


def test_the_effect_is_seen_before_anybody_can_agree(drafted, as_user, work_off, counted, web_database):
    made = value(drafted.fang)
    work_off()
    page = as_user(drafted.fang).get(reverse("motion_detail", args=[made.pk])).content.decode()
    assert "raises 41 more alerts in Qingyuan" in page
    with pytest.raises(motions.SaidAlready):
        motions.agree(made.pk, by=drafted.du)
    with web_database.connect() as opened:
        assert opened.execute("SELECT count(*) FROM engine.parameter_override").fetchone() == (0,)


def test_a_limit_takes_a_second_person_of_the_level_the_model_names(drafted, work_off, counted, web_database):
    lowest = load_catalogue(catalogue_folder()).models[RENT].parameters["min_amount"].change_by
    assert lowest == "county"
    made = value(drafted.fang)
    work_off()
    motions.submit(made.pk, by=drafted.fang)
    work_off()
    motions.agree(made.pk, by=drafted.du)
    assert [RENT] in work_off()
    with web_database.connect() as opened:
        row = opened.execute(
            "SELECT area_prefix, parameter_values, proposed_by, approved_by, valid_from FROM engine.parameter_override"
        ).fetchone()
        campaign = opened.execute("SELECT model, area_prefix, opened FROM engine.sweep_campaign").fetchone()
    assert row == (COUNTY, {"min_amount": "500"}, "fang", "du", DAY)
    assert campaign == (RENT, COUNTY, None)


def test_a_limit_outside_the_models_bounds_is_refused(drafted):
    with pytest.raises(motions.WrongInput):
        value(drafted.fang, min_amount="-1")
    with pytest.raises(motions.WrongInput):
        value(drafted.fang, unknown="1")


def test_a_refused_limit_names_model_parameter_and_bounds_in_both_languages(drafted):
    for language, words in (("en", "least overdue amount"), ("zh-hans", "起报金额")):
        with translation.override(language), pytest.raises(motions.WrongInput) as refused:
            value(drafted.fang, min_amount="-1")
        assert all(part in str(refused.value) for part in (RENT, "min_amount", words, "-1", "0"))


def test_the_form_asks_and_leads_to_what_was_worked_out(drafted, as_user, work_off, counted):
    client = as_user(drafted.fang)
    answer = client.post(
        reverse("value_ask", args=[RENT]),
        {"value-min_amount": "500", "area": COUNTY, "since": "2026-01-05", "reason": "small villages"},
    )
    made = Motion.objects.get()
    assert answer.url == reverse("motion_detail", args=[made.pk])
    wrong = client.post(reverse("value_ask", args=[RENT]), {"area": "12345", "since": "", "reason": ""})
    assert wrong.status_code == 422
    assert Motion.objects.count() == 1


def test_a_sweep_campaign_is_opened_by_one_person(drafted, as_user, work_off, web_database):
    with web_database.transaction(Role.WORKER) as opened:
        opened.execute("INSERT INTO engine.run (id, as_of, pool_version) VALUES (7, '2026-01-06', 1)")
        opened.execute(
            "INSERT INTO engine.sweep_campaign (model, area_prefix, since, run) VALUES (%s, %s, '2026-01-05', 7)",
            [RENT, COUNTY],
        )
    url = reverse("model_life", args=[RENT])
    assert "Sweep campaign" in as_user(drafted.chen).get(url).content.decode()
    said = {"campaign": "1", "answer": "open", "reason": "worth a look"}
    as_user(drafted.chen).post(reverse("sweep_answer", args=[RENT]), said)
    work_off()
    with web_database.connect() as opened:
        row = opened.execute("SELECT opened, decided_by FROM engine.sweep_campaign").fetchone()
    assert row == (True, "chen")


def test_the_database_shows_a_request_to_nobody_else(drafted, work_off):
    """Row security: the same rule as the filter, asked of the database alone."""
    made = ask(drafted.fang)

    def rows(user):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE app_web")
            user.scope.apply()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM workbench_motion WHERE id = %s", [made.pk])
                found = cursor.fetchone()[0]
                cursor.execute("RESET ROLE")
        return found

    for login in ("fang", "du", "chen"):
        user = User.objects.get(pk=getattr(drafted, login).pk)
        assert (rows(user), Motion.objects.visible_to(user).count()) == (1, 1)
    for login in ("qian", "zhou", "tan", "steward"):
        user = User.objects.get(pk=getattr(drafted, login).pk)
        assert (rows(user), Motion.objects.visible_to(user).count()) == (0, 0)


def test_a_supervisor_of_another_county_sees_none_of_it(drafted, work_off, as_user):
    made = ask(drafted.fang, area=TOWN)
    other = User.objects.get(pk=drafted.chen.pk)
    other.body.area.code = "339922000000"
    assert Motion.objects.visible_to(User.objects.get(pk=drafted.chen.pk)).filter(pk=made.pk).exists()
    other.__dict__.pop("scope", None)
    assert other.scope.area != "339921"
    assert not Motion.objects.visible_to(other).filter(pk=made.pk).exists()


@pytest.fixture
def promoted(drafted, web_database):
    """The model raises alerts in the county."""
    with web_database.transaction(Role.WORKER) as opened:
        opened.execute(
            "INSERT INTO engine.release (model, version, sha256, phase, area_prefix, valid_from, decided_by, reason) "
            "SELECT model, version, sha256, 'promoted', %s, '2020-01-02', 'fang', 'shown' FROM engine.release",
            [COUNTY],
        )
    return drafted


class Judged:
    def __init__(self, *verdicts):
        self.seen = list(verdicts)

    def judged(self, model_id, area, since):
        return self.seen if (model_id, area) == (RENT, COUNTY) else []

    def verdicts(self, model_id, version):
        return Verdicts()


def test_bad_verdicts_ask_for_probation_once_and_a_person_decides(promoted, work_off, monkeypatch, web_database):
    monkeypatch.setattr(figures, "_sources", [Judged(*[True] * 10, *[False] * 6)])
    [made] = drift.watch()
    assert (made.asked["phase"], made.area, made.by) == ("probation", COUNTY, None)
    assert "10 of 14 were true" in made.effect["drift"]["en"]
    assert drift.watch() == []
    motions.agree(made.pk, by=promoted.chen)
    work_off()
    made.refresh_from_db()
    assert (made.state, made.message) == (State.DONE, "")
    with web_database.connect() as opened:
        row = opened.execute("SELECT phase, decided_by FROM engine.release ORDER BY id DESC LIMIT 1").fetchone()
    assert row == ("probation", "drift")


def test_good_verdicts_ask_for_nothing(promoted, monkeypatch):
    monkeypatch.setattr(figures, "_sources", [Judged(*[True] * 9, False, *[True] * 9, False)])
    assert drift.watch() == []


def test_a_run_that_finds_many_times_more_asks_for_probation(promoted, monkeypatch, web_database):
    monkeypatch.setattr(figures, "_sources", [Judged()])
    with web_database.transaction(Role.WORKER) as opened:
        for number, found in enumerate([4, 5, 4, 6, 90], start=1):
            opened.execute("INSERT INTO engine.run (id, as_of, pool_version) VALUES (%s, '2026-01-06', 1)", [number])
            opened.execute(
                "INSERT INTO engine.run_model (run, model, model_version, scope, new_findings) "
                "VALUES (%s, %s, '1.0.0', 'full', %s)",
                [number, RENT, found],
            )
    [made] = drift.watch()
    assert "found 90 new, the median of the runs before is 4.5" in made.effect["drift"]["en"]


def test_a_dead_canary_asks_for_probation_and_silence_does_not(drafted, web_database, monkeypatch):
    from steelyard.detect.signs import Sign

    said = {"zh": "没有被发现", "en": "1 of 3 canaries were not found"}
    listed = [Sign("silence", RENT, "raised", {"zh": "", "en": "quiet"})]
    monkeypatch.setattr(drift, "signs", lambda *_: listed)
    monkeypatch.setattr(drift.figures, "judged", lambda *_: ())
    _live(web_database)
    assert drift.watch() == []
    listed.append(Sign("canary", RENT, "raised", said))
    [made] = drift.watch()
    assert (made.asked["phase"], made.reason) == ("probation", said["en"])


def _live(database):
    with database.transaction(Role.WORKER) as opened:
        model = load_catalogue(catalogue_folder()).models[RENT]
        opened.execute(
            "INSERT INTO engine.release (model, version, sha256, phase, area_prefix, valid_from, decided_by, reason) "
            "VALUES (%s, %s, %s, 'promoted', %s, '2020-01-01', 'fang', 'because')",
            [RENT, model.version, model.sha256, COUNTY],
        )
