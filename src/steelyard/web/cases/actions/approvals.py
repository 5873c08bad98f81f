"""Acts that a second person must agree to: more time, or a second signature."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.cases.acting import part_for, parts_of, why_not
from steelyard.web.cases.actions.act import as_json, carry_out, filled, judged
from steelyard.web.cases.context import Context
from steelyard.web.cases.flow import Move
from steelyard.web.cases.models import Case, Request
from steelyard.web.cases.releases import workflow_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User

SIGNERS = ("clue_office", "supervisor", "second_reviewer")


class MovedOn(WebError):
    text = _("The case has moved on since this was asked; refuse this request and let it be asked again.")


@transaction.atomic
def ask_signature(
    case: Case, action: str, *, by: User, data: Mapping[str, Any] | None = None, files: Any = None,
    version: int | None = None,
) -> Request:  # fmt: skip
    """Ask a second person to sign for a move that needs it: for this filled form, on the case as it now stands.

    Raises as ``act`` does, and WebError where the same move waits for its signature already.
    """
    context = filled(case, action, by=by, data=data, files=files, version=version)
    seen = context.case
    if "second_signature" not in context.move.needs:
        raise NotAllowed
    if context.payload.get("files"):
        raise WebError(_("Add the files to the case first; a signature is asked for words alone."))
    waiting = seen.requests.filter(action=action, by=by, decided_at__isnull=True)
    if waiting.filter(version=seen.version).exists():
        raise WebError(_("This was asked already and waits for the second person."))
    record.write("case.signature_asked", by=by, subject=seen, case_no=seen.no, move=action)
    return Request.objects.create(
        case=seen, action=action, by=by, payload=as_json(context.payload), version=seen.version, episode=seen.episode
    )


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
    if granted and (locked.episode != case.episode or case.state not in move.sources):
        raise MovedOn
    locked.decided_by, locked.decided_at, locked.granted = by, clock.now(), granted
    locked.save(update_fields=["decided_by", "decided_at", "granted"])
    record.write("case.request_decided", by=by, subject=case, case_no=case.no, move=move.name, granted=granted)
    if granted and move.approved_by:
        carry_out(Context(case, move, actor, by, _values(locked)))
    elif granted:
        _carry_out_signed(locked, case, move, signer=by)
    return locked


def _carry_out_signed(request: Request, case: Case, move: Move, *, signer: User) -> None:
    """Make the move in the name of who asked, with exactly the words that were signed for."""
    if request.version != case.version:
        raise MovedOn
    actor = part_for(case, move, request.by)
    if actor is None:
        raise NotAllowed(why_not(case, move, request.by))
    context = judged(Context(case, move, actor, request.by), request.payload)
    if as_json(context.payload) != request.payload:
        raise MovedOn
    concerned = case.clues.filter(concluded_at__isnull=True).order_by("-pk").first()
    carry_out(context, signer=signer)
    if concerned is not None:
        case.clues.filter(pk=concerned.pk).update(second_signature=signer)


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
