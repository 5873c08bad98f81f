"""Reads the columns of a contract."""

import re
from typing import Any

from steelyard.contracts.contract import DETAILS, LEVELS, SUBJECTS, TYPES, Column, Detail, Reference
from steelyard.contracts.sheet import Sheet
from steelyard.contracts.words import Words

KEYS = (
    *("type", "required", "vocabulary", "subject", "from", "sensitivity", "scale", "unit", "references", "private"),
    "of",
    *("note", "zh", "en"),
)
NUMBERS = ("integer", "decimal")
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_REFERENCE = re.compile(r"^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)$")


def read(sheet: Sheet, default: str) -> dict[str, Column]:
    """Every column by name; ``default`` is the dataset's level."""
    listed = sheet.mapping("columns")
    return {str(name): _column(sheet, str(name), body, default) for name, body in listed.items()}


def _column(sheet: Sheet, name: str, body: Any, default: str) -> Column:
    at = ("columns", name)
    if not isinstance(body, dict) or not _NAME.match(name):
        sheet.complain(f"column {name} must be a lower-case name with a mapping", *at)
        return Column(name, "string", Words("", ""), default)
    sheet.known_keys(body, KEYS, *at)
    kind = sheet.one_of(body.get("type"), TYPES, f"{name}: type", *at)
    vocabulary = body.get("vocabulary")
    known = sheet.vocabularies.get(str(vocabulary))
    if vocabulary is not None and known is None:
        sheet.complain(f"{name}: unknown vocabulary {vocabulary}", *at)
    return Column(
        name=name,
        type=kind if kind in TYPES else "string",
        title=sheet.words(*at),
        sensitivity=sheet.one_of(body.get("sensitivity", default), LEVELS, f"{name}: sensitivity", *at),
        subject=_subject(sheet, name, body),
        raw=tuple(body.get("from") or (name,)),
        required=_flag(sheet, name, body, "required"),
        vocabulary=vocabulary,
        values=frozenset(known.terms if known else ()),
        terms=known,
        scale=int(body.get("scale", 2)),
        unit=_unit(sheet, name, body),
        references=_reference(sheet, name, body),
        private=_flag(sheet, name, body, "private"),
        of=_detail(sheet, name, body),
        note=str(body.get("note", "")),
        line=sheet.line(*at),
    )


def _flag(sheet: Sheet, name: str, body: dict[str, Any], key: str) -> bool:
    if body.get(key, False) not in (True, False):
        sheet.complain(f"{name}: {key} must be true or false", "columns", name)
    return body.get(key) is True


def _subject(sheet: Sheet, name: str, body: dict[str, Any]) -> str | None:
    subject = body.get("subject")
    if subject is not None and (subject not in SUBJECTS or len(body.get("from") or ()) != 2):
        sheet.complain(f"{name}: a subject is one of {', '.join(SUBJECTS)}, from [number, name]", "columns", name)
    return subject


def _unit(sheet: Sheet, name: str, body: dict[str, Any]) -> str:
    unit = body.get("unit")
    if unit is None:
        return ""
    if unit not in (sheet.vocabularies.get("unit") or ()):
        sheet.complain(f"{name}: unknown unit {unit}; units are the vocabulary unit", "columns", name)
    if body.get("type") not in NUMBERS:
        sheet.complain(f"{name}: only a number has a unit", "columns", name)
    return str(unit)


def _detail(sheet: Sheet, name: str, body: dict[str, Any]) -> Detail | None:
    said = body.get("of")
    if said is None:
        return None
    found = _REFERENCE.match(str(said))
    columns = sheet.mapping("columns")
    subject = columns.get(found[1]) if found else None
    told = isinstance(subject, dict) and subject.get("subject") and not body.get("subject")
    if found is None or found[2] not in DETAILS or not told:
        sheet.complain(
            f"{name}: of must be a subject column of this contract and one of {', '.join(DETAILS)}, "
            "such as person_id.phone",
            "columns", name,
        )  # fmt: skip
        return None
    if (found[2] == "birth_date") != (body.get("type") == "date"):
        sheet.complain(f"{name}: a birth_date is of type date, every other detail is text", "columns", name)
    return Detail(found[1], found[2])


def _reference(sheet: Sheet, name: str, body: dict[str, Any]) -> Reference | None:
    said = body.get("references")
    if said is None:
        return None
    found = _REFERENCE.match(str(said))
    if found is None or body.get("subject"):
        sheet.complain(f"{name}: references must be dataset.column, and a subject names none", "columns", name)
        return None
    return Reference(found[1], found[2])
