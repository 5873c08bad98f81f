"""Values of the pool as they are shown on a subject's page: enough to understand, not enough to misuse."""

from typing import Any

from steelyard.contracts import Column
from steelyard.web.orgs.masking import mask_name, mask_number, mask_text
from steelyard.web.orgs.models import Area
from steelyard.web.subjects.pool_link import term

SECRET = ("L3", "L4")
PLAIN = ("date", "datetime", "boolean", "integer", "decimal")


def covered(column: Column, value: Any) -> str:
    """One value of a column that names no subject."""
    if value is None or value == "":
        return ""
    text = str(value)
    if column.vocabulary:
        return term(column.vocabulary, text)
    if column.references and column.references.dataset == "region":
        area = Area.objects.filter(code=text).first()
        return str(area) if area else text
    if column.private:
        return mask_name(text) if column.name.endswith("name") else mask_number(text)
    if column.type in PLAIN:
        return text
    return mask_number(text) if column.sensitivity == "L4" else mask_text(text)


def differences(one: str, other: str) -> tuple[str, str]:
    """Two values of which only what differs is uncovered, besides the first character of each.

    Values of different lengths are compared from the front and from the back.
    """
    if one == other:
        return _hidden(one, set()), _hidden(other, set())
    front = _common(one, other)
    back = _common(one[front:][::-1], other[front:][::-1])
    if len(one) == len(other):
        differ = {place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b}
        return _hidden(one, differ), _hidden(other, differ)
    return (
        _hidden(one, set(range(front, len(one) - back))),
        _hidden(other, set(range(front, len(other) - back))),
    )


def _common(one: str, other: str) -> int:
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


def _hidden(text: str, shown: set[int]) -> str:
    return "".join(
        letter if place == 0 or place in shown or not letter.isalnum() else "*" for place, letter in enumerate(text)
    )
