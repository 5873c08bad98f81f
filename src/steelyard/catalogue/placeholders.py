"""Titles of findings: ``{column}`` or ``{column:form}``, filled when shown.

``[a part]`` goes where its value is missing; ``{first:date}..{last:date}`` is one date where both are the same.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from steelyard.kit.errors import SteelyardError

FORMS = ("name", "area", "model", "dataset", "money", "number", "percent", "date", "month", "time", "s")
"""How a value is shown: looked up by the reader's rights, as a figure, as a moment, or as the ending of a plural."""
LONGEST = 500
"""Letters an alert keeps of a template; a longer one would be cut inside a placeholder."""

_PLACEHOLDER = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_SPOT = re.compile(rf"({_PLACEHOLDER.pattern})(?:\.\.({_PLACEHOLDER.pattern}))?")
"""A placeholder, or two with what lies between them."""
_OPTIONAL = re.compile(r"(\[[^\[\]]*\{[^\[\]]*\])")
_ITEMS = re.compile(r"\s*([,;|>])\s*")

Told = Callable[[str, str, Any], str | None]
"""(column, form, value) in words, or None where the value is written as it is."""


class PlaceholderUnknown(SteelyardError):
    """A title names a column the finding does not have."""


def placeholders(text: str) -> list[tuple[str, str]]:
    """(column, form) of every placeholder, in order; the form may be empty."""
    return [(found[1].strip(), (found[2] or "").strip()) for found in _PLACEHOLDER.finditer(text)]


def open_brackets(text: str) -> bool:
    """Whether a square bracket of a template is no part of an optional ``[...]`` with a placeholder in it."""
    return bool(re.search(r"[\[\]]", _OPTIONAL.sub("", text)))


def render(
    text: str, row: Mapping[str, Any], told: Told | None = None, *, language: str = "en", lenient: bool = False
) -> str:
    """Fill a title from a finding's row.

    What is missing shows as a dash, and takes the optional part around it along.  ``lenient``: so does a column that
    the row does not have, for findings are older than models; else raises PlaceholderUnknown.
    """

    def put(column: str, form: str) -> str | None:
        if column not in row and not lenient:
            raise PlaceholderUnknown(f"the title names {column}, which the finding does not have")
        value = row.get(column)
        if value is None or value == "":
            return None
        said = told(column, form, value) if told else None
        return written(value, form, language) if said is None else said

    def spot(said: str) -> str | None:
        ends = dict.fromkeys(value for value in (put(*one) for one in placeholders(said)) if value is not None)
        return (" to " if language == "en" else "至").join(ends) if ends else None

    def part(said: str) -> str:
        """One optional part, or what stands between two of them."""
        optional = bool(_OPTIONAL.fullmatch(said))
        values = [spot(found[0]) for found in _SPOT.finditer(said)]
        if optional and None in values:
            return ""
        found = iter(values)
        return _SPOT.sub(lambda _one: _dashed(next(found)), said[1:-1] if optional else said)

    return "".join(part(said) for said in _OPTIONAL.split(text))


def _dashed(value: str | None) -> str:
    return "—" if value is None else value


def items(value: str) -> list[str]:
    """The codes of a list that a query joined with commas, semicolons or bars, or of a path joined with ``>``."""
    return [one for one in _ITEMS.split(value.strip())[::2] if one]


def in_words(value: str, words: Callable[[str], str | None], language: str) -> str:
    """A code, or each code of a joined list or path, in words; a code without words stays itself."""
    whole = words(value)
    if whole is not None:
        return whole
    between = {">": " → "}
    comma = "、" if language == "zh" else ", "
    parts = _ITEMS.split(value.strip())
    told = [words(one) if n % 2 == 0 else between.get(one, comma) for n, one in enumerate(parts)]
    if not any(told[::2]):
        return value  # a text, no list of codes
    return "".join(said or one for said, one in zip(told, parts, strict=True))


def written(value: Any, form: str, language: str = "en") -> str:
    """A plain value as people write it; one that does not fit its form is shown as it is."""
    try:
        if form == "money":
            return _grouped(value).removesuffix(".00")
        if form == "number":
            return re.sub(r"\.?0+$", "", _grouped(value))
        if form == "s":
            return "" if Decimal(str(value)) == 1 else "s"
        if form == "percent":
            share = (Decimal(str(value)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
            return f"{share:,f}".removesuffix(".0") + "%"
        if form in ("date", "month", "time"):
            return _moment(str(value), form, language)
    except (InvalidOperation, ValueError):
        return str(value)
    if isinstance(value, bool):
        return {"zh": "是" if value else "否"}.get(language, "yes" if value else "no")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _grouped(value: Any) -> str:
    """Thousands grouped, two places."""
    return f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def _moment(value: str, form: str, language: str) -> str:
    if form == "month":
        day = dt.date.fromisoformat(f"{value[:7]}-01")
        return f"{day.year}年{day.month}月" if language == "zh" else f"{day:%b} {day.year}"
    day = dt.date.fromisoformat(value[:10])
    said = f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%b} {day.year}"
    if form == "date":
        return said
    clock = dt.datetime.fromisoformat(value)
    return f"{said}{clock:%H:%M}" if language == "zh" else f"{said} {clock:%H:%M}"
