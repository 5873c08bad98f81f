"""Odd input is answered, never with a broken page; the brake never shuts the doors of reporters."""

import pytest
from django.core.cache import cache

from steelyard.web.people import pace
from steelyard.web.people.models import Appeal, Message
from steelyard.web.people.tests.flow import WULONG, file_report
from steelyard.web.people.tests.test_following import act

pytestmark = pytest.mark.django_db
ONCE = "b" * 30


def write(client, receipt, text="The one in the north.", **more):
    return client.post("/people/track/message/", {"code": receipt, "text": text, "once": ONCE, **more})


def test_the_mark_of_another_report_s_message_does_no_harm(cast, as_user):
    first, second = file_report(as_user(None)), file_report(as_user(None))
    for receipt in (first, second, second):
        assert write(as_user(None), receipt).status_code == 200
    assert Message.objects.count() == 2


def test_a_desk_s_odd_mark_is_replaced(cast, as_user):
    file_report(as_user(None))
    assert act(as_user(cast.jin), "ask", text="Which hill?", once="x" * 500).status_code == 302


@pytest.mark.parametrize("village", ["1", WULONG + "9", "²" * 12, "'", "../x", "9" * 500, "％"])
def test_odd_village_codes_ask_for_the_village(cast, as_user, village):
    page = as_user(None).get("/people/report/", {"village": village})
    assert page.status_code == 200
    assert 'name="q"' in page.content.decode()


@pytest.mark.parametrize("code", ["1", WULONG + "9", "²" * 12, "9" * 500])
def test_odd_codes_in_the_address_are_not_found(cast, as_user, code):
    assert as_user(None).get(f"/people/village/{code}/").status_code == 404
    assert as_user(None).get(f"/api/v1/villages/{code}/disclosure").status_code == 404


def test_blame_in_a_message_needs_its_own_word(cast, as_user):
    receipt = file_report(as_user(None))
    page = write(as_user(None), receipt, f"{cast.li.name}把山租装进自己口袋")
    assert "seems to blame a person" in page.content.decode()
    assert 'name="openly"' in page.content.decode()
    assert not Message.objects.exists()
    write(as_user(None), receipt, f"{cast.li.name}把山租装进自己口袋", openly="on")
    assert Message.objects.count() == 1


def test_the_api_is_braked_like_the_pages(cast, as_user, monkeypatch):
    monkeypatch.setattr(pace, "PAGES_A_MINUTE_SHARED", 2)
    url = f"/api/v1/villages/{WULONG}/disclosure"
    assert [as_user(None).get(url).status_code for _page in range(4)] == [200, 200, 429, 429]


def test_filing_and_the_receipt_door_are_never_braked(cast, as_user, monkeypatch):
    monkeypatch.setattr(pace, "PAGES_A_MINUTE_SHARED", 0)
    assert as_user(None).get("/people/figures/").status_code == 429
    receipt = file_report(as_user(None))
    assert as_user(None).post("/people/track/", {"code": receipt}).status_code == 200
    assert write(as_user(None), receipt).status_code == 200
    assert Appeal.objects.count() == 1


def pages(client, count: int, **headers: str) -> list[int]:
    return [client.get("/people/figures/", **headers).status_code for _page in range(count)]


def test_readers_behind_a_trusted_proxy_are_told_apart(cast, as_user, monkeypatch, settings):
    settings.STEELYARD_TRUSTED_PROXIES = 1
    monkeypatch.setattr(pace, "PAGES_A_MINUTE", 2)
    assert pages(as_user(None), 3, HTTP_X_FORWARDED_FOR="9.9.9.9, 10.0.0.1") == [200, 200, 429]
    assert pages(as_user(None), 1, HTTP_X_FORWARDED_FOR="8.8.8.8, 10.0.0.1") == [429], "what the reader says counts not"
    assert pages(as_user(None), 1, HTTP_X_FORWARDED_FOR="9.9.9.9, 10.0.0.2") == [200]


def test_without_a_trusted_proxy_the_header_is_not_believed(cast, as_user, monkeypatch, settings):
    settings.STEELYARD_TRUSTED_PROXIES = 0
    cache.clear()
    monkeypatch.setattr(pace, "PAGES_A_MINUTE_SHARED", 2)
    assert [pages(as_user(None), 1, HTTP_X_FORWARDED_FOR=f"9.9.9.{last}")[0] for last in range(3)] == [200, 200, 429]
