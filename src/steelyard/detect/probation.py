"""How long models have been on probation, and whether their time is up.

Nothing is decided by a clock: going back to alerts as before would trust a model that drifts, and silencing it would
hide what it finds.  Whose time is up is shown as overdue until people decide: tune it, mend the data, or retire it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.detect.gate_values import asks_on
from steelyard.detect.releases import Release, releases_on
from steelyard.kit.workdays import ZONE, Calendar

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Term:
    """One model on probation in one area."""

    model: str
    area: str
    since: dt.date
    until: dt.date
    """The last working day on which its owner may decide."""
    overdue: int
    """Working days since then; 0 while there is time."""


def terms(connection: Connection, day: dt.date, calendar: Calendar) -> list[Term]:
    """Every model on probation on a day, the longest overdue first."""
    life = releases_on(connection, day)
    days = int(asks_on(connection, day).probation_days)
    found = [_term(one, day, days, calendar) for one in _on_probation(life.models, life.scopes)]
    return sorted(found, key=lambda one: (-one.overdue, one.until, one.model, one.area))


def _on_probation(models: Collection[str], scopes: Any) -> list[Release]:
    return [one for model in models for one in scopes(model) if one.phase == "probation"]


def _term(one: Release, day: dt.date, days: int, calendar: Calendar) -> Term:
    began = dt.datetime.combine(one.since, dt.time(), ZONE)
    # A limit ends at midnight after its last day.
    end = calendar.after(began, f"{days}wd")
    now = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZONE)
    last = end - dt.timedelta(seconds=1)
    overdue = calendar.days_between(last, now) if now > end else 0
    return Term(one.model, one.area, one.since, last.astimezone(ZONE).date(), overdue)
