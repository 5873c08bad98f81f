import pytest

from steelyard.web.alerts import ties
from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.tests.made_findings import raised, rent

pytestmark = pytest.mark.django_db


def test_an_edge_bears_the_words_of_its_column_and_not_the_code(cast):
    raised(rent())
    (edge,) = [one for one in ties.graph(cast.zhou, Alert.objects.get())["edges"] if one["target"] == "C-TENANT"]
    assert edge["label"] not in ("", "party", "party id", "party_id")
