"""Jobs of alerts: what others pushed is looked at within seconds.  Every job may run twice."""

from procrastinate.contrib.django import app

from steelyard.detect import traces
from steelyard.web.alerts import events
from steelyard.web.intake.pool_link import database_of_pages

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
