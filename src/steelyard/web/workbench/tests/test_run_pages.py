"""Runs, health and what is held back: who sees them, and what they say."""

import pytest
from django.urls import reverse
from psycopg.types.json import Jsonb

from steelyard.engines.postgres import Role
from steelyard.web.orgs.models import Area
from steelyard.web.workbench import held, shelf
from steelyard.web.workbench.jobs import decide_held
from steelyard.web.workbench.models import HeldDecision

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"
FORMER = "village-project/former-employer-contractor"
PAGES = [("run_list", []), ("run_detail", [900003]), ("model_health", []), ("held_list", []), ("held_detail", [900003])]
OWN, OTHER = "339921000000", "339922000000"
KEY = {"zh": "合同 甲", "en": "contract_id A"}
WHY = '{"zh": "太多了", "en": "far too many of them"}'


@pytest.fixture
def ran(web_database, cast):
    """A run in which one model was slow, one failed, and one batch was held."""
    area = area_of(cast)
    with web_database.transaction(Role.WORKER) as connection:
        execute = connection.execute
        execute(
            "INSERT INTO engine.run (id, as_of, pool_version, finished_at, failed) "
            "VALUES (900003, '2026-01-01', 7, now(), '{\"x\": \"y\"}')"
        )
        execute(
            "INSERT INTO engine.run_model (run, model, model_version, scope, wall_ms, cpu_ms, rows_read, failure) "
            "VALUES (900003, %s, '1.0.0', 'full', 61000, 9000, 45000000, ''), "
            "(900003, %s, '1.0.0', 'full', 20, 20, 5, 'stopped after 900 s')",
            [RENT, FORMER],
        )
        execute(
            "INSERT INTO engine.readiness VALUES (900003, %s, %s, 'ready', NULL), "
            "(900003, %s, %s, 'not_evaluable', %s)",
            [RENT, OWN, FORMER, OWN, '{"zh": "社保数据被清空", "en": "the insurance was emptied"}'],
        )
        execute(
            "INSERT INTO engine.held_batch (id, kind, model, pool_version, as_of, rows, most, why, by_area, sample, "
            "first_run, last_run) VALUES (900003, 'findings', %s, 7, '2026-01-01', 12, 10, %s, %s, %s, 900003, 900003)",
            [RENT, WHY, Jsonb({area: {"red": 12}}), Jsonb([{"key": KEY, "grade": "red", "area_code": area}])],
        )
    yield cast
    with web_database.transaction(Role.WORKER) as connection:
        for table in ("readiness WHERE run", "held_batch WHERE last_run", "run WHERE id"):
            connection.execute(f"DELETE FROM engine.{table} = 900003")


def area_of(cast):
    """The county of the small county's analysts and inspectors."""
    return Area.objects.filter(level="county").order_by("code").first().code


def evaluated():
    """Models of the catalogue that are past being drafts."""
    return [model for model in shelf.catalogue().models.values() if model.status != "draft"]


def page(client, name, arguments=()):
    return client.get(reverse(name, args=arguments))


@pytest.mark.parametrize(("name", "arguments"), PAGES)
def test_an_analyst_sees_them_and_a_stranger_is_asked_to_sign_in(ran, as_user, name, arguments):
    assert page(as_user(ran.fang), name, arguments).status_code == 200
    assert page(as_user(None), name, arguments).status_code == 302


@pytest.mark.parametrize("login", ["qian", "zhou", "ye", "li", "tan", "admin"])
@pytest.mark.parametrize(("name", "arguments"), PAGES)
def test_others_do_not(ran, as_user, name, arguments, login):
    assert page(as_user(getattr(ran, login)), name, arguments).status_code == 403


def test_the_slowest_model_is_named_with_percentiles_and_advice(ran, as_user):
    said = page(as_user(ran.fang), "run_list").content.decode()
    assert "61.0 s" in said
    assert "it waits for disk or memory" in said


def test_one_run_tells_what_each_model_cost(ran, as_user):
    said = page(as_user(ran.fang), "run_detail", [900003]).content.decode()
    assert "45,000,000" in said
    assert "stopped after 900 s" in said
    assert said.index(RENT) < said.index(FORMER)
    assert page(as_user(ran.fang), "run_detail", [1]).status_code == 404


def test_the_worst_model_comes_first_and_says_why(ran, as_user):
    said = page(as_user(ran.fang), "model_health").content.decode()
    assert said.index(FORMER) < said.index(RENT)
    assert "the insurance was emptied" in said
    assert f"of {len(evaluated())} models" in said


