"""When rows are due."""

import datetime as dt

from croniter import croniter  # type: ignore[import-untyped]  # has no types
from django.utils import timezone

from steelyard.sources import Interface
from steelyard.web.intake.catalogue_files import contracts
from steelyard.web.intake.queries import limit_of


def next_due(interface: Interface, after: dt.datetime) -> dt.datetime | None:
    """The first moment after ``after`` at which the interface is asked for rows; None where it has no schedule."""
    if not interface.schedule:
        return None
    found: dt.datetime = croniter(interface.schedule, timezone.localtime(after)).get_next(dt.datetime)
    return found


def days_due(interface: Interface, first: dt.date, last: dt.date) -> list[dt.date]:
    """Days from ``first`` to ``last`` on which the schedule asks at least once."""
    if not interface.schedule or first > last:
        return []
    zone = timezone.get_current_timezone()
    fires = croniter(interface.schedule, dt.datetime.combine(first, dt.time(), zone) - dt.timedelta(seconds=1))
    found: list[dt.date] = []
    while (day := fires.get_next(dt.datetime).date()) <= last:
        found.append(day)
        fires.set_current(dt.datetime.combine(day, dt.time(23, 59, 59), zone))
    return found


def limit_days(interface: Interface) -> int | None:
    """Age in days from which on the newest delivery is too old by the strictest contract it feeds."""
    known = (contracts().get(feed.dataset) for feed in interface.feeds)
    return min((limit for contract in known if contract and (limit := limit_of(contract))), default=None)
