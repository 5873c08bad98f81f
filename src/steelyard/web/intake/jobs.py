"""What the worker does with the pool: ask interfaces, land, look, tell.  Every job may run twice."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from steelyard.web.intake import asking, landing, scorecards
from steelyard.web.intake.actions import raise_alarms
from steelyard.web.intake.deferring import once
from steelyard.web.intake.models import Order, OrderState, Stage, Upload
from steelyard.web.orgs import clock

STALLED_SECONDS = 30
"""A process that gave no sign for so long is dead."""
PULL, PUBLISH = "cases.pull_findings", "people.publish_pages"
"""The rooms above take findings and public rows over; they are asked by name, for this room does not know them."""


@app.periodic(cron="* * * * *")
@app.task(queue="clock", name="intake.ask_due", queueing_lock="intake.ask_due")
def ask_due(timestamp: int = 0) -> None:
    """Ask every interface whose time has come; one that still waits or runs is not asked twice."""
    for interface in asking.due(clock.now()):
        lock = f"interface {interface}"
        once(fetch_interface.configure(lock=lock, queueing_lock=lock), interface=interface)


@app.task(queue="fetch", name="intake.fetch_interface")
def fetch_interface(interface: str) -> None:
    """One run of an interface; what came is looked at afterwards."""
    run = asking.fetch(interface)
    if run and asking.changed(run.landings):
        _look_later()


@app.task(queue="ingest", name="intake.fulfil")
def fulfil(order_id: int) -> None:
    """Do what a steward ordered."""
    order = Order.objects.filter(pk=order_id, state=OrderState.WAITING).first()
    if order and asking.fulfil(order):
        _look_later()


@app.task(queue="ingest", name="intake.land_upload", lock="landing")
def land_upload(upload_id: int) -> None:
    """Land the uploaded file, and no other that lies beside it."""
    upload = Upload.objects.filter(pk=upload_id, stage=Stage.WAITING).first()
    if upload and landing.land_upload(upload):
        look.configure(lock="models").defer(upload_id=upload.pk)


@app.periodic(cron="* * * * *")
@app.task(queue="ingest", queueing_lock="flush all")
def flush_all(timestamp: int = 0) -> None:
    """Take up pushes whose own job was lost."""
    for interface in landing.pushed():
        once(flush_inbox.configure(queueing_lock=f"flush {interface}"), interface=interface)


@app.task(queue="ingest", name="intake.flush_inbox", lock="landing")
def flush_inbox(interface: str) -> None:
    """Land what was pushed through one interface; rows that came together become one delivery."""
    if landing.flush(interface):
        _look_later()


@app.task(queue="ingest")
def note_wrong_signature(interface: str, reason: str) -> None:
    """Somebody sent what the interface's key did not sign; the department's steward hears of it."""
    landing.note_wrong_signature(interface, reason)


def _look_later() -> None:
    """Many interfaces change the pool in the same minute; one look sees what all of them brought."""
    once(look.configure(lock="models", queueing_lock="intake.look"))


@app.task(queue="models", name="intake.look")
def look(upload_id: int | None = None) -> None:
    """Let all models look at the newest pool version, and have what they say and what is public taken over."""
    counts = landing.look()
    with transaction.atomic():
        if upload_id is not None:
            Upload.objects.filter(pk=upload_id).update(findings=counts)
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()
    once(app.configure_task(PUBLISH, queue="web", queueing_lock="people.publish", allow_unknown=True), timestamp=0)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="clock", name="intake.watch", queueing_lock="intake.watch")
def watch(timestamp: int = 0) -> None:
    """Say which interfaces are late, and tell their stewards of what opened, stands too long or closed."""
    now = clock.now()
    asking.judge_lateness(now)
    raise_alarms(now)


@app.periodic(cron="10 * * * *")
@app.task(queue="ingest", name="intake.log_runs", queueing_lock="intake.log_runs")
def log_runs(timestamp: int = 0) -> None:
    """Make the finished runs rows of the interface log, which models read like any dataset."""
    asking.log_runs()


@app.periodic(cron="20 * * * *")
@app.task(queue="clock", name="intake.score", queueing_lock="intake.score")
def score(timestamp: int = 0) -> None:
    """Count the score cards of the present and the past month anew."""
    scorecards.renew_newest()


@app.periodic(cron="* * * * *")
@app.task(queue="clock", name="intake.take_up_stalled", queueing_lock="intake.take_up_stalled")
async def take_up_stalled(timestamp: int = 0) -> None:
    """Do again what died with its process, whose lock would else hold up all that comes after it."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # The same work waits already.
            await app.job_manager.finish_job_by_id_async(int(job.id or 0), Status.FAILED, delete_job=False)
