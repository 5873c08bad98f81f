"""Frozen values without what only a purpose opens: accounts, phones, addresses and numbers of persons."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from steelyard.web.orgs.masking import mask_number, mask_text

COVERED_LEVELS = ("L3", "L4")
SHOWN_BY_KIND = ("person", "company", "party", "org", "area", "money", "date", "datetime", "integer", "boolean")
"""Kinds that have a look of their own; names of persons among them are masked where names are resolved."""
_PRIVATE = re.compile(r"(^|_)(account|phone|mobile|card|id_no|email|address|plate)(?!_(code|type|kind))(_|$)")


def masked_sections(sections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Evidence sections with sensitive texts covered: by the contract's level, else by what the column is called."""
    return [_masked(section) for section in sections]


def masked_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Key or payload of a finding, covered by the names of its columns."""
    return {name: masked_value(name, value) for name, value in values.items()}


def masked_value(column: str, value: Any, level: str = "") -> Any:
    """One value; numbers of persons vanish from any text whatever its column."""
    if isinstance(value, list):
        return [masked_value(column, one, level) for one in value]
    if isinstance(value, dict):
        return {name: masked_value(name, one, level) for name, one in value.items()}
    if not isinstance(value, str):
        return value
    private = level in COVERED_LEVELS or bool(_PRIVATE.search(column))
    return mask_number(value) if private else mask_text(value)


def _masked(section: Mapping[str, Any]) -> dict[str, Any]:
    columns, kinds = list(section.get("columns", [])), section.get("kinds", {})
    levels = section.get("sensitivity", {})

    def covered(column: str, value: Any) -> Any:
        shown = kinds.get(column, "") in SHOWN_BY_KIND
        return value if shown else masked_value(column, value, levels.get(column, ""))

    rows = [[covered(*pair) for pair in zip(columns, row, strict=False)] for row in section.get("rows", [])]
    return {**section, "rows": rows}
