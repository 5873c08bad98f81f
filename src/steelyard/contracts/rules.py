"""Reads the checks of a contract: conditions on a row, and queries over a delivery."""

from collections.abc import Iterator
from typing import Any

from steelyard.contracts.contract import CHECK_LEVELS, Check, TableCheck
from steelyard.contracts.sheet import Sheet

KEYS = ("id", "level", "sql", "zh", "en")


def read_checks(sheet: Sheet) -> tuple[Check, ...]:
    return tuple(
        Check(str(body["id"]), _level(sheet, "checks", number), body["sql"], sheet.words("checks", number),
              sheet.line("checks", number))
        for number, body in _complete(sheet, "checks", KEYS)
    )  # fmt: skip


def read_table_checks(sheet: Sheet) -> tuple[TableCheck, ...]:
    found: list[TableCheck] = []
    for number, body in _complete(sheet, "table_checks", (*KEYS, "reads")):
        at = ("table_checks", number)
        if any(isinstance(one, dict) and one.get("id") == body["id"] for one in sheet.listed("checks")):
            sheet.complain(f"the check {body['id']} stands twice", *at)
        if "delivered" not in body["sql"] or not body["sql"].lstrip().upper().startswith(("SELECT", "WITH")):
            sheet.complain(f"{body['id']}: a table check is a SELECT over delivered", *at)
        reads = tuple(str(name) for name in body.get("reads") or ())
        level, words, line = _level(sheet, *at), sheet.words(*at), sheet.line(*at)
        found.append(TableCheck(str(body["id"]), level, body["sql"], words, reads, line))
    return tuple(found)


def _level(sheet: Sheet, where: str, number: int) -> str:
    return sheet.one_of(sheet.at(where, number, "level"), CHECK_LEVELS, "level", where, number)


def _complete(sheet: Sheet, where: str, known: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries that can be read, each id once."""
    taken: set[str] = set()
    for number, body in enumerate(sheet.listed(where)):
        if not isinstance(body, dict) or not body.get("id") or not isinstance(body.get("sql"), str):
            sheet.complain("a check needs id, level, sql, zh and en", where, number)
            continue
        sheet.known_keys(body, known, where, number)
        if body["id"] in taken:
            sheet.complain(f"the check {body['id']} stands twice", where, number)
        taken.add(body["id"])
        yield number, body
