"""What a move leaves behind besides the new state: rows of its needs, and fields its ``sets`` name."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from steelyard.kit.workdays import ZONE
from steelyard.web.alerts.actions import flag_model
from steelyard.web.alerts.masking import masked_sections
from steelyard.web.alerts.models import Alert, AlertState
from steelyard.web.cases import uploads
from steelyard.web.cases.context import Context, worked_on
from steelyard.web.cases.models import (
    AlertVerdict,
    Case,
    CaseAlert,
    Clue,
    Inspection,
    LedgerEntry,
    LedgerKind,
    Measure,
    QuestionSheet,
    ReviewAnswer,
    Step,
)  # fmt: skip
from steelyard.web.cases.places import released_choices
from steelyard.web.cases.routing import second_body_for
from steelyard.web.orgs.models import Body, User
from steelyard.web.workbench.shelf import model_or_none

Effect = Callable[[Context, Step], None]


def apply_needs(context: Context, step: Step) -> None:
    """Store what the form asked for, each need in its own table."""
    done: set[Effect] = set()
    for need in context.move.needs:
        effect = OF_NEEDS.get(need)
        if effect is not None and effect not in done:
            done.add(effect)
            effect(context, step)
    uploads.keep(list(context.payload.get("files") or []), by=_person(context), case=context.case, step_no=step.no)


def _person(context: Context) -> User:
    assert context.user is not None
    return context.user


def _verdicts(context: Context, step: Step) -> None:
    said = context.payload
    AlertVerdict.objects.bulk_create(
        AlertVerdict(
            case=context.case, alert=alert, step_no=step.no, actor=context.actor, by=context.user,
            verdict=said[f"verdict_{alert.pk}"], root_cause=said.get(f"cause_{alert.pk}") or said.get("root_cause", ""),
        )
        for alert in context.alerts
    )  # fmt: skip


def _answers(context: Context, step: Step) -> None:
    stage = "done" if "measures_done" in context.move.needs else "intended"
    ReviewAnswer.objects.bulk_create(
        ReviewAnswer(
            case=context.case, step_no=step.no, stage=stage, question=number, by=context.user,
            value=context.payload[f"q{number}"], text=context.payload.get(f"q{number}_text", ""),
        )
        for number in (1, 2, 3, 4)
    )  # fmt: skip


def _measures(context: Context, step: Step) -> None:
    done = "measures_done" in context.move.needs
    Measure.objects.bulk_create(
        Measure(
            case=context.case, step_no=step.no, kind=kind, done=done, by=context.user,
            text=context.payload.get("measures_text", ""),
        )
        for kind in context.payload["measures"]
    )  # fmt: skip


def _questions(context: Context, step: Step) -> None:
    """Open the question sheet: questions, the released rows, a deadline."""
    kind, _sep, number = str(context.payload["addressee"]).partition(":")
    case = context.case
    model = model_or_none(case.model_id)
    QuestionSheet.objects.create(
        case=case, addressee_body_id=number if kind == "body" else None,
        addressee_id=number if kind == "user" else None, area_code=case.area_code,
        title={"zh": model.title.zh, "en": model.title.en} if model else {"zh": case.model_id, "en": case.model_id},
        questions=[line.strip() for line in str(context.payload["questions"]).splitlines() if line.strip()],
        released=_released(context), asked_by=context.person, recused=case.recused,
        due=next_due(context, context.move.to(case.state)),
    )  # fmt: skip


def _released(context: Context) -> list[dict[str, Any]]:
    wanted = set(context.payload.get("released") or [])
    known = {choice for choice, _name in released_choices(context.alerts)}
    return [
        dict(table)
        for alert in context.alerts
        for table in masked_sections(alert.evidence)
        if (mark := f"{alert.pk}:{table.get('name')}") in wanted and mark in known
    ]


def _inspection(context: Context, step: Step) -> None:
    Inspection.objects.create(
        case=context.case, step_no=step.no, on=context.payload["inspected_on"], by=context.person,
        text=context.payload["inspection_text"], early_because=context.payload.get("early_because", ""),
    )  # fmt: skip


def _ledger(context: Context, step: Step) -> None:
    payload = context.payload
    LedgerEntry.objects.create(
        case=context.case, kind=payload["kind"], amount=payload["amount"], on=payload["date"],
        voucher=payload.get("voucher", "").strip(), note=payload.get("note", ""), by=context.user,
    )  # fmt: skip


def _plan(context: Context, step: Step) -> None:
    context.case.plan = context.payload.get("plan", "") or context.case.plan
    context.case.plan_until = context.payload.get("plan_until") or context.case.plan_until


def _clue(context: Context, step: Step) -> None:
    Clue.objects.create(case=context.case, receipt=context.payload["clue_receipt"], sent_by=context.person)
    # Nothing is added to a matter that lies with the clue office.
    context.case.group_key = f"clue {step.pk}"


def _conclusion(context: Context, step: Step) -> None:
    clue = context.case.clues.filter(concluded_at__isnull=True).order_by("-pk").first()
    if clue is not None:
        clue.conclusion = context.payload["conclusion"]
        clue.conclusion_text = context.payload.get("conclusion_text", "")
        clue.punishment, clue.concluded_at = context.payload.get("punishment", ""), context.now
        clue.save()


def _flag(context: Context, step: Step) -> None:
    for alert in context.alerts[:1]:
        flag_model(alert, by=_person(context), text=context.payload["what_is_wrong"])


def _deferral(context: Context, step: Step) -> None:
    context.case.deferral = context.payload.get("deferral", "") or context.case.deferral


def _grade(context: Context, step: Step) -> None:
    context.case.grade = context.payload["new_grade"]
    again = next_due(context, context.case.state, start=context.case.entered_at)
    context.case.due = min((due for due in (context.case.due, again) if due), default=None)


def _new_due(context: Context, step: Step) -> None:
    """More time, never more than the share of the limit that the workflow allows."""
    if context.actor in context.move.approved_by and context.case.due:
        context.case.due = extended(context, context.payload["new_due"])
        context.case.mark = ""


def extended(context: Context, wanted: dt.date) -> dt.datetime:
    """The wanted day's end, cut to the largest extension of the current limit."""
    due = context.case.due or context.now
    most = (due - context.case.entered_at) * int(context.move.most.rstrip("%") or 100) / 100
    asked = dt.datetime.combine(wanted + dt.timedelta(days=1), dt.time(), ZONE)
    return min(asked, due + most)


