"""A report on its way through the questions: it travels in the form itself, never on the server."""

import re
from dataclasses import asdict, dataclass
from functools import cached_property

from django.http import QueryDict

from steelyard.web.people import doors, receipts
from steelyard.web.people.forms import CATEGORIES
from steelyard.web.people.pages import MATTER_DATASETS

STEPS = ("village", "about", "details", "person", "who", "photos", "check")
LONGEST = {"text": 4000, "contact": 300}


@dataclass
class Draft:
    """All answers so far."""

    draft: str = ""
    village: str = ""
    about: str = ""
    category: str = ""
    text: str = ""
    person_works_at: str = ""
    identity: str = "anonymous"
    contact: str = ""
    may_publish: str = ""
    matter_kind: str = ""
    matter_key: str = ""
    lowered: str = ""
    """Set where the reporter, after being asked in words, chose the open door for a text that names a person."""

    @classmethod
    def read(cls, data: QueryDict) -> "Draft":
        found = cls(
            **{
                name: data.get(name, "").replace("\0", "")[: LONGEST.get(name, 120)]
                for name in cls.__dataclass_fields__
            }
        )
        if not receipts.is_draft(found.draft):
            found.draft = receipts.new_draft()
        if not re.fullmatch(r"[0-9]{12}", found.village):
            found.village = ""
        if found.matter_kind not in MATTER_DATASETS.values():
            found.matter_kind = found.matter_key = ""
        if found.category not in dict(CATEGORIES):
            found.category = ""
        found.identity = found.identity or "anonymous"
        return found

    @classmethod
    def begun(cls, data: QueryDict) -> "Draft":
        """A new draft from an address: only the place comes along, for a link must not answer for the reporter."""
        said = cls.read(data)
        return cls(
            draft=receipts.new_draft(), village=said.village, matter_kind=said.matter_kind, matter_key=said.matter_key
        )

    @property
    def switched(self) -> bool:
        """Whether the text alone moved the report to the sealed door."""
        return self.about != "person" and not self.lowered and self._speaks_of_a_person

    @cached_property
    def _speaks_of_a_person(self) -> bool:
        return doors.speaks_of_a_person(self.text)

    @property
    def door(self) -> str:
        return "accusation" if self.about == "person" or self.category == "retaliation" or self.switched else "matter"

    def steps(self) -> list[str]:
        """The questions this report needs."""
        return [step for step in STEPS if step != "person" or self.door == "accusation"]

    def after(self, step: str) -> str:
        steps = self.steps()
        return steps[min(steps.index(step) + 1, len(steps) - 1)] if step in steps else steps[0]

    def before(self, step: str) -> str:
        steps = self.steps()
        return steps[max(steps.index(step) - 1, 0)] if step in steps else steps[0]

    def carried(self, *asked: str) -> dict[str, str]:
        """The answers that a page keeps in hidden fields, without those it asks for."""
        return {name: value for name, value in asdict(self).items() if value and name not in asked}
