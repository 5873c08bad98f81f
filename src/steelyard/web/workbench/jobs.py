"""What the worker does about models: work out what was asked, carry it out.  Every job may run twice."""

from procrastinate.contrib.django import app

from steelyard.web.workbench import carrying
from steelyard.web.workbench.models import Motion
from steelyard.web.workbench.motions import CARRY

PULL = "cases.pull_findings"
"""The rooms above take findings over; they are asked by name, for this room does not know them."""


@app.task(queue="models", name=CARRY)
def carry_on(motion_id: int) -> None:
    """One step on; where findings were routed by it, have them taken over."""
    found = Motion.objects.select_related("by").filter(pk=motion_id).first()
    if found and carrying.carry(found):
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()
