"""Three hundred thousand people in households, with valid numbers; children bear the head's surname."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.synth.chance import Chance
from steelyard.synth.numbering import resident_ids
from steelyard.synth.places import Places
from steelyard.synth.wording import FEMALE_SIGNS, MALE_SIGNS, SURNAMES

Whole = NDArray[np.int64]
HOUSEHOLDS_IN_A_VILLAGE = 341
SLOTS = ("head", "spouse", "child", "second_child", "father", "mother")
HEAD, SPOUSE, CHILD, SECOND, FATHER, MOTHER = range(len(SLOTS))
DAYS_A_YEAR = 365
ONE_PHONE_IN = 40
"""Of so many households one has a single telephone."""
TWINS_AGED = (63, 84)
SOON = 200
"""Two women born within so many days of one another may be made twins."""


@dataclass(frozen=True)
class Person:
    """One person as the files name him."""

    index: int
    number: str
    name: str


@dataclass
class People:
    """The population, one place in each array a person; ``seats[h, slot]`` is a person or -1."""

    number: NDArray[np.bytes_]
    name: pa.StringArray
    male: NDArray[np.bool_]
    born: NDArray[np.datetime64]
    village: Whole
    household: Whole
    slot: Whole
    alive: NDArray[np.bool_]
    seats: Whole
    until: dt.date
    renamed: dict[int, str] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    """Old twin sisters who live in one village, each to the other."""
    _taken: set[int] = field(default_factory=set)
    _queue: list[int] = field(default_factory=list)
    _served: int = 0

    def __len__(self) -> int:
        return len(self.number)

    @cached_property
    def _names(self) -> list[str]:
        names: list[str] = self.name.to_pylist()
        return names

    @cached_property
    def age(self) -> Whole:
        """Whole years at ``until``."""
        lived = np.datetime64(self.until, "D") - self.born
        return lived.astype(np.int64) * 4 // 1461

    @cached_property
    def grown(self) -> NDArray[np.bool_]:
        """Alive and between 26 and 58: may work, sign and hold office throughout the story."""
        return self.alive & (self.age >= 26) & (self.age <= 58)

    def who(self, index: int) -> Person:
        """The person at a place of the arrays."""
        name = self.renamed.get(index) or self._names[index]
        return Person(index, self.number[index].decode(), name)

    def shuffle(self, chance: Chance) -> None:
        """Set the order in which grown people take up work."""
        grown = np.nonzero(self.grown)[0]
        self._queue = grown[chance.order(len(grown))].tolist()

    def next_worker(self) -> Person:
        """A grown person nobody has taken yet."""
        while True:
            index = self._queue[self._served]
            self._served += 1
            if index not in self._taken:
                self._taken.add(index)
                return self.who(index)

    def take(self, index: int) -> Person:
        """A certain person, who from now on is not free for other work."""
        self._taken.add(index)
        return self.who(index)

    def free(self, index: int) -> bool:
        return index not in self._taken

    def taken(self) -> list[int]:
        """Places of all people who work, own or serve somewhere."""
        return sorted(self._taken)

    def of_village(self, village: int, low: int = 26, high: int = 58) -> list[int]:
        """People registered in a village, alive and of that age, nobody's yet."""
        start, stop = np.searchsorted(self.village, [village, village + 1])
        inside = np.arange(start, stop)
        ages = self.age[inside]
        fits = inside[self.alive[inside] & (ages >= low) & (ages <= high)]
        return [index for index in fits.tolist() if index not in self._taken]

    def one_phone(self) -> list[tuple[int, int]]:
        """Father and son of some families of three generations that share one telephone."""
        families = self.seats[::ONE_PHONE_IN]
        shared = families[(families[:, FATHER] >= 0) & self.male[families[:, HEAD]]]
        return [(int(family[FATHER]), int(family[HEAD])) for family in shared]

    def seat(self, index: int, slot: int) -> int | None:
        """Who sits in that place of this person's household, None where nobody does."""
        found = int(self.seats[self.household[index], slot])
        return None if found < 0 else found


def settle(seed: int, places: Places, until: dt.date) -> People:
    """The population of the county as it stands on ``until``."""
    chance = Chance(seed, "people")
    count = len(places.villages) * HOUSEHOLDS_IN_A_VILLAGE
    present = _present(chance, count)
    household, slot = np.nonzero(present)
    born, male = _births(chance, household, slot, count, until)
    twins = _twins(born, male, household, slot, until)
    number = resident_ids(_origins(chance, len(household)), born, male)
    seats = np.full(present.shape, -1, dtype=np.int64)
    seats[household, slot] = np.arange(len(household))
    age = (np.datetime64(until, "D") - born).astype(np.int64) // DAYS_A_YEAR
    dead = chance.hits(0.004, len(household)) | ((age > 70) & chance.hits(0.12, len(household))) | (age > 96)
    people = People(
        number=number,
        name=_names(chance, household, slot, male, count),
        male=male,
        born=born,
        village=household // HOUSEHOLDS_IN_A_VILLAGE,
        household=household,
        slot=slot,
        alive=~dead,
        seats=seats,
        until=until,
    )
    people.shuffle(chance)
    for one, other in twins:
        people.twins |= {one: other, other: one}
        names = people.who(one).name, people.who(other).name
        people.renamed[other] = names[0][0] + (names[1][1:] if names[1][1:] != names[0][1:] else "桂芳")
    return people


