"""Rows that name somebody without a number that could be used, and what they tell of him."""

from typing import Any

import psycopg

from steelyard.contracts import Column, Contract, checks
from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import ordering
from steelyard.pool.keys import DETAILS, Keys

CONFLICT = "name-conflict"


def flag(column: Column) -> str:
    """Column of the keyed relation: whether the row names a subject there and no key is known for it."""
    return quoted(f"{column.name}#unkeyed")


def is_mention(contract: Contract, column: Column, answer: str) -> str:
    """SQL over the typed relation ``t`` and identity's answer, true where the row is a mention.

    A row that must have the number is kept out of the table without one; only its conflict of names is of interest.
    """
    named = f"{answer}.key IS NULL AND t.{checks.name_name(column)} IS NOT NULL"
    conflict = f"coalesce({answer}.reason = {literal(CONFLICT)}, false)"
    return conflict if checks.must_be_there(contract, column) else f"({conflict} OR ({named}))"


def gather(duck: Duck, contract: Contract, looked: str, keyed: str, answered: str, name: str) -> str | None:
    """Make the table ``name`` of mentions from the rows that were looked at; None where there are none.

    Columns: kind, column_name, file, row, reason, number, name, conflict_key, key_hash, alone (no other row stands in
    the same line), and ``DETAILS``.
    """
    parts = [_of_column(contract, column, looked, answered) for column in checks.subjects(contract)]
    if not parts:
        return None
    duck.execute(f"CREATE TABLE {name} AS {' UNION ALL '.join(parts)}")
    if not duck.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]:
        return None
    # The lineage of a row ends at its line: of several rows in one line nobody could tell which is meant.
    duck.execute(
        f"UPDATE {name} SET alone = false WHERE (file, row) IN (SELECT (_file, _row) FROM {keyed} "
        f"SEMI JOIN {name} m ON m.file = _file AND m.row = _row GROUP BY _file, _row HAVING count(*) > 1)"
    )
    return name


def _of_column(contract: Contract, column: Column, looked: str, answered: str) -> str:
    number, name = (f"k.{checks.text_name(field)}" for field in column.raw)
    told = {one.of.detail: one for one in contract.columns.values() if one.of and one.of.column == column.name}
    details = [
        f"CAST({f'k.{quoted(told[detail].name)}' if detail in told else 'NULL'} AS {kind}) AS {detail}"
        for detail, kind in DETAILS.items()
    ]
    return (
        f"SELECT {literal(column.subject or '')} AS kind, {literal(column.name)} AS column_name, k._file AS file, "
        f"k._row AS row, coalesce(a.reason, '') AS reason, coalesce({number}, '') AS number, {name} AS name, "
        f"a.known_key AS conflict_key, {ordering.key_hash(contract, 'k')} AS key_hash, true AS alone, "
        f"{', '.join(details)} "
        f"FROM {looked} k LEFT JOIN {answered} a ON a.kind = {literal(column.subject or '')} AND a.number = {number} "
        f"AND a.name = coalesce({name}, '') WHERE k.{flag(column)}"
    )


def keep(
    connection: "psycopg.Connection[Any]", duck: Duck, keys: Keys, mentions: str, good: str, delivery: str,
    dataset: str, supplier: str,
) -> None:  # fmt: skip
    """Hand the mentions of the rows in ``good``, and all conflicts of names, to identity; in the transaction."""
    admitted = (
        f"(SELECT m.*, g._file IS NOT NULL AND m.alone AS placed FROM {mentions} m "
        f"LEFT JOIN (SELECT DISTINCT _file, _row FROM {good}) g ON g._file = m.file AND g._row = m.row "
        f"WHERE m.reason = {literal(CONFLICT)} OR (g._file IS NOT NULL AND m.alone))"
    )
    keys.mention(connection, duck, admitted, delivery, dataset, supplier)
