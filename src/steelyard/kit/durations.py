"""ISO 8601 durations of whole calendar units: P10Y, P2W, P45D, PT6H."""

import datetime as dt
import re
from dataclasses import dataclass

_PATTERN = re.compile(r"^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?$")


@dataclass(frozen=True)
class Duration:
    """Calendar years and months, then days, hours and minutes."""

    years: int = 0
    months: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0

    @property
    def about_days(self) -> int:
        """Days, a month taken as 31 and a year as 366; a part of a day counts as one."""
        return self.years * 366 + self.months * 31 + self.days + -(-(self.hours * 60 + self.minutes) // 1440)

    def before(self, day: dt.date) -> dt.date:
        """The day that lies so long before ``day``: the last of its month where the number does not exist."""
        month = day.year * 12 + day.month - 1 - self.years * 12 - self.months
        if month < 12:
            return dt.date.min
        year, at = divmod(month, 12)
        end = (dt.date(year + at // 11, (at + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
        rest = dt.timedelta(days=self.days + -(-(self.hours * 60 + self.minutes) // 1440))
        return dt.date(year, at + 1, min(day.day, end)) - rest


def read(text: str) -> Duration | None:
    """A duration from its text; None where it says something else or nothing at all."""
    found = _PATTERN.match(text)
    if found is None:
        return None
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    return Duration(years, months, weeks * 7 + days, hours, minutes)
