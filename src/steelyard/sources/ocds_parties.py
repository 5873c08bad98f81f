"""Which number a party is known by."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from steelyard.sources.json_files import scalar

NATIONAL = ("CN-USCC", "CN-ID")
_SCHEMED = re.compile(r"^[A-Z]{2}-[A-Z0-9_]+-\S+$")
LONGEST = 200


class Parties:
    """The parties of one release, found by the references to them."""

    def __init__(self, publisher: str, parties: Sequence[Mapping[str, Any]]) -> None:
        self.publisher = publisher
        self.by_id = {_text(party, "id"): party for party in parties if _text(party, "id")}
        self.by_name = {_text(party, "name"): party for party in parties if _text(party, "name")}

    def known(self, reference: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Number and name behind a reference; both None for an empty one.

        A credit code or resident number where the scheme says so, else ``src:<publisher>:<identifier>``.
        """
        if not reference:
            return None, None
        party: Mapping[str, Any] = self.by_id.get(_text(reference, "id")) or {}
        if not party and not _text(reference, "id"):
            party = self.by_name.get(_text(reference, "name")) or {}
        name = _text(party, "name") or _text(reference, "name") or _identifier(party, "legalName")
        number = self._number(party, name) or self._number(reference, name)
        return number, name or None

    def _number(self, said: Mapping[str, Any], name: str) -> str | None:
        scheme, value = _identifier(said, "scheme"), _identifier(said, "id")
        if value and scheme in NATIONAL:
            return value
        if value:
            return self._own(f"{scheme}:{value}" if scheme else value)
        local = _text(said, "id")
        if _SCHEMED.match(local):
            return self._own(local)
        if local:
            # A bare id is only promised to be unique within its release; with the name it is not mistaken for another.
            return self._own(f"{local}:{name}" if name else f"{local}")
        return self._own(f"name:{name}") if name else None

    def _own(self, identifier: str) -> str:
        return f"src:{self.publisher}:{identifier}"[:LONGEST]

    def joint(self, references: Sequence[Mapping[str, Any]]) -> tuple[str | None, str | None]:
        """One party, or several that act together as a party of its own."""
        found = sorted({pair for pair in map(self.known, references) if pair[0]}, key=lambda pair: pair[0] or "")
        if len(found) < 2:
            return found[0] if found else (None, None)
        numbers = "+".join(number.rsplit(":", 1)[-1] for number, _ in found if number)
        return self._own(f"joint:{numbers}"), "、".join(name or "?" for _, name in found)


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return (scalar(value) or "").strip() if not isinstance(value, list | dict) else ""


def _identifier(said: Mapping[str, Any], name: str) -> str:
    value = said.get("identifier")
    return _text(value, name) if isinstance(value, dict) else ""
