import pytest
from django.urls import reverse

from steelyard.catalogue.handbook import pdf
from steelyard.engines.postgres import Role
from steelyard.web.orgs.models import Area
from steelyard.web.workbench import figures, shelf
from steelyard.web.workbench.finding import datasets_of

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"
CASH = "village-fund/large-cash"
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


@pytest.mark.parametrize(
    ("words", "found"),
    [("租金 未收", RENT), ("rent_receivable", RENT), ("大额现金", CASH), ("ＣＡＳＨ", CASH), ("会计凭证", CASH)],
)
def test_search_finds_in_both_languages_and_by_dataset(cast, as_user, words, found):
    page = as_user(cast.chen).get(reverse("model_list"), {"q": words}).content.decode()
    assert reverse("model_detail", args=[found]) in page
    assert page.count('data-label="Model"') < len(shelf.catalogue().models)


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"grade": "blue"}, lambda model: "blue" in model.grades),
        ({"matter": "village.fund"}, lambda model: model.domain == "village.fund"),
        ({"line": "regulatory"}, lambda model: model.line == "regulatory"),
        ({"data": "village_voucher"}, lambda model: "village_voucher" in datasets_of(model)),
        ({"grade": "red", "data": "award"}, lambda model: "red" in model.grades and "award" in datasets_of(model)),
        ({"grade": "purple"}, lambda model: True),
    ],
)
def test_a_filter_keeps_what_fits_and_nothing_else(cast, as_user, asked, fits):
    page = as_user(cast.chen).get(reverse("model_list"), asked).content.decode()
    models = shelf.catalogue().models.values()
    shown = {model.id for model in models if f'href="{reverse("model_detail", args=[model.id])}"' in page}
    assert shown == {model.id for model in models if fits(model)}


def test_readiness_is_that_of_the_viewers_own_area(ran, as_user):
    page = as_user(ran.zhou).get(reverse("model_list"), {"state": "can"}).content.decode()
    assert reverse("model_detail", args=[RENT]) in page
    assert page.count('data-label="Model"') == 1
    none = as_user(ran.zhou).get(reverse("model_list"), {"state": "cannot"}).content.decode()
    assert "No model fits." in none


def test_what_is_not_evaluable_here_says_why(ran, as_user, web_database):
    with web_database.transaction(Role.WORKER) as connection:
        connection.execute(
            "INSERT INTO engine.readiness VALUES (900001, %s, '339921000000', 'not_evaluable', %s)",
            [CASH, '{"zh": "缺少凭证", "en": "the vouchers are missing"}'],
        )
    page = as_user(ran.zhou).get(reverse("model_list"), {"state": "cannot"}).content.decode()
    assert reverse("model_detail", args=[CASH]) in page
    assert "the vouchers are missing" in page


def test_precision_stands_with_its_n_and_interval_or_not_at_all(ran, counted, as_user):
    url = reverse("model_list")
    mine = as_user(ran.zhou).get(url, {"verdicts": "some"}).content.decode()
    assert mine.count('data-label="Model"') == 1
    assert "60 % (3/5)" in mine
    assert "23–88 %" in mine
    rest = as_user(ran.zhou).get(url, {"verdicts": "none", "q": "cash"}).content.decode()
    assert "no verdict yet" in rest
    assert " 0 %" not in rest
    assert " 100 %" not in rest


def test_models_stand_under_their_matters_and_few_are_opened(cast, as_user):
    client = as_user(cast.chen)
    whole = client.get(reverse("model_list")).content.decode()
    assert whole.count('<details class="card mb-2">') == len({one.domain for one in shelf.catalogue().models.values()})
    few = client.get(reverse("model_list"), {"matter": "village.fund"}).content.decode()
    assert few.count('<details class="card mb-2" open>') == 1


def test_the_handbook_is_of_what_is_filtered(cast, as_user, monkeypatch):
    printed = []
    monkeypatch.setattr(pdf, "handbook", lambda book: printed.append(book) or b"%PDF-")
    answer = as_user(cast.chen).get(reverse("model_handbook"), {"matter": "village.fund", "grade": "red"})
    assert answer.headers["Content-Type"] == "application/pdf"
    (book,) = printed
    assert {one.domain for one in book.models} == {"village.fund"}
    assert all("red" in one.grades for one in book.models)
    assert book.chosen == "Matter: village funds; Grade: Red"
    assert set(book.here) == {one.id for one in book.models}
    assert all("no verdict yet" in one.precision for one in book.here.values())


def test_one_model_is_printed_from_its_page(cast, as_user, monkeypatch):
    printed = []
    monkeypatch.setattr(pdf, "handbook", lambda book: printed.append(book) or b"%PDF-")
    client = as_user(cast.chen)
    link = f"{reverse('model_handbook')}?id={CASH.replace('/', '%2F')}"
    assert f'href="{link}"' in client.get(reverse("model_detail", args=[CASH])).content.decode()
    client.get(link)
    assert [one.id for one in printed[0].models] == [CASH]


def test_the_link_to_the_handbook_carries_the_filter(cast, as_user):
    page = as_user(cast.chen).get(reverse("model_list"), {"matter": "village.fund"}).content.decode()
    assert f'href="{reverse("model_handbook")}?matter=village.fund"' in page


def test_the_handbook_is_a_pdf_in_the_readers_language(cast, as_user):
    client = as_user(cast.chen)
    english = client.get(reverse("model_handbook"), {"q": CASH}).content
    assert english.startswith(b"%PDF")
    assert b"/Lang (en)" in english


@pytest.mark.parametrize("login", MAY_NOT)
def test_the_handbook_is_refused_to_those_who_may_not_read_the_page(cast, as_user, login):
    assert as_user(getattr(cast, login)).get(reverse("model_handbook")).status_code == 403


def test_a_stranger_gets_no_handbook(as_user, db):
    assert as_user(None).get(reverse("model_handbook")).status_code == 302


def test_a_handbook_of_nothing_leads_back_to_the_page(cast, as_user):
    answer = as_user(cast.chen).get(reverse("model_handbook"), {"q": "zzzz"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{reverse('model_list')}?q=zzzz"


def test_a_model_page_says_who_acts_on_what_evidence_and_which_data_lie_here(cast, as_user):
    page = as_user(cast.chen).get(reverse("model_detail", args=[CASH])).content.decode()
    assert "Township · discipline inspection and supervision" in page
    assert "cash vouchers of the village" in page
    assert "not counted yet" in page
    assert f"{reverse('model_list')}?data=village_voucher" in page
    assert "现金管理暂行条例" not in page


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
