"""Kinship as the departments merged it: households of the circle of public power, and declared ties.

Only circles of officials are delivered: ties of other families serve no purpose of supervision.
"""

import datetime as dt

from steelyard.synth.chance import Chance
from steelyard.synth.ledger import Ledger
from steelyard.synth.offices import Offices
from steelyard.synth.people import CHILD, FATHER, HEAD, MOTHER, SECOND, SPOUSE, People, Person

# One place of the household, the other, what the second is to the first, what the first is to the second, degree.
WITHIN = (
    (HEAD, SPOUSE, "spouse", "spouse", 1),
    (HEAD, CHILD, "child", "parent", 1),
    (HEAD, SECOND, "child", "parent", 1),
    (SPOUSE, CHILD, "child", "parent", 1),
    (SPOUSE, SECOND, "child", "parent", 1),
    (CHILD, SECOND, "sibling", "sibling", 1),
    (HEAD, FATHER, "parent", "child", 1),
    (HEAD, MOTHER, "parent", "child", 1),
    (SPOUSE, FATHER, "parent_in_law", "child_in_law", 2),
    (SPOUSE, MOTHER, "parent_in_law", "child_in_law", 2),
    (FATHER, CHILD, "grandchild", "grandparent", 2),
    (MOTHER, CHILD, "grandchild", "grandparent", 2),
)


class Kin:
    """Ties entered once; ``circle(person)`` tells who is tied to him."""

    def __init__(self, people: People, ledger: Ledger) -> None:
        self._people = people
        self._ledger = ledger
        self._households: set[int] = set()
        self._tied: dict[int, set[int]] = {}

    def circle(self, index: int) -> set[int]:
        """Places of all people tied to this one, at any degree and confidence."""
        return self._tied.get(index, set())

    def tied(self) -> list[int]:
        """Places of all people who are tied to anybody."""
        return sorted(self._tied)

    def tie(
        self, one: Person, other: Person, word: str, back: str, degree: int,
        *, confidence: str = "1", source: str = "household",
    ) -> None:  # fmt: skip
        """Enter that ``other`` is the ``word`` of ``one``, and ``one`` the ``back`` of ``other``."""
        if one.index == other.index or other.index in self.circle(one.index):
            return
        self._tied.setdefault(one.index, set()).add(other.index)
        self._tied.setdefault(other.index, set()).add(one.index)
        for first, second, relation in ((one, other, word), (other, one, back)):
            self._ledger.enter(
                "kinship", person_id=first, relative_id=second, relation=relation, degree=degree,
                source=source, confidence=confidence, from_date=dt.date(1986 + (one.index + other.index) % 24, 5, 1),
            )  # fmt: skip

    def open_household(self, index: int) -> None:
        """Enter the ties within the household of a person."""
        household = int(self._people.household[index])
        if household in self._households:
            return
        self._households.add(household)
        seats = self._people.seats[household].tolist()
        for one, other, word, back, degree in WITHIN:
            if seats[one] >= 0 and seats[other] >= 0:
                self.tie(self._people.who(seats[one]), self._people.who(seats[other]), word, back, degree)


def gather(seed: int, people: People, offices: Offices, ledger: Ledger) -> Kin:
    """Households of all who hold or held office, and their brothers, in-laws and cousins in the village."""
    chance = Chance(seed, "kin")
    kin = Kin(people, ledger)
    seen: set[int] = set()
    for term in offices.terms:
        index = term.person.index
        if index in seen:
            continue
        seen.add(index)
        kin.open_household(index)
        if term.village is None:
            continue
        near = people.of_village(int(people.village[index]))
        brother, in_law, cousin = (people.who(near[chance.number(0, len(near) - 1)]) for _ in range(3))
        kin.tie(term.person, brother, "sibling", "sibling", 1, source="declaration")
        kin.tie(term.person, in_law, "sibling_in_law", "sibling_in_law", 2, source="declaration", confidence="0.9")
        kin.tie(term.person, cousin, "cousin", "cousin", 3, source="derived", confidence="0.72")
    return kin
