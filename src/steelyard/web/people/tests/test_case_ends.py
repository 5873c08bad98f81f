"""A report that is joined to a case: its end is the reporter's answer."""

import pytest

from steelyard.web.cases.tests import made_cases
from steelyard.web.people import jobs
from steelyard.web.people.models import Appeal
from steelyard.web.people.tests.flow import file_report
from steelyard.web.people.tests.test_following import act, rate

pytestmark = pytest.mark.django_db


def joined(cast, as_user):
    case = made_cases.rent_case()
    receipt = file_report(as_user(None), text="The factory has not paid its rent for long.")
    act(as_user(cast.jin), "accept")
    assert act(as_user(cast.jin), "link", case_no=case.no).status_code == 302
    return case, receipt


def test_the_reporter_hears_how_the_case_ended_and_rates(cast, as_user):
    case, receipt = joined(cast, as_user)
    jobs.follow_cases()
    assert Appeal.objects.get().state == "handling"
    made_cases.closed(case, cast)
    jobs.follow_cases()
    page = as_user(None).post("/people/track/", {"code": receipt}).content.decode()
    assert "Money that came back to the village: 1,275,000.00 yuan" in page
    assert "Please rate the answer" in page
    for name in (cast.zhou.name, cast.zhou.name_en, cast.li.name, cast.li.name_en):
        assert name not in page
    rate(as_user(None), receipt, 4)
    assert Appeal.objects.get().state == "closed_satisfied"


def test_looking_twice_answers_once(cast, as_user):
    case, _receipt = joined(cast, as_user)
    made_cases.closed(case, cast)
    jobs.follow_cases()
    jobs.follow_cases()
    assert Appeal.objects.get().steps.filter(name="reply").count() == 1


def test_the_desk_is_not_told_whether_a_case_number_exists(cast, as_user):
    file_report(as_user(None))
    act(as_user(cast.jin), "accept")
    assert act(as_user(cast.jin), "link", case_no="C-0000-none").status_code == 302


def test_who_sees_alerts_joins_one_from_a_list(cast, as_user):
    case = made_cases.rent_case()
    receipt = file_report(as_user(None), text="The factory has not paid its rent for long.")
    act(as_user(cast.jin), "accept")
    act(as_user(cast.jin), "answer", text="We asked the village.")
    rate(as_user(None), receipt, 1, "no", "Nothing came of it.")
    alert = case.links.get().alert
    act(as_user(cast.sun), "link", alert=alert.pk)
    appeal = Appeal.objects.get()
    assert (appeal.alert_id, appeal.case_no) == (alert.pk, case.no)