def test_only_the_nearest_line_of_the_menu_is_marked(ran, as_user):
    said = page(as_user(ran.fang), "held_list").content.decode()
    assert said.count('aria-current="page"') == 2  # of the desk and of the phone


def test_what_is_held_is_listed_with_why(ran, as_user):
    assert "far too many of them" in page(as_user(ran.fang), "held_list").content.decode()
    said = page(as_user(ran.fang), "held_detail", [900003]).content.decode()
    assert "contract_id A" in said
    assert reverse("held_decide", args=[900003]) in said


def test_a_batch_elsewhere_is_not_there(ran, as_user, web_database):
    analyst = ran.fang
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute('UPDATE engine.held_batch SET by_area = \'{"990000000000": {"red": 9}}\' WHERE id = 900003')
    if held.own_area(analyst):
        assert page(as_user(analyst), "held_detail", [900003]).status_code == 404


def test_a_decision_without_a_reason_is_refused(ran, as_user):
    answer = as_user(ran.fang).post(
        reverse("held_decide", args=[900003]), {"verb": "discard", "reason": " "}, follow=True
    )
    assert "Say in a sentence why" in answer.content.decode()
    assert not HeldDecision.objects.exists()


def test_a_steward_reads_and_does_not_decide(ran, as_user):
    client = as_user(ran.steward)
    assert reverse("held_decide", args=[900003]) not in page(client, "held_list").content.decode()
    assert (
        client.post(reverse("held_decide", args=[900003]), {"verb": "discard", "reason": "no use"}).status_code == 403
    )


def test_the_worker_carries_a_decision_out_once(ran, as_user, web_database):
    as_user(ran.fang).post(reverse("held_decide", args=[900003]), {"verb": "discard", "reason": "the rule is wrong"})
    [made] = HeldDecision.objects.all()
    decide_held(made.pk)
    decide_held(made.pk)
    made.refresh_from_db()
    assert (made.message, made.finished is None) == ("", False)
    with web_database.connect() as connection:
        row = connection.execute("SELECT state, decided_by, reason FROM engine.held_batch WHERE id = 900003").fetchone()
    assert row == ("discarded", "fang", "the rule is wrong")
    assert "the rule is wrong" in page(as_user(ran.fang), "held_list").content.decode()


SAYS = """
INSERT INTO engine.sign (detector, model, area_code, about, state, why, as_of, since) VALUES
    ('canary', %(rent)s, '', '', 'raised', '{"zh": "没有被发现", "en": "1 of 3 canaries were not found"}',
     '2026-01-01', '2026-01-01'),
    ('shape', %(rent)s, '', '', 'unknown', '{"zh": "无法判断", "en": "cannot tell the shape"}', '2026-01-01',
     '2026-01-01'),
    ('silence', %(rent)s, '330000', '', 'raised', '{"zh": "沉默", "en": "nothing new for 60 days"}', '2026-01-01',
     '2026-01-01')
"""


@pytest.fixture
def raised(ran, web_database):
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute(SAYS, {"rent": RENT})
    yield ran
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("DELETE FROM engine.sign")


def test_a_raised_sign_is_on_the_health_page_beside_what_cannot_be_told(raised, as_user):
    said = page(as_user(raised.fang), "model_health").content.decode()
    assert "canary: 1 of 3 canaries were not found" in said
    assert "1 of 3 cannot be told" in said
    assert said.count("nobody has looked yet") == len(evaluated()) - 1


def test_a_sign_of_one_county_is_not_shown_of_another(raised, as_user):
    said = as_user(raised.fang).get(reverse("model_health"), {"area": OWN}).content.decode()
    assert "1 of 3 canaries were not found" in said
    assert "nothing new for 60 days" not in said


def test_signs_are_figures_of_prometheus(raised):
    from prometheus_client import CollectorRegistry

    from steelyard.web.site.metrics import Figures

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    labels = {"detector": "canary", "model": RENT, "state": "raised"}
    assert registry.get_sample_value("steelyard_signs", labels) == 1
    assert registry.get_sample_value("steelyard_signs_age_seconds", {"detector": "canary"}) is not None


def test_a_probation_that_lasts_too_long_is_on_the_health_page(ran, as_user, web_database):
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.release (model, version, sha256, phase, area_prefix, valid_from, decided_by, reason) "
            "VALUES (%s, '1.0.0', 'x', 'probation', '', '2020-01-06', 'fang', 'because')",
            [RENT],
        )
    try:
        said = page(as_user(ran.fang), "model_health").content.decode()
        assert "on probation everywhere: to be decided by" in said
        assert "working days ago" in said
    finally:
        with web_database.transaction(Role.OWNER) as connection:
            connection.execute("TRUNCATE engine.release")
