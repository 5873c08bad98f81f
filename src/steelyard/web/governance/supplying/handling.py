"""How alerts were handled: rows of ``alert``, ``disposal_action`` and ``clue_transfer``, read from the case log."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from django.db.models import Exists, OuterRef, Prefetch, Q

from steelyard.pool.timetable import CLOCK
from steelyard.web.alerts.models import NOT_SHOWN, Alert, Verdict
from steelyard.web.cases.models import (
    AlertVerdict,
    Case,
    CaseAlert,
    LedgerEntry,
    LedgerKind,
    Measure,
    MeasureKind,
    Step,
)
from steelyard.web.cases.releases import calendar_of, workflow_of
from steelyard.web.governance.supplying.rows import OwnRow, body, person, subject
from steelyard.web.orgs.models import Body
from steelyard.web.orgs.words import DIGITS, End, Level
from steelyard.web.workbench.shelf import model_or_none

RESULTS: Mapping[str, str] = {
    Verdict.TRUE_VIOLATION: "true", Verdict.TRUE_IRREGULARITY: "true", Verdict.PARTLY_TRUE: "partly",
    Verdict.FALSE_DATA: "data_error", Verdict.FALSE_LOGIC: "false", Verdict.LEGITIMATE: "false",
    Verdict.DUPLICATE: "duplicate",
}  # fmt: skip
"""Verdicts in the words of the dataset; what cannot be verified has no result."""
ACTIONS: Mapping[str, str] = {
    MeasureKind.PARTY: "discipline", MeasureKind.ADMINISTRATIVE: "discipline", MeasureKind.CLUE: "transfer",
}  # fmt: skip
"""Measures that the dataset calls otherwise."""
SIGN, SUBMIT = "sign", "submit"
"""Moves of the workflow: the body takes the case, and answers it."""
JUDGES = ("reviewer", "second_reviewer")


class Bodies:
    """Village organisations by area: a village is known in the pool as its committee."""

    @cached_property
    def _committees(self) -> dict[str, str]:
        rows = Body.objects.filter(org_type="village_committee").exclude(subject_key="").order_by("-pk")
        return dict(rows.values_list("area_id", "subject_key"))

    def of(self, area: str) -> str:
        return self._committees.get(area, "")


class Handled:
    """One case as its log tells it; everything is of the latest episode."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.workflow = workflow_of(case.workflow)
        self.steps: list[Step] = [step for step in case.steps.all() if step.episode == case.episode]

    @cached_property
    def signed(self) -> Step | None:
        """The last signing: a case given to another body begins anew there."""
        return next((step for step in reversed(self.steps) if step.move == SIGN), None)

    @cached_property
    def submitted(self) -> Step | None:
        """The first answer after it."""
        since = self.signed.no if self.signed else 0
        return next((step for step in self.steps if step.move == SUBMIT and step.no > since), None)

    @cached_property
    def due(self) -> dt.datetime | None:
        """When the body must have answered: the case's own limit until then, what that limit was afterwards."""
        case, signed = self.case, self.signed
        if signed is None:
            return case.due if case.is_open else None
        if self.submitted is None and case.state == signed.to_state and case.due:
            return case.due
        limit = self.workflow.limit_of(signed.to_state, case.grade)
        if limit is None:
            return None
        return max([calendar_of(self.workflow).after(signed.at, limit) + self._paused(), *self._granted()])

    def _span(self) -> list[Step]:
        first = self.signed.no if self.signed else 0
        last = self.submitted.no if self.submitted else self.case.version
        return [step for step in self.steps if first <= step.no <= last]

    def _paused(self) -> dt.timedelta:
        span = self._span()
        stopped = self.workflow.clock_stops_in
        return sum(
            (after.at - step.at for step, after in pairwise(span) if step.to_state in stopped),
            dt.timedelta(),
        )

    def _granted(self) -> list[dt.datetime]:
        """Ends of the days to which somebody other than the handler put the limit off."""
        days = [str(step.payload["new_due"])[:10] for step in self._span() if self._puts_off(step)]
        return [dt.datetime.combine(dt.date.fromisoformat(day), dt.time(23, 59, 59), CLOCK) for day in days]

    @staticmethod
    def _puts_off(step: Step) -> bool:
        return bool(step.payload.get("new_due")) and step.actor != "handler"

    def judged(self, alert: Alert) -> AlertVerdict | None:
        """The last word of those who decide on one alert."""
        first = self.steps[0].no if self.steps else 0
        said = [one for one in self.case.verdicts.all() if one.alert_id == alert.pk and one.step_no >= first]
        return next((one for one in reversed(said) if one.actor in JUDGES), None)


