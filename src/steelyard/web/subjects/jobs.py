"""What the worker does about who is who.  Every job may run twice."""

from procrastinate.contrib.django import app

from steelyard.web.subjects import carrying
from steelyard.web.subjects.judging import CARRY
from steelyard.web.subjects.models import Saying, State

PULL = "cases.pull_findings"
"""The rooms above take findings over; they are asked by name, for this room does not know them."""


@app.task(queue="models", name=CARRY)
def carry_out(saying_id: int) -> None:
    """Judge, sign or take back; then have the changed findings taken over."""
    said = Saying.objects.select_related("by").filter(pk=saying_id, state=State.WAITING).first()
    if said and carrying.carry(said):
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()