OF_NEEDS: Mapping[str, Effect] = {
    "verdict_per_alert": _verdicts, "review_questions": _answers, "measures": _measures, "measures_done": _measures,
    "questions": _questions, "inspection_record": _inspection, "voucher": _ledger, "money_ledger": _plan,
    "clue_receipt": _clue, "conclusion": _conclusion, "what_is_wrong": _flag, "explanation_or_deferral": _deferral,
    "new_grade": _grade, "new_due": _new_due,
}  # fmt: skip


def apply_sets(context: Context, step: Step) -> None:
    """Change the fields of the case that the move names."""
    for mark in context.move.sets:
        effect = OF_SETS.get(mark)
        if effect is not None:
            effect(context, step)
    if context.move.decides:
        _decide(context)


def _assign_body(context: Context, step: Step) -> None:
    body: Body | None = context.payload.get("assignee_org")
    case = context.case
    if body is not None:
        case.assignee_body, case.end, case.assignee, case.staffing_gap = body, body.end, None, False
        if case.reviewer_body_id == body.pk:
            case.reviewer_body = second_body_for(body)
            case.second_body = second_body_for(case.reviewer_body)


def _assign_person(context: Context, step: Step) -> None:
    context.case.assignee = context.user


def _merge(context: Context, step: Step) -> None:
    """The alerts move over; the target takes the stricter recusals and the wider circle of bodies."""
    target: Case = context.payload["merged_into"]
    case, alerts = context.case, context.alerts
    case.merged_into = target
    CaseAlert.objects.filter(case=case, detached_at__isnull=True).update(detached_at=context.now)
    CaseAlert.objects.bulk_create(CaseAlert(case=target, alert=alert) for alert in alerts)
    target.recused = sorted({*target.recused, *case.recused})
    target.subject_keys = sorted({*target.subject_keys, *case.subject_keys})
    target.participants = sorted({*target.participants, *case.participants})
    target.save(update_fields=["recused", "subject_keys", "participants"])
    worked_on(target).update(case_no=target.no, recused=target.recused, participants=target.participants)


