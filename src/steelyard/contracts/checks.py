"""A contract as SQL: text columns in, typed columns and every broken rule out.

The text relation has ``_row``, ``_file``, ``_at`` (which row of a line) and one column ``=<field>`` for each raw
field, trimmed, null where empty (``text_name``).  Typed columns carry the contract's names; a subject column is
replaced by its number and name (``number_name``, ``name_name``) until identity has answered with a key and a reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steelyard.contracts.contract import Column, Contract
from steelyard.kit.sqltext import literal, quoted

BAD_NUMBERS = ("number",)
"""Reasons of identity for which a number is no number."""
CONFLICTS = ("name-conflict",)
"""Reasons of identity for which a valid number must not be used."""


@dataclass(frozen=True)
class Rule:
    """One thing a row must not do."""

    id: str
    column: str
    """Column of the contract; empty where a check concerns several."""
    broken: str
    """SQL, true where the row breaks the rule."""
    value: str
    """SQL of the delivered text to show."""
    level: str = "quarantine"


def text_name(field: str) -> str:
    """Column of the text relation for a raw field."""
    return quoted(f"={field}")


def number_name(column: Column) -> str:
    return quoted(f"{column.name}#number")


def name_name(column: Column) -> str:
    return quoted(f"{column.name}#name")


def reason_name(column: Column) -> str:
    return quoted(f"{column.name}#reason")


def raw_fields(contract: Contract) -> list[str]:
    """Every field a delivery may map, each once, in the order of the contract."""
    return list(dict.fromkeys(field for column in contract.columns.values() for field in column.raw))


def subjects(contract: Contract) -> list[Column]:
    """Columns that identity fills."""
    return [column for column in contract.columns.values() if column.subject]


def plain_columns(contract: Contract) -> list[Column]:
    """Columns that are typed from their own text."""
    return [column for column in contract.columns.values() if not column.subject]


def must_be_there(contract: Contract, column: Column) -> bool:
    """Whether a row without the column is no row: required, or part of the key."""
    return column.required or column.name in contract.key


def typed(column: Column) -> str:
    """SQL that makes a value of the column's type from its text, null where that cannot be."""
    text = text_name(column.raw[0])
    if column.type == "integer":
        return (
            f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,18}}(\\.0+)?') "
            f"THEN TRY_CAST(split_part({text}, '.', 1) AS BIGINT) END"
        )
    if column.type == "decimal":
        # The pattern keeps out what only a programming language would call a number: 0x1f, 1_000, NaN.
        return (
            f"CASE WHEN regexp_full_match({text}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{{1,2}})?') "
            f"THEN TRY_CAST({text} AS {column.sql_type}) END"
        )
    if column.type == "date":
        return (
            f"CASE WHEN regexp_matches({text}, '^[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}') "
            f"THEN TRY_CAST(replace({text}, '/', '-') AS DATE) END"
        )
    if column.type == "datetime":
        local = f"regexp_replace(replace({text}, '/', '-'), '([T ].*?)\\s*(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$', '\\1')"
        return (
            f"CASE WHEN regexp_matches({text}, '^[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}') "
            f"THEN TRY_CAST({local} AS TIMESTAMP) END"
        )
    if column.type == "boolean":
        return (
            f"CASE WHEN lower({text}) IN ('true', '1', 'y', 'yes', '是', '有') THEN true "
            f"WHEN lower({text}) IN ('false', '0', 'n', 'no', '否', '无') THEN false END"
        )
    return text


def typing(contract: Contract, texts: str, rules: Sequence[Rule] | None = None, more: Sequence[str] = ()) -> str:
    """SELECT over the text relation: position, typed columns, subject numbers and names, and ``_bad``.

    ``rules``: what makes a row bad, by default ``text_rules``; ``more``: further columns as SQL.
    """
    columns = [f"{typed(column)} AS {quoted(column.name)}" for column in plain_columns(contract)]
    for column in subjects(contract):
        columns.append(f"{text_name(column.raw[0])} AS {number_name(column)}")
        columns.append(f"{text_name(column.raw[1])} AS {name_name(column)}")
    bad = any_of(text_rules(contract) if rules is None else rules)
    return f"SELECT _file, _row, _at, {', '.join([*columns, *more])}, {bad} AS _bad FROM {texts}"


def any_of(rules: Iterable[Rule]) -> str:
    """SQL, true where a row breaks one of the rules that quarantine it."""
    broken = [f"coalesce({rule.broken}, false)" for rule in rules if rule.level != "warn"]
    return "(" + " OR ".join(broken) + ")" if broken else "false"


def text_rules(contract: Contract) -> list[Rule]:
    """Rules that the texts and typed columns of a row decide alone."""
    found: list[Rule] = []
    for column in contract.columns.values():
        text = text_name(column.raw[0])
        if must_be_there(contract, column):
            found.append(Rule("required", column.name, f"{text} IS NULL", "NULL"))
        if column.subject:
            continue
        if column.type != "string":
            found.append(Rule("type", column.name, f"{text} IS NOT NULL AND {quoted(column.name)} IS NULL", text))
        if column.values:
            words = ", ".join(literal(value) for value in sorted(column.values))
            found.append(Rule("vocabulary", column.name, f"{quoted(column.name)} NOT IN ({words})", text))
    return found


def subject_rules(contract: Contract) -> list[Rule]:
    """Rules that need what identity said of a number."""
    found: list[Rule] = []
    for column in subjects(contract):
        if not must_be_there(contract, column):
            continue
        number, name = text_name(column.raw[0]), text_name(column.raw[1])
        found.append(Rule("number", column.name, _reason_in(column, BAD_NUMBERS), number))
        found.append(Rule("name-conflict", column.name, _reason_in(column, CONFLICTS), name))
    return found


def _reason_in(column: Column, reasons: Sequence[str]) -> str:
    return f"{reason_name(column)} IN ({', '.join(literal(reason) for reason in reasons)})"


def row_rules(contract: Contract) -> list[Rule]:
    """The contract's own checks, over typed columns, keys and ``delivered_on``."""
    return [
        Rule(
            f"check:{check.id}", _column_of(contract, check.sql), f"NOT ({check.sql})",
            _value_of(contract, check.sql), check.level,
        )
        for check in contract.checks
    ]  # fmt: skip


def _column_of(contract: Contract, sql: str) -> str:
    """The first column a check names: where a reader looks for the mistake."""
    places = {name: _place(sql, name) for name in contract.columns}
    named = {name: place for name, place in places.items() if place >= 0}
    return min(named, key=lambda name: (named[name], name)) if named else ""


def _place(sql: str, name: str) -> int:
    at = sql.find(name)
    while at >= 0:
        before, after = sql[at - 1 : at], sql[at + len(name) : at + len(name) + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            return at
        at = sql.find(name, at + 1)
    return -1


def _value_of(contract: Contract, sql: str) -> str:
    name = _column_of(contract, sql)
    return text_name(contract.columns[name].raw[0]) if name else "NULL"
