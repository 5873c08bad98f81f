import re

import pytest
from django.urls import reverse

from steelyard.web.alerts.models import Alert, ModelNote, SavedView
from steelyard.web.alerts.tests.made_findings import defendant, hill, raised, rent, section
from steelyard.web.audit.models import AuditEvent
from steelyard.web.orgs.actions import renew_kin

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(cast):
    return raised(rent())


def test_the_alert_page_tells_the_story_with_the_delivered_line(alert, cast, as_user):
    shown = as_user(cast.zhou).get(reverse("alert_detail", args=[alert.pk]))
    text = shown.content.decode()
    assert "Rent of CNY 1,275,000 under contract L1 of Wulong is overdue" in text
    assert "rent.csv:7" in text
    assert "/rows/5b0d7f0a-0000-4000-8000-000000000001/7/" in text
    assert "农村集体经济组织法 第35条" not in text
    assert "to be verified" in text


def test_the_story_is_told_in_chinese_too(alert, cast, as_user):
    client = as_user(cast.zhou)
    client.cookies["steelyard_language"] = "zh-hans"
    assert (
        "五龙村合同L1逾期未收租金1,275,000元" in client.get(reverse("alert_detail", args=[alert.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("language", "story", "cell"),
    [("en", "no trade on record, old-code", "another price"), ("zh-hans", "无交易记录、old-code", "价格不一致")],
)
def test_codes_are_told_in_the_words_of_the_model(cast, as_user, language, story, cell):
    """A code that the model of today does not know is an older version's, and stays itself."""
    table = section("trade", ["reasons", "found"], [["c", "x"]], {"reasons": "string", "found": "string"})
    title = {"zh": "{reasons}[{gone}]", "en": "{reasons}[ {gone}]"}
    payload = {"reasons": "a,old-code", "gone": None}
    alert = raised(rent(model="village-asset/no-open-trade", payload=payload, title=title, evidence=[table]))
    client = as_user(cast.zhou)
    client.cookies["steelyard_language"] = language
    text = client.get(reverse("alert_detail", args=[alert.pk])).content.decode()
    assert story in text
    assert cell in text
    assert "[" not in text[text.index("lead-text") :][:200]


def test_looking_at_an_alert_is_on_the_record(alert, cast, as_user):
    as_user(cast.zhou).get(reverse("alert_detail", args=[alert.pk]))
    assert AuditEvent.objects.filter(action="alert.seen", user_id=cast.zhou.pk).count() == 1


@pytest.mark.parametrize(("login", "status"), [("qian", 404), ("he", 404), ("ye", 404), ("shen", 403), ("tan", 403)])
def test_strangers_find_no_alert(alert, cast, as_user, login, status):
    client = as_user(getattr(cast, login))
    assert client.get(reverse("alert_detail", args=[alert.pk])).status_code == status


def test_nobody_is_asked_to_sign_in(alert, as_user):
    response = as_user(None).get(reverse("alert_detail", args=[alert.pk]))
    assert response.status_code == 302
    assert "login" in response.url


def test_the_list_keeps_its_filter_in_the_address(alert, cast, as_user):
    raised(hill())
    client = as_user(cast.zhou)
    assert b"1 alert<" in client.get(reverse("alert_list"), {"grade": "red"}).content
    assert b"No alert fits this filter" in client.get(reverse("alert_list"), {"q": "nothing like it"}).content
    assert b"1 alert<" in client.get(reverse("alert_list"), {"q": "Wulong"}).content


def test_a_view_is_kept_for_its_owner_alone(alert, cast, as_user):
    as_user(cast.zhou).post(reverse("alert_view_save"), {"name": "reds", "query": "grade=red"})
    assert SavedView.objects.get().user == cast.zhou
    assert b"reds" in as_user(cast.zhou).get(reverse("alert_list")).content
    assert b"reds" not in as_user(cast.chen).get(reverse("alert_list")).content


def test_a_note_to_the_models_owner_is_one_step(alert, cast, as_user):
    as_user(cast.zhou).post(reverse("alert_flag", args=[alert.pk]), {"text": "grace days are too short"})
    assert ModelNote.objects.get().by == cast.zhou


def test_the_person_concerned_sees_the_same_bytes_as_if_nothing_were_there(cast, as_user):
    renew_kin({})
    raised(hill())
    pages = [reverse("alert_list"), reverse("case_list"), reverse("alert_list") + "?q=L1", reverse("my_work")]
    before = [strip(as_user(cast.zhou).get(page)) for page in pages]
    alert = raised(rent(subjects={"party_id": "P-zhou"}))
    assert Alert.objects.filter(pk=alert.pk, recused=[cast.zhou.pk]).exists()
    assert [strip(as_user(cast.zhou).get(page)) for page in pages] == before


def strip(response):
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", response.content)


def test_an_injected_name_stays_text(cast, as_user):
    alert = raised(defendant(payload={"supplier_id": "<script>alert(1)</script>"}))
    text = as_user(cast.hong).get(reverse("alert_detail", args=[alert.pk])).content.decode()
    assert "<script>alert(1)" not in text
