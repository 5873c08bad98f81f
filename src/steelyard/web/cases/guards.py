"""What bars a move, beyond state and part."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.web.cases.context import Context, ledger_sums

Guard = Callable[[Context], "str | Promise | None"]

NOT_MET = {
    "grade_not_red": _("A case of the gravest grade goes to a second reviewer."),
    "grade_is_red": _("Only a case of the gravest grade goes to a second reviewer."),
    "some_alert_true": _("No alert of this case was found true."),
    "no_alert_true": _("Every alert needs a verdict, and none of them may be true."),
    "no_tip_off_risk": _("Asking now would tip off the person concerned; record a deferral instead."),
    "deadline_passed": _("The deadline has not passed yet."),
    "ledger_settled_or_planned": _("Money is outstanding and no dated plan says when it will be paid."),
    "four_questions_answered": _("The four questions have not all been answered as done."),
    "second_review_done_if_red": _("The grade rose after the review: a second reviewer must give an opinion first."),
    "not_merged": _("This case was merged into another one."),
    "reopen_cause_allowed": _("This is no cause for which a case may be reopened."),
    "target_open": _("The case to merge into is not open, or not yours to see."),
    "same_confidentiality": _("The two cases are of different lines."),
}


def _passes(context: Context) -> dict[str, Callable[[], bool]]:
    case, payload = context.case, context.payload
    target = payload.get("merged_into")
    return {
        "grade_not_red": lambda: not context.workflow.is_grave(case.grade),
        "grade_is_red": lambda: context.workflow.is_grave(case.grade),
        "some_alert_true": lambda: context.some_alert_true,
        "no_alert_true": lambda: context.no_alert_true,
        "no_tip_off_risk": lambda: not case.tip_off_risk,
        "deadline_passed": lambda: case.due is not None and case.due < context.now,
        "ledger_settled_or_planned": lambda: _settled_or_planned(context),
        "four_questions_answered": lambda: _four_answered(context),
        "second_review_done_if_red": lambda: _second_review_done(context),
        "not_merged": lambda: case.merged_into_id is None,
        "reopen_cause_allowed": lambda: payload.get("reopen_cause") in context.workflow.reopen_causes,
        "target_open": lambda: target is not None and target.is_open and target.pk != case.pk,
        "same_confidentiality": lambda: target is not None and target.line == case.line,
    }


OUT_OF_PLACE = ("grade_not_red", "grade_is_red", "not_merged")
"""Guards that make a move no choice at all, rather than one that must wait."""
BY_PAYLOAD = {"target_open", "same_confidentiality", "reopen_cause_allowed"}
"""Guards that can only be judged once the form is filled in."""


def out_of_place(context: Context) -> bool:
    """Whether the move makes no sense on this case at all, so that no button is shown."""
    checks = _passes(context)
    wrong = [name for name in context.move.guards if name in OUT_OF_PLACE and not checks[name]()]
    by_verdict = {"some_alert_true", "no_alert_true"} & set(context.move.guards)
    said_here = "verdict_per_alert" in context.move.needs
    if "new_grade" in context.move.needs and context.workflow.is_grave(context.case.grade):
        return True
    return bool(wrong) or (not said_here and any(not checks[name]() for name in by_verdict))


def barred(context: Context, *, final: bool = False) -> "str | Promise | None":
    """Why the move cannot be made; None where it can.  ``final``: the form is filled in, judge everything."""
    limit = context.move.limit
    if limit is not None and _times(context) >= limit:
        return _("This may be done only %(times)s time(s).") % {"times": limit}
    waits = BY_PAYLOAD | ({"some_alert_true", "no_alert_true"} if "verdict_per_alert" in context.move.needs else set())
    checks = _passes(context)
    for name in context.move.guards:
        if name not in checks:
            return _("This workflow asks for a check that this version does not know.")
        if (final or name not in waits) and not checks[name]():
            return NOT_MET[name]
    return None


def _times(context: Context) -> int:
    if context.move.approved_by:
        return context.case.requests.filter(action=context.move.name).exclude(granted=False).count()
    return context.times_used()


def _settled_or_planned(context: Context) -> bool:
    return ledger_sums(context.case)["outstanding"] == 0 or bool(context.case.plan and context.case.plan_until)


def _four_answered(context: Context) -> bool:
    done = context.case.answers.filter(stage="done").values_list("question", flat=True)
    return set(done) >= {1, 2, 3, 4}


def _second_review_done(context: Context) -> bool:
    if not context.workflow.is_grave(context.case.grade):
        return True
    return context.case.steps.filter(episode=context.case.episode, actor="second_reviewer").exists()
