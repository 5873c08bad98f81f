"""A JSON document read piece by piece: values are given one at a time, whatever the size of the list they are in.

Numbers come as their own text, so that nothing is rounded before the contract types it.  Written for hostile
input: the streaming parser that was here before ended the whole process on a number of 5,000 digits.
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from steelyard.sources.opening import Readable

WINDOW = 1 << 20
MAX_ELEMENT_CHARACTERS = 16 << 20
MAX_DEPTH = 64
_BLANKS = " \t\r\n"


class JsonBroken(ValueError):
    """The document is no JSON from some place on; the message says what is wrong there."""


class Repeated(ValueError):
    """An object says a key twice."""


def no_constant(word: str) -> Any:
    """NaN and Infinity are words of programs, not of JSON."""
    raise ValueError(f"{word} is no JSON")


def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Object hook of the JSON reader: a repeated key is an error, not a choice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise Repeated(f"the key {next(n for n in names if names.count(n) > 1)!r} stands twice")
    return found


class JsonStream:
    """A cursor in a document.  Every method raises JsonBroken where the document breaks off or is no JSON."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("strict")
        self._text = ""
        self._at = 0
        self._ended = False
        self._entered = False
        self._repeated = ""
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_float=str, parse_int=str, parse_constant=no_constant
        )
        if self.peek() == "\ufeff":
            self._at += 1

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANKS:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def at_top(self) -> bool:
        """Whether nothing was stepped into yet: what comes next is the whole document."""
        return not self._entered

    def enter(self) -> bool:
        """Step into the list or object that comes next; False where it is empty, which is stepped over."""
        close = {"[": "]", "{": "}"}[self.peek()]
        self._entered = True
        self._at += 1
        if self.peek() == close:
            self._at += 1
            return False
        return True

    def another(self, close: str) -> bool:
        """Step over the comma; False, behind the end, where the list or object ends."""
        found = self.peek()
        if found not in (",", close):
            raise JsonBroken(f"{close!r} or ',' is missing" if found else "it ends in the middle")
        self._at += 1
        return found == ","

    def key(self) -> str:
        """The next key of an object, with its colon."""
        if self.peek() != '"':
            raise JsonBroken("a key is missing" if self.peek() else "it ends in the middle")
        name = self.value()
        if self.peek() != ":":
            raise JsonBroken("':' is missing")
        self._at += 1
        return str(name)

    def value(self) -> Any:
        """The next value, whole.  Raises Repeated, behind the value, where an object says a key twice."""
        if not self.peek():
            raise JsonBroken("it ends in the middle")
        self._repeated = ""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise JsonBroken("it is nested too deeply") from error
            except json.JSONDecodeError as error:
                self._wait_for(f"{error.msg}")
                continue
            except ValueError as error:
                raise JsonBroken(str(error)) from error
            length = end - self._at
            # A number at the end of what was taken in may go on.
            if end < len(self._text) or self._ended or not self._more():
                self._at += length
                break
        if self._repeated:
            raise Repeated(f"the key {self._repeated!r} stands twice")
        return value

    def skip(self, depth: int = 0) -> None:
        """Step over the next value without holding it."""
        opening = self.peek()
        if opening not in ("[", "{") or depth > MAX_DEPTH:
            try:
                self.value()
            except Repeated:
                return  # nobody reads it
            return
        if not self.enter():
            return
        close = "]" if opening == "[" else "}"
        while True:
            if opening == "{":
                self.key()
            self.skip(depth + 1)
            if not self.another(close):
                return

    def find(self, path: tuple[str, ...] | None, depth: int = 0) -> bool:
        """Step before the list at ``path``, or before the first list anywhere; False, behind, where there is none."""
        opening = self.peek()
        if opening == "[" and not path:
            return True
        if opening != "{" or path == () or depth > MAX_DEPTH:
            self.skip()
            return False
        if not self.enter():
            return False
        while True:
            name = self.key()
            inner = None if path is None else path[1:]
            if (path is None or name == path[0]) and self.find(inner, depth + 1):
                return True
            if path is not None and name != path[0]:
                self.skip()
            if not self.another("}"):
                return False

    def elements(self) -> Iterator[tuple[int, Any]]:
        """Position and value of each element of the list that comes next; a Repeated is given as the value."""
        if not self.enter():
            return
        number = 1
        while True:
            try:
                yield number, self.value()
            except Repeated as error:
                yield number, error
            if not self.another("]"):
                return
            number += 1

    def end(self) -> None:
        """Claim that nothing follows."""
        if self.peek():
            raise JsonBroken("there is more behind its end")

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # Raised at once, nobody would know where the element ends.
        try:
            return no_repeats(pairs)
        except Repeated as error:
            self._repeated = str(error).split("'")[1] if "'" in str(error) else "?"
            return dict(pairs)

    def _wait_for(self, reason: str) -> None:
        """Take in as much again as there is, or give the value up."""
        held = len(self._text) - self._at
        if self._ended:
            raise JsonBroken(reason)
        if held > MAX_ELEMENT_CHARACTERS:
            raise JsonBroken(f"an element is larger than {MAX_ELEMENT_CHARACTERS >> 20} MB, or {reason}")
        self._more(min(max(WINDOW, held), MAX_ELEMENT_CHARACTERS - held + WINDOW))

    def _more(self, size: int = WINDOW) -> bool:
        """Take in more of the document; False at its end."""
        if self._ended:
            return False
        data = self._stream.read(size)
        self._ended = not data
        try:
            text = self._decode.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            self._ended = True
            raise JsonBroken(f"byte {error.object[error.start]:#04x} is not utf-8") from error
        self._text, self._at = self._text[self._at :] + text, 0
        return not self._ended or bool(text)
