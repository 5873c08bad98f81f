import pytest
from django.urls import reverse

from steelyard.web.screens.search import search

pytestmark = pytest.mark.django_db


def test_a_contract_number_finds_its_alert(alert, cast):
    mine = alert(key={"contract_id": "HT-2026-77"})
    assert [found.pk for found in search(cast.zhou, "HT-2026-77").alerts] == [mine.pk]


def test_the_neighbour_finds_nothing(alert, cast, as_user):
    alert(key={"contract_id": "HT-2026-77"})
    page = as_user(cast.qian).get(reverse("search"), {"q": "HT-2026-77"}).content.decode()
    assert "Nothing that you may see fits" in page


def test_a_recused_person_finds_nothing(alert, cast):
    alert(key={"contract_id": "HT-2026-77"}, recused=[cast.zhou.pk])
    assert search(cast.zhou, "HT-2026-77").alerts == []


def test_a_village_finds_itself_and_its_alerts(alert, cast):
    mine = alert()
    found = search(cast.chen, "Wulong")
    assert [area.code for area in found.villages] == ["339921101201"]
    assert [one.pk for one in found.alerts] == [mine.pk]


def test_a_word_of_a_models_title_finds_the_model(cast):
    assert "village-asset/rent-receivable-unpaid" in [model.id for model in search(cast.chen, "rent").models]


def test_a_village_cadre_finds_villages_alone(alert, cast):
    alert()
    found = search(cast.li, "Wulong")
    assert (len(found.villages), found.alerts, found.cases, found.models) == (1, [], [], [])


def test_one_letter_is_too_short(cast, as_user):
    assert "at least two characters" in as_user(cast.chen).get(reverse("search"), {"q": "a"}).content.decode()


def test_a_stranger_is_asked_to_sign_in(as_user, db):
    assert as_user(None).get(reverse("search"), {"q": "rent"}).status_code == 302


def test_words_are_shown_as_text(cast, as_user):
    page = as_user(cast.chen).get(reverse("search"), {"q": "<script>x</script>"}).content.decode()
    assert "<script>x" not in page
