"""Village officials and the firms that once paid their insurance."""

import datetime as dt

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.firms import Firm
from steelyard.synth.people import Person
from steelyard.synth.places import Village
from steelyard.synth.truth import Key
from steelyard.synth.villages.works import Works
from steelyard.synth.wrongs.contracts import expect_of_many

MODEL = "village-project/former-employer-contractor"
YEAR = 365
POSTS = ("party_secretary", "village_head", "deputy", "accountant")


def former_employers(county: County, works: Works) -> None:
    """People take office, and the firm they worked for comes to build."""
    chance = county.chance("former employers")
    villages = chance.some(county.places.villages[10:], 46)
    for village in villages[:6]:
        firm = county.firms.found("village")
        person = county.offices.holder(village.code, chance.one(POSTS))
        signed = county.ago(chance.number(60, 640))
        _insured(county, person, firm, signed, 4, 1)
        for number in range(chance.number(1, 4)):
            works.build(village, firm, signed + dt.timedelta(days=12 * number), _price(chance), method="direct")
        county.truth.expect(
            MODEL, {"contractor_id": firm, "person_id": person}, "red", story="the former employer builds", when=signed
        )
        expect_of_many(county, village, firm, "the former employer builds")
    _passing_ties(county, works, chance, villages[43:46])
    for village in villages[6:8]:
        agency = county.firms.of_kind("dispatch")[village.index % 8]
        person = county.offices.holder(village.code, "member")
        signed = county.ago(chance.number(60, 640))
        _insured(county, person, agency, signed, 3, 1)
        works.build(village, agency, signed, _price(chance), method="open")
        county.truth.expect(
            MODEL, {"contractor_id": agency, "person_id": person}, "red",
            story="insured through a dispatch agency", when=signed, note="to be closed as legitimate",
        )  # fmt: skip
    for act, village in enumerate(villages[8:43]):
        _look_alike(county, works, chance, village, act % 6)


def _passing_ties(county: County, works: Works, chance: Chance, villages: list[Village]) -> None:
    """One month of insurance is enough, and so is a contract soon after leaving office."""
    village = villages[0]
    firm, person = county.firms.found("village"), county.offices.holder(village.code, "village_head")
    signed = county.ago(chance.number(100, 400))
    month = signed - dt.timedelta(days=500)
    county.work.insure(person, firm, month, month)
    works.build(village, firm, signed, _price(chance))
    county.truth.expect(
        MODEL, {"contractor_id": firm, "person_id": person}, "red", story="a month with the firm", when=signed
    )
    for village, months_after in zip(villages[1:], (8, 17), strict=True):
        gone = _left_in(county, village, dt.date(2020, 11, 15))
        if gone is None:
            continue
        firm = county.firms.found("village")
        signed = dt.date(2020, 11, 15) + dt.timedelta(days=30 * months_after)
        _insured(county, gone, firm, signed, 4, 2)
        works.build(village, firm, signed, _price(chance))
        key: Key = {"contractor_id": firm, "person_id": gone}
        if months_after <= 12:
            county.truth.expect(MODEL, key, "red", story="signed soon after leaving", when=signed)
        else:
            county.truth.spare(MODEL, key, "left office a year and a half before")


def _left_in(county: County, village: Village, day: dt.date) -> Person | None:
    """Somebody whose last post in the village ended on that day."""
    terms = county.offices.was_in_office(village.code)
    later = {term.person.index for term in terms if term.since > day}
    return next((term.person for term in terms if term.to == day and term.person.index not in later), None)


def _price(chance: Chance) -> int:
    return chance.number(300, 2800) * 10_000


def _insured(
    county: County, person: Person, firm: Firm, signed: dt.date, since: int, to: int, kind: str = "pension"
) -> None:
    """The firm paid from ``since`` to ``to`` years before the signing."""
    first, last = signed - dt.timedelta(days=since * YEAR), signed - dt.timedelta(days=to * YEAR)
    county.work.insure(person, firm, first, last, kind)


def _look_alike(county: County, works: Works, chance: Chance, village: Village, kind: int) -> None:
    firm = county.firms.found("village")
    person = county.offices.holder(village.code, chance.one(POSTS))
    signed = county.ago(chance.number(60, 640))
    if kind == 0:
        _insured(county, county.namesake(person), firm, signed, 3, 1)
        why = "the insured has the same name and another number"
    elif kind == 1:
        _insured(county, person, firm, signed, 3, 1)
        village = county.places.villages[village.index - 7]
        why = "the firm builds in another village"
    elif kind == 2:
        _insured(county, person, firm, signed, 9, 6)
        why = "insured longer ago than the look-back"
    elif kind == 3:
        former = [
            term for term in county.offices.was_in_office(village.code) if term.to and term.to < dt.date(2018, 1, 1)
        ]
        later = {
            term.person.index for term in county.offices.was_in_office(village.code) if term.since > dt.date(2017, 1, 1)
        }
        gone = [term.person for term in former if term.person.index not in later]
        person = gone[0] if gone else county.people.next_worker()
        _insured(county, person, firm, signed, 3, 1)
        why = "left office years before"
    elif kind == 4:
        _insured(county, person, firm, signed, 3, 1, "injury")
        why = "injury insurance of a day labourer only"
    else:
        signed = county.ago(chance.number(400, 640))
        county.work.insure(person, firm, signed + dt.timedelta(days=40), signed + dt.timedelta(days=300))
        why = "began to work there after the contract"
    works.build(village, firm, signed, _price(chance))
    county.truth.spare(MODEL, {"contractor_id": firm, "person_id": person}, why)