def cases_to_look_at(since: dt.datetime | None) -> list[Case]:
    """Open cases and those that moved since; all of them the first time."""
    found = Case.objects.select_related("workflow", "assignee", "assignee_body").order_by("pk")
    if since is not None:
        found = found.filter(Q(closed_at__isnull=True) | Q(entered_at__gte=since))
    attached = CaseAlert.objects.filter(detached_at__isnull=True).select_related("alert")
    verdicts = AlertVerdict.objects.order_by("pk").select_related("by")
    ledger = LedgerEntry.objects.order_by("pk").select_related("corrected_by", "by")
    return list(
        found.prefetch_related(
            Prefetch("links", attached.order_by("alert_id")), Prefetch("verdicts", verdicts),
            Prefetch("ledger", ledger), "steps", "measures__by", "files", "clues__to_body", "clues__sent_by__body",
        )
    )  # fmt: skip


def rows(since: dt.datetime | None) -> Iterator[OwnRow]:
    """Everything that may have changed since then; what did not change is told apart later."""
    bodies = Bodies()
    for case in cases_to_look_at(since):
        yield from case_rows(Handled(case), bodies)
    worked_on = CaseAlert.objects.filter(alert=OuterRef("pk"), detached_at__isnull=True)
    alone = Alert.objects.exclude(state__in=NOT_SHOWN).exclude(Exists(worked_on))
    if since is not None:
        alone = alone.filter(raised_at__gte=since)
    for alert in alone.order_by("pk").iterator():
        yield alert_row(alert, None, bodies)


def case_rows(handled: Handled, bodies: Bodies) -> Iterator[OwnRow]:
    """Rows of one case: its alerts, and for each of them what was done."""
    alerts = [link.alert for link in handled.case.links.all() if link.alert.state not in NOT_SHOWN]
    for alert in alerts:
        yield alert_row(alert, handled, bodies)
        yield from _answers(handled, alert)
        yield from _measures(handled.case, alert)
    if alerts:
        yield from _money(handled.case, alerts[0])
        yield from _clues(handled.case, alerts[0])


def alert_row(alert: Alert, handled: Handled | None, bodies: Bodies) -> OwnRow:
    """An alert and how far its handling is."""
    who, matter = _named(alert, bodies)
    values: dict[str, object] = {
        "alert_id": number(alert.pk), "model_id": alert.model_id, "area_code": alert.area_code,
        "org_code": subject(_unit(alert, bodies)), "subject_no": subject(who), "matter_id": matter,
        "grade": alert.grade, "raised_time": alert.raised_at, "amount_involved": alert.amount_involved,
        "result": RESULTS.get(alert.verdict),
    }  # fmt: skip
    if handled is not None:
        case, judged = handled.case, handled.judged(alert)
        values |= {
            "assigned_org_code": body(case.assignee_body), "handler_id_no": person(case.assignee),
            "signed_time": handled.signed.at if handled.signed else None, "due_time": handled.due,
            "replied_time": handled.submitted.at if handled.submitted else None,
            # Proposed verdicts wait for the second reviewer: only what stands on the alert is a result.
            "reviewed_time": judged.at if judged and alert.verdict else None,
            "reviewer_id_no": person(judged.by) if judged and alert.verdict else None,
            "reopened_count": case.episode - 1,
        }  # fmt: skip
    return OwnRow("alert", number(alert.pk), values)


def number(alert: int) -> str:
    """How the pool numbers an alert."""
    return f"A{alert}"


