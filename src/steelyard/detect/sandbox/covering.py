"""What of a run's rows may be shown: figures, days, codes and areas; never who it is about.

The author of a model sees no row through it.  An output is shown where everything it is made of is open; else its
values are replaced by stand-ins, the same for the same value, so that one still sees what belongs together.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from steelyard.catalogue import Catalogue
from steelyard.contracts import Column

_OPEN_LEVELS = ("L1", "L2")
_AREAS = ("area_code", "village_code", "hukou_village_code")
GRADES = ("red", "yellow", "blue")
_CODES = frozenset({
    "account_code", "approve_level", "approver_role", "basis", "category", "cert_type", "channel", "crop", "crop_class",
    "currency", "custody_type", "dataset", "fund_source", "item_code", "level", "list_type", "method", "min_tier",
    "position", "post_type", "program_code", "qual_category", "rank", "relation", "relation_to_head", "role",
    "specialty", "status", "unit", "work_type",
})  # fmt: skip
"""Columns of short codes for which no vocabulary is laid down; rules compare them, and none of them names anybody."""


def kinds(catalogue: Catalogue, told_by: Mapping[str, Iterable[Sequence[str]]]) -> dict[str, str]:
    """Output column to the kind of its stand-ins, or ``""`` where its values may be shown.

    ``told_by``: what each is made of, or chosen, counted or put in order by: a number chosen by a name spells the name.
    """
    return {output: _kind(catalogue, made_of) for output, made_of in told_by.items()}


def _kind(catalogue: Catalogue, made_of: Iterable[Sequence[str]]) -> str:
    closed = [
        column
        for table, name in made_of
        if catalogue.knows(table) and not is_open(column := catalogue.columns(table)[name])
    ]
    if not closed:
        return ""
    return next((column.subject for column in closed if column.subject), "") or "text"


def is_open(column: Column) -> bool:
    """Whether a column's values name nobody: a code of a vocabulary, an area, a figure or a day that is not private."""
    if column.subject or column.private or column.sensitivity not in _OPEN_LEVELS:
        return False
    return column.type != "string" or bool(column.vocabulary) or column.name in _AREAS


def spells(column: Column) -> bool:
    """Whether the letters of a column could say who somebody is: a name, a number, a phone, an account, a free text.

    A code, an area, a figure and a day say nothing by their letters; they may still be covered in what is shown.
    """
    if column.type != "string":
        return False
    if column.subject or column.private:
        return True
    area = column.name.endswith(_AREAS) or (column.references is not None and column.references.dataset == "region")
    return not (column.vocabulary or area or column.name in _CODES)


class StandIns:
    """Values replaced by made-up ones, the same for the same value."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, Any], str] = {}
        self._count: dict[str, int] = {}

    def of(self, kind: str, value: Any) -> str:
        known = self._given.get((kind, value))
        if known is None:
            self._count[kind] = self._count.get(kind, 0) + 1
            known = self._given[kind, value] = f"{kind}-{self._count[kind]}"
        return known


def covered(
    rows: Iterable[Mapping[str, Any]], kind_of: Mapping[str, str], *, grade: str = "grade"
) -> list[dict[str, Any]]:
    """Rows fit to be shown and kept, as JSON has them.  The column ``grade`` may say its words whatever chose them."""
    stand_ins = StandIns()
    return [
        {
            name: value if name == grade and value in GRADES else _shown(value, kind_of.get(name, "text"), stand_ins)
            for name, value in row.items()
            if name != "_src"
        }
        for row in rows
    ]


def _shown(value: Any, kind: str, stand_ins: StandIns) -> Any:
    if value is None:
        return None
    if kind:
        return stand_ins.of(kind, str(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    # A list or a record would carry along what no column of it was asked about.
    return value if isinstance(value, bool | int | float | str) else stand_ins.of("text", str(value))
