"""How well each model is, in the order in which it matters: can it look, has it looked, does it agree with itself."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _

from steelyard.detect import history
from steelyard.detect.advice import Advice, advice
from steelyard.detect.probation import Term, terms
from steelyard.detect.signs import Sign, signs
from steelyard.kit.workdays import Calendar, load_calendar
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area
from steelyard.web.workbench import shelf

Connection = psycopg.Connection[Any]
OK = ("ready", "partly")


@dataclass
class Line:
    """One model, of one area or of all."""

    model: Any
    areas: int = 0
    open: int = 0
    """Areas in which it can be evaluated."""
    state: str = ""
    """Where one area is asked for."""
    reason: Any = None
    """Why it cannot, in the first area where it cannot."""
    habit: history.Habit | None = None
    lag: dt.timedelta | None = None
    """Age of the oldest pool version it has not seen; None where it has seen all."""
    version: int | None = None
    differences: int | None = None
    """What the nightly full run found otherwise in 7 days; None where no such run is kept."""
    held: int = 0
    advised: list[Advice] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    """What the detectors say; the raised first."""
    terms: list[Term] = field(default_factory=list)
    """Where it is on probation, and until when."""

    @property
    def overdue(self) -> list[Term]:
        """Probation that has lasted longer than its owner has."""
        return [one for one in self.terms if one.overdue]

    @property
    def raised(self) -> list[Sign]:
        return [one for one in self.signs if one.state == "raised"]

    @property
    def untold(self) -> list[Sign]:
        """What cannot be told, and why."""
        return [one for one in self.signs if one.state == "unknown"]

    @property
    def behind(self) -> str:
        """How long it has not looked, in one unit."""
        if self.lag is None:
            return ""
        minutes = int(self.lag.total_seconds() // 60)
        for size, text in ((1440, _("%(n)s d")), (60, _("%(n)s h"))):
            if minutes >= size:
                return str(text % {"n": minutes // size})
        return _("%(n)s min") % {"n": minutes}

    @property
    def wrong(self) -> bool:
        return bool(
            (self.areas and not self.open)
            or self.differences
            or self.held
            or self.raised
            or self.overdue
            or (self.habit and self.habit.last_failure)
        )

    @property
    def rank(self) -> tuple[Any, ...]:
        """The worst first, in the order of the columns."""
        failed = bool(self.habit and self.habit.last_failure)
        share = self.open / self.areas if self.areas else 0
        slow = self.habit.p95_ms if self.habit else 0
        return (
            not self.wrong,
            not failed,
            not self.raised,
            share,
            self.lag is None,
            not self.differences,
            not self.held,
            -slow,
        )


def lines(area: str = "") -> list[Line]:
    """All models that are ready, the worst first.  ``area``: twelve digits of one area of the readiness."""
    known = shelf.catalogue()
    with reader() as connection:
        ready = _readiness(connection, area)
        habits = {one.model: one for one in history.habits(connection)}
        seen, lags = _seen(connection), _lags(connection)
        differences, held = _differences(connection), _held(connection, area)
        rows = dataset_rows(connection)
        said, on_probation = _signs(connection, area), _terms(connection, area)
    found = []
    for name, model in known.models.items():
        if model.status != "ready":
            continue
        line = ready.get(name) or Line(model)
        line.model, line.habit, line.version = model, habits.get(name), seen.get(name)
        line.lag = lags.get(seen.get(name, 0))
        line.differences = differences.get(name, 0) if differences is not None else None
        line.held = held.get(name, 0)
        line.signs, line.terms = said.get(name, []), on_probation.get(name, [])
        line.advised = advice(model, known, line.habit, rows)
        found.append(line)
    return sorted(found, key=lambda line: line.rank)


def areas() -> list[tuple[str, str]]:
    """Areas of the newest judgements, with their names."""
    with reader() as connection:
        rows = connection.execute(
            "SELECT DISTINCT area_code FROM engine.readiness WHERE run IN (SELECT max(run) FROM engine.readiness "
            "GROUP BY model) ORDER BY 1"
        ).fetchall()
    codes = [str(row[0]) for row in rows]
    names = {area.code: str(area) for area in Area.objects.filter(code__in=codes)}
    return [(code, names.get(code, code)) for code in codes]


def advised(habits: Iterable[history.Habit], rows: Mapping[str, int]) -> list[tuple[Any, list[Advice]]]:
    """Models with what to do about them."""
    known = shelf.catalogue()
    found = [
        (known.models[one.model], advice(known.models[one.model], known, one, rows))
        for one in habits
        if one.model in known.models
    ]
    return [(model, said) for model, said in found if said]


def dataset_rows(connection: Connection) -> dict[str, int]:
    """Rows by dataset, as they were last counted."""
    found = connection.execute("SELECT dataset, sum(rows) FROM engine.dataset_level GROUP BY 1").fetchall()
    return {str(name): int(rows) for name, rows in found}


def _readiness(connection: Connection, area: str) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for model, state, reason in connection.execute(
        "SELECT model, state, reason FROM engine.readiness AS r WHERE (%(area)s = '' OR area_code = %(area)s) "
        "AND (model, run) IN (SELECT model, max(run) FROM engine.readiness GROUP BY model) ORDER BY model, area_code",
        {"area": area},
    ):
        line = found.setdefault(model, Line(None))
        line.areas, line.open = line.areas + 1, line.open + (state in OK)
        line.state = state if area else ""
        if state not in OK and line.reason is None:
            line.reason = reason
    return found


def _seen(connection: Connection) -> dict[str, int]:
    """The newest pool version each model looked at."""
    rows = connection.execute(
        "SELECT m.model, max(r.pool_version) FROM engine.run_model m JOIN engine.run r ON r.id = m.run "
        "WHERE m.failure = '' GROUP BY 1"
    ).fetchall()
    return {str(model): int(version) for model, version in rows}


def _signs(connection: Connection, area: str) -> dict[str, list[Sign]]:
    """Of one county: what is said of it, and of the model everywhere."""
    found: dict[str, list[Sign]] = {}
    for one in signs(connection):
        if not area or area.startswith(one.area_code):
            found.setdefault(one.model, []).append(one)
    return found


def _terms(connection: Connection, area: str) -> dict[str, list[Term]]:
    found: dict[str, list[Term]] = {}
    for one in terms(connection, clock.today(), _calendar(Path(settings.STEELYARD_CATALOGUE))):
        if not area or area.startswith(one.area):
            found.setdefault(one.model, []).append(one)
    return found


@cache
def _calendar(catalogue: Path) -> Calendar:
    return load_calendar(catalogue / "workflows" / "calendar.yaml", "cn_workdays")


def _lags(connection: Connection) -> dict[int, dt.timedelta]:
    """How long ago the first version after each of the last was taken."""
    rows = connection.execute(
        "SELECT number, now() - lead(taken_at) OVER (ORDER BY number) FROM engine.pool_version "
        "ORDER BY number DESC LIMIT 500"
    ).fetchall()
    return {int(number): lag for number, lag in rows if lag is not None}


def _differences(connection: Connection) -> dict[str, int] | None:
    known = connection.execute("SELECT to_regclass('engine.reconcile_incident')").fetchone()
    if not known or not known[0]:
        return None
    rows = connection.execute(
        "SELECT model, count(*) FROM engine.reconcile_incident WHERE found_at > now() - interval '7 days' GROUP BY 1"
    ).fetchall()
    return {str(model): int(number) for model, number in rows}


def _held(connection: Connection, area: str) -> dict[str, int]:
    rows = connection.execute(
        "SELECT model, count(*) FROM engine.held_batch WHERE state = 'held' AND model <> '' "
        "AND (%(area)s = '' OR area_code IN ('', %(area)s)) GROUP BY 1",
        {"area": area},
    ).fetchall()
    return {str(model): int(number) for model, number in rows}
