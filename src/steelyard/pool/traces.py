"""What of a person may stand in text, and how it is taken out."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SHORTEST = 2
"""A shorter value says nothing of a person, and its letters stand everywhere."""
_BLANKS = r"[\s\u3000]*"


@dataclass(frozen=True)
class Traces:
    """Values that lead to one person."""

    numbers: frozenset[str]
    """Identity numbers in normal form: taken out wherever they stand, however they are written."""
    values: frozenset[str]
    """Names, phones, addresses: taken out of the person's own rows, for others may bear or share them."""

    @cached_property
    def by_number(self) -> re.Pattern[str]:
        """Finds the numbers in half or full width, with blanks, in either case, and the old form of 15 digits."""
        forms = {form for number in self.numbers for form in (number, _old_form(number)) if form}
        return re.compile("|".join(_BLANKS.join(_either(c) for c in form) for form in sorted(forms)) or r"(?!)")

    @cached_property
    def by_value(self) -> re.Pattern[str]:
        """Finds the other values as they were delivered, longest first."""
        known = sorted((value for value in self.values if len(value) >= SHORTEST), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, known)) or r"(?!)")

    def names_person(self, text: str | None) -> bool:
        """Whether a text holds one of the numbers."""
        return bool(text) and self.by_number.search(text or "") is not None

    def without(self, text: str) -> str:
        """The text of one of the person's rows without any trace."""
        return self.by_value.sub("", self.by_number.sub("", text))

    def cleaned(self, value: Any) -> Any:
        """The same for a value of JSON, whatever is in it."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, list):
            return [self.cleaned(one) for one in value]
        if isinstance(value, dict):
            return {key: self.cleaned(one) for key, one in value.items()}
        return "" if isinstance(value, int | float) and self.names_person(str(value)) else value

    def line(self, text: str, *, is_json: bool) -> str:
        """A delivered line without any trace; JSON is written anew, because it may spell letters as numbers."""
        if is_json:
            try:
                return json.dumps(self.cleaned(json.loads(text, parse_float=str, parse_int=str)), ensure_ascii=False)
            except ValueError:
                return ""  # half an object of a person: nobody can say what is left in it
        return self.without(text)


def traces(numbers: Iterable[str], values: Iterable[str]) -> Traces:
    """Traces of a person, without empty ones."""
    return Traces(frozenset(filter(None, numbers)), frozenset(value.strip() for value in values if value.strip()))


def _old_form(number: str) -> str:
    return number[:6] + number[8:17] if re.fullmatch(r"\d{17}[\dX]", number) and number[6:8] == "19" else ""


def _either(letter: str) -> str:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in {letter.upper(), letter.lower()} if "!" <= one <= "~")
    return f"[{re.escape(letter.upper())}{re.escape(letter.lower())}{wide}]"
