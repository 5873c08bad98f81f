"""Back-tests from a model's page: asked for there, worked through by the worker, kept as a report in the engine."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from steelyard.catalogue import SupervisionModel
from steelyard.detect import backtest, texts
from steelyard.detect.releases import releases_on
from steelyard.engines.duck import DuckError
from steelyard.engines.postgres import Role as DatabaseRole
from steelyard.kit.errors import SteelyardError
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import database_of_pages, reader
from steelyard.web.orgs.models import User
from steelyard.web.workbench import carrying, figures, life
from steelyard.web.workbench.figures import RecentAlert
from steelyard.web.workbench.models import BacktestRun, BacktestState

WORK = "workbench.backtest"
STEPS = ("month", "week", "day")
MOST_DAYS = 400
LATEST = dt.timedelta(hours=12)
"""One that waits longer was lost with its worker; another may be asked for."""


class WaitsAlready(WebError):
    text = _("A back-test of this model is under way. Let it end first.")


class TooManyDays(WebError):
    text = _("That is %(days)s days to look at; at most %(most)s. Choose a longer step or a shorter time.")


class WrongDays(WebError):
    text = _("The first day lies after the last.")


class NoSuchText(WebError):
    text = _("That version was never kept here.")


@dataclass(frozen=True)
class Against:
    """A text that a back-test may be set against."""

    sha256: str
    version: str
    runs: bool


def choices(model: SupervisionModel) -> list[Against]:
    """Texts kept here, the one that runs first, then the newest; without any other, the model's own."""
    with reader() as connection:
        running = releases_on(connection, clock.today()).runs(model.id)
        kept = texts.versions(connection, model.id)
    found = [Against(sha, version, running is not None and sha == running.sha256) for version, sha in reversed(kept)]
    found.sort(key=lambda one: not one.runs)
    return found or [Against(model.sha256, model.version, False)]


@transaction.atomic
def ask(model: SupervisionModel, *, against: str, first: dt.date, last: dt.date, step: str, by: User) -> BacktestRun:
    """Have the worker set a model's text against another over past days.

    Raises NotAllowed, WaitsAlready, TooManyDays, WrongDays, NoSuchText.
    """
    if not life.may_ask(by):
        raise NotAllowed
    if first > last:
        raise WrongDays
    if against not in {one.sha256 for one in choices(model)}:
        raise NoSuchText
    days = len(backtest.steps(first, last, step if step in STEPS else "month"))
    if days > MOST_DAYS:
        raise TooManyDays(TooManyDays.text % {"days": days, "most": MOST_DAYS})
    if under_way(model.id):
        raise WaitsAlready
    made = BacktestRun.objects.create(
        model_id=model.id, version=model.version, sha256=model.sha256, against_sha=against, first=first, last=last,
        step=step, days=days, by=by, at=clock.now(),
    )  # fmt: skip
    record.write("model.backtest_asked", by=by, subject=model.id, run=made.pk, first=str(first), last=str(last))
    app.configure_task(WORK, queue="models", allow_unknown=True).defer(run_id=made.pk)
    return made


def under_way(model_id: str) -> bool:
    late = clock.now() - LATEST
    return BacktestRun.objects.filter(model_id=model_id, state=BacktestState.WAITING, at__gte=late).exists()


def unfinished(viewer: User, model_id: str) -> list[BacktestRun]:
    """Those that wait, and those that failed after the newest that came to an end."""
    mine = BacktestRun.objects.visible_to(viewer).filter(model_id=model_id).select_related("by")
    newest = mine.filter(state=BacktestState.DONE).first()
    later = mine.filter(pk__gt=newest.pk if newest else 0)
    return [run for run in later[:5] if run.state != BacktestState.DONE]


def carry(run: BacktestRun) -> None:
    """Work one through, once; what cannot be done is told on the page."""
    try:
        run.report = _made(run)
        run.state = BacktestState.DONE
    except (SteelyardError, DuckError) as error:
        run.state, run.message = BacktestState.FAILED, str(error).splitlines()[0][:400]
    except Exception:
        run.state = BacktestState.FAILED
        raise
    finally:
        run.finished = clock.now()
        run.save(update_fields=["state", "message", "report", "finished"])
        record.write(f"model.backtest_{run.state}", by=None, subject=run.model_id, run=run.pk)


def _made(run: BacktestRun) -> int:
    catalogue = carrying.own_catalogue()
    new = catalogue.models.get(run.model_id)
    if new is None or new.sha256 != run.sha256:
        raise carrying.TextMoved

    def looked(done: int, days: int) -> None:
        BacktestRun.objects.filter(pk=run.pk).update(done=done)

    with database_of_pages().connect(DatabaseRole.WORKER) as connection:
        old = new if run.against_sha == new.sha256 else texts.kept(connection, run.against_sha)
        made = backtest.backtest(
            carrying.pool(), catalogue, connection, new=new, old=old,
            days=backtest.steps(run.first, run.last, run.step), confirmed=figures.confirmed(new.id), progress=looked,
        )  # fmt: skip
    with database_of_pages().transaction(DatabaseRole.WORKER) as connection:
        return backtest.keep(connection, made, run.by.username)


@dataclass(frozen=True)
class AreaLine:
    """What a back-test says of one area, by grade."""

    area: str
    added: Mapping[str, int]
    removed: Mapping[str, int]
    regraded: int


@dataclass(frozen=True)
class Lost:
    """A confirmed alert that the new text would not have raised."""

    area: str
    grade: str
    fingerprint: str
    alert: RecentAlert | None
    """Where the viewer may see it."""


@dataclass(frozen=True)
class Report:
    """A back-test as a page tells it: totals of everywhere, and what lies in the viewer's area."""

    number: int
    model: str
    body: Mapping[str, Any]
    first: dt.date
    last: dt.date
    by: str
    at: dt.datetime
    lines: Sequence[AreaLine]
    lost: Sequence[Lost]
    lost_elsewhere: int
    cut: bool
    """Whether the lists behind the lines are shorter than the totals."""


def report_of(number: int, viewer: User) -> Report | None:
    with reader() as connection:
        found = backtest.report(connection, number)
    if found is None or not life.may_read(viewer):
        return None
    model, body, by, at = found
    own = viewer.scope.area
    inside = {
        name: [one for one in body[name] if str(one["area"]).startswith(own)]
        for name in ("added", "removed", "regraded", "lost")
    }
    seen = figures.alerts(viewer, [one["fingerprint"] for one in inside["lost"]])
    lost = [Lost(one["area"], one["grade"], one["fingerprint"], seen.get(one["fingerprint"])) for one in inside["lost"]]
    first, last = (dt.date.fromisoformat(body["days"][n]) for n in (0, -1))
    return Report(
        number, model, body, first, last, by, at, _lines(inside), lost, len(body["lost"]) - len(lost),
        any(len(body[name]) < body["counts"][name] for name in ("added", "removed", "regraded")),
    )  # fmt: skip


def _lines(inside: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[AreaLine]:
    areas = sorted({str(one["area"]) for name in ("added", "removed", "regraded") for one in inside[name]})

    def grades(name: str, area: str) -> dict[str, int]:
        return dict(Counter(str(one["grade"]) for one in inside[name] if one["area"] == area))

    return [
        AreaLine(area, grades("added", area), grades("removed", area), sum(grades("regraded", area).values()))
        for area in areas
    ]
