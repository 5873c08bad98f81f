"""What was planted, told by numbers: wrongs that must be found and look-alikes that must not."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from steelyard.synth.ledger import Subject

Key = dict[str, "str | Subject"]

PAIR = ("company_id_a", "company_id_b")
"""Key columns whose order is that of keys nobody can know beforehand."""
EXPERTS = ("expert_id_a", "expert_id_b")


@dataclass
class Truth:
    """Collected while people act; ``told`` gives the document of ``truth.json``."""

    wrongs: list[dict[str, Any]] = field(default_factory=list)
    look_alikes: list[dict[str, Any]] = field(default_factory=list)
    thin: list[dict[str, Any]] = field(default_factory=list)
    """Datasets that some villages do not deliver, and which."""
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def expect(
        self, model: str, key: Key, grade: str, *,
        story: str, when: dt.date | None = None, note: str = "", unordered: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """A finding of ``model`` under ``key`` with ``grade`` must come of what was done."""
        told = _told(key)
        mark = (model, repr(sorted(str(value) for value in told.values())))
        if mark in self._seen:
            return
        self._seen.add(mark)
        entry: dict[str, Any] = {"model": model, "key": told, "grade": grade, "story": story}
        if unordered:
            entry["unordered"] = list(unordered)
        if when:
            entry["when"] = when.isoformat()
        if note:
            entry["note"] = note
        self.wrongs.append(entry)

    def spare(self, model: str, key: Key, why: str) -> None:
        """A finding of ``model`` under ``key`` must not come, and why not."""
        self.look_alikes.append({"model": model, "key": _told(key), "why": why})

    def expect_pairs(
        self, model: str, section: str, firms: list[Any], grade: str, *, story: str, note: str = ""
    ) -> None:  # fmt: skip
        """One finding for every two of the firms in the section."""
        for place, one in enumerate(firms):
            for other in firms[place + 1 :]:
                key: Key = {"section_id": section, PAIR[0]: one, PAIR[1]: other}
                self.expect(model, key, grade, story=story, unordered=PAIR, note=note)


def _told(key: Key) -> dict[str, Any]:
    return {
        column: value if isinstance(value, str) else {"number": value.number, "name": value.name}
        for column, value in key.items()
    }