def _inspection_due(context: Context, step: Step) -> None:
    due = next_due(context, context.move.to(context.case.state))
    context.case.inspection_due = (due.astimezone(ZONE) - dt.timedelta(seconds=1)).date() if due else None


def _next_episode(context: Context, step: Step) -> None:
    case = context.case
    case.episode += 1
    case.reopen_cause = str(context.payload.get("reopen_cause", ""))
    case.explanation_absent, case.deferral, case.cleared_by_data = False, "", False
    case.plan, case.plan_until, case.inspection_due = "", None, None
    pks = [alert.pk for alert in context.alerts]
    Alert.objects.filter(pk__in=pks).update(state=AlertState.IN_CASE, verdict="", root_cause="", decided_at=None)


def _exclude(context: Context, step: Step) -> None:
    handlers = context.case.steps.filter(actor="handler").values_list("user_id", flat=True)
    context.case.excluded = sorted({*context.case.excluded, *(pk for pk in handlers if pk)})
    context.case.assignee = None


def _flagged(name: str) -> Effect:
    def effect(context: Context, step: Step) -> None:
        setattr(context.case, name, True)

    return effect


OF_SETS: Mapping[str, Effect] = {
    "assignee_org": _assign_body, "assignee_person": _assign_person, "outcome_merged": _merge,
    "inspection_due": _inspection_due, "episode_plus_one": _next_episode, "exclude_previous_handler": _exclude,
    "explanation_absent": _flagged("explanation_absent"), "cleared_by_data": _flagged("cleared_by_data"),
}  # fmt: skip


def _decide(context: Context) -> None:
    """The verdicts of this stage become those of the alerts; what is owed enters the ledger."""
    causes = {row.alert_id: row.root_cause for row in context.case.verdicts.order_by("pk")}
    for alert in context.alerts:
        verdict = context.proposed.get(alert.pk, "")
        cause = causes.get(alert.pk) or str(context.payload.get("root_cause", ""))
        Alert.objects.filter(pk=alert.pk).update(verdict=verdict, root_cause=cause, decided_at=context.now)
        alert.verdict = verdict
        owed = alert.amount_involved if alert.is_true and alert.amount_kind == "recoverable" else None
        if owed and not context.case.ledger.filter(alert=alert, kind=LedgerKind.RECOVERABLE).exists():
            note = str(context.move.title["zh"])
            enter(context, alert, LedgerKind.RECOVERABLE, owed, note)


def enter(context: Context, alert: Alert, kind: LedgerKind, amount: Decimal, note: str = "") -> None:
    LedgerEntry.objects.create(
        case=context.case, alert=alert, kind=kind, amount=amount, on=context.today, note=note, by=context.user
    )


def next_due(context: Context, state: str, *, start: dt.datetime | None = None) -> dt.datetime | None:
    """When the work must have left ``state``."""
    limit = context.workflow.limit_of(state, context.case.grade)
    return context.calendar.after(start or context.now, limit) if limit else None


def share_with(case: Case, *bodies: Body | None) -> None:
    """Let bodies that take part keep sight of the case and its alerts."""
    case.participants = sorted({*case.participants, *(body.pk for body in bodies if body)})
    worked_on(case).update(participants=case.participants)
