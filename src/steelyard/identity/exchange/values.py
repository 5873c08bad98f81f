"""Values as files write them: percentages, dates, and statements for which a format has no field."""

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?")
_MARKS = re.compile(r"[%;=\x00-\x1f\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Unreadable(ValueError):
    """A value that does not say what its field should say."""


def percent(share: float) -> Decimal:
    """0.255 → 25.5, exactly."""
    return (Decimal(repr(share)) * 100).normalize()


def percent_text(share: float, most: float | None) -> str:
    """``25.5``, or a range ``25-50``."""
    least = format(percent(share), "f")
    return least if most is None else f"{least}-{format(percent(most), 'f')}"


def share_of(said: object) -> float | None:
    """A percentage as a share of 1; None where nothing is said.  Raises Unreadable."""
    text = str(said).strip().rstrip("%％").strip() if said is not None else ""
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise Unreadable(f"{text[:40]!r} is no percentage") from error
    if not found.is_finite() or not 0 <= found <= 100:
        raise Unreadable(f"a share of {text[:40]} % is not between 0 and 100 %")
    return float(round(found / 100, 8))


def shares_of(text: str) -> tuple[float | None, float | None]:
    """As ``percent_text`` wrote them.  Raises Unreadable."""
    least, mark, most = text.strip().partition("-") if not text.strip().startswith("-") else (text, "", "")
    return ordered_shares(share_of(least), share_of(most) if mark else None)


def ordered_shares(least: float | None, most: float | None) -> tuple[float | None, float | None]:
    """A range whose ends meet is one share.  Raises Unreadable where they are crossed."""
    if most is not None and least is None:
        least = 0.0
    if least is not None and most is not None and most < least:
        raise Unreadable("the range of the share ends before it begins")
    return least, None if most == least else most


def day_of(said: object, *, last: bool = False) -> dt.date | None:
    """A date; of a year or a month its first day, or its ``last``.  None where nothing is said.  Raises Unreadable."""
    text = str(said).strip() if said is not None else ""
    if not text:
        return None
    found = _PERIOD.fullmatch(text)
    if not found:
        raise Unreadable(f"{text[:40]!r} is no date: write YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        month = month or (12 if last else 1)
        return dt.date(year or 0, month, day or (calendar.monthrange(year or 0, month)[1] if last else 1))
    except (ValueError, calendar.IllegalMonthError) as error:
        raise Unreadable(f"there is no day {text[:40]}") from error


def text_of(said: object, longest: int = 1000) -> str:
    """One line of text.  Raises Unreadable where it is none."""
    if said is None:
        return ""
    if not isinstance(said, str):
        raise Unreadable("is not text")
    if len(said) > longest:
        raise Unreadable(f"is longer than {longest} characters")
    if _CONTROL.search(said):
        raise Unreadable("holds control characters")
    return said


def whole_of(said: object, least: int, greatest: int) -> int | None:
    """A whole number in a range; None where nothing is said.  Raises Unreadable."""
    text = str(said).strip() if said is not None else ""
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text) or not least <= int(text) <= greatest:
        raise Unreadable(f"{text[:40]!r} is no whole number from {least} to {greatest}")
    return int(text)


def fraction_of(said: object) -> float | None:
    """0 to 1; None where nothing is said.  Raises Unreadable."""
    text = str(said).strip() if said is not None else ""
    if not text:
        return None
    try:
        found = float(text)
    except ValueError as error:
        raise Unreadable(f"{text[:40]!r} is no number") from error
    if not 0 <= found <= 1:
        raise Unreadable(f"{text[:40]} is not between 0 and 1")
    return found


def statement(**told: object) -> str:
    """``tier=T1; dataset=shareholder``: what a format has no field for, to be read by people and by us."""
    return "; ".join(
        f"{name}={_MARKS.sub(_escaped, str(value))}" for name, value in told.items() if value not in (None, "")
    )


def _escaped(mark: re.Match[str]) -> str:
    return f"%{ord(mark[0]):02X}"


def told_in(text: str) -> Mapping[str, str]:
    """What ``statement`` was given; other text gives nothing."""
    parts = (part.split("=", 1) for part in text.split("; "))
    return {part[0]: unquote(part[1]) for part in parts if len(part) == 2 and part[0].isidentifier()}
