"""Random acts of random people: whatever happens, the rules hold, and the log tells the state."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.web.audit.errors import WebError
from steelyard.web.cases import actions
from steelyard.web.cases.acting import offers
from steelyard.web.cases.models import Case
from steelyard.web.cases.releases import workflow_of
from steelyard.web.cases.tests import made_cases as made

pytestmark = pytest.mark.django_db

ACTORS = ["zhou", "chen", "du", "ma", "gu", "sun", "he", "ye", "hong", "qian", "shen", "fang"]
MOVES = [
    "sign", "refuse", "route", "reassign", "ask_explanation", "submit", "send_back", "confirm_true", "confirm_false",
    "propose_verdict", "endorse_true", "endorse_false", "second_send_back", "report_rectified", "accept",
    "reject_rectified", "inspect_pass", "inspect_fail", "hold_disposal", "resume_disposal", "transfer_clue", "reopen",
    "remind", "extend",
]  # fmt: skip


def everything(case, cast, verdict):
    """A form filled in with whatever any move may ask for."""
    return {
        **made.verdicts(case, verdict, "looked into"), **made.CHECKLIST, **made.NO_FILES, **made.four(),
        "reason": "because", "reason_code": "other", "proposed_org": str(cast.gu.body_id),
        "assignee_org": str(cast.zhou.body_id), "questions": "Why?", "addressee": f"body:{cast.shen.body_id}",
        "findings": "as found", "deferral": "would tip off", "measures": ["rectify"], "root_cause": "entered late",
        "reasons": "as found", "opinion": "agreed", "clarification_offer": "offered", "clue_receipt": "X-1",
        "plan": "monthly", "plan_until": "2099-01-01", "no_money_because": "none is owed", "resume_by": "2099-01-01",
        "inspected_on": "2026-01-05", "inspection_text": "looked", "early_because": "asked to", "new_due": "2099-01-01",
        "reopen_cause": "new_evidence",
    }  # fmt: skip


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    walk=st.lists(st.tuples(st.sampled_from(ACTORS), st.sampled_from(MOVES), st.booleans()), min_size=20, max_size=40)
)
def test_no_walk_breaks_a_rule(cast, walk):
    Case.objects.all().exists() or made.rent_case()
    case = Case.objects.get()
    for login, move, honest in walk:
        user = getattr(cast, login)
        open_now = [one.move.name for one in offers(Case.objects.get(), user) if one.move.target]
        # Half the time along a way that is open, else a blind try.
        if open_now and (honest or move not in open_now):
            move = open_now[len(move) % len(open_now)]
        verdict = "true_irregularity" if honest else "legitimate"
        try:
            actions.act(case, move, by=user, data=everything(case, cast, verdict))
        except WebError:
            continue
        actions.take_answers()
    check(Case.objects.get())


def check(case):
    steps = list(case.steps.order_by("no"))
    workflow = workflow_of(case.workflow)
    assert [step.no for step in steps] == list(range(1, case.version + 1))
    assert steps[-1].to_state == case.state
    assert all(later.from_state == earlier.to_state for earlier, later in pairwise(steps))
    played: dict[int, set[str]] = {}
    for step in steps:
        if step.actor in ("handler", "reviewer", "second_reviewer", "inspector"):
            played.setdefault(step.user_id, set()).add(step.actor)
    assert all(len(parts) == 1 for parts in played.values())
    closings = [step for step in steps if step.to_state in workflow.final]
    for closing in closings:
        seconds = [one for one in steps if one.actor == "second_reviewer" and one.episode == closing.episode]
        assert seconds or closing.actor == "clue_office" or closing.move == "merge"
