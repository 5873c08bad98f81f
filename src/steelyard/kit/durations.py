"""ISO 8601 durations: P10Y, P2W, P45D, PT6H, PT30S."""

import datetime as dt
import re
from dataclasses import dataclass
from math import ceil

_PATTERN = re.compile(
    r"^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
)


@dataclass(frozen=True)
class Duration:
    """Calendar years and months, then days, hours, minutes and seconds."""

    years: int = 0
    months: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: float = 0

    @property
    def exact(self) -> dt.timedelta | None:
        """The length; None where months or years make it depend on the calendar."""
        if self.years or self.months:
            return None
        return dt.timedelta(days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds)

    @property
    def _part_of_a_day(self) -> int:
        """Days that hours, minutes and seconds fill or begin."""
        return ceil((self.hours * 3600 + self.minutes * 60 + self.seconds) / 86_400)

    @property
    def about_days(self) -> int:
        """Days, a month taken as 31 and a year as 366; a part of a day counts as one."""
        return self.years * 366 + self.months * 31 + self.days + self._part_of_a_day

    def before(self, day: dt.date) -> dt.date:
        """The day that lies so long before ``day``: the last of its month where the number does not exist."""
        month = day.year * 12 + day.month - 1 - self.years * 12 - self.months
        if month < 12:
            return dt.date.min
        year, at = divmod(month, 12)
        end = (dt.date(year + at // 11, (at + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
        rest = dt.timedelta(days=self.days + self._part_of_a_day)
        return dt.date(year, at + 1, min(day.day, end)) - rest


def read(text: str) -> Duration | None:
    """A duration from its text; None where it says something else or nothing at all."""
    found = _PATTERN.match(text)
    if found is None:
        return None
    *whole, seconds = found.groups()
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in whole)
    return Duration(years, months, weeks * 7 + days, hours, minutes, float(seconds or 0))


def length(text: str) -> dt.timedelta:
    """A duration that has one length.  Raises ValueError for months, years and whatever is no duration."""
    found = read(text)
    exact = found.exact if found else None
    if exact is None:
        raise ValueError(f"{text!r} is no duration such as P1D or PT30M")
    return exact
