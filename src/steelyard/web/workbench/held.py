"""What runs did not do unasked, as far as a viewer answers for it, and what he decides."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from steelyard import detect
from steelyard.detect import guards
from steelyard.engines.postgres import Role as DatabaseRole
from steelyard.pool import Pool, prefix
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import database_of_pages, reader
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.words import Role
from steelyard.web.workbench import shelf
from steelyard.web.workbench.models import HeldDecision, HeldVerb

DECIDERS = (Role.ANALYST,)
WORK = "workbench.decide_held"
OPEN = ("held", "releasing")
DECIDED = ("released", "discarded", "settled")
LEAST_REASON = 4


class ReasonNeeded(WebError):
    text = gettext_lazy("Say in a sentence why.")


def batches(viewer: User, states: Collection[str] = OPEN) -> list[guards.HeldBatch]:
    """Held batches with something in the viewer's area."""
    with reader() as connection:
        found = guards.held_batches(connection, states=list(states))
    return [batch for batch in found if concerns(viewer, batch)]


def batch_or_none(viewer: User, number: int) -> guards.HeldBatch | None:
    with reader() as connection:
        found = guards.held_batches(connection, number=number)
    return found[0] if found and concerns(viewer, found[0]) else None


def own_area(viewer: User) -> str | None:
    """Digits of the viewer's area; None for somebody without a post."""
    return viewer.scope.area if viewer.scope.level is not None else None


def concerns(viewer: User, batch: guards.HeldBatch) -> bool:
    """Whether something of a batch lies in the viewer's area; rows without an area are the top's."""
    own = own_area(viewer)
    if own is None or not viewer.has_role(*DECIDERS, Role.STEWARD):
        return False
    if batch.kind == "findings":
        return batch.within(own, ()) > 0
    return prefix(batch.area_code).startswith(own)


def sample(viewer: User, batch: guards.HeldBatch) -> list[dict[str, Any]]:
    """Rows of the sample that lie in the viewer's area."""
    own = own_area(viewer) or ""
    return [one for one in batch.sample if str(one["area_code"] or "").startswith(own)]


@transaction.atomic
def decide(
    batch: guards.HeldBatch, verb: HeldVerb, *, by: User, reason: str, area: str = "", grades: Collection[str] = ()
) -> HeldDecision:
    """Have the worker carry a decision out.  Nobody lets findings go beyond his own area.

    Raises NotAllowed, ReasonNeeded.
    """
    own = own_area(by)
    if own is None or not by.has_role(*DECIDERS) or not concerns(by, batch):
        raise NotAllowed
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonNeeded
    if batch.kind == "findings" and any(not code.startswith(own) for code in batch.by_area):
        if verb == HeldVerb.DISCARD or (area and not area.startswith(own)):
            raise NotAllowed(_("The batch reaches beyond your area; only your own part of it can be let go."))
        area = area or own
    made = HeldDecision.objects.create(
        batch=batch.id, verb=verb, area=area, grades=sorted(grades), reason=reason.strip()[:400], by=by, at=clock.now()
    )
    record.write(f"held.{verb}", by=by, subject=batch.model or batch.dataset, batch=batch.id, reason=made.reason)
    app.configure_task(WORK, queue="models", lock="models", allow_unknown=True).defer(decision_id=made.pk)
    return made


def carry_out(decision: HeldDecision) -> bool:
    """The worker's part.  Returns whether findings went out.  A second call changes nothing."""
    if decision.finished:
        return False
    act = guards.release if decision.verb == HeldVerb.RELEASE else guards.discard
    how: dict[str, Any] = {"by": decision.by.username, "reason": decision.reason}
    if decision.verb == HeldVerb.RELEASE:
        how |= {"area": decision.area, "grades": decision.grades}
    try:
        with database_of_pages().transaction(DatabaseRole.WORKER) as connection:
            batch = act(connection, decision.batch, **how)
    except guards.CannotDecide as error:
        return _finish(decision, in_language(error.reason["zh"], error.reason["en"]))
    if batch.state == "releasing":
        _run(batch.model)
    waits = batch.state == "held"
    _finish(decision, _("A second analyst has to agree.") if waits else "")
    return not waits


def _run(model: str) -> None:
    catalogue = shelf.catalogue()
    database = database_of_pages()
    detect.run(Pool(settings.STEELYARD_HOME, database, catalogue.contracts), catalogue, database, models=[model])


def _finish(decision: HeldDecision, message: str) -> bool:
    decision.message, decision.finished = message[:400], clock.now()
    decision.save(update_fields=["message", "finished"])
    return False
