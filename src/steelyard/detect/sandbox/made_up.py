"""Makes a case of real rows: whoever is named in them is replaced by somebody made up, the same everywhere."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml

from steelyard.catalogue import Catalogue
from steelyard.contracts import Column
from steelyard.detect.sandbox.covering import is_open, spells

_LETTER = {"person": "P", "company": "C", "org": "O", "party": "S"}
_AREA = re.compile(r"(^|_)(area|village)_code$")
_ITEM = re.compile(r"^( *)- +name:", re.MULTILINE)


class MadeUp:
    """Replaces values; figures, days and codes stay as they are, for rules speak of them, unless they name somebody."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        """Real value, as text, to the made-up one."""
        self._count: dict[str, int] = {}

    def value(self, column: Column, value: Any) -> Any:
        """What stands in a case for the value of a column."""
        if value is None:
            return None
        if _AREA.search(column.name) and len(str(value)) == 12:
            return self.area(str(value))
        if is_open(column) or not (spells(column) or column.private or column.subject):
            return plain(value)
        if isinstance(value, dt.date):
            # Of a day that tells who somebody is, such as a birthday, the year is enough for most rules.
            return dt.date(value.year, 1, 1)
        return self._of(column, value)

    def _of(self, column: Column, value: Any) -> Any:
        known = self.given.get(str(value))
        if known is None:
            letter = _LETTER.get(column.subject or "", f"{column.name}-")
            count = self._count[letter] = self._count.get(letter, 0) + 1
            known = self.given[str(value)] = _another(value, f"{letter}{count}", count)
        return known

    def area(self, code: str) -> str:
        """Another county, of a province that does not exist; town and village keep their digits."""
        county = code[:6]
        known = self.given.get(county)
        if known is None:
            count = self._count["area"] = self._count.get("area", 0) + 1
            known = self.given[county] = f"99{count:04d}"
        return f"{known}{code[6:]}"

    def output(self, value: Any, *, shown: bool) -> Any:
        """What stands for a value of the finding; None where it cannot be said without naming somebody."""
        text = str(value)
        if text in self.given:
            return self.given[text]
        if isinstance(value, str) and len(text) == 12 and text.isdigit():
            return self.area(text)
        return plain(value) if shown else None


def _another(value: Any, text: str, count: int) -> Any:
    return count if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else text


def plain(value: Any) -> Any:
    """A value as a case writes it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return value


def rows_of(catalogue: Catalogue, rows: Mapping[str, Sequence[Mapping[str, Any]]], made: MadeUp) -> dict[str, Any]:
    """The rows of each dataset, with made-up names and without what is empty."""
    return {
        dataset: [
            {
                name: made.value(catalogue.columns(dataset)[name], value)
                for name, value in row.items()
                if value is not None and name in catalogue.columns(dataset)
            }
            for row in listed
        ]
        for dataset, listed in sorted(rows.items())
    }


def written(name: str, as_of: dt.date, given: Mapping[str, Sequence[Any]], expect: Mapping[str, Any]) -> str:
    """A positive case as cases.yaml holds it."""
    lines = [f"- name: {name}", "  kind: positive", f"  as_of: {as_of.isoformat()}", "  given:"]
    for dataset, listed in given.items():
        lines += [f"    {dataset}:", *(f"      - {_flow(row)}" for row in listed)]
    return "\n".join([*lines, f"  expect: [{_flow(expect)}]"]) + "\n"


def _flow(row: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(dict(row), default_flow_style=True, allow_unicode=True, width=100_000, sort_keys=False)
    return str(text).strip()


def added(cases: str, case: str) -> str:
    """The text of a cases.yaml with one case more, as far in as its others."""
    items = _ITEM.findall(cases)
    inset = items[-1] if items else ""
    body = re.sub(r"^cases: *\[\] *$", "cases:", cases.rstrip(), flags=re.MULTILINE)
    if not re.search(r"^cases:", body, re.MULTILINE):
        body += "\ncases:"
    return body + "\n" + "".join(f"{inset}{line}\n" for line in case.rstrip().split("\n"))
