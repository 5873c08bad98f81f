"""One answer of an API: which rows, in which envelope."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from steelyard.sources import Interface

LARGEST_PAGE = 5_000


class BadQuestion(ValueError):
    """The caller asked for something that does not exist; the message goes back to it."""


def answer(interface: Interface, table: pa.Table, asked: Mapping[str, str]) -> Any:
    """The document that answers one call with these query parameters.  Raises BadQuestion."""
    for name, value in interface.location.parameters.items():
        if "${" not in value and asked.get(name) != str(value):
            raise BadQuestion(f"parameter {name} must be {value}")
    table = _since(interface, table, asked)
    paging = interface.paging
    if paging.kind == "none":
        return _envelope(interface, table.to_pylist(), len(table), None)
    size = min(_whole(asked.get(paging.size_parameter), paging.size), LARGEST_PAGE)
    begin = _begin(interface, asked.get(paging.number), size)
    rows = table.slice(begin, size).to_pylist()
    following = _cursor(begin + size) if begin + size < len(table) else None
    return _envelope(interface, rows, len(table), following)


def _since(interface: Interface, table: pa.Table, asked: Mapping[str, str]) -> pa.Table:
    fetch = interface.fetch
    since = asked.get(fetch.parameter) if fetch.by == "watermark" and fetch.parameter else None
    if not since or fetch.column not in table.column_names:
        return table
    return table.filter(pc.greater_equal(table[fetch.column], since.replace("T", " ")))


def _begin(interface: Interface, given: str | None, size: int) -> int:
    paging = interface.paging
    if paging.kind == "page":
        return max(_whole(given, paging.first) - paging.first, 0) * size
    if paging.kind == "offset":
        return _whole(given, 0)
    if not given:
        return 0
    try:
        return int(base64.urlsafe_b64decode(given.encode()).decode().removeprefix("row "))
    except (binascii.Error, ValueError):
        raise BadQuestion(f"{given!r} is no cursor of ours") from None


def _cursor(row: int) -> str:
    return base64.urlsafe_b64encode(f"row {row}".encode()).decode()


def _whole(given: str | None, default: int) -> int:
    if given is None or given == "":
        return default
    if not given.isdigit():
        raise BadQuestion(f"{given!r} is no whole number")
    return int(given)


def _envelope(interface: Interface, rows: list[dict[str, Any]], total: int, following: str | None) -> Any:
    paging = interface.paging
    if not paging.rows:
        return rows
    document: dict[str, Any] = {"code": 0, "message": "success"}
    _put(document, paging.rows, rows)
    if paging.total:
        _put(document, paging.total, total)
    if paging.next:
        _put(document, paging.next, following)
    return document


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        document = document.setdefault(name, {})
    document[last] = value
