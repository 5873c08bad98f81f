"""Reads what a contract promises beside its columns: how often, how much, how long, on what ground."""

from typing import Any

from steelyard.contracts.contract import AREAS, RHYTHMS, Column, Expectations, LegalBasis
from steelyard.contracts.sheet import Sheet
from steelyard.kit import durations

EXPECTED = ("rhythm", "latest", "min_rows", "max_rows", "max_change", "min_rows_per_area", "areas")
LEGAL_STATUS = ("read", "known", "instrument-only", "unverified")


def read_expectations(sheet: Sheet) -> Expectations:
    said = sheet.mapping("expectations")
    if not said:
        return Expectations()
    sheet.known_keys(said, EXPECTED, "expectations")
    least, most = _count(sheet, said, "min_rows", 0), _count(sheet, said, "max_rows", None)
    if most is not None and least is not None and most < least:
        sheet.complain("max_rows lies below min_rows", "expectations")
    change = said.get("max_change")
    if change is not None and (isinstance(change, bool) or not isinstance(change, int | float) or change <= 0):
        sheet.complain("max_change must be a share above 0, such as 0.2", "expectations", "max_change")
        change = None
    return Expectations(
        rhythm=sheet.one_of(said.get("rhythm"), RHYTHMS, "rhythm", "expectations", "rhythm"),
        latest=sheet.duration(said.get("latest"), "latest", "expectations", "latest"),
        min_rows=least or 0,
        max_rows=most,
        max_change=None if change is None else float(change),
        min_rows_per_area=_count(sheet, said, "min_rows_per_area", 1) or 0,
        areas=sheet.one_of(said.get("areas", "none"), AREAS, "areas", "expectations", "areas"),
    )


def _count(sheet: Sheet, said: dict[str, Any], name: str, default: int | None) -> int | None:
    value = said.get(name, default)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        sheet.complain(f"{name} must be a whole number, not below 0", "expectations", name)
        return default
    return value


def read_share(sheet: Sheet) -> float:
    """Share of quarantined rows above which a delivery is refused."""
    said = sheet.mapping("limits")
    sheet.known_keys(said, ("quarantined_share",), "limits")
    share = said.get("quarantined_share", 0.05)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        sheet.complain("quarantined_share must be a share from 0 to 1", "limits")
        return 0.05
    return float(share)


def read_retention(sheet: Sheet, level: str, columns: dict[str, Column]) -> str:
    """How long rows are kept: never longer than the class of the dataset allows."""
    if "retention" not in sheet.data:
        return ""
    said = sheet.duration(sheet.data["retention"], "retention", "retention")
    classes = sheet.vocabularies.get("sensitivity")
    strictest = max([level, *(column.sensitivity for column in columns.values() if column.private)])
    most = str(classes.terms[strictest].more.get("retention", "")) if classes and strictest in classes else ""
    kept, allowed = durations.read(said), durations.read(most)
    if kept and allowed and kept.about_days > allowed.about_days:
        sheet.complain(f"retention {said} is longer than class {strictest} allows, {most}", "retention")
    return said


def read_legal_basis(sheet: Sheet) -> tuple[LegalBasis, ...]:
    found: list[LegalBasis] = []
    for number, body in enumerate(sheet.listed("legal_basis")):
        at = ("legal_basis", number)
        if not isinstance(body, dict) or not body.get("ref"):
            sheet.complain("a legal basis needs ref and status", *at)
            continue
        sheet.known_keys(body, ("ref", "status"), *at)
        found.append(LegalBasis(str(body["ref"]), sheet.one_of(body.get("status"), LEGAL_STATUS, "status", *at)))
    return tuple(found)
