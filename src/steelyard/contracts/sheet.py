"""One contract file on its way to a Contract; complaints are collected, not raised."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from steelyard.contracts.vocabulary import Vocabulary
from steelyard.contracts.words import Words
from steelyard.kit import durations, yamlfile
from steelyard.kit.errors import SteelyardError


class ContractBroken(SteelyardError):
    """Contracts break the rules; every complaint names file and line."""


class Sheet:
    """A file's data, the vocabularies it may name, and the list of complaints."""

    def __init__(self, document: yamlfile.Document, vocabularies: Mapping[str, Vocabulary], wrong: list[str]) -> None:
        self.document = document
        self.vocabularies = vocabularies
        self.wrong = wrong
        self.data: dict[str, Any] = document.data if isinstance(document.data, dict) else {}

    def complain(self, message: str, *at: str | int) -> None:
        self.wrong.append(f"{self.document.path}:{self.document.line_of(*at)}: {message}")

    def line(self, *at: str | int) -> int:
        return self.document.line_of(*at)

    def at(self, *at: str | int) -> Any:
        """The value at a path of keys and numbers; None where there is none."""
        value: Any = self.data
        for step in at:
            inside = isinstance(value, list) and isinstance(step, int) and step < len(value)
            value = value.get(step) if isinstance(value, dict) else (value[int(step)] if inside else None)
        return value

    def words(self, *at: str | int) -> Words:
        read = Words.read(self.at(*at))
        if read is None:
            self.complain("needs zh and en", *at)
        return read or Words("", "")

    def one_of(self, value: object, allowed: Collection[str], what: str, *at: str | int) -> str:
        if value not in allowed:
            self.complain(f"{what} must be one of {', '.join(allowed)}", *at)
        return str(value)

    def known_keys(self, body: Mapping[str, Any], known: Iterable[str], *at: str | int) -> None:
        """Complain of every key that says something nobody reads."""
        for key in body:
            if key not in known:
                self.complain(f"unknown key {key}; known are {', '.join(known)}", *at, str(key))

    def duration(self, value: object, what: str, *at: str | int) -> str:
        if not isinstance(value, str) or durations.read(value) is None:
            self.complain(f"{what} must be a duration such as P10Y or P2D", *at)
        return str(value or "")

    def mapping(self, *at: str) -> dict[str, Any]:
        """The mapping at a path; empty where there is none."""
        value = self.at(*at)
        if value is not None and not isinstance(value, dict):
            self.complain(f"{at[-1]} must be a mapping", *at)
        return value if isinstance(value, dict) else {}

    def listed(self, *at: str) -> list[Any]:
        """The list at a path; empty where there is none."""
        value = self.at(*at)
        if value is not None and not isinstance(value, list):
            self.complain(f"{at[-1]} must be a list", *at)
        return value if isinstance(value, list) else []
