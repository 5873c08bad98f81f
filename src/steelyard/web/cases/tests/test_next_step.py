import datetime as dt

import pytest
from django.urls import reverse

from steelyard.web.audit.errors import NotAllowed
from steelyard.web.cases import acting, actions, pages, queries
from steelyard.web.cases.models import Case
from steelyard.web.cases.tests import made_cases as made
from steelyard.web.orgs import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return made.rent_case()


def detail(case, user):
    return pages.detail(queries.case_by_no(user, case.no), user)


def main(case, user):
    found = detail(case, user)["main"]
    return found.move.name if found else None


def test_a_red_case_names_the_step_that_can_be_taken(case, cast):
    made.submitted(case, cast)
    shown = detail(case, cast.chen)
    assert (shown["main"].move.name, shown["next_move"]) == ("propose_verdict", "propose a verdict")
    assert [one.what for one in queries.waiting_for(cast.chen)] == ["propose a verdict"]


def test_the_second_reviewer_is_led_to_what_was_proposed(case, cast):
    made.submitted(case, cast)
    actions.act(case, "propose_verdict", by=cast.chen, data={**made.verdicts(case), "reasons": "Ledger and bank."})
    assert main(case, cast.du) == "endorse_true"
    assert detail(case, cast.du)["next_move"] == "endorse as true"


def test_a_signing_office_is_not_led_to_refuse(case, cast):
    assert main(case, cast.zhou) == "sign"
    assert detail(case, cast.zhou)["next_move"] == "sign for it"


def test_after_the_explanation_the_handler_is_led_to_submit(case, cast, as_user):
    made.explained(case, cast)
    shown = detail(case, cast.zhou)
    assert shown["main"].move.name == "submit"
    assert shown["next_move"] == "the explanation has come; read it and submit for review"
    text = as_user(cast.zhou).get(reverse("case_detail", args=[case.no])).content.decode()
    assert text.index("The tenant asked for time.") < text.index("What it rests on")


def test_money_is_not_outstanding_before_anything_is_decided(case, cast):
    made.explained(case, cast)
    assert detail(case, cast.zhou)["outstanding"] is None


def test_a_true_verdict_establishes_what_is_recoverable(case, cast):
    made.rectifying(case, cast)
    assert detail(case, cast.zhou)["outstanding"] == 1275000


def test_the_gravest_grade_cannot_be_raised(case, cast):
    made.submitted(case, cast)
    assert "raise_grade" not in [one.move.name for one in acting.offers(Case.objects.get(), cast.chen)]


def test_an_inspection_waits_from_ten_days_before_its_day(case, cast):
    made.in_follow_up(case, cast)
    assert queries.waiting_for(cast.ma) == []
    shown = detail(case, cast.ma)
    assert shown["early"]
    assert shown["next_move"].startswith("inspection due on")
    Case.objects.update(inspection_due=clock.today() + dt.timedelta(days=9))
    assert [one.kind for one in queries.waiting_for(cast.ma)] == ["case"]


def test_notices_go_once_the_step_is_made_or_the_question_answered(case, cast):
    def kinds(user):
        return {one.kind for one in queries.notices(user)}

    sheet = made.asked(case, cast)
    assert "question" in kinds(cast.shen)
    actions.answer(sheet, by=cast.shen, data={"explanation": "The tenant asked for time.", **made.NO_FILES})
    assert kinds(cast.shen) == set()
    actions.take_answers()
    assert "your_turn" in kinds(cast.zhou)
    data = {**made.verdicts(case), "findings": "Unpaid since 2024.", **made.CHECKLIST, **made.NO_FILES}
    actions.act(case, "submit", by=cast.zhou, data=data)
    assert "your_turn" not in kinds(cast.zhou)
    assert "your_turn" in kinds(cast.chen)


def test_a_refused_move_says_why(case, cast):
    made.submitted(case, cast)
    with pytest.raises(NotAllowed, match="This step is for: reviewer"):
        actions.act(case, "propose_verdict", by=cast.du)


def test_a_decision_shows_what_it_rests_on(case, cast, as_user):
    made.submitted(case, cast)
    text = as_user(cast.chen).get(reverse("case_act", args=[case.no, "propose_verdict"])).content.decode()
    assert "Rent unpaid since 2024." in text
    assert "The tenant asked for time." in text
    assert 'value="true_irregularity" selected' in text
    actions.act(case, "propose_verdict", by=cast.chen, data={**made.verdicts(case), "reasons": "The ledger agrees."})
    text = as_user(cast.du).get(reverse("case_act", args=[case.no, "endorse_true"])).content.decode()
    assert "The ledger agrees." in text
    assert "Question 2" in text
    assert "form-check-input" in text


def test_the_rule_of_routing_is_told_in_words(case, cast, as_user):
    text = as_user(cast.zhou).get(reverse("case_detail", args=[case.no])).content.decode()
    assert "village, supervisory line" in text
