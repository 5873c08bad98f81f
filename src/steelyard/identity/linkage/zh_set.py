"""A made-up register of villagers, a list of some of them without numbers, and the truth of who is who.

For measuring, never for training on its labels.  Villages of which a third are clan villages, generation characters,
households that share an address, twins, numbers given twice; in the list homophones, typing errors, variant
characters, missing and wrong birth dates, people who moved or changed their phone, people the register does not have.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from steelyard.identity.linkage.zh_words import GIVEN, SURNAMES, VARIANTS
from steelyard.kit.identifiers import resident_check_character

REGISTER, LISTED = 500_000, 150_000
PEOPLE_PER_VILLAGE = 1_250
STRANGERS = 0.03
"""Rows of the list about people whom the register does not have."""
HOMOPHONE, TYPO, VARIANT = 0.05, 0.02, 0.03
BIRTH_MISSING, BIRTH_WRONG, MOVED = 0.15, 0.03, 0.10
PHONE_MISSING, ADDRESS_MISSING = 0.35, 0.35
TWINS, REUSED = 0.012, 0.0005
FIRST_YEAR, LAST_YEAR = 1936, 2019
COLUMNS = ("unique_id", "name", "name_form", "pinyin", "surname", "birth_date", "sex", "area_code", "phone", "address",
           "id_no")  # fmt: skip
_SCHEMA = pa.schema([(name, pa.date32() if name == "birth_date" else pa.string()) for name in COLUMNS])
RARE = 0.25
"""Share of given-name characters outside the usual ones; made up of a thousand, three to a sound."""
_RARE = [chr(0x5000 + 7 * number) for number in range(1_000)]
_COMMON = {character: sound for sound, characters in GIVEN.items() for character in characters}
_SOUND = _COMMON | {character: f"rare{number // 3}" for number, character in enumerate(_RARE)
                    if character not in _COMMON}  # fmt: skip
_ALIKE = {character: [other for other in GIVEN.get(sound, ()) if other != character]
          or [other for other in _RARE if _SOUND[other] == sound and other != character]
          for character, sound in _SOUND.items()}  # fmt: skip
_SURNAME = [(part[part.index(":") + 1], float(part[part.index(":") + 2 :]), part[: part.index(":")])
            for part in SURNAMES.split()]  # fmt: skip
_SOUND_OF_SURNAME = {written: sound for written, _, sound in _SURNAME}
_SAME_SOUND = {written: [other for other, _, heard in _SURNAME if heard == sound and other != written]
               for written, _, sound in _SURNAME}  # fmt: skip


@dataclass
class Person:
    surname: str
    given: str
    born: dt.date
    sex: str
    village: str
    address: str
    phone: str | None = None
    id_no: str = ""


@dataclass(frozen=True)
class ZhSet:
    """``truth``: row of the list to row of the register; a stranger is in it with none."""

    register: pa.Table
    listed: pa.Table
    truth: Mapping[str, str | None]


def generate(seed: int, register: int = REGISTER, listed: int = LISTED) -> ZhSet:
    """The same set for the same seed and sizes."""
    chance = random.Random(seed)  # noqa: S311 - made-up people, no secret
    strangers = round(listed * STRANGERS)
    county = _County(chance, register + strangers)
    people = county.people()
    chance.shuffle(people)
    known = people[:register]
    for place in range(0, len(known) - 1, max(round(1 / REUSED), 2)):
        known[place + 1].id_no = known[place].id_no
    # One in fifty of the listed stands there twice, as in real lists.
    drawn = chance.sample(range(register), listed - strangers - listed // 50)
    drawn += chance.sample(drawn, listed // 50) if listed >= 50 else []
    chosen: list[int | None] = [*drawn, *([None] * strangers)]
    chance.shuffle(chosen)
    absent = iter(people[register:])
    rows: list[dict[str, Any]] = []
    truth: dict[str, str | None] = {}
    for number, drawn_one in enumerate(chosen):
        name = f"r:{number:07d}"
        person = known[drawn_one] if drawn_one is not None else next(absent)
        rows.append(_listed(chance, county.villages, name, person))
        truth[name] = None if drawn_one is None else f"s:{drawn_one:07d}"
    return ZhSet(
        pa.Table.from_pylist([_row(f"s:{place:07d}", person) for place, person in enumerate(known)], schema=_SCHEMA),
        pa.Table.from_pylist(rows, schema=_SCHEMA),
        truth,
    )


@dataclass
class _Clan:
    """The surname a third and more of a village bear, and the characters of its generations."""

    surname: str
    share: float
    generations: Sequence[str]


@dataclass
class _County:
    chance: random.Random
    size: int
    villages: list[str] = field(default_factory=list)
    clans: dict[str, _Clan] = field(default_factory=dict)
    sequence: int = 0
    _drawn: list[str] = field(default_factory=list)

    def people(self) -> list[Person]:
        """Villages of differing size, filled household by household."""
        count = max(self.size // PEOPLE_PER_VILLAGE, 3)
        self.villages = [f"3399{21 + v // 200:02d}{1 + v // 20 % 10:03d}{201 + v % 20:03d}" for v in range(count)]
        for village in self.villages[::3]:
            self.clans[village] = _Clan(self._surname(), self.chance.uniform(0.35, 0.7),
                                        self.chance.sample(sorted(_COMMON), 6))  # fmt: skip
        weights = [self.chance.lognormvariate(0, 0.6) for _ in self.villages]
        people: list[Person] = []
        while len(people) < self.size:
            village = self.chance.choices(self.villages, weights)[0] if count < 50 else self._village(weights)
            people.extend(self._household(village))
        return people[: self.size]

    def _village(self, weights: Sequence[float]) -> str:
        if not self._drawn:
            self._drawn = self.chance.choices(self.villages, weights, k=20_000)
        return self._drawn.pop()

    def _surname(self) -> str:
        return self.chance.choices([part[0] for part in _SURNAME], [part[1] for part in _SURNAME])[0]

    def _household(self, village: str) -> list[Person]:
        clan = self.clans.get(village)
        self.sequence += 1
        address = f"{1 + self.sequence % 12}组{1 + self.sequence // 12 % 400}号"
        of_clan = clan is not None and self.chance.random() < clan.share
        surname = clan.surname if of_clan and clan else self._surname()
        born = self.chance.randint(FIRST_YEAR, 1994)
        names = clan.generations if of_clan and clan and self.chance.random() < 0.6 else ()
        father = self._person(surname, born, "1", village, address, names)
        mother = self._person(self._surname(), born + self.chance.randint(-2, 5), "2", village, address, ())
        children: list[Person] = []
        for _ in range(self.chance.choices((0, 1, 2, 3), (25, 40, 27, 8))[0]):
            year = born + self.chance.randint(21, 34)
            if year <= LAST_YEAR:
                child = self._person(surname, year, self.chance.choice("12"), village, address, names)
                children.append(child)
                if self.chance.random() < TWINS:
                    children.append(self._twin(child))
        if mother.phone and self.chance.random() < 0.1:
            mother.phone = father.phone
        return [father, mother, *children]

    def _person(
        self, surname: str, year: int, sex: str, village: str, address: str, generations: Sequence[str]
    ) -> Person:
        chance = self.chance
        year = min(max(year, FIRST_YEAR), LAST_YEAR)
        first = dt.date(year, 1, 1)
        born = first if chance.random() < 0.015 else first + dt.timedelta(days=int(chance.random() * 365))
        if generations and sex == "1":
            given = generations[(year - FIRST_YEAR) // 18 % len(generations)] + self._character()
        else:
            given = self._character() + (self._character() if chance.random() < 0.82 else "")
        person = Person(surname, given, born, sex, village, address)
        if year < 2008 and chance.random() < 0.8:
            person.phone = f"1{chance.choice('3578')}{int(chance.random() * 1e9):09d}"
        person.id_no = self._number(person)
        return person

    def _twin(self, child: Person) -> Person:
        given = child.given[0] + self._character()
        sex = child.sex if self.chance.random() < 0.7 else ("2" if child.sex == "1" else "1")
        twin = Person(child.surname, given, child.born, sex, child.village, child.address)
        twin.id_no = self._number(twin)
        return twin

    def _number(self, person: Person) -> str:
        body = (
            f"{person.village[:6]}{person.born:%Y%m%d}{int(self.chance.random() * 500) * 2 + (person.sex == '1'):03d}"
        )
        return body + resident_check_character(body)

    def _character(self) -> str:
        if self.chance.random() < RARE:
            return self.chance.choice(_RARE)
        # Few characters make most names: the square brings the first ones forward.
        return _CHARACTERS[int(self.chance.random() ** 2 * len(_CHARACTERS))]


_CHARACTERS = sorted(_COMMON, key=lambda character: (GIVEN[_COMMON[character]].index(character), character))
"""Given-name characters, the common writings of a sound first."""


def _row(unique_id: str, person: Person, name: str | None = None) -> dict[str, Any]:
    form = person.surname + person.given
    heard = _SOUND_OF_SURNAME.get(person.surname, person.surname)
    return {
        "unique_id": unique_id,
        "name": name or form,
        "name_form": form,
        "pinyin": " ".join([heard, *(_SOUND.get(character, character) for character in person.given)]),
        "surname": person.surname,
        "birth_date": person.born,
        "sex": person.sex,
        "area_code": person.village,
        "phone": person.phone,
        "address": person.address,
        "id_no": person.id_no,
    }


def _listed(chance: random.Random, villages: Sequence[str], unique_id: str, known: Person) -> dict[str, Any]:
    """A row of the list about somebody, as a clerk wrote it."""
    told = Person(**vars(known))
    _misname(chance, told)
    _move(chance, told, villages)
    row = _row(unique_id, told) | {"id_no": None}
    if chance.random() < VARIANT:
        row["name"] = "".join(VARIANTS.get(character, character) for character in row["name"])
    if chance.random() < BIRTH_MISSING:
        row["birth_date"] = None
    elif chance.random() < BIRTH_WRONG:
        row["birth_date"] = _wrong_date(chance, known.born)
    if chance.random() < PHONE_MISSING:
        row["phone"] = None
    elif row["phone"] and chance.random() < 0.12:
        row["phone"] = f"1{chance.choice('3578')}{int(chance.random() * 1e9):09d}"
    if chance.random() < ADDRESS_MISSING:
        row["address"] = None
    if chance.random() < 0.02:
        row["sex"] = None
    elif chance.random() < 0.003:
        row["sex"] = "2" if row["sex"] == "1" else "1"
    return row


def _misname(chance: random.Random, told: Person) -> None:
    draw = chance.random()
    if draw < HOMOPHONE:
        places = [place for place, character in enumerate(told.given) if _ALIKE[character]]
        others = _SAME_SOUND[told.surname]
        if places and (not others or chance.random() < 0.85):
            place = chance.choice(places)
            told.given = told.given[:place] + chance.choice(_ALIKE[told.given[place]]) + told.given[place + 1 :]
        elif others:
            told.surname = chance.choice(others)
    elif draw < HOMOPHONE + TYPO:
        place = chance.randrange(len(told.given))
        kind = chance.random()
        if kind < 0.6 or len(told.given) == 1:
            told.given = told.given[:place] + chance.choice(_CHARACTERS) + told.given[place + 1 :]
        elif kind < 0.8:
            told.given = told.given[::-1]
        else:
            told.given = told.given[:place] + told.given[place + 1 :]


def _move(chance: random.Random, told: Person, villages: Sequence[str]) -> None:
    if chance.random() < MOVED:
        near = [village for village in villages if village[:9] == told.village[:9]]
        told.village = chance.choice(near if chance.random() < 0.5 else villages)
        told.address = f"{chance.randint(1, 12)}组{chance.randint(1, 400)}号"


def _wrong_date(chance: random.Random, born: dt.date) -> dt.date:
    kind = chance.random()
    if kind < 0.4:
        return _clamped(born.year, born.month, chance.randint(1, 28))
    if kind < 0.6:
        return _clamped(born.year + chance.choice((-1, 1, -10, 10)), born.month, born.day)
    if kind < 0.8:
        return _clamped(born.year, born.day, born.month) if born.day <= 12 else _clamped(born.year, 1, 1)
    # The day of the lunar calendar taken for one of the solar calendar.
    return born - dt.timedelta(days=chance.randint(20, 50))


def _clamped(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, 28))
