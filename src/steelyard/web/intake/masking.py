"""Delivered values as a steward may read them: enough to find the fault, not enough to know the person."""

import csv
import io
from collections.abc import Mapping

from steelyard.contracts import Contract
from steelyard.pool.masking import rebuilt
from steelyard.sources import Interface
from steelyard.web.orgs.masking import mask_name, mask_number, mask_text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PERSONAL = {"person", "party"}


def kind_of(contract: Contract | None, target: str) -> str:
    """What a target column or raw field holds: ``name`` or ``number`` of a person, ``secret``, or ``text``."""
    if contract is None:
        return "text"
    for one in contract.columns.values():
        if one.subject in PERSONAL and target in {one.name, *one.raw}:
            return "name" if target.endswith("name") else "number"
    known = contract.columns.get(target)
    if known is None or not (known.private or known.sensitivity == "L4"):
        return "text"
    return "name" if known.private and known.name.endswith("name") else "secret"


def masked_value(kind: str, value: str | None) -> str:
    """One value of a kind."""
    if not value:
        return ""
    if kind == "name":
        return mask_name(value)
    return mask_number(value) if kind in {"number", "secret"} else mask_text(value)


def kinds_of_file(interface: Interface | None, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Kinds by the file's own column names, where they are not plain text."""
    found: dict[str, str] = {}
    for feed in interface.feeds if interface else ():
        for target, source in feed.columns.items():
            kind = kind_of(contracts.get(feed.dataset), target)
            found |= {column: kind for column in source.columns if kind != "text"}
    return found


def masked_fields(fields: Mapping[str, str | None], kinds: Mapping[str, str]) -> dict[str, str]:
    """A delivered row by its own columns."""
    return {name: masked_value(kinds.get(name, "text"), value) for name, value in fields.items()}


def masked_line(text: str, fields: Mapping[str, str | None], kinds: Mapping[str, str]) -> str:
    """The delivered line written anew from its covered values: a quote or an escape in it uncovers nothing.

    Without ``fields`` the line is a published record or one the pool has already written anew.
    """
    return rebuilt(text, masked_fields(fields, kinds)) if fields and text else mask_text(text)


def for_spreadsheet(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def as_csv(rows: list[list[object]]) -> str:
    """Rows as CSV text with a mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([for_spreadsheet(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
