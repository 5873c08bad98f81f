"""One JSON answer: the rows in it as the very text they came in, and the few values that steer the paging."""

import json
import re
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")


class NotJson(ValueError):
    """The answer is no JSON document."""


def _no_constant(name: str) -> None:
    raise NotJson(f"{name} is no JSON number")


# Numbers stay text: a number of 18 digits must not pass through a float, an amount keeps its noughts.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant)


@dataclass(frozen=True)
class Row:
    """One element of the list of rows."""

    text: str
    """As it was delivered, on one line."""
    value: Any
    """The same parsed, numbers as text."""


class Document:
    """A parsed answer.  Paths are names with dots between; the empty path is the whole."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.value = _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            raise NotJson(str(error) or "nested too deeply") from error

    def at(self, path: str) -> tuple[bool, Any]:
        """Whether something stands at ``path``, and what."""
        value = self.value
        for name in filter(None, path.split(".")):
            if not isinstance(value, dict) or name not in value:
                return False, None
            value = value[name]
        return True, value

    def rows(self, path: str) -> list[Row]:
        """The elements of the list at ``path``.  Raises LookupError where there is none."""
        found, value = self.at(path)
        if not found or not isinstance(value, list):
            raise LookupError(path)
        at = _skip(self.text, self._place(path) + 1)
        rows = []
        for element in value:
            _, end = _DECODER.raw_decode(self.text, at)
            # Between the quotes of a string JSON allows no line break, so only blanks are touched.
            rows.append(Row(self.text[at:end].replace("\n", " ").replace("\r", " "), element))
            at = _skip(self.text, _skip(self.text, end) + 1)
        return rows

    def _place(self, path: str) -> int:
        at = _skip(self.text, 0)
        for name in filter(None, path.split(".")):
            at = self._member(at, name)
        return at

    def _member(self, at: int, name: str) -> int:
        """Where the value of a member begins; of a name that stands twice the last, as the parser takes it."""
        found, at = -1, _skip(self.text, at + 1)
        while self.text[at] != "}":
            key, end = _DECODER.raw_decode(self.text, at)
            begin = _skip(self.text, _skip(self.text, end) + 1)
            found = begin if key == name else found
            _, end = _DECODER.raw_decode(self.text, begin)
            at = _skip(self.text, end)
            at = _skip(self.text, at + 1) if self.text[at] == "," else at
        return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
