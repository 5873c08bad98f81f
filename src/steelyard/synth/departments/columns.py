"""The type a department's database gives a column: days and times where every value is one, else text."""

import pyarrow as pa
import pyarrow.compute as pc

DAY = r"^\d{4}-\d{2}-\d{2}$"
TIME = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"


def type_of(column: pa.ChunkedArray) -> str:
    """``date``, ``time`` or ``text``."""
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
