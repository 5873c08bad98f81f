"""JSON and JSON lines as text: one object a row, nested objects by dots, lists as their JSON text."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from steelyard.sources.csv_files import TOO_LONG
from steelyard.sources.lines import ElementTooLong, Guarded, blocks, lines, opened
from steelyard.sources.textfile import FileRefused, TextFile, text_array

BATCH_ROWS = 20_000


class _Repeated(ValueError):
    """An object says a key twice."""


def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Object hook of the JSON reader: a repeated key is an error, not a choice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Repeated(f"the key {next(n for n in names if names.count(n) > 1)!r} stands twice")
    return found


def json_lines(path: Path, made: TextFile, encoding: str | None = None) -> Iterator[tuple[int, Any]]:
    """Number and value of each readable line; the others are noted in ``made``.

    Numbers come as text, so that nothing is rounded before the contract types it.
    """
    for block in blocks(path):
        if block.too_long:
            made.refuse_line(block.first, TOO_LONG, block.data.decode("utf-8", "replace"))
            continue
        for number, line in lines(block):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            try:
                if b"\0" in line:
                    raise ValueError("a zero byte in the line")
                text = line.decode(encoding or "utf-8")
                yield (
                    number,
                    json.loads(text, object_pairs_hook=no_repeats, parse_float=str, parse_int=str, parse_constant=str),
                )
            except (ValueError, RecursionError) as error:
                made.refuse_line(number, _reason(error), line.decode(encoding or "utf-8", "replace"))


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at character {error.pos + 1}: {error.msg}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not {error.encoding}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def json_elements(path: Path, made: TextFile) -> Iterator[tuple[int, Any]]:
    """Position and value of each element of a file's list (the top list, or the first one in the top object)."""
    yield from elements(path, made, _list_prefix(path, made.file))


def elements(path: Path, made: TextFile, prefix: str) -> Iterator[tuple[int, Any]]:
    """Position and value of the elements at ``prefix``; where the file breaks off, that is noted in ``made``."""
    number = 0
    try:
        with opened(path) as raw:
            stream = Guarded(raw)
            for number, value in enumerate(ijson.items(stream, prefix), 1):
                stream.given()
                yield number, value
    except (ijson.JSONError, UnicodeDecodeError, EOFError, ElementTooLong) as error:
        made.refuse_line(number + 1, f"the JSON cannot be read any further: {first_line(error)}")


def first_line(error: Exception) -> str:
    """The first line of a parser's message; the rest draws arrows into the text."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def top_level(path: Path, name: str) -> Iterator[tuple[str, str, Any]]:
    """Parser events of a file, token by token.  Raises FileRefused where it is no JSON."""
    try:
        with opened(path) as raw:
            stream = Guarded(raw)
            for event in ijson.parse(stream):
                stream.given()
                yield event
    except (ijson.JSONError, UnicodeDecodeError, EOFError) as error:
        raise FileRefused(f"{name}: not JSON: {first_line(error)}") from error
    except ElementTooLong as error:
        raise FileRefused(f"{name}: {first_line(error)}") from error


def _list_prefix(path: Path, name: str) -> str:
    for prefix, event, _ in top_level(path, name):
        if event == "start_array":
            return f"{prefix}.item" if prefix else "item"
    raise FileRefused(f"{name}: there is no list of rows")


def read_json(path: Path, made: TextFile, *, as_lines: bool, encoding: str | None = None) -> TextFile:
    """Read one file of objects into ``made``."""
    numbers: list[int] = []
    rows: list[dict[str, str | None]] = []
    for number, value in json_lines(path, made, encoding) if as_lines else json_elements(path, made):
        if not isinstance(value, dict):
            made.refuse_line(number, "not an object", str(value))
            continue
        numbers.append(number)
        rows.append(flat(value))
        if len(rows) >= BATCH_ROWS:
            _write(made, numbers, rows)
            numbers, rows = [], []
    _write(made, numbers, rows)
    return made


def _write(made: TextFile, numbers: list[int], rows: list[dict[str, str | None]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    made.write(names, [text_array([row.get(name) for row in rows]) for name in names], numbers)


def flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, str | None]:
    """An object as one level of text."""
    found: dict[str, str | None] = {}
    for name, part in value.items():
        if isinstance(part, dict) and part:
            found |= flat(part, f"{prefix}{name}.")
        else:
            found[prefix + name] = scalar(part)
    return found


def scalar(value: Any) -> str | None:
    """One value as text; lists as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 40 else str(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
