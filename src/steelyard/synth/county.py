"""The county while it is being made: its places, people, firms, offices, and the books they fill."""

import datetime as dt
from dataclasses import dataclass, field

from steelyard.synth.chance import Chance
from steelyard.synth.employment import Employment
from steelyard.synth.firms import Firm, Register, behind
from steelyard.synth.kin import Kin
from steelyard.synth.ledger import Books, Ledger
from steelyard.synth.offices import Offices
from steelyard.synth.people import People, Person
from steelyard.synth.places import Places
from steelyard.synth.truth import Truth


@dataclass
class County:
    """Everything acts need; ``until`` is the last day of which anything is known."""

    seed: int
    until: dt.date
    places: Places
    people: People
    firms: Register
    offices: Offices
    kin: Kin
    work: Employment
    ledger: Ledger
    truth: Truth
    cast: dict[str, Person]
    unknown: list[Person]
    """People nobody has dealt with yet: they may still get another name."""
    books: Books = field(default_factory=Books)

    def chance(self, topic: str) -> Chance:
        """A stream of draws of its own for a topic."""
        return Chance(self.seed, topic)

    def ago(self, days: int) -> dt.date:
        """The day so many days before ``until``."""
        return self.until - dt.timedelta(days=days)

    def strangers(self, village_code: str, firms: list[Firm]) -> list[Firm]:
        """Those of some firms in which nobody of the village's board, past or present, nor a relative has a hand."""
        tied = self._close(village_code)
        return [firm for firm in firms if not tied & {person.index for person in behind(firm)}]

    def is_close(self, village_code: str, person: int) -> bool:
        """Whether somebody is or was of the village's board, or is a relative of one who is."""
        return person in self._close(village_code)

    def _close(self, village_code: str) -> set[int]:
        board = {term.person.index for term in self.offices.was_in_office(village_code)}
        return board.union(*(self.kin.circle(index) for index in board))

    def namesake(self, person: Person) -> Person:
        """Somebody else of the same name, whom no book has named before."""
        while True:
            other = self.unknown.pop()
            if not self.kin.circle(other.index):
                self.people.renamed[other.index] = person.name
                return self.people.who(other.index)
