import uuid

import pytest
from django.urls import reverse

from steelyard.web.screens.handed_down import AlertFigures, evidence_file

pytestmark = pytest.mark.django_db
RENT = "village-asset/rent-receivable-unpaid"


def test_a_line_is_evidence_only_for_those_who_see_the_alert(alert, cast):
    delivery = uuid.uuid4()
    sources = [{"dataset": "rent_receivable", "delivery": str(delivery), "file": "r.csv", "row": 7}]
    alert(evidence=[{"name": "due", "rows": [], "sources": sources}], recused=[cast.chen.pk])
    assert evidence_file(cast.zhou, delivery, 7, "r.csv") == "r.csv"
    assert evidence_file(cast.zhou, delivery, 7, None) == "r.csv"
    assert evidence_file(cast.zhou, delivery, 7, "strangers.csv") is None
    assert evidence_file(cast.zhou, delivery, 8, "r.csv") is None
    assert evidence_file(cast.qian, delivery, 7, "r.csv") is None
    assert evidence_file(cast.chen, delivery, 7, "r.csv") is None
    assert evidence_file(cast.li, delivery, 7, "r.csv") is None


def test_a_models_figures_are_the_viewers(alert, cast):
    alert()
    alert(verdict="true_violation")
    standing = AlertFigures().standings(cast.zhou)[RENT]
    assert (standing.open, standing.raised, standing.true, standing.decided) == (1, 2, 1, 1)
    assert AlertFigures().standings(cast.qian) == {}


def test_the_model_page_lists_recent_alerts_of_the_scope(alert, cast, as_user):
    made = alert()
    url = reverse("model_detail", args=[RENT])
    assert made.title_en in as_user(cast.zhou).get(url).content.decode()
    assert made.title_en not in as_user(cast.qian).get(url).content.decode()


def test_alerts_are_told_by_fingerprint_to_whoever_may_see_them(alert, cast):
    made, hidden = alert(), alert(recused=[cast.zhou.pk])
    wanted = [made.fingerprint, hidden.fingerprint, "0" * 64]
    told = AlertFigures().alerts(cast.zhou, wanted)
    assert {name: one.url for name, one in told.items()} == {made.fingerprint: reverse("alert_detail", args=[made.pk])}
    assert AlertFigures().alerts(cast.qian, wanted) == {}
