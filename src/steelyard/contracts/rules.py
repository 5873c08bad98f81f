"""Reads the checks of a contract: conditions on a row, and queries over a delivery."""

from collections.abc import Callable
from typing import Any, TypeVar

from steelyard.contracts.contract import CHECK_LEVELS, Check, TableCheck
from steelyard.contracts.sheet import Sheet

KEYS = ("id", "level", "sql", "zh", "en")
_Rule = TypeVar("_Rule", Check, TableCheck)


def read_checks(sheet: Sheet) -> tuple[Check, ...]:
    return tuple(_rules(sheet, "checks", Check))


def read_table_checks(sheet: Sheet) -> tuple[TableCheck, ...]:
    found = tuple(_rules(sheet, "table_checks", TableCheck))
    taken = {body.get("id") for body in sheet.listed("checks") if isinstance(body, dict)}
    for number, check in enumerate(found):
        if check.id in taken:
            sheet.complain(f"the check {check.id} stands twice", "table_checks", number)
        if "delivered" not in check.sql or not check.sql.lstrip().upper().startswith(("SELECT", "WITH")):
            sheet.complain(f"{check.id}: a table check is a SELECT over delivered", "table_checks", number)
    return found


def _rules(sheet: Sheet, where: str, make: Callable[..., _Rule]) -> list[_Rule]:
    found: list[_Rule] = []
    for number, body in enumerate(sheet.listed(where)):
        if not _complete(sheet, body, where, number):
            continue
        if any(rule.id == body["id"] for rule in found):
            sheet.complain(f"the check {body['id']} stands twice", where, number)
        level = sheet.one_of(body.get("level"), CHECK_LEVELS, "level", where, number)
        line = sheet.line(where, number)
        found.append(make(str(body["id"]), level, body["sql"], sheet.words(where, number), line))
    return found


def _complete(sheet: Sheet, body: Any, where: str, number: int) -> bool:
    if not isinstance(body, dict) or not body.get("id") or not isinstance(body.get("sql"), str):
        sheet.complain("a check needs id, level, sql, zh and en", where, number)
        return False
    sheet.known_keys(body, KEYS, where, number)
    return True
