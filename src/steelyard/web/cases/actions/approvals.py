"""Acts that a second person must agree to: more time, or a second signature."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases.acting import parts_of
from steelyard.web.cases.actions.act import NoSuchCase, carry_out
from steelyard.web.cases.context import Context
from steelyard.web.cases.models import Case, Request
from steelyard.web.cases.releases import workflow_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User

SIGNERS = ("clue_office", "supervisor", "second_reviewer")


@transaction.atomic
def ask_signature(case: Case, action: str, *, by: User) -> Request:
    """Ask a second person to sign for a move that needs it."""
    seen = Case.objects.visible_to(by).filter(pk=case.pk).first()
    if seen is None:
        raise NoSuchCase
    move = workflow_of(seen.workflow).moves.get(action)
    if (
        move is None
        or "second_signature" not in move.needs
        or not set(move.by) & parts_of(seen, by, workflow_of(seen.workflow))
    ):
        raise NotAllowed
    record.write("case.signature_asked", by=by, subject=seen, case_no=seen.no, move=action)
    return Request.objects.create(case=seen, action=action, by=by)


@transaction.atomic
def decide(request: Request, *, by: User, granted: bool) -> Request:
    """Agree to a request or refuse it.  Raises NotAllowed for the asker and for those without the part."""
    locked = Request.objects.select_for_update().filter(pk=request.pk, decided_at__isnull=True).first()
    case = Case.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=request.case_id).first()
    if locked is None or case is None:
        raise WebError(_("This request was decided already."))
    workflow = workflow_of(case.workflow)
    move = workflow.moves[locked.action]
    wanted = move.approved_by or SIGNERS
    actor = next((part for part in wanted if part in parts_of(case, by, workflow)), None)
    if actor is None or by.pk == locked.by_id:
        raise NotAllowed
    locked.decided_by, locked.decided_at, locked.granted = by, clock.now(), granted
    locked.save()
    record.write("case.request_decided", by=by, subject=case, case_no=case.no, move=move.name, granted=granted)
    if granted and move.approved_by and case.state in move.sources:
        carry_out(Context(case, move, actor, by, _values(locked)))
    return locked


def may_decide(request: Request, case: Case, user: User) -> bool:
    """Whether this user is asked to decide."""
    workflow = workflow_of(case.workflow)
    wanted = set(workflow.moves[request.action].approved_by or SIGNERS)
    return request.by_id != user.pk and bool(wanted & parts_of(case, user, workflow))


def _values(request: Request) -> dict[str, object]:
    found = dict(request.payload)
    if found.get("new_due"):
        found["new_due"] = dt.date.fromisoformat(str(found["new_due"]))
    return found
