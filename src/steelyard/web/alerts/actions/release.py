"""What was held back is released or discarded by a person, model by model.

A batch beyond a limit is the analyst's; reds of a model on probation are the dispatcher's too.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.alerts.models import ON_PROBATION, Alert, AlertState
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs.models import User


def _move_on(model_id: str, to: AlertState, by: User, reason: str) -> int:
    if not by.has_role("analyst", "dispatcher"):
        raise NotAllowed
    if len(reason.strip()) < 4:
        raise NotAllowed(_("Say why."))
    held = Alert.objects.visible_to(by).filter(model_id=model_id, state=AlertState.HELD)
    if not by.has_role("analyst"):
        held = held.filter(held_for=ON_PROBATION)
    count = held.update(state=to)
    record.write(f"alert.batch_{to}", by=by, subject=model_id, count=count, reason=reason[:400])
    return count


@transaction.atomic
def release_held(model_id: str, *, by: User, reason: str) -> int:
    """Let the held alerts of one model go to work.  Returns how many."""
    return _move_on(model_id, AlertState.OPEN, by, reason)


@transaction.atomic
def discard_held(model_id: str, *, by: User, reason: str) -> int:
    """Throw the held alerts of one model away; they stay on record.  Returns how many."""
    return _move_on(model_id, AlertState.DISCARDED, by, reason)
