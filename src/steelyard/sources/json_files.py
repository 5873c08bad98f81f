"""JSON and JSON lines as text: one object a row, nested objects by dots, lists as their JSON text."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steelyard.sources.csv_files import TOO_LONG
from steelyard.sources.encodings import is_wide
from steelyard.sources.headings import MAX_COLUMNS
from steelyard.sources.json_stream import JsonBroken, JsonStream, Repeated, no_constant, no_repeats
from steelyard.sources.lines import blocks, lines
from steelyard.sources.opening import encoding_of, opened
from steelyard.sources.options import Options
from steelyard.sources.textfile import FileRefused, TextFile, text_array

BATCH_ROWS = 20_000
BATCH_CHARACTERS = 16 << 20


def json_lines(path: Path, made: TextFile, encoding: str | None = None) -> Iterator[tuple[int, Any]]:
    """Number and value of each readable line; the others are noted in ``made``.

    Numbers come as text, so that nothing is rounded before the contract types it.
    """
    found = encoding_of(path, encoding or "utf-8")
    read_as = "utf-8" if is_wide(found) else found
    for block in blocks(path, found):
        if block.too_long:
            made.refuse_line(block.first, TOO_LONG, block.data.decode(read_as, "replace"))
            continue
        for number, line in lines(block):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            try:
                yield number, _line(line, read_as)
            except (ValueError, RecursionError) as error:
                made.refuse_line(number, _reason(error), line.decode(read_as, "replace"))


def _line(line: bytes, encoding: str) -> Any:
    if b"\0" in line:
        raise ValueError("a zero byte in the line")
    value = json.loads(
        line.decode(encoding), object_pairs_hook=no_repeats, parse_float=str, parse_int=str,
        parse_constant=no_constant,
    )  # fmt: skip
    if b"\\u" in line:
        storable(value)
    return value


def storable(value: Any) -> None:
    """Raises ValueError for text that no store takes: half of a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"\\u{ord(error.object[error.start]):04x} is half a character") from error


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at character {error.pos + 1}: {error.msg}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not {error.encoding}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


@contextmanager
def document(path: Path, name: str, encoding: str | None = None) -> Iterator[JsonStream]:
    """A document at its beginning.  Raises FileRefused where it is no JSON before anything could be read."""
    found = encoding_of(path, encoding or "utf-8")
    if not (is_wide(found) or found == "utf-8"):
        raise FileRefused(f"{name}: a JSON document is read in utf-8 or utf-16, not {found}")
    with opened(path, found) as stream:
        try:
            yield JsonStream(stream)
        except JsonBroken as error:
            raise FileRefused(f"{name}: not JSON: {error}") from error


def elements(stream: JsonStream, made: TextFile) -> Iterator[tuple[int, Any]]:
    """Position and value of the elements of the list that comes next; where it breaks off, that is noted."""
    number = 0
    alone = stream.at_top()
    try:
        for number, value in stream.elements():
            if isinstance(value, Repeated):
                made.refuse_line(number, str(value))
            else:
                yield number, value
        if alone:
            stream.end()
    except JsonBroken as error:
        made.refuse_line(number + 1, f"the JSON cannot be read any further: {error}")


def read_json(path: Path, options: Options, made: TextFile, *, as_lines: bool) -> TextFile:
    """Read one file of objects into ``made``.  ``_row`` is the line, or the position in the list.

    Raises FileRefused where a document is no JSON or has no list at ``rows_path``.
    """
    if as_lines:
        _rows(made, json_lines(path, made, options.encoding))
        return made
    with document(path, made.file, options.encoding) as stream:
        wanted = tuple(options.rows_path.split(".")) if options.rows_path else None
        if not stream.find(wanted):
            where = f" at {options.rows_path}" if wanted else ""
            raise FileRefused(f"{made.file}: there is no list of rows{where}")
        _rows(made, elements(stream, made))
    return made


def _rows(made: TextFile, values: Iterator[tuple[int, Any]]) -> None:
    numbers: list[int] = []
    rows: list[dict[str, str | None]] = []
    held = 0
    for number, value in values:
        try:
            row = _row(value)
        except (ValueError, RecursionError) as error:
            made.refuse_line(number, _reason(error), _shown(value))
            continue
        numbers.append(number)
        rows.append(row)
        held += sum(len(text) for text in row.values() if text)
        if len(rows) >= BATCH_ROWS or held > BATCH_CHARACTERS:
            _write(made, numbers, rows)
            numbers, rows, held = [], [], 0
    _write(made, numbers, rows)


def _row(value: Any) -> dict[str, str | None]:
    """An element as one level of text.  Raises ValueError for what is no row."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    row = flat(value)
    if len(row) > MAX_COLUMNS:
        raise ValueError(f"{len(row)} fields; the limit is {MAX_COLUMNS}")
    for text in (*row, *row.values()):
        if text and not text.isascii():
            try:
                text.encode("utf-8")
            except UnicodeEncodeError as error:
                raise ValueError(f"\\u{ord(error.object[error.start]):04x} is half a character") from error
    if "_row" in row or "_file" in row:
        raise ValueError("a field is called _row or _file, which are names of ours")
    return row


def _shown(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return ""


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
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
