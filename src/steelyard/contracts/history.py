"""Reads the versions of a contract."""

import datetime as dt
import re
from itertools import pairwise
from typing import Any

from steelyard.contracts.contract import Version
from steelyard.contracts.sheet import Sheet

KEYS = ("version", "date", "migration", "zh", "en")
_VERSION = re.compile(r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")

Parts = tuple[int, int, int]


def parts(version: str) -> Parts | None:
    """1.2.3 as three numbers; None where it is no version."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def read_version(sheet: Sheet) -> str:
    said = str(sheet.data.get("version"))
    if parts(said) is None:
        sheet.complain("version must be like 1.0.0", "version")
    return said


def read_history(sheet: Sheet) -> tuple[Version, ...]:
    """The versions, oldest first, the last one being the contract's."""
    listed = sheet.listed("history")
    found = [_version(sheet, number, body) for number, body in enumerate(listed)]
    versions = [one for one in found if one is not None]
    for number, (before, after) in enumerate(pairwise(versions), start=1):
        _follows(sheet, number, before, after)
    if versions and versions[-1].version != str(sheet.data.get("version")):
        sheet.complain(f"the history ends with {versions[-1].version}, the version is another", "history")
    return tuple(versions)


def _version(sheet: Sheet, number: int, body: Any) -> Version | None:
    at = ("history", number)
    if not isinstance(body, dict) or parts(str(body.get("version"))) is None:
        sheet.complain("a version needs version, date, zh and en", *at)
        return None
    sheet.known_keys(body, KEYS, *at)
    day = body.get("date")
    if not isinstance(day, dt.date):
        sheet.complain("date must be a day such as 2026-11-22", *at)
        day = dt.date.min
    migration = body.get("migration")
    if migration is not None and not str(migration).lstrip().upper().startswith(("SELECT", "WITH")):
        sheet.complain("a migration is a SELECT over old", *at)
    return Version(str(body["version"]), day, sheet.words(*at), migration, sheet.line(*at))


def _follows(sheet: Sheet, number: int, before: Version, after: Version) -> None:
    old, new = parts(before.version), parts(after.version)
    if old is None or new is None:
        return
    if new <= old or after.date < before.date:
        sheet.complain(f"{after.version} does not come after {before.version}", "history", number)
    if new[0] > old[0] and after.migration is None:
        message = f"{after.version} is a MAJOR version and needs a migration, a SELECT over old"
        sheet.complain(message, "history", number)
