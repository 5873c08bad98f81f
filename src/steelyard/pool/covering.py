"""What of a bad row may be read by pages: enough to find the fault, not enough to know the person.

Written beside the row when it lands, so that the role of the pages needs no right on the row itself.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from steelyard.contracts import Contract
from steelyard.pool.conform import Flaw
from steelyard.pool.masking import mask_json, masked
from steelyard.sources import Feed

_PRIVATE = re.compile(r"(^|_)(account|phone|mobile|card|id_no|email|plate)(?!_(code|type|kind))(_|$)")


def _hidden(value: str) -> str:
    shown = masked(value)
    if shown != value:
        return shown
    return value[:3] + "*" * (len(value) - 5) + value[-2:] if len(value) > 7 else "*" * len(value)


def _name(value: str) -> str:
    return value[:1] + "*" * (min(len(value) - 1, 3) or 1) if value else value


@dataclass(frozen=True)
class Cover:
    """How the rows of one dataset are covered, whatever interface they came through."""

    kinds: Mapping[str, str]
    """``name`` or ``number`` by target column and raw field."""
    columns: Mapping[str, str]
    """The same by the file's own columns."""

    @classmethod
    def of(cls, contract: Contract, feed: Feed) -> "Cover":
        """By the contract's subjects, levels and private columns, and by what a column is called."""
        kinds: dict[str, str] = {}
        for one in contract.columns.values():
            if one.subject in ("person", "party"):
                kinds |= {field: "name" if field.endswith("name") else "number" for field in one.raw}
                kinds[one.name] = "number"
            elif not one.subject and (one.private or one.sensitivity == "L4" or _PRIVATE.search(one.name)):
                kinds[one.name] = "name" if one.name.endswith("name") else "number"
        columns = {
            column: kinds[target] for target, source in feed.columns.items() if target in kinds
            for column in source.columns
        }  # fmt: skip
        return cls(kinds, columns)

    def value(self, flaw: Flaw) -> str | None:
        """The value that broke the rule."""
        if not flaw.value:
            return flaw.value
        if flaw.rule == "name-conflict":
            return _name(flaw.value)
        kind = "number" if flaw.rule == "number" else self.kinds.get(flaw.column, "")
        return self._one(kind, flaw.value)

    def raw(self, flaw: Flaw) -> str | None:
        """The delivered row as JSON; None where the line could not be read."""
        shown = mask_json(flaw.raw)
        said = json.loads(shown) if shown else None
        if not isinstance(said, dict):
            return shown
        covered = {
            name: self._one(self.columns.get(name, ""), value) if isinstance(value, str) else value
            for name, value in said.items()
        }
        return json.dumps(covered, ensure_ascii=False)

    @staticmethod
    def _one(kind: str, value: str) -> str:
        if kind == "name":
            return _name(value)
        return (value if "*" in value else _hidden(value)) if kind == "number" else masked(value)
