import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache

from steelyard.identity import Named
from steelyard.web.orgs import clock
from steelyard.web.people import actions, pages
from steelyard.web.people.models import BlockedRow, PublishedRow
from steelyard.web.people.published import PUBLISHED

pytestmark = pytest.mark.django_db
WULONG, HOULING = "339921101201", "339921101202"
NAMES = {"P-1": Named("person", "徐爱华", "T1"), "C-1": Named("company", "石桥建设有限公司", "T1")}


def row(dataset: str, village: str = HOULING, **given):
    """A row of a dataset with every published column, empty unless given."""
    listed = PUBLISHED[dataset]
    columns = (*listed.key, *listed.plain, *listed.texts, *listed.names)
    return dataset, dict.fromkeys(columns) | {"village_code": village} | given


@pytest.fixture
def names(monkeypatch):
    monkeypatch.setattr(
        "steelyard.web.orgs.names.names", lambda _connection, keys: {k: NAMES[k] for k in keys if k in NAMES}
    )


def barren_hill(ended: dt.date):
    return [
        row("village_asset", asset_id="A-1", asset_type="hill", location="North slope", use_status="idle"),
        row("village_contract", contract_id="C-9", asset_id="A-1", contract_type="land", party_id="P-1",
            sign_date=dt.date(2016, 8, 1), end_date=ended, annual_rent=Decimal("50000.00"), status="expired"),
        row("village_disclosure", disclosure_id="D-1", matter_type="contract", matter_id="C-9",
            category="village_affairs",
            publish_date=dt.date(2016, 8, 3)),
        row("rent_receivable", contract_id="C-9", due_date=dt.date(2017, 8, 1), amount_due=Decimal("50000.00")),
        row("rent_receipt", receipt_id="R-1", contract_id="C-9", received_date=dt.date(2017, 9, 1),
            amount=Decimal("20000.00")),
    ]  # fmt: skip


def test_the_hill_without_a_contract_is_shown_with_its_days(cast, as_user, names):
    ended = clock.today() - dt.timedelta(days=100)
    actions.publish(barren_hill(ended), pool_version=3)
    page = as_user(None).get(f"/people/village/{HOULING}/?tab=asset").content.decode()
    assert "No contract on record for this asset" in page
    assert "100 days overdue" in page
    assert "CNY 30,000" in page
    assert "徐" in page
    assert "徐爱华" not in page
    assert "data version 3" in page


def test_a_new_contract_closes_the_gap(cast, names):
    ended = clock.today() - dt.timedelta(days=100)
    new = row("village_contract", contract_id="C-10", asset_id="A-1", sign_date=clock.today(), status="active",
              end_date=clock.today() + dt.timedelta(days=1825), annual_rent=Decimal(60000))  # fmt: skip
    actions.publish([*barren_hill(ended), new], pool_version=4)
    book = pages.VillageBook(pages.villages("Houling").get(), clock.today())
    assert [gap.rule for gap in book.gaps()] == []


def test_what_was_never_published_is_a_gap_since_the_register_began(cast, names):
    signed = clock.today() - dt.timedelta(days=40)
    register = row(
        "village_disclosure", disclosure_id="D-0", matter_id="V-0", publish_date=signed - dt.timedelta(days=9)
    )
    ditch = row("village_project", project_id="V-1", name="Ditch", sign_date=signed)
    before = row("village_project", project_id="V-2", name="Road", sign_date=signed - dt.timedelta(days=900))
    actions.publish([register, ditch, before], pool_version=1)
    (gap,) = pages.VillageBook(pages.villages("Houling").get(), clock.today()).gaps()
    assert (gap.rule, gap.days) == ("project_undisclosed", 33)


def test_a_personal_number_in_a_text_keeps_the_row_inside(cast, names):
    rows = [
        row("village_project", project_id="V-1", name="Road, ask 13812345678"),
        row("village_project", project_id="V-2", name="Road"),
    ]
    done = actions.publish(rows, pool_version=1)
    assert (done.published, done.blocked) == (1, 1)
    assert BlockedRow.objects.get().column == "name"
    assert not PublishedRow.objects.filter(fields__icontains="13812345678").exists()


def test_only_listed_fields_are_stored(cast, names):
    dataset, given = row(
        "rent_receipt", receipt_id="R-1", contract_id="C-1", received_date=dt.date(2026, 1, 1), amount=Decimal(5)
    )
    actions.publish([(dataset, given | {"account_no": "6222021234567890123", "payer_id": "P-1"})], pool_version=1)
    assert set(PublishedRow.objects.get().fields) == {"contract_id", "received_date", "amount"}


