"""Stop asking an interface for rows, and go on: with a reason, on the record."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.sources import Interface
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.intake.guards import answers_for
from steelyard.web.intake.models import Pause
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User


class ReasonMissing(WebError):
    text = _("Say why. The reason stands on the board for everybody who asks.")


class AlreadyPaused(WebError):
    text = _("The interface is paused already.")


class NotPaused(WebError):
    text = _("The interface is not paused.")


@transaction.atomic
def pause(interface: Interface, *, by: User, reason: str) -> Pause:
    """Stop the scheduled fetching of an interface.  Raises NotAllowed, ReasonMissing, AlreadyPaused."""
    if not answers_for(by, interface.id):
        raise NotAllowed
    if not reason.strip():
        raise ReasonMissing
    made, new = Pause.objects.get_or_create(
        interface=interface.id, ended=None, defaults={"reason": reason.strip()[:400], "by": by, "since": clock.now()}
    )
    if not new:
        raise AlreadyPaused
    record.write("interface.paused", by=by, subject=interface.id, reason=made.reason)
    return made


@transaction.atomic
def resume(interface: Interface, *, by: User) -> Pause:
    """Let the schedule ask for rows again.  Raises NotAllowed, NotPaused."""
    if not answers_for(by, interface.id):
        raise NotAllowed
    standing = Pause.objects.select_for_update().filter(interface=interface.id, ended=None).first()
    if standing is None:
        raise NotPaused
    standing.ended, standing.ended_by = clock.now(), by
    standing.save(update_fields=["ended", "ended_by"])
    record.write("interface.resumed", by=by, subject=interface.id)
    return standing
