"""Working-day arithmetic over a calendar that is data."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from steelyard.kit import yamlfile

ZONE = ZoneInfo("Asia/Shanghai")
LIMIT = re.compile(r"^([1-9][0-9]*)(h|wd|d)$")


class BadLimit(ValueError):
    """A limit is written as 3h, 5wd or 90d."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: weekdays, less days off, plus days worked to make up."""

    weekend: frozenset[int]
    days_off: frozenset[dt.date]
    worked: frozenset[dt.date]

    def is_workday(self, day: dt.date) -> bool:
        return day in self.worked or (day.isoweekday() not in self.weekend and day not in self.days_off)

    def after(self, start: dt.datetime, limit: str) -> dt.datetime:
        """When a limit that begins at ``start`` (aware) ends: hours to the minute, days at their midnight.

        Raises BadLimit for a text that is no limit.
        """
        number, unit = read_limit(limit)
        if unit == "h":
            return start + dt.timedelta(hours=number)
        day = start.astimezone(ZONE).date()
        if unit == "d":
            return _end_of(day + dt.timedelta(days=number))
        while number:
            day += dt.timedelta(days=1)
            number -= self.is_workday(day)
        return _end_of(day)

    def days_between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Working days after ``start`` up to ``end``'s day; negative where ``end`` lies before."""
        first, last = start.astimezone(ZONE).date(), (end - dt.timedelta(seconds=1)).astimezone(ZONE).date()
        sign = 1 if last >= first else -1
        low, high = min(first, last), max(first, last)
        days = range(1, (high - low).days + 1)
        return sign * sum(self.is_workday(low + dt.timedelta(days=n)) for n in days)


def read_limit(text: str) -> tuple[int, str]:
    """Number and unit of a limit.  Raises BadLimit."""
    found = LIMIT.match(text)
    if not found:
        raise BadLimit(f"{text!r} is not a limit such as 3h, 5wd or 90d")
    return int(found.group(1)), found.group(2)


def load_calendar(path: Path, name: str) -> Calendar:
    """One calendar of the file.  Raises KeyError for an unknown name."""
    given: dict[str, Any] = yamlfile.load(path).data["calendars"][name]
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    for year, days in given["years"].items():
        off |= {dt.date.fromisoformat(f"{year}-{day}") for day in days["days_off"]}
        worked |= {dt.date.fromisoformat(f"{year}-{day}") for day in days["worked"]}
    return Calendar(frozenset(given["weekend"]), frozenset(off), frozenset(worked))


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZONE)
