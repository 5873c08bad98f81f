"""Titles of findings: ``{column}`` or ``{column:name|area|money|date}``, filled when shown."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from steelyard.kit.errors import SteelyardError

FORMATS = ("name", "area", "money", "date")
_PLACEHOLDER = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")


class PlaceholderUnknown(SteelyardError):
    """A title names a column the finding does not have."""


def placeholders(text: str) -> list[tuple[str, str]]:
    """(column, format) of every placeholder, in order; the format may be empty."""
    return [(found[1].strip(), (found[2] or "").strip()) for found in _PLACEHOLDER.finditer(text)]


def render(text: str, row: Mapping[str, Any], named: Callable[[str, str, Any], str] | None = None) -> str:
    """Fill a title from a finding's row.

    ``named(column, format, value)`` gives the words for names and areas under the viewer's rights;
    without it the key itself is shown.  Raises PlaceholderUnknown.
    """

    def fill(found: re.Match[str]) -> str:
        column, form = found[1].strip(), (found[2] or "").strip()
        if column not in row:
            raise PlaceholderUnknown(f"the title names {column}, which the finding does not have")
        value = row[column]
        if form in ("name", "area") and named and value is not None:
            return named(column, form, value)
        return written(value, form)

    return _PLACEHOLDER.sub(fill, text)


def written(value: Any, form: str) -> str:
    """A plain value in words: money with two places and thousands, dates as ISO."""
    if value is None:
        return "—"
    if form == "money":
        return f"{Decimal(str(value)):,.2f}"
    if form == "date" and isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
