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
