import uuid

import pytest
from django.urls import reverse

from steelyard.web.cases.models import Notice
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Post

pytestmark = pytest.mark.django_db
EVERYBODY = "li shen wang zhou chen du he fang ye tan gu ma sun jin hong qian steward admin".split()  # noqa: SIM905


@pytest.fixture
def notice(cast):
    return Notice.objects.create(user=cast.zhou, kind="reminded", case_no="AJ-1", at=clock.now())


@pytest.mark.parametrize("login", EVERYBODY)
def test_everybody_has_a_first_page(cast, as_user, login):
    page = as_user(getattr(cast, login)).get("/")
    assert page.status_code == 200
    assert "My work" in page.content.decode()


def test_a_stranger_gets_the_way_in_for_villagers(as_user, db):
    page = as_user(None).get("/").content.decode()
    for name in ("village_search", "report_new", "report_track", "account_login"):
        assert reverse(name) in page


def test_an_empty_desk_says_what_comes_next(cast, as_user):
    page = as_user(cast.zhou).get("/").content.decode()
    assert "Nothing waits for you." in page
    assert "A new one appears here" in page


def test_somebody_without_a_post_is_told_so(cast, as_user):
    Post.objects.filter(user=cast.ma).delete()
    assert "holds no post" in as_user(cast.ma).get("/").content.decode()


def test_a_notice_shows_and_leads_to_its_case(notice, cast, as_user):
    client = as_user(cast.zhou)
    assert "AJ-1" in client.get("/").content.decode()
    answer = client.get(reverse("open_notice", args=[notice.pk]))
    assert answer.status_code == 302
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_neighbour_neither_sees_nor_opens_it(notice, cast, as_user):
    client = as_user(cast.qian)
    assert "AJ-1" not in client.get("/").content.decode()
    assert client.get(reverse("open_notice", args=[notice.pk])).url == "/"
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_stranger_opens_no_notice(as_user, db):
    assert as_user(None).get(reverse("open_notice", args=[uuid.uuid4()])).status_code == 302


def test_the_page_speaks_chinese(cast, as_user):
    client = as_user(cast.chen)
    client.cookies["steelyard_language"] = "zh-hans"
    assert '<html lang="zh-hans">' in client.get("/").content.decode()
