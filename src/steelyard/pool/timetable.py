"""When an interface is to be asked, and since when it is late, by the installation's clock."""

import datetime as dt
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from croniter import CroniterBadCronError, croniter  # type: ignore[import-untyped]  # has no types

from steelyard.contracts import Contract
from steelyard.kit import durations
from steelyard.kit.workdays import Calendar
from steelyard.pool.runs import Standing
from steelyard.sources import Interface

CLOCK = ZoneInfo("Asia/Shanghai")
"""Schedules are written in the country's time."""
SHORT_DAYS = 14
DROPPED = ("file", "sftp")
"""Connectors for which an empty look is no answer."""
GRACE = dt.timedelta(hours=1)
"""A run may begin so much after its time before anybody calls it late."""


def last_due(schedule: str, now: dt.datetime) -> dt.datetime | None:
    """The newest time up to ``now`` at which a schedule wanted a run; None for a schedule nobody can read."""
    try:
        # croniter counts strictly before; a run is due in the very minute of its schedule.
        found = croniter(schedule, now.astimezone(CLOCK) + dt.timedelta(seconds=1)).get_prev(dt.datetime)
    except (CroniterBadCronError, ValueError):
        return None
    return found if isinstance(found, dt.datetime) else None


def due(interfaces: Iterable[Interface], standings: Mapping[str, Standing], now: dt.datetime) -> list[Interface]:
    """The interfaces whose time has come and whose circuit is closed, in the order of their ids."""
    return [one for one in sorted(interfaces, key=lambda one: one.id) if _is_due(one, standings.get(one.id), now)]


def _is_due(interface: Interface, standing: Standing | None, now: dt.datetime) -> bool:
    wanted = last_due(interface.schedule, now) if interface.schedule else None
    if wanted is None:
        return False
    if standing is None:
        return True
    if standing.not_before and now < standing.not_before:
        return False
    # What failed is wanted again as soon as the circuit allows, not only at the schedule's next time.
    return standing.failures > 0 or standing.last.started_at < wanted


def late_since(
    interface: Interface, contracts: Mapping[str, Contract], standing: Standing | None,
    delivered_on: dt.date | None, now: dt.datetime, calendar: Calendar | None = None,
) -> tuple[dt.datetime, str] | None:  # fmt: skip
    """Since when an interface is late, and why; None where it is in time, or was never connected.

    ``delivered_on``: day of the newest accepted delivery.  ``calendar``: the days that are worked; without it
    Monday to Friday are.
    """
    if standing is None and delivered_on is None:
        return None
    answered = standing.succeeded_at if standing else None
    if answered and delivered_on is None and standing and standing.last.state == "nothing":
        return answered, "it was asked, and nothing has ever come"
    if interface.connector in DROPPED:
        # We looked and found no file: that says nothing of the department, whose day is in the contract.
        return _too_old(interface, contracts, None, delivered_on, now, calendar)
    return _missed_run(interface, standing, answered, now) or _too_old(
        interface, contracts, answered, delivered_on, now, calendar
    )


def _missed_run(
    interface: Interface, standing: Standing | None, answered: dt.datetime | None, now: dt.datetime
) -> tuple[dt.datetime, str] | None:
    wanted = last_due(interface.schedule, now - GRACE) if interface.schedule and standing else None
    if wanted is None or (answered is not None and answered >= wanted):
        return None
    return wanted, f"the run of {wanted:%Y-%m-%d %H:%M} has not succeeded"


def _too_old(
    interface: Interface, contracts: Mapping[str, Contract], answered: dt.datetime | None,
    delivered_on: dt.date | None, now: dt.datetime, calendar: Calendar | None,
) -> tuple[dt.datetime, str] | None:  # fmt: skip
    """An answer that there is nothing new counts: a quiet register is no late one."""
    named = [contracts[feed.dataset].expectations.latest for feed in interface.feeds if feed.dataset in contracts]
    # Years and months are counted long, so that nobody is late too early.
    allowed = [max(found.about_days, 1) for said in named if (found := durations.read(said)) is not None]
    days = [day for day in (answered.astimezone(CLOCK).date() if answered else None, delivered_on) if day]
    if not days or not allowed:
        return None
    until = dt.datetime.combine(_after(max(days), min(allowed), calendar) + dt.timedelta(days=1), dt.time(), CLOCK)
    if now <= until:
        return None
    return until, f"nothing came since {max(days)}; {min(allowed)} days are allowed"


def _after(day: dt.date, days: int, calendar: Calendar | None) -> dt.date:
    """So many days later; few days are counted without week-ends and days off, when bureaus are closed."""
    if days > SHORT_DAYS:
        return day + dt.timedelta(days=days)
    while days:
        day += dt.timedelta(days=1)
        days -= calendar.is_workday(day) if calendar else day.weekday() < 5
    return day
