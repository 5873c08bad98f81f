"""Values of a database as text, exactly: what was null stays null, what was empty stays empty."""

import base64
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa


def column(values: Sequence[Any]) -> pa.Array:
    """One column of a batch as text."""
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([text(value) for value in values], pa.string())


def text(value: Any) -> str | None:
    """One value: dates in ISO form, numbers with every digit, bytes as base64, lists as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return repr(value) if isinstance(value, float) else str(value)


def is_bytes(values: Sequence[Any]) -> bool:
    """Whether a column holds bytes, told by its first value."""
    first = next((value for value in values if value is not None), None)
    return isinstance(first, bytes | bytearray | memoryview)
