"""In-app notices: a kind and a number, never a name or an amount."""

from collections.abc import Iterable

from steelyard.web.cases import flow
from steelyard.web.cases.acting import people, staff_of
from steelyard.web.cases.context import Context
from steelyard.web.cases.models import Case, Notice, Step
from steelyard.web.cases.releases import workflow_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Body, User


def tell(
    users: Iterable[User], kind: str, *, case: Case | None = None, sheet_id: int | None = None, step_no: int = 0
) -> None:
    """Leave a notice for each user; the same notice twice is one."""
    rows = [
        Notice(
            user=user, kind=kind, case_no=case.no if case else "", sheet_id=sheet_id, step_no=step_no, at=clock.now()
        )
        for user in users
    ]
    # Without a conflict clause the insert would have to read back rows that are not the writer's to see.
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def tell_next(context: Context, step: Step) -> None:
    """Tell those whose move it is now, and the addressee of new questions."""
    case, workflow = context.case, context.workflow
    if context.move.target is None:
        # An action that asks for nothing and is a supervisor's is a reminder.
        if "supervisor" in context.move.by and not context.move.needs:
            tell(_meant(case, workflow), "reminded", case=case, step_no=step.no)
        return
    if case.state in workflow.final:
        return
    tell(_meant(case, workflow), "your_turn", case=case, step_no=step.no)
    if "questions" in context.move.needs:
        for sheet in case.sheets.filter(answered_at__isnull=True):
            tell(addressed(sheet.addressee_body, sheet.addressee, sheet.recused), "question", sheet_id=sheet.pk)


def tell_turn(case: Case) -> None:
    """Tell those whose move it is, outside a move: the case has become graver."""
    tell(_meant(case, workflow_of(case.workflow)), "grade_rose", case=case, step_no=case.version)


def _meant(case: Case, workflow: flow.Workflow) -> list[User]:
    parts = workflow.actors_wanted(case.state) - {flow.EXPLAINER}
    return [user for part in sorted(parts) for user in people(case, part)]


def addressed(body: Body | None, person: User | None, recused: Iterable[int]) -> list[User]:
    """Who may read a question sheet."""
    return [person] if person else list(staff_of(body, flow.EXPLAINER).exclude(pk__in=list(recused)))