def _named(alert: Alert, bodies: Bodies) -> tuple[str, str]:
    """The subject named first in the key, else the first that the model names, and the rest of the key."""
    model = model_or_none(alert.model_id)
    key = {str(column): str(value) for column, value in alert.key.items() if value is not None}
    for column in [name for name in (model.key if model else ()) if name in key] or list(key):
        found = bodies.of(key[column]) if column.endswith("village_code") else str(alert.subjects.get(column) or "")
        if found:
            return found, "|".join(value for name, value in key.items() if name != column)
    others = (str(alert.subjects.get(name) or "") for name in (model.subjects if model else alert.subjects))
    return next(filter(None, others), "") or bodies.of(alert.area_code), "|".join(key.values())


def _unit(alert: Alert, bodies: Bodies) -> str:
    """The body the matter belongs to: one that the model names, else that of the village."""
    model = model_or_none(alert.model_id)
    named = [column for column, kind in (model.subjects if model else {}).items() if kind == "org"]
    found = next((str(alert.subjects[column]) for column in named if alert.subjects.get(column)), "")
    return found or bodies.of(alert.area_code)


def _answers(handled: Handled, alert: Alert) -> Iterator[OwnRow]:
    """What the body handed in, with its first paper."""
    for step in handled.case.steps.all():
        if step.move == SUBMIT:
            papers = sorted(file.sha256 for file in handled.case.files.all() if file.step_no == step.no)
            yield _action(
                f"E{step.pk}-{alert.pk}", alert, "explain", step.at, doc_ref=papers[0][:16] if papers else None
            )


def _measures(case: Case, alert: Alert) -> Iterator[OwnRow]:
    """Measures reported as done; one that was only ordered has changed nothing yet."""
    for one in case.measures.all():
        if one.done:
            yield _measure(one, alert)


def _measure(one: Measure, alert: Alert) -> OwnRow:
    kind = ACTIONS.get(one.kind, one.kind)
    return _action(f"M{one.pk}-{alert.pk}", alert, kind, one.at, verified_by_id_no=person(one.by))


def _money(case: Case, first: Alert) -> Iterator[OwnRow]:
    """Money that came back, counter-entries taken off; money of the whole case stands with its first alert."""
    for entry in case.ledger.all():
        if entry.kind == LedgerKind.RECOVERED and entry.corrects_id is None:
            again = getattr(entry, "corrected_by", None)
            yield OwnRow("disposal_action", f"L{entry.pk}", {
                "action_id": f"L{entry.pk}", "alert_id": number(entry.alert_id or first.pk), "action_type": "recover",
                "action_date": entry.on, "amount": entry.amount + (again.amount if again else Decimal(0)),
                "doc_ref": entry.voucher, "verified_by_id_no": person(entry.by),
            })  # fmt: skip


def _action(record: str, alert: Alert, kind: str, at: dt.datetime, **more: str | None) -> OwnRow:
    values = {
        "action_id": record, "alert_id": number(alert.pk), "action_type": kind,
        "action_date": at.astimezone(CLOCK).date(),
    }  # fmt: skip
    return OwnRow("disposal_action", record, values | more)


def _clues(case: Case, first: Alert) -> Iterator[OwnRow]:
    """Clues handed over; the receipt that comes with one is its signature."""
    for clue in case.clues.all():
        values = {
            "clue_id": f"C{clue.pk}", "alert_id": number(first.pk), "from_org_code": body(clue.sent_by.body),
            "to_org_code": body(clue.to_body), "transfer_time": clue.sent_at,
            "direction": "to_regulator" if clue.to_body and clue.to_body.end != End.DISCIPLINE else "to_discipline",
            "signed_time": clue.sent_at if clue.receipt else None, "feedback_time": clue.concluded_at,
            "result": clue.conclusion,
        }  # fmt: skip
        yield OwnRow("clue_transfer", f"C{clue.pk}", values)


def county(area: str) -> str:
    """The county of an area."""
    return area[: DIGITS[Level.COUNTY]].ljust(12, "0")
