"""The order of rows in a table's files: rows that models slice together lie together."""

from collections.abc import Sequence

from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import quoted

BITS = 8
"""Steps per column are 2 to this: finer than the row groups of a table of 30 million rows."""


def in_order(duck: Duck, source: str, columns: Sequence[str], chosen: str) -> str:
    """A query of ``chosen`` from the relation ``source`` (as ``s``) in the order of ``columns``.

    One column sorts; several are woven bit by bit (z-order) from equal shares of the rows, so that a slice by any
    of them reads few row groups.
    """
    if len(columns) == 1:
        return f"SELECT {chosen} FROM {source} s ORDER BY s.{quoted(columns[0])}"
    joins, steps = [], []
    for number, column in enumerate(columns):
        shares = quoted(f"shares {number}")
        duck.execute(f"CREATE OR REPLACE TEMP TABLE {shares} AS {_shares(source, column)}")
        joins.append(f"LEFT JOIN {shares} c{number} ON s.{quoted(column)} = c{number}.v")
        steps.append(f"coalesce(c{number}.step, 0)")
    ends = ", ".join(f"s.{quoted(column)}" for column in columns)
    return f"SELECT {chosen} FROM {source} s {' '.join(joins)} ORDER BY {_woven(steps)}, {ends}"


def _shares(source: str, column: str) -> str:
    """Every value with its step: equal numbers of rows to a step."""
    return (
        f"SELECT v, CAST(least({2**BITS - 1}, floor({2**BITS} * (upto - rows) / total)) AS INTEGER) AS step FROM ("
        f"SELECT v, rows, sum(rows) OVER (ORDER BY v) AS upto, sum(rows) OVER () AS total FROM ("
        f"SELECT {quoted(column)} AS v, count(*) AS rows FROM {source} WHERE {quoted(column)} IS NOT NULL GROUP BY 1))"
    )


def _woven(steps: Sequence[str]) -> str:
    bits = [
        f"((({step} >> {bit}) & 1) << {bit * len(steps) + number})"
        for bit in range(BITS)
        for number, step in enumerate(steps)
    ]
    return " + ".join(bits)