def _present(chance: Chance, count: int) -> NDArray[np.bool_]:
    """Which places of a household are filled: singles, couples, one or two children, three generations."""
    kind = chance.below(100, count)
    present = np.zeros((count, len(SLOTS)), dtype=bool)
    present[:, HEAD] = True
    present[:, SPOUSE] = kind >= 12
    present[:, CHILD] = kind >= 34
    present[:, SECOND] = (kind >= 67) & (kind < 88)
    present[:, FATHER] = kind >= 88
    present[:, MOTHER] = kind >= 86
    return present


def _births(
    chance: Chance, household: Whole, slot: Whole, count: int, until: dt.date
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    head_age = chance.between(27, 60, count)
    # Singles and old couples are the households without children; their heads may be of any age.
    head_age = np.where(chance.hits(0.12, count), chance.between(61, 84, count), head_age)
    apart = chance.between(-4, 4, len(household))
    younger = chance.between(23, 30, len(household))
    age = head_age[household].copy()
    age = np.where(slot == SPOUSE, np.maximum(age + apart, 24), age)
    age = np.where(slot == CHILD, np.maximum(age - younger, 1), age)
    age = np.where(slot == SECOND, np.maximum(age - younger - 4, 0), age)
    age = np.where((slot == FATHER) | (slot == MOTHER), np.minimum(age + younger, 93), age)
    days = age * DAYS_A_YEAR + age // 4 + chance.below(DAYS_A_YEAR, len(household))
    born = np.datetime64(until, "D") - days.astype("timedelta64[D]")
    head_male = chance.hits(0.9, count)[household]
    drawn = chance.hits(0.51, len(household))
    male = np.select(
        [slot == HEAD, slot == SPOUSE, slot == FATHER, slot == MOTHER],
        [head_male, ~head_male, True, False],
        drawn,
    )
    return born, male.astype(bool)


def _twins(
    born: NDArray[np.datetime64], male: NDArray[np.bool_], household: Whole, slot: Whole, until: dt.date
) -> list[tuple[int, int]]:
    """Give two old wives of each village, born about the same time, one birthday; they are past work and office."""
    days = (np.datetime64(until, "D") - born).astype(np.int64)
    low, high = (years * DAYS_A_YEAR for years in TWINS_AGED)
    old = np.nonzero((slot == SPOUSE) & ~male & (days > low) & (days < high))[0]
    village = household[old] // HOUSEHOLDS_IN_A_VILLAGE
    pairs = []
    for here in np.split(old, np.nonzero(np.diff(village))[0] + 1):
        by_age = here[np.argsort(days[here], kind="stable")]
        near = np.nonzero(np.diff(days[by_age]) < SOON)[0]
        if len(near):
            one, other = (int(index) for index in by_age[near[0] : near[0] + 2])
            born[other] = born[one]
            pairs.append((one, other))
    return pairs


def _origins(chance: Chance, count: int) -> Whole:
    """Most numbers begin with the county, some with a neighbour's code."""
    moved = chance.hits(0.08, count)
    return np.where(moved, 339901 + chance.below(20, count), 339921)


def _names(chance: Chance, household: Whole, slot: Whole, male: NDArray[np.bool_], count: int) -> pa.StringArray:
    # A third of the surnames of a village belong to its clan.
    villages = count // HOUSEHOLDS_IN_A_VILLAGE
    clan = chance.below(24, villages)[np.arange(count) // HOUSEHOLDS_IN_A_VILLAGE]
    own = chance.below(len(SURNAMES), count)
    family = np.where(chance.hits(0.34, count), clan, own)[household]
    other = chance.below(len(SURNAMES), len(household))
    surname = np.where((slot == SPOUSE) | (slot == MOTHER), other, family)
    signs = pa.array([*MALE_SIGNS, *FEMALE_SIGNS, ""])
    blank = len(MALE_SIGNS) + len(FEMALE_SIGNS)

    def sign() -> Whole:
        his = chance.below(len(MALE_SIGNS), len(household))
        hers = chance.below(len(FEMALE_SIGNS), len(household)) + len(MALE_SIGNS)
        return np.where(male, his, hers)

    first, second = sign(), sign()
    second = np.where(chance.hits(0.18, len(household)), blank, second)
    joined: pa.StringArray = pc.binary_join_element_wise(
        pa.array(SURNAMES).take(pa.array(surname)),
        signs.take(pa.array(first)),
        signs.take(pa.array(second)),
        "",
    )
    return joined
