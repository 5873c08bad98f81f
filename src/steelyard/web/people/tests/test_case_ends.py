"""A report that is joined to a case: its end is the reporter's answer, where that case may be told at all."""

import pytest

from steelyard.web.cases.models import Case
from steelyard.web.cases.tests import made_cases
from steelyard.web.people import jobs
from steelyard.web.people.models import Appeal
from steelyard.web.people.tests.flow import file_report
from steelyard.web.people.tests.test_following import act, rate

pytestmark = pytest.mark.django_db
RENT = "The factory has not paid its rent for long."
REFUSED = "This number cannot be linked here."


def accepted(cast, as_user) -> str:
    receipt = file_report(as_user(None), text=RENT)
    act(as_user(cast.jin), "accept")
    return receipt


def joined(cast, as_user):
    """A case of the regulatory line over the village, closed only where the test does so."""
    case = made_cases.rent_case()
    Case.objects.update(line="regulatory")
    receipt = accepted(cast, as_user)
    assert act(as_user(cast.jin), "link", case_no=case.no).status_code == 302
    return case, receipt


def close(case, cast) -> None:
    """Walked by the cast, on the line where the cast works."""
    line = Case.objects.values_list("line", flat=True).get()
    Case.objects.update(line="supervisory")
    case.refresh_from_db()
    made_cases.closed(case, cast)
    Case.objects.update(line=line)


def gone_to_the_county(cast, as_user) -> str:
    receipt = accepted(cast, as_user)
    act(as_user(cast.jin), "answer", text="We asked the village.")
    rate(as_user(None), receipt, 1, "no", "Nothing came of it.")
    return receipt


def told(as_user, receipt) -> str:
    return as_user(None).post("/people/track/", {"code": receipt}).content.decode()


def test_the_reporter_hears_how_the_case_ended_and_rates(cast, as_user):
    case, receipt = joined(cast, as_user)
    jobs.follow_cases()
    assert Appeal.objects.get().state == "handling"
    close(case, cast)
    jobs.follow_cases()
    page = told(as_user, receipt)
    assert "Money that came back to the village: 1,275,000.00 yuan" in page
    assert "Please rate the answer" in page
    for name in (cast.zhou.name, cast.zhou.name_en, cast.li.name, cast.li.name_en):
        assert name not in page
    rate(as_user(None), receipt, 4)
    assert Appeal.objects.get().state == "closed_satisfied"


def test_looking_twice_answers_once(cast, as_user):
    case, _receipt = joined(cast, as_user)
    close(case, cast)
    jobs.follow_cases()
    jobs.follow_cases()
    assert Appeal.objects.get().steps.filter(name="reply").count() == 1


def test_an_unknown_number_and_a_supervisory_case_are_refused_in_the_same_words(cast, as_user):
    case = made_cases.rent_case()
    assert case.line == "supervisory"
    accepted(cast, as_user)
    pages = [act(as_user(cast.jin), "link", case_no=number) for number in (case.no, "C-0000-none")]
    for page in pages:
        assert page.status_code == 422
        assert REFUSED in page.content.decode()
    assert Appeal.objects.get().case_no == ""


def test_a_case_of_another_village_is_refused(cast, as_user):
    case = made_cases.rent_case()
    Case.objects.update(line="regulatory", area_code="339921101202")
    accepted(cast, as_user)
    assert act(as_user(cast.jin), "link", case_no=case.no).status_code == 422


def test_the_end_of_a_supervisory_case_is_never_told_by_a_link_of_the_petitions_desk(cast, as_user):
    case = made_cases.rent_case()
    receipt = accepted(cast, as_user)
    Appeal.objects.update(case_no=case.no)  # as a link from before the case changed its line
    jobs.follow_cases()
    assert Appeal.objects.get().case_no == ""
    made_cases.closed(case, cast)
    jobs.follow_cases()
    assert Appeal.objects.get().state == "handling"
    assert "looked into" not in told(as_user, receipt)
    assert REFUSED in as_user(cast.jin).get(f"/people/desk/{Appeal.objects.get().pk}/").content.decode()


def test_who_sees_alerts_joins_one_from_a_list(cast, as_user):
    case = made_cases.rent_case()
    gone_to_the_county(cast, as_user)
    alert = case.links.get().alert
    act(as_user(cast.sun), "link", alert=alert.pk)
    appeal = Appeal.objects.get()
    assert (appeal.alert_id, appeal.case_no) == (alert.pk, case.no)


def test_of_a_supervisory_case_linked_by_the_clue_office_only_that_it_was_looked_into_is_told(cast, as_user):
    case = made_cases.rent_case()
    receipt = gone_to_the_county(cast, as_user)
    assert act(as_user(cast.sun), "link", case_no=case.no).status_code == 302
    made_cases.closed(case, cast)
    jobs.follow_cases()
    page = told(as_user, receipt)
    assert "The matter has been looked into." in page
    assert "confirmed" not in page
    assert "1,275,000" not in page


@pytest.mark.parametrize("alert", ["²", "9" * 30, "-1", "x"])
def test_odd_alert_numbers_are_answered_in_words(cast, as_user, alert):
    accepted(cast, as_user)
    assert act(as_user(cast.jin), "link", alert=alert).status_code == 422
