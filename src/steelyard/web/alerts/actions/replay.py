"""See an alert's finding again as it was seen then."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from steelyard.web.alerts.models import Alert, Replay
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User

JOB = "alerts.replay"


@transaction.atomic
def ask_replay(alert: Alert, *, by: User) -> Replay:
    """Have the finding behind an alert computed again.  Raises NotAllowed while that was asked and is not done."""
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.replays.filter(done_at=None).exists():
        raise NotAllowed(_("It is being computed again already."))
    asked = Replay.objects.create(alert=alert, by=by)
    record.write("alert.replay_asked", by=by, subject=alert, model=alert.model_id, pool_version=alert.pool_version)
    jobs.configure_task(JOB, queue="models").defer(replay_id=asked.pk)
    return asked


def note_replay(asked: Replay, state: str, said: dict[str, str], differences: Any) -> None:
    """What came of it.  Values stay behind: the page shows where it differs, and they may be covered."""
    asked.state, asked.said, asked.done_at = state, said, clock.now()
    asked.differs = [one["where"] for one in differences]
    asked.save(update_fields=["state", "said", "done_at", "differs"])
