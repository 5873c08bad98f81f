"""What the worker does about who is who.  Every job may run twice."""

from django.conf import settings
from procrastinate.contrib.django import app

from steelyard.engines.postgres import Role
from steelyard.identity import ties
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import database_of_pages
from steelyard.web.orgs.jobs import renew_kin
from steelyard.web.subjects import carrying
from steelyard.web.subjects.judging import CARRY
from steelyard.web.subjects.models import Saying, State
from steelyard.web.subjects.pool_link import pool

PULL = "cases.pull_findings"
"""The rooms above take findings over; they are asked by name, for this room does not know them."""
MEMORY_MB = 2048


@app.task(queue="models", name=CARRY)
def carry_out(saying_id: int) -> None:
    """Judge, sign or take back; then have the changed findings taken over."""
    said = Saying.objects.select_related("by").filter(pk=saying_id, state=State.WAITING).first()
    if said and carrying.carry(said):
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()
        refresh_ties.defer()
        renew_kin.defer()


@app.periodic(cron="*/10 * * * *")
@app.task(queue="models", name="subjects.refresh_ties", lock="subjects.ties")
def refresh_ties(timestamp: int = 0) -> None:
    """Bring ties up to date with who is who and with the pool, for what changed; where nothing did, do nothing."""
    _build(full=False)


@app.periodic(cron="30 2 * * *")
@app.task(queue="models", name="subjects.build_ties", lock="subjects.ties", queueing_lock="subjects.build_ties")
def build_ties(timestamp: int = 0) -> None:
    """Make all ties anew."""
    _build(full=True)


def _build(*, full: bool) -> None:
    ties.build(
        pool(Role.WORKER), database_of_pages(), settings.STEELYARD_HOME, clock.today(), full=full, memory_mb=MEMORY_MB
    )
