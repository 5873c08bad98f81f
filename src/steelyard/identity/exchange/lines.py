"""JSON from outside, thing by thing with its line: neither size nor depth nor encoding brings the reader down."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from steelyard.identity.exchange.faults import Faults

MOST_LINE_BYTES = 1 << 20
MOST_ARRAY_BYTES = 512 << 20
_BLANK = " \t\r\n"


def lines(path: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a file that has one on each line."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MOST_LINE_BYTES + 1):
            number += 1
            if len(raw) > MOST_LINE_BYTES and not raw.endswith(b"\n"):
                faults.note(number, "line", f"is longer than {MOST_LINE_BYTES} bytes")
                return
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError:
                faults.note(number, "line", "is not UTF-8")
                continue
            found = _object(text, number, faults) if text else None
            if found is not None:
                yield number, found


def items(path: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a JSON array, each with the line on which it begins."""
    if path.stat().st_size > MOST_ARRAY_BYTES:
        faults.note(1, "file", f"is larger than {MOST_ARRAY_BYTES} bytes: send it with one statement on each line")
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        faults.note(1 + error.object.count(b"\n", 0, error.start), "line", "is not UTF-8")
        return
    decoder = json.JSONDecoder(parse_float=str, parse_constant=_no_number)
    at, line, end = _skip(text, text.index("[") + 1), 1, 0
    while at < len(text) and text[at] != "]":
        line, end = line + text.count("\n", end, at), at
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            faults.note(line, "statement", _told(error))
            return
        if at - end > MOST_LINE_BYTES:
            faults.note(line, "statement", f"is longer than {MOST_LINE_BYTES} characters")
        elif isinstance(found, dict):
            yield line, found
        else:
            faults.note(line, "statement", "is no object")
        at = _skip(text, at)
        if at < len(text) and text[at] == ",":
            at = _skip(text, at + 1)
        elif at < len(text) and text[at] != "]":
            faults.note(line, "statement", "is not followed by a comma")
            return
    if at >= len(text):
        faults.note(line, "file", "ends in the middle: the closing bracket is missing")


def _object(text: str, number: int, faults: Faults) -> dict[str, Any] | None:
    try:
        found = json.loads(text, parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        faults.note(number, "line", _told(error))
        return None
    if not isinstance(found, dict):
        faults.note(number, "line", "is no object")
        return None
    return found


def _told(error: Exception) -> str:
    return "is nested too deeply" if isinstance(error, RecursionError) else f"is no JSON: {str(error)[:80]}"


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at
