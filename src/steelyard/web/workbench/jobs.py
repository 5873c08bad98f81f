"""What the worker does about models: work out what was asked, carry it out.  Every job may run twice."""

from procrastinate.contrib.django import app

from steelyard.web.workbench import backtests, carrying, drift, held, nightly
from steelyard.web.workbench.drafts import carrying as drafts_carrying
from steelyard.web.workbench.drafts.actions import DO
from steelyard.web.workbench.drafts.models import DraftRun, RunState
from steelyard.web.workbench.models import BacktestRun, BacktestState, HeldDecision
from steelyard.web.workbench.motions import CARRY

PULL = "cases.pull_findings"
"""The rooms above take findings over; they are asked by name, for this room does not know them."""


@app.task(queue="models", name=CARRY)
def carry_on(motion_id: int) -> None:
    """One step on."""
    carrying.carry(motion_id)


@app.task(queue="models", name=held.WORK, lock="models")
def decide_held(decision_id: int) -> None:
    """Let held findings go or discard them; what went out is taken over."""
    found = HeldDecision.objects.select_related("by").filter(pk=decision_id).first()
    if found and held.carry_out(found):
        app.configure_task(PULL, queue="web", allow_unknown=True).defer()


@app.task(queue="models", name=backtests.WORK)
def backtest(run_id: int) -> None:
    """Another text over the past, once."""
    waiting = BacktestRun.objects.select_related("by").filter(pk=run_id, state=BacktestState.WAITING)
    if found := waiting.first():
        backtests.carry(found)


@app.periodic(cron="5 0 * * *")
@app.task(queue="models", name="workbench.sweep", lock="models", queueing_lock="workbench.sweep")
def sweep(timestamp: int = 0) -> None:
    """A new day: the models that depend on it look at everything."""
    nightly.sweep()
    app.configure_task(PULL, queue="web", allow_unknown=True).defer()


@app.periodic(cron="40 3 * * *")
@app.task(queue="models", name="workbench.reconcile", lock="models", queueing_lock="workbench.reconcile")
def reconcile(timestamp: int = 0) -> None:
    """Every model looks at everything; what was stored otherwise is an incident that operators see."""
    nightly.reconcile()
    app.configure_task(PULL, queue="web", allow_unknown=True).defer()


@app.task(queue="models", name=DO)
def do_with_draft(run_id: int) -> None:
    """What somebody asked of a draft, once."""
    found = DraftRun.objects.select_related("text__draft", "by").filter(pk=run_id, state=RunState.WAITING).first()
    if found:
        drafts_carrying.carry(found)


@app.periodic(cron="20 4 * * *")
@app.task(queue="models", name="workbench.watch_drift", queueing_lock="workbench.watch_drift")
def watch_drift(timestamp: int = 0) -> None:
    """Let the detectors look, then ask for probation where a model drifts; people decide."""
    nightly.look_for_signs()
    drift.watch()
