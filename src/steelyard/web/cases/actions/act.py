"""The one verb behind every button: whatever the workflow allows, with its guards, needs, log and effects."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.utils import InternalError, ProgrammingError
from django.utils.translation import gettext_lazy as _

from steelyard.web.alerts.models import TRUE_VERDICTS, Alert, AlertState
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases import effects, flow, guards
from steelyard.web.cases.acting import part_for, why_not
from steelyard.web.cases.context import Context
from steelyard.web.cases.forms import MoveForm
from steelyard.web.cases.models import Case, MeasureKind, Request, Step
from steelyard.web.cases.notify import tell_next
from steelyard.web.cases.releases import workflow_of
from steelyard.web.orgs.models import User


class NoSuchCase(WebError):
    text = _("There is no such case, or it is not yours to see.")


class WrongState(WebError):
    text = _("This cannot be done in the state the case is in.")


class Conflict(WebError):
    text = _("Somebody else has acted on this case meanwhile. Look at it again before you act.")


class Incomplete(WebError):
    """Something is missing; ``form`` says what, field by field."""

    text = _("Something is missing or wrong; see the marked fields.")

    def __init__(self, form: MoveForm) -> None:
        self.form = form
        told = "; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
        super().__init__(f"{self.text} {told}")


class NoVersion(Conflict):
    text = _("Say which version of the case you saw: send its number as version.")


@transaction.atomic
def act(
    case: Case, name: str, *, by: User, data: Mapping[str, Any] | None = None, files: Any = None,
    version: int | None = None,
) -> Step:  # fmt: skip
    """Make one move on a case as ``by``.

    ``data``: what the form of the move asks for, as text or as values.  ``version``: the last step the
    person saw.  Raises NoSuchCase, Conflict, WrongState, NotAllowed, Incomplete, or WebError with the
    guard that bars the move or with the want of a second signature.
    """
    context = filled(case, name, by=by, data=data, files=files, version=version)
    if "second_signature" in context.move.needs:
        raise WebError(_("A second person must sign first: ask for the signature on this page."))
    return carry_out(context)


def filled(
    case: Case, name: str, *, by: User, data: Mapping[str, Any] | None = None, files: Any = None,
    version: int | None = None,
) -> Context:  # fmt: skip
    """Everything that must hold before a move, checked on the locked case; raises as ``act`` does."""
    locked = Case.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=case.pk).first()
    if locked is None:
        raise NoSuchCase
    if version is not None and version != locked.version:
        raise Conflict
    move = workflow_of(locked.workflow).moves.get(name)
    if move is None or locked.state not in move.sources:
        raise WrongState
    actor = part_for(locked, move, by)
    if actor is None:
        raise NotAllowed(why_not(locked, move, by))
    return judged(Context(locked, move, actor, by), data, files)


def judged(context: Context, data: Mapping[str, Any] | None, files: Any = None) -> Context:
    """The move with its form cleaned and every guard passed.  Raises Incomplete, or WebError with what bars it."""
    if reason := guards.barred(context):
        raise WebError(reason)
    form = MoveForm(context, data if data is not None else {}, files)
    if not form.is_valid():
        raise Incomplete(form)
    context = Context(context.case, context.move, context.actor, context.user, form.cleaned_data)
    if reason := guards.barred(context, final=True):
        raise WebError(reason)
    if _punishes(context.payload) and not _found_and_heard(context):
        raise WebError(
            _("A measure against a person needs a true verdict, and an explanation, its lapse or an agreed deferral.")
        )
    return context


NO_PUNISHMENT = {"", "none", "no", "nil", "-", "—", "无", "没有", "不予处分", "无处分"}
AGAINST_PERSONS = {MeasureKind.PENALTY, MeasureKind.PARTY, MeasureKind.ADMINISTRATIVE}
JUDGES = ("reviewer", "second_reviewer")


def _punishes(payload: Mapping[str, Any]) -> bool:
    text = str(payload.get("punishment", "")).strip().strip(".。").casefold()
    return text not in NO_PUNISHMENT or bool(AGAINST_PERSONS & set(payload.get("measures") or []))


def _found_and_heard(context: Context) -> bool:
    """Whether a reviewer found it true in this episode, and those concerned were heard or need not be yet."""
    case = context.case
    steps = case.steps.filter(episode=case.episode)
    found = case.verdicts.filter(step_no__in=steps.values("no"), actor__in=JUDGES, verdict__in=TRUE_VERDICTS).exists()
    if not found and not (context.actor in JUDGES and context.some_alert_true):
        return False
    return case.explanation_absent or bool(case.deferral) or case.sheets.filter(answered_at__isnull=False).exists()


def carry_out(context: Context, *, signer: User | None = None) -> Step:
    """Log the step and change the case; the caller has checked everything.  Used by people's and system moves.

    ``signer``: who made it happen by signing for what ``context.user`` asked.
    """
    case, move = context.case, context.move
    before, target = case.state, move.to(case.state)
    try:
        with transaction.atomic():
            step = _log(context, before, target)
            effects.apply_needs(context, step) if context.user else None
            _ask_approval(context, step)
            effects.apply_sets(context, step)
            _enter(context, target, before)
            case.version = step.no
            effects.share_with(case, case.assignee_body, case.reviewer_body, case.second_body)
            case.save()
    except IntegrityError as error:
        raise WebError(_refusal(error)) from error
    except (InternalError, ProgrammingError) as error:
        # The trigger names no rule in words of people; the parts of the case say which one it was.
        reason = why_not(case, move, context.user) if context.user else str(error).splitlines()[0]
        raise NotAllowed(reason) from error
    if move.target is not None and case.closed_at is not None and case.merged_into_id is None:
        _close_alerts(context)
    details: dict[str, Any] = {"step": step.no, "part": context.actor}
    if signer and context.user:
        details["asked_by"] = context.user.pk
    record.write(f"case.{move.name}", by=signer or context.user, subject=case, case_no=case.no, **details)
    tell_next(context, step)
    return step


def _log(context: Context, before: str, target: str) -> Step:
    payload = as_json(context.payload)
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False)
    return Step.objects.create(
        case=context.case, no=context.case.version + 1, user=context.user, actor=context.actor,
        body_id=context.user.body_id if context.user else None, move=context.move.name, from_state=before,
        to_state=target, episode=context.case.episode, payload=payload,
        payload_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip


def _ask_approval(context: Context, step: Step) -> None:
    if context.move.approved_by and context.actor not in context.move.approved_by and context.user:
        Request.objects.create(
            case=context.case, action=context.move.name, payload=as_json(context.payload), by=context.user,
            version=step.no, episode=context.case.episode,
        )  # fmt: skip


def _enter(context: Context, target: str, before: str) -> None:
    """The new state begins now, with its own limit; a stopped clock runs on with what was left."""
    case, workflow = context.case, context.workflow
    if context.move.target is None:
        return
    stopped = before in workflow.clock_stops_in
    if target in workflow.clock_stops_in:
        case.paused_left = case.due - context.now if case.due else None
    left = case.paused_left if stopped else None
    case.state, case.entered_at, case.mark = target, context.now, ""
    case.due = context.now + left if left is not None else effects.next_due(context, target)
    if stopped:
        case.paused_left = None
    case.closed_at = context.now if target in workflow.final else None


def _close_alerts(context: Context) -> None:
    pks = [alert.pk for alert in context.alerts]
    Alert.objects.filter(pk__in=pks).update(state=AlertState.DECIDED, decided_at=context.now)


def as_json(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What was said with a move, as the log keeps it; files by name and hash."""
    plain = {
        name: [{"name": one.name, "sha256": hashlib.sha256(one.content).hexdigest()} for one in value]
        if name == "files" and value
        else value
        for name, value in payload.items()
    }
    return dict(json.loads(json.dumps(plain, default=str, ensure_ascii=False)))


def _refusal(error: IntegrityError) -> object:
    text = str(error)
    if "cases_voucher_once" in text:
        return _("This voucher has been used already; a voucher counts once in the whole system.")
    if "more recovered" in text:
        return _("More would be recovered or written off than is recoverable.")
    if "second reviewer" in text:
        return _("A case of the gravest grade is not closed without the second reviewer.")
    return text.splitlines()[0]


def system_context(case: Case, move: flow.Move, payload: Mapping[str, Any]) -> Context:
    """A move of the system itself."""
    return Context(case, move, flow.SYSTEM, None, payload)
