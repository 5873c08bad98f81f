"""Blanks around delivered text, and how to see quickly that a column has none."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BLANKS = " \t\u3000\u00a0\r\n"
"""What is taken off both ends of a value."""


def _marked(at: int) -> np.ndarray[Any, Any]:
    """By byte: whether a blank's first (0) or last (-1) byte is this one."""
    seen = np.zeros(256, np.bool_)
    seen[[blank.encode()[at] for blank in BLANKS]] = True
    return seen


_FIRST, _LAST = _marked(0), _marked(-1)


def is_tidy(column: pa.Array) -> bool:
    """Whether no value of a text column is empty or has a blank at either end; False where that is not known."""
    if pa.types.is_dictionary(column.type):
        listed = column.dictionary
        if is_tidy(listed):
            return True
        # After a filter the list may hold values that no row has any more.
        used = np.unique(column.indices.drop_null().to_numpy())
        return is_tidy(listed.take(pa.array(used)))
    return pa.types.is_string(column.type) and _are_tidy(column.drop_null() if column.null_count else column)


def _are_tidy(column: pa.Array) -> bool:
    if not len(column):
        return True
    _, places, data = column.buffers()
    ends = np.frombuffer(places, np.int32)[column.offset : column.offset + len(column) + 1]
    if bool((ends[1:] == ends[:-1]).any()):
        return False
    seen = np.frombuffer(data, np.uint8)
    doubtful = _FIRST[seen[ends[:-1]]] | _LAST[seen[ends[1:] - 1]]
    if not doubtful.any():
        return True
    # Many a character ends in the last byte of a wide blank.
    rest = column.filter(pa.array(doubtful))
    return bool(pc.all(pc.equal(pc.utf8_trim(rest, characters=BLANKS), rest)).as_py())
