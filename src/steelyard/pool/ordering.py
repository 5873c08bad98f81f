"""Which of two versions of a row is the newer, and whether a row is a delete, as SQL.

An order is kept as one whole number: of numbers themselves (decimals without their point), of days since 1970, of
times in microseconds since then.  A row without an order is older than any row with one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from steelyard.contracts import Column, Contract
from steelyard.contracts.checks import Rule, must_be_there, row_rules, subject_rules, text_name, text_rules
from steelyard.kit.sqltext import literal, quoted
from steelyard.sources import Interface

OPERATION, ORDER = "#operation", "#order"
"""Fields of the text relation that are no columns of the contract."""
DELETE = "delete"
NO_ORDER = "CAST(NULL AS BIGINT)"


def fields(interface: Interface, present: set[str]) -> dict[str, str]:
    """The fields beside the contract's that an interface delivers, and their columns."""
    found = {OPERATION: interface.operation, ORDER: interface.order}
    return {name: column for name, column in found.items() if column and column in present}


def is_ordered(contract: Contract, extra: Mapping[str, str]) -> bool:
    """Whether the rows of a delivery can be told older from newer."""
    return ORDER in extra or bool(contract.order)


def order(contract: Contract, extra: Mapping[str, str]) -> str:
    """SQL of ``_order`` over the typed relation's source."""
    if ORDER in extra:
        return of_text(text_name(ORDER))
    return _of_column(contract.columns[contract.order]) if contract.order else NO_ORDER


def of_text(text: str) -> str:
    """SQL of the place in an order that a text says: a number or a time; null where it says neither."""
    return (
        f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,18}}') THEN TRY_CAST({text} AS BIGINT) "
        f"ELSE epoch_us(TRY_CAST(replace({text}, '/', '-') AS TIMESTAMP)) END"
    )


def _of_column(column: Column) -> str:
    name = quoted(column.name)
    if column.type == "decimal":
        return f"TRY_CAST({name} * {10**column.scale} AS BIGINT)"
    if column.type == "date":
        return f"CAST({name} - DATE '1970-01-01' AS BIGINT)"
    return f"epoch_us({name})" if column.type == "datetime" else name


def is_delete(interface: Interface, extra: Mapping[str, str]) -> str:
    """SQL, true where a row deletes its key."""
    words = [word for word, meaning in interface.operations.items() if meaning == DELETE] or [DELETE]
    return f"coalesce({text_name(OPERATION)} IN ({_listed(words)}), false)" if OPERATION in extra else "false"


def rules(contract: Contract, interface: Interface, extra: Mapping[str, str]) -> list[Rule]:
    """What a row must not do, by its text and types: the contract's rules, of a delete only those of its key."""
    own: list[Rule] = []
    if OPERATION in extra:
        words = list(interface.operations) or ["upsert", DELETE]
        text = text_name(OPERATION)
        own.append(Rule("operation", "", f"{text} IS NULL OR {text} NOT IN ({_listed(words)})", text))
    if ORDER in extra:
        own.append(Rule("order", "", f"{order(contract, extra)} IS NULL", text_name(ORDER)))
    return [*own, *_of_upserts(contract, text_rules(contract), extra)]


def later_rules(contract: Contract, extra: Mapping[str, str]) -> list[Rule]:
    """The same for what keys and checks say."""
    return _of_upserts(contract, [*subject_rules(contract), *row_rules(contract)], extra)


def _of_upserts(contract: Contract, found: Sequence[Rule], extra: Mapping[str, str]) -> list[Rule]:
    if OPERATION not in extra:
        return list(found)
    return [
        rule if rule.column in contract.key and must_be_there(contract, contract.columns[rule.column])
        and not rule.id.startswith("check:")
        else replace(rule, broken=f"NOT _gone AND ({rule.broken})")
        for rule in found
    ]  # fmt: skip


def key_hash(contract: Contract, relation: str = "") -> str:
    """SQL of a hash that stands for a row's key without telling it."""
    at = f"{relation}." if relation else ""
    parts = ", ".join(f"CAST({at}{quoted(name)} AS VARCHAR)" for name in contract.key)
    return f"md5(concat_ws(chr(31), {parts}))"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(literal(word) for word in words)