def test_publishing_again_replaces(cast, names):
    for _turn in range(2):
        actions.publish([row("village_project", project_id="V-1", name="Road")], pool_version=1)
    assert PublishedRow.objects.count() == 1


@pytest.mark.parametrize("tab", pages.TABS)
def test_every_tab_says_what_is_missing_and_why(cast, as_user, tab):
    page = as_user(None).get(f"/people/village/{WULONG}/?tab={tab}")
    assert page.status_code == 200
    assert "No " in page.content.decode()


def test_lists_of_persons_are_kept_from_search_engines(cast, as_user, names):
    today = clock.today()
    actions.publish(
        [row("subsidy_payment", pay_id="S-1", person_id="P-1", amount=Decimal(300), pay_date=today)], pool_version=1
    )
    page = as_user(None).get(f"/people/village/{HOULING}/?tab=subsidy")
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "徐爱华" not in page.content.decode()
    assert "徐**" in page.content.decode()


def test_a_matter_has_a_page_with_steps_and_a_button(cast, as_user, names):
    rows = [
        row("village_project", project_id="V/1", name="Ditch", contractor_id="C-1",
            contract_amount=Decimal(90000), sign_date=dt.date(2026, 1, 5)),
        row("village_decision", decision_id="E-1", step="vote", matter_id="V/1", step_date=dt.date(2025,
            12, 1), eligible=40, attended=33, votes_for=30),
        row("village_project_payment", payment_id="Y-1", project_id="V/1", amount=Decimal(45000),
            pay_date=dt.date(2026, 2, 1)),
    ]  # fmt: skip
    actions.publish(rows, pool_version=1)
    page = as_user(None).get(f"/people/village/{HOULING}/village_project/V/1/").content.decode()
    assert "石桥建设有限公司" in page
    assert "30 / 33 / 40" in page
    assert "CNY 45,000" in page
    assert "Something wrong here?" in page
    assert "matter_key=V%2F1" in page


def test_a_village_is_found_by_a_part_of_its_name_in_either_language(cast, as_user):
    for words in ("岭", "houl", "33992110120"):
        assert HOULING in as_user(None).get("/people/", {"q": words}).content.decode()
    assert "No village of this name" in as_user(None).get("/people/", {"q": "xyz"}).content.decode()


def test_pages_that_do_not_exist_are_not_found(cast, as_user):
    for url in ("/people/village/339921101000/", f"/people/village/{WULONG}/?tab=alerts",
                f"/people/village/{WULONG}/village_balance/x/",
                    f"/people/village/{WULONG}/village_project/none/"):  # fmt: skip
        assert as_user(None).get(url).status_code == 404


def test_bulk_reading_is_braked(cast, as_user, monkeypatch):
    cache.clear()
    monkeypatch.setattr("steelyard.web.people.pace.PAGES_A_MINUTE_SHARED", 3)
    answers = [as_user(None).get("/people/figures/").status_code for _page in range(5)]
    cache.clear()
    assert answers == [200, 200, 200, 429, 429]


def test_the_api_gives_the_village_to_anybody_without_lists_of_persons(cast, as_user, names):
    rows = [
        *barren_hill(dt.date(2021, 8, 1)),
        row("subsidy_payment", pay_id="S", person_id="P-1", amount=Decimal(1), pay_date=clock.today()),
    ]
    actions.publish(rows, pool_version=1)
    given = as_user(None).get(f"/api/v1/villages/{HOULING}/disclosure").json()
    assert given["missing"][0]["rule"] == "asset_without_contract"
    assert Decimal(given["rents"][0]["arrears"]) == 30000
    assert "subsidy_payment" not in given["rows"]
    assert as_user(None).get("/api/v1/villages/999999999999/disclosure").status_code == 404


def test_large_text_is_remembered_by_cookie_and_switched_off_again(as_user, cast):
    phone = as_user(None)
    phone.post("/people/large-text/", {"next": "/people/"})
    assert 'class="elder"' in phone.get("/people/").content.decode()
    phone.post("/people/large-text/", {"next": "/people/"})
    assert 'class="elder"' not in phone.get("/people/").content.decode()


def test_small_cells_are_not_published():
    from steelyard.web.people.actions.statistics import _suppressed

    assert _suppressed(3, 4) == (None, None)
    assert _suppressed(98, 100) == (None, None)
    assert _suppressed(80, 100) == (80, 100)
    assert _suppressed(0, 0) == (0, 0)
