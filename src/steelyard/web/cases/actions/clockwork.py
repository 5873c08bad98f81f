"""Lateness adds people and marks; it never changes a state."""

import datetime as dt

from steelyard.web.audit import record
from steelyard.web.cases.acting import people
from steelyard.web.cases.flow import Notify
from steelyard.web.cases.models import Case
from steelyard.web.cases.notify import tell
from steelyard.web.cases.releases import calendar_of, workflow_of
from steelyard.web.orgs import clock


def mark_lateness() -> int:
    """Set marks and leave notices as the workflow's escalation says; safe to repeat.  Returns new marks."""
    now = clock.now()
    late = Case.objects.open().exclude(due__isnull=True).select_related("workflow")
    return sum(_mark(case, now) for case in late)


def _mark(case: Case, now: dt.datetime) -> int:
    workflow = workflow_of(case.workflow)
    reached = [row for row in workflow.escalation.get(case.grade, ()) if _moment(case, row) <= now]
    for row in reached:
        # The number of the step tells one stay in a state from the next.
        kind = row.mark or "due_soon"
        for part in row.notify:
            tell(people(case, part), kind, case=case, step_no=case.version)
    marks = [row.mark for row in reached if row.mark]
    if not marks or marks[-1] == case.mark:
        return 0
    Case.objects.filter(pk=case.pk, version=case.version).update(mark=marks[-1])
    record.write("case.late", by=None, subject=case, case_no=case.no, mark=marks[-1])
    return 1


def _moment(case: Case, row: Notify) -> dt.datetime:
    assert case.due is not None
    moment = case.entered_at + (case.due - case.entered_at) * row.share / 100
    return calendar_of(workflow_of(case.workflow)).after(moment, row.extra) if row.extra else moment
