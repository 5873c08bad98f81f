"""The business period a file is about, where its name tells it."""

import re
from functools import lru_cache
from typing import Any

WHOLE = ("period", "day", "month", "quarter")
GROUPS = (*WHOLE, "year")
_WRITTEN = re.compile(
    r"(?P<year>(?:19|20)\d{2})[^\dQq第]?"
    r"(?:[Qq第](?P<quarter>[1-4])季?度?|(?P<month>\d{1,2})\D?(?P<day>\d{1,2})?)?\D?"
)


def period_pattern(said: Any) -> str:
    """The block ``business_period`` of an interface file.  Raises ValueError for a pattern that can find nothing."""
    if said is None:
        return ""
    if not isinstance(said, dict) or set(said) != {"from_name"}:
        raise ValueError("business_period must say from_name and nothing else")
    pattern = str(said["from_name"])
    try:
        groups = set(re.compile(pattern).groupindex)
    except re.error as error:
        raise ValueError(f"business_period.from_name is no regular expression: {error}") from error
    if not groups or groups - set(GROUPS):
        raise ValueError(
            f"business_period.from_name needs one of the groups {', '.join(f'(?P<{one}>…)' for one in GROUPS)}"
        )
    return pattern


def period_of(pattern: str, name: str) -> str:
    """``2025``, ``2025-Q1``, ``2025-03`` or ``2025-03-31``; empty where the name tells no period.

    A group may hold all of it, written 202503, 2025-03, 20250331, 2025Q1 or 2025年3月; or, where there is a group
    ``year``, each of ``quarter``, ``month`` and ``day`` holds its part.
    """
    found = _compiled(pattern).search(name) if pattern else None
    if found is None:
        return ""
    parts = {key: value for key, value in found.groupdict().items() if value}
    whole = next((parts[name] for name in WHOLE if name in parts), None)
    if "year" not in parts and whole is not None:
        written = _WRITTEN.fullmatch(whole)
        parts = {key: value for key, value in written.groupdict().items() if value} if written else {}
    return _joined(parts)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _joined(parts: dict[str, str]) -> str:
    if "year" not in parts:
        return ""
    if "quarter" in parts:
        return f"{parts['year']}-Q{int(parts['quarter'])}"
    months = [int(parts[name]) for name in ("month", "day") if name in parts]
    if months and not (1 <= months[0] <= 12 and all(1 <= day <= 31 for day in months[1:])):
        return ""
    return "-".join([parts["year"], *(f"{number:02d}" for number in months)])
