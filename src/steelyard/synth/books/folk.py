"""The villagers as the books of departments see them: who lives, who is old, whom no office knows."""

import datetime as dt
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.synth.books.registers import Pair, Whole, numbers, persons
from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.ledger import Named
from steelyard.synth.people import HEAD, Person
from steelyard.synth.places import Body, body_number

DIED_WITHIN_DAYS = 1500
THIN_TOWNS = 3
THIN_VILLAGES = 50


class Folk:
    """People of a county by what may be true of them; the masks have one place for each person."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.people = county.people
        self.until = county.until
        self.well_off: NDArray[np.bool_] = np.zeros(len(county.people), dtype=np.bool_)
        """Who is known to own a car or a part of a firm: no such household gets relief."""
        self._villages = pa.array([village.code for village in county.places.villages])

    @cached_property
    def quiet(self) -> NDArray[np.bool_]:
        """Alive, employed by no firm, holding no office, and nobody's kin who does."""
        quiet = self.people.alive.copy()
        quiet[self.people.taken()] = False
        quiet[self.county.kin.tied()] = False
        return quiet

    @cached_property
    def comrades(self) -> NDArray[np.bool_]:
        """Members of the Party, once the book of it is written."""
        return np.zeros(len(self.people), dtype=bool)

    @cached_property
    def grown(self) -> NDArray[np.bool_]:
        """Alive and of age."""
        return self.people.alive & (self.people.age >= 18)

    @cached_property
    def died(self) -> NDArray[np.datetime64]:
        """The day of death, for everybody; it means something for the dead only."""
        back = self.county.chance("book of deaths").between(20, DIED_WITHIN_DAYS, len(self.people))
        day = np.datetime64(self.until, "D") - back.astype("timedelta64[D]")
        latest: NDArray[np.datetime64] = np.maximum(day, self.people.born.astype("datetime64[D]"))
        return latest

    @cached_property
    def heads(self) -> Whole:
        """Heads of households who are alive."""
        return np.nonzero((self.people.slot == HEAD) & self.people.alive)[0]

    @cached_property
    def thin(self) -> frozenset[str]:
        """Villages whose accounts never reach the county: three whole towns and some more."""
        villages = self.county.places.villages
        towns = list(self.county.places.towns)[-THIN_TOWNS:]
        whole = [village.code for village in villages if village.town in towns]
        rest = [village.code for village in villages if village.town not in towns]
        return frozenset([*whole, *rest[7::50][: THIN_VILLAGES - len(whole)]])

    def some(self, chance: Chance, among: Whole, count: int) -> Whole:
        """``count`` different people of those at ``among``, in the order of the register."""
        order = chance.order(len(among))[:count]
        return np.sort(among[order])

    def village(self, index: Whole) -> pa.StringArray:
        """Codes of the villages where these people are registered."""
        codes: pa.StringArray = self._villages.take(pa.array(self.people.village[index]))
        return codes

    def household(self, index: Whole) -> pa.StringArray:
        return numbers("H", self.people.household[index], 1)

    def account(self, index: Whole) -> pa.StringArray:
        """The account of a person's social card."""
        return numbers("6228", index, 12)

    def named(self, index: Whole) -> Pair:
        return persons(self.people, index)

    def officers(self, index: Whole, post: str) -> Pair:
        """For each of these people the holder of a post in his village."""
        running = self.county.offices.running
        held = [running[village.code][post] for village in self.county.places.villages]
        at = pa.array(self.people.village[index])
        return pa.array([one.number for one in held]).take(at), pa.array([one.name for one in held]).take(at)

    def town_officer(self, village_code: str) -> Person:
        """The deputy head of the township that answers for a village."""
        return self.town_officers[village_code[:9] + "000"]

    @cached_property
    def town_officers(self) -> dict[str, Person]:
        """The deputy head of each township's government."""
        return {
            term.body.area: term.person
            for term in self.county.offices.terms
            if term.body.org_type == "town_government" and term.position == "deputy_chief"
        }

    def county_staff(self, org_type: str, position: str = "staff") -> Person:
        """Somebody of a department of the county."""
        return next(
            term.person
            for term in self.county.offices.terms
            if term.body.org_type == org_type and term.body.level == "county" and term.position == position
        )

    @cached_property
    def departments(self) -> list[Body]:
        """The county's departments."""
        return [
            body
            for body in self.county.places.bodies
            if body.level == "county" and body.org_type not in ("project_owner", "discipline")
        ]

    def day(self, back: int) -> dt.date:
        return self.county.ago(back)


HOSPITALS = tuple(
    Named(body_number("12", 9_100 + place), f"清源县{name}")
    for place, name in enumerate(("人民医院", "中医院", "第二人民医院", "妇幼保健院", "石桥镇卫生院", "白沙镇卫生院"))
)
SCHOOLS = tuple(
    Named(body_number("12", 9_200 + place), name)
    for place, name in enumerate(("衡州职业技术学院", "衡州学院", "清源县农业技术推广中心"))
)
