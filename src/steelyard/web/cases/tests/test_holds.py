import pytest

from steelyard.web.alerts.models import Alert, AlertState
from steelyard.web.cases.holds import hold_on
from steelyard.web.cases.models import Case
from steelyard.web.cases.tests import made_cases as made

pytestmark = pytest.mark.django_db


def test_nobody_is_forgotten_while_a_case_or_an_alert_about_him_is_open(cast):
    case = made.rent_case()
    Case.objects.filter(pk=case.pk).update(subject_keys=["P-held"])
    Alert.objects.filter(case_no=case.no).update(subject_keys=["P-held"])
    assert case.no in hold_on("P-held")
    Case.objects.filter(pk=case.pk).update(subject_keys=[])
    assert "alert" in hold_on("P-held")
    Alert.objects.filter(case_no=case.no).update(state=AlertState.DECIDED)
    assert hold_on("P-held") == ""
    assert hold_on("P-stranger") == ""
