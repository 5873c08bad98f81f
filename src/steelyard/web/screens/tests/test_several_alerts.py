import pytest

from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.tests.made_findings import raised, rent
from steelyard.web.cases import actions
from steelyard.web.cases.models import Case

pytestmark = pytest.mark.django_db


def test_my_work_counts_the_other_alerts_of_a_case_and_their_sum(cast, as_user):
    raised(rent())
    actions.release_workflow()
    actions.open_cases()
    case = Case.objects.get()
    raised(rent(fingerprint="9" * 64, key={"contract_id": "L2"}, payload={"contract_id": "L2", "overdue": "100000.00"}))
    actions.open_cases()
    assert set(Alert.objects.values_list("case_no", flat=True)) == {case.no}
    page = as_user(cast.zhou).get("/").content.decode()
    assert "and 1 more alert, CNY 1,375,000 in all" in page
