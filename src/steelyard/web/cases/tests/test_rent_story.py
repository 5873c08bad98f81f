from decimal import Decimal

import pytest

from steelyard.web.alerts.models import Alert
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases import actions, queries
from steelyard.web.cases.context import ledger_sums
from steelyard.web.cases.models import Case, Step
from steelyard.web.cases.tests import made_cases as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return made.rent_case()


def test_the_rent_case_goes_to_the_township_and_its_superiors_check(case, cast):
    assert (case.assignee_body, case.reviewer_body, case.second_body) == (cast.zhou.body, cast.chen.body, cast.du.body)
    assert case.route_rule == "village-supervisory"
    assert not case.staffing_gap


def test_the_whole_story_ends_closed_with_the_money_back(case, cast):
    made.closed(case, cast)
    case = Case.objects.get()
    alert = Alert.objects.get()
    assert case.closed_at is not None
    assert (alert.state, alert.verdict) == ("decided", "true_irregularity")
    assert ledger_sums(case)["recovered"] == Decimal(1275000)
    assert ledger_sums(case)["outstanding"] == 0
    assert list(case.steps.values_list("no", flat=True)) == list(range(1, case.steps.count() + 1))


def test_a_handler_cannot_review_his_own_case(case, cast):
    made.submitted(case, cast)
    with pytest.raises(NotAllowed):
        actions.act(case, "propose_verdict", by=cast.zhou, data={})


def test_red_is_not_confirmed_by_one_reviewer(case, cast):
    made.submitted(case, cast)
    assert "confirm_true" not in {offer.move.name for offer in queries_offers(case, cast.chen)}
    with pytest.raises(WebError, match="second reviewer"):
        actions.act(case, "confirm_true", by=cast.chen, data=made.verdicts(case))


def queries_offers(case, user):
    from steelyard.web.cases.acting import offers

    return offers(Case.objects.get(pk=case.pk), user)


def test_a_true_verdict_needs_an_explanation_or_its_deferral(case, cast):
    actions.act(case, "sign", by=cast.zhou)
    data = {**made.verdicts(case), "findings": "Rent unpaid.", **made.CHECKLIST, **made.NO_FILES}
    with pytest.raises(actions.Incomplete) as found:
        actions.act(case, "submit", by=cast.zhou, data=data)
    assert set(found.value.form.errors) == {"deferral"}


def test_acceptance_waits_for_the_money(case, cast):
    made.rectifying(case, cast)
    done = {"measures": ["recover"], **made.four()}
    with pytest.raises(actions.Incomplete) as found:
        actions.act(case, "report_rectified", by=cast.zhou, data=done)
    assert {"plan", "plan_until"} <= set(found.value.form.errors)


def test_an_inspection_before_its_day_needs_a_reason(case, cast):
    made.in_follow_up(case, cast)
    with pytest.raises(actions.Incomplete) as found:
        actions.act(case, "inspect_pass", by=cast.ma, data={"inspected_on": "2026-04-01", "inspection_text": "fine"})
    assert set(found.value.form.errors) == {"early_because"}


def test_who_saw_an_older_state_does_not_act_on_it(case, cast):
    actions.act(case, "sign", by=cast.zhou, version=1)
    with pytest.raises(actions.Conflict):
        actions.act(case, "remind", by=cast.gu, version=1)


def test_my_work_moves_from_hand_to_hand(case, cast):
    assert [one.kind for one in queries.waiting_for(cast.zhou)] == ["case"]
    made.asked(case, cast)
    assert queries.waiting_for(cast.zhou) == []
    assert [one.kind for one in queries.waiting_for(cast.shen)] == ["question"]
    assert queries.waiting_for(cast.qian) == []


def test_a_body_refuses_once_and_the_dispatcher_decides(case, cast):
    actions.act(case, "refuse", by=cast.zhou, data={"reason_code": "other", "proposed_org": str(cast.gu.body_id)})
    actions.act(case, "route", by=cast.gu, data={"assignee_org": str(cast.zhou.body_id)})
    with pytest.raises(WebError, match="only 1 time"):
        actions.act(case, "refuse", by=cast.zhou, data={"reason_code": "other", "proposed_org": str(cast.gu.body_id)})


def test_every_step_is_in_the_log_with_the_hash_of_what_was_said(case, cast):
    made.submitted(case, cast)
    step = Step.objects.get(move="submit")
    assert (step.user, step.actor, len(step.payload_sha256)) == (cast.zhou, "handler", 64)
    assert step.payload["findings"] == "Rent unpaid since 2024."
