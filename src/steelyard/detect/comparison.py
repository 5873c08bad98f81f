"""Whether the rows found are the rows expected; only the columns an author named are compared."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from steelyard.catalogue.cases import day
from steelyard.detect.parameters import text

TOLERANCE = Decimal("0.000001000001")
"""Ratios are kept to six places; the last one may be rounded either way."""


def same(found: Any, wanted: Any) -> bool:
    """Compare by the type of the value found: numbers, dates and booleans by value, texts exactly."""
    if found is None or found == "":
        return wanted is None or wanted == ""
    if wanted is None:
        return False
    try:
        return _same_value(found, wanted)
    except (ValueError, InvalidOperation):
        return False


def _same_value(found: Any, wanted: Any) -> bool:
    if isinstance(found, bool):
        return str(wanted).strip().lower() == str(found).lower()
    if isinstance(found, int):
        return Decimal(str(wanted).strip()) == found
    if isinstance(found, Decimal | float):
        actual = Decimal(str(found))
        expected = Decimal(str(wanted).strip())
        if isinstance(found, Decimal):
            expected = expected.quantize(Decimal(1).scaleb(int(found.as_tuple().exponent)))
        return abs(actual - expected) <= TOLERANCE
    if isinstance(found, dt.datetime):
        moment = found.replace(tzinfo=None)
        if isinstance(wanted, dt.datetime):
            return wanted.replace(tzinfo=None) == moment
        if isinstance(wanted, dt.date):
            return wanted == moment.date()
        written = dt.datetime.fromisoformat(str(wanted).strip()).replace(tzinfo=None)
        return written == moment
    if isinstance(found, dt.date):
        return day(wanted) == found
    return text(list_as_text(wanted)) == str(found)


def list_as_text(value: Any) -> Any:
    """A YAML list stands for a comma-joined text."""
    return ",".join(str(text(item)) for item in value) if isinstance(value, list) else value


def difference(found: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]]) -> str | None:
    """Why the rows differ, or None.  Each expected row needs a found row of its own."""
    if len(found) != len(expected):
        return f"expected {len(expected)} findings, got {len(found)}: {_shown(found)}"
    for wanted in expected:
        unknown = [column for column in wanted if found and column not in found[0]]
        if unknown:
            return f"the output has no column {', '.join(map(str, unknown))}"
    choices = [[n for n, row in enumerate(found) if _matches(row, wanted)] for wanted in expected]
    for wanted, fitting in zip(expected, choices, strict=True):
        if not fitting:
            return f"no finding is {dict(wanted)}; got {_shown(found)}"
    if not _assign(choices):
        return f"two expected rows fit only one finding; got {_shown(found)}"
    return None


def _matches(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(same(row[str(column)], value) for column, value in wanted.items())


def _assign(choices: Sequence[Sequence[int]]) -> bool:
    """Whether every expected row can have a finding of its own (augmenting paths)."""
    owner: dict[int, int] = {}

    def place(wanted: int, seen: set[int]) -> bool:
        for row in choices[wanted]:
            if row not in seen:
                seen.add(row)
                if row not in owner or place(owner[row], seen):
                    owner[row] = wanted
                    return True
        return False

    return all(place(wanted, set()) for wanted in range(len(choices)))


def _shown(found: Sequence[Mapping[str, Any]]) -> str:
    rows = ["{" + ", ".join(f"{k}: {text(v)}" for k, v in row.items()) + "}" for row in found[:5]]
    return "[" + "; ".join(rows) + ("; …" if len(found) > 5 else "") + "]"
