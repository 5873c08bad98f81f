"""A sheet on its way into a database: which type a column gets, and the rows as both servers load them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DAY = r"^\d{4}-\d{2}-\d{2}$"
TIME = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"


def type_of(column: pa.ChunkedArray) -> str:
    """``date`` or ``time`` where every value is one, else ``text``."""
    if column.null_count == len(column):
        return "text"
    for name, pattern, form in (("date", DAY, "%Y-%m-%d"), ("time", TIME, "%Y-%m-%d %H:%M:%S")):
        if pc.all(pc.match_substring_regex(column, pattern)).as_py() and _all_exist(column, form):
            return name
    return "text"


def _all_exist(column: pa.ChunkedArray, form: str) -> bool:
    """Whether every text is a day of the calendar: 30 February has the right shape too."""
    parsed = pc.strptime(column, format=form, unit="s", error_is_null=True)
    told = pc.strftime(parsed, format=form)
    return bool(pc.all(pc.equal(told, column)).as_py())


def tab_lines(table: pa.Table, at_once: int = 50_000) -> Iterator[bytes]:
    """The rows, numbered from 1, in the text form that COPY and LOAD DATA share: tabs between, ``\\N`` for null."""
    number = 1
    for batch in table.to_batches(at_once):
        numbers = pa.array(np.arange(number, number + len(batch))).cast(pa.string())
        cells = [_escaped(column) for column in batch.columns]
        lines = pc.binary_join_element_wise(numbers, *cells, "\t").to_pylist()
        number += len(batch)
        if lines:
            yield ("\n".join(lines) + "\n").encode()


def _escaped(column: pa.Array) -> pa.Array:
    for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        column = pc.replace_substring(column, plain, escaped)
    return pc.fill_null(column, "\\N")
