"""Jobs of alerts: what others pushed is looked at within seconds.  Every job may run twice."""

from django.conf import settings
from procrastinate.contrib.django import app

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.detect import traces
from steelyard.kit.errors import SteelyardError
from steelyard.web.alerts import actions, events
from steelyard.web.alerts.actions.replay import JOB
from steelyard.web.alerts.models import Replay
from steelyard.web.intake.pool_link import database_of_pages, pool

TAKE = "alerts.take_events"


@app.periodic(cron="* * * * *")
@app.task(queue="events", name=TAKE, queueing_lock=TAKE)
def take_events(timestamp: int = 0) -> None:
    """Bring pushes to their alerts; each push asks for it, and every minute takes up what a dead process left."""
    events.path().take_up()


@app.periodic(cron="25 3 * * *")
@app.task(queue="clock", name="alerts.forget_traces", queueing_lock="alerts.forget_traces")
def forget_traces(timestamp: int = 0) -> None:
    """Drop the times of pushes that are older than a month."""
    with database_of_pages().transaction() as connection:
        traces.forget(connection)


@app.task(queue="models", name=JOB)
def replay(replay_id: int) -> None:
    """Compute the finding of an alert again; whatever comes of it is told on the alert's page."""
    asked = Replay.objects.select_related("alert").filter(pk=replay_id, done_at=None).first()
    if asked is None:
        return
    catalogue = load_catalogue(settings.STEELYARD_CATALOGUE)
    try:
        made = detect.replay(pool(), catalogue, database_of_pages(), asked.alert.fingerprint)
    except SteelyardError as error:
        actions.note_replay(asked, "failed", {"zh": str(error), "en": str(error)}, ())
    else:
        actions.note_replay(asked, made.state, dict(made.said), made.differences)
