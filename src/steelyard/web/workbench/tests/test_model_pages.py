import pytest
from django.urls import reverse

from steelyard.engines.postgres import Role
from steelyard.web.orgs.models import Area
from steelyard.web.workbench import figures, shelf

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"
MAY = ["zhou", "chen", "du", "he", "fang", "ye", "gu", "ma", "sun", "hong", "qian", "steward"]
MAY_NOT = ["li", "shen", "wang", "tan", "jin", "admin"]


@pytest.fixture
def ran(web_database, cast):
    """A run in which the county could be evaluated and a publisher could not."""
    Area.objects.create(code="830000000000", name="某发布方", name_en="Some publisher", level="province")
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.run (id, as_of, pool_version) VALUES (900001, '2026-01-01', 1) ON CONFLICT DO NOTHING"
        )
        connection.execute(
            "INSERT INTO engine.readiness VALUES (900001, %s, '330000000000', 'ready', NULL), "
            "(900001, %s, '830000000000', 'not_evaluable', %s)",
            [RENT, RENT, '{"zh": "该来源缺少字段", "en": "needs bid.rank from this publisher"}'],
        )
    yield cast
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute("DELETE FROM engine.readiness WHERE run = 900001")
        connection.execute("DELETE FROM engine.run WHERE id = 900001")


@pytest.fixture
def counted(monkeypatch):
    """A room above that knows figures for Zhou alone."""

    class Source:
        def standings(self, viewer):
            return {RENT: figures.Standing(4, 9, 3, 5)} if viewer.username == "zhou" else {}

        def recent(self, viewer, model_id, limit):
            return []

    monkeypatch.setattr(figures, "_sources", [Source()])


@pytest.mark.parametrize("login", MAY)
def test_people_who_work_on_cases_read_models(cast, as_user, login):
    client = as_user(getattr(cast, login))
    assert client.get(reverse("model_list")).status_code == 200
    assert client.get(reverse("model_detail", args=[RENT])).status_code == 200


@pytest.mark.parametrize("login", MAY_NOT)
def test_others_do_not(cast, as_user, login):
    client = as_user(getattr(cast, login))
    assert client.get(reverse("model_list")).status_code == 403
    assert client.get(reverse("model_detail", args=[RENT])).status_code == 403


def test_strangers_are_asked_to_sign_in(as_user, db):
    assert as_user(None).get(reverse("model_list")).status_code == 302
    assert as_user(None).get(reverse("model_detail", args=[RENT])).status_code == 302


def test_every_model_of_the_catalogue_is_listed(cast, as_user):
    page = as_user(cast.chen).get(reverse("model_list")).content.decode()
    assert all(reverse("model_detail", args=[model]) in page for model in shelf.catalogue().models)


def test_search_looks_at_title_purpose_and_id(cast, as_user):
    page = as_user(cast.chen).get(reverse("model_list"), {"q": "rent overdue"}).content.decode()
    assert reverse("model_detail", args=[RENT]) in page
    assert reverse("model_detail", args=["soe-procurement/defendant-supplier"]) not in page


def test_a_search_without_a_hit_can_be_dropped(cast, as_user):
    page = as_user(cast.chen).get(reverse("model_list"), {"q": "zzzz"}).content.decode()
    assert "No model fits." in page


def test_figures_are_those_of_the_viewer(ran, counted, as_user):
    mine = as_user(ran.zhou).get(reverse("model_detail", args=[RENT])).content.decode()
    neighbours = as_user(ran.qian).get(reverse("model_detail", args=[RENT])).content.decode()
    assert "60 % (3/5)" in mine
    assert "60 % (3/5)" not in neighbours
    assert "no verdict yet" in neighbours


def test_where_it_was_not_evaluable_is_said_with_the_reason(ran, as_user):
    page = as_user(ran.zhou).get(reverse("model_detail", args=[RENT])).content.decode()
    assert "needs bid.rank from this publisher" in page
    assert "Some publisher" in page


def test_an_unchecked_reference_is_not_printed(cast, as_user):
    page = as_user(cast.chen).get(reverse("model_detail", args=[RENT])).content.decode()
    shown = [one.ref for one in shelf.catalogue().models[RENT].legal_basis if one.ref in page]
    assert shown
    assert all(one.status != "unverified" for one in shelf.catalogue().models[RENT].legal_basis if one.ref in shown)


def test_the_enterprise_does_not_read_the_query(cast, as_user):
    url = reverse("model_detail", args=[RENT])
    assert "FROM rent_receivable" in as_user(cast.chen).get(url).content.decode()
    assert "FROM rent_receivable" not in as_user(cast.ye).get(url).content.decode()


def test_a_model_that_does_not_exist_is_not_found(cast, as_user):
    assert as_user(cast.chen).get(reverse("model_detail", args=["no/model"])).status_code == 404
