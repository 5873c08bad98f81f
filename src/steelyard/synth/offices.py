"""Who held which post and when: four village elections, and posts of towns and the county."""

import datetime as dt
from dataclasses import dataclass

from steelyard.synth.chance import Chance
from steelyard.synth.people import People, Person
from steelyard.synth.places import COUNTY, Body, Places

ELECTIONS = (dt.date(2013, 12, 10), dt.date(2017, 3, 20), dt.date(2020, 11, 16), dt.date(2023, 12, 5))
LAST_TERM_ENDS = dt.date(2028, 12, 31)
POSTS = (
    ("party_secretary", "village_party"),
    ("village_head", "village_committee"),
    ("deputy", "village_committee"),
    ("member", "village_committee"),
    ("accountant", "village_other"),
    ("supervision_head", "village_supervision"),
    ("supervision_member", "village_supervision"),
)
TERM_STAYS = 0.62


@dataclass
class Term:
    """One post held by one person; ``to`` of a running term is its planned end."""

    person: Person
    body: Body
    village: str | None
    position: str
    category: str
    since: dt.date
    to: dt.date | None
    rank: str = ""
    duty: str | None = None


@dataclass
class Offices:
    """All terms; ``holders(village)`` gives the posts of the running term."""

    terms: list[Term]
    running: dict[str, dict[str, Person]]

    def holder(self, village_code: str, position: str) -> Person:
        return self.running[village_code][position]

    def was_in_office(self, village_code: str) -> list[Term]:
        return [term for term in self.terms if term.village == village_code]


def fill_offices(seed: int, places: Places, people: People, seated: dict[tuple[str, str], Person]) -> Offices:
    """Terms of the whole county; ``seated``: (village, post) of people who hold it in every term."""
    chance = Chance(seed, "offices")
    terms: list[Term] = []
    running: dict[str, dict[str, Person]] = {}
    for village in places.villages:
        committee = places.body("village_committee", village.code)
        watch = places.body("village_supervision", village.code)
        free = people.of_village(village.index, 40, 58)
        queue = [free[place] for place in chance.order(len(free)).tolist()]
        holders: dict[str, Person] = {}
        for number, since in enumerate(ELECTIONS):
            to = ELECTIONS[number + 1] - dt.timedelta(days=1) if number + 1 < len(ELECTIONS) else LAST_TERM_ENDS
            for position, category in POSTS:
                told = seated.get((village.code, position))
                if told:
                    holders[position] = told
                elif position not in holders or not chance.yes(TERM_STAYS):
                    holders[position] = people.take(_outsider(people, queue, holders))
                body = watch if category == "village_supervision" else committee
                terms.append(Term(holders[position], body, village.code, position, category, since, to))
        running[village.code] = dict(holders)
    terms += _upper_terms(chance, places, people)
    return Offices(terms, running)


def _outsider(people: People, queue: list[int], holders: dict[str, Person]) -> int:
    """The next in line who shares no household with a holder: one family neither keeps nor watches the books."""
    homes = {int(people.household[one.index]) for one in holders.values()}
    while True:
        found = queue.pop()
        if int(people.household[found]) not in homes:
            return found


def _upper_terms(chance: Chance, places: Places, people: People) -> list[Term]:
    terms = []
    for body in places.bodies:
        if body.level not in ("town", "county") or body.org_type == "project_owner":
            continue
        category = "township" if body.level == "town" else "government"
        for position in ("chief", "deputy_chief", "staff"):
            since = dt.date(2018, 1, 1) + dt.timedelta(days=chance.number(0, 1500))
            duty = f"area:{COUNTY}" if body.level == "county" else None
            terms.append(
                Term(people.next_worker(), body, None, position, category, since, dt.date(2028, 6, 30), "科级", duty)
            )
    return terms
