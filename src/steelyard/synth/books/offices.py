"""People in public service: pay lists, declarations, sanctions, claims, cars and research money."""

import datetime as dt

import numpy as np

from steelyard.synth.books.folk import SCHOOLS, Folk
from steelyard.synth.books.residents import official_plate
from steelyard.synth.ledger import Subject, Yuan
from steelyard.synth.offices import Term
from steelyard.synth.people import SPOUSE, Person
from steelyard.synth.places import Body

STAFF_A_BODY = 9
CLAIMS, FUELLINGS, SPENT = 3_600, 2_400, 700
TANK = 60
SANCTIONED = 36
MERCHANTS = 120
LEADERS = 20


def offices(folk: Folk) -> None:
    """Enter all books about people in public service."""
    staff = _public_employees(folk)
    _declared(folk)
    _sanctions(folk)
    _interventions(folk)
    _claims(folk, staff)
    _fuel(folk)
    _research(folk)


def _public_employees(folk: Folk) -> dict[Body, list[Person]]:
    """Who holds a post in a body of county or town, and its further staff: people nobody else employs."""
    chance, county = folk.county.chance("book of pay lists"), folk.county
    staff: dict[Body, list[Person]] = {}
    terms = [term for term in county.offices.terms if term.category in ("government", "township")]
    for term in terms:
        staff.setdefault(term.body, []).append(term.person)
        _paid(folk, term.person, term.body, term.since, "establishment")
    fit = np.nonzero(folk.quiet & (folk.people.age >= 24) & (folk.people.age < 58))[0]
    grown = folk.some(chance, fit, STAFF_A_BODY * len(staff))
    folk.quiet[grown] = False
    for place, (body, members) in enumerate(staff.items()):
        for index in grown[place * STAFF_A_BODY : (place + 1) * STAFF_A_BODY].tolist():
            person = folk.people.who(index)
            members.append(person)
            kind = chance.one(("establishment", "establishment", "contract", "temporary"))
            _paid(folk, person, body, folk.day(chance.number(300, 3_000)), kind)
    return staff


def _paid(folk: Folk, person: Person, body: Body, since: dt.date, kind: str) -> None:
    folk.county.books.enter(
        "establishment/public-employees", "public_employee", person_id=person, org_id=body, from_date=since,
        employ_type=kind,
    )  # fmt: skip


def _declared(folk: Folk) -> None:
    """Officials of county and town declare wife or husband, and that they run no firm."""
    people, count = folk.people, 0
    seen: set[int] = set()
    for term in folk.county.offices.terms:
        if not _declares(term) or term.person.index in seen:
            continue
        seen.add(term.person.index)
        spouse = people.seat(term.person.index, SPOUSE)
        if spouse is None or spouse == term.person.index or not people.alive[spouse]:
            continue
        count += 1
        folk.county.books.enter(
            "organisation/declarations", "official_declaration", declare_id=f"GRSX{count:05d}", person_id=term.person,
            relative_id=people.who(spouse), relation="配偶", item="亲属从业情况",
            declared_date=dt.date(folk.until.year, 1, 15),
        )  # fmt: skip


def _declares(term: Term) -> bool:
    return term.category in ("government", "township") and term.position in ("chief", "deputy_chief", "division_head")


def _sanctions(folk: Folk) -> None:
    """Former members of village committees, for matters long closed."""
    chance = folk.county.chance("book of sanctions")
    running = {person.index for posts in folk.county.offices.running.values() for person in posts.values()}
    former = [term for term in folk.county.offices.terms if term.village and term.person.index not in running]
    seen: set[int] = set()
    for place, term in enumerate(chance.some(former, SANCTIONED)):
        if term.person.index in seen:
            continue
        seen.add(term.person.index)
        filed = folk.day(chance.number(500, 1_900))
        folk.county.books.enter(
            "discipline/cases", "integrity_case", case_no=f"QJ{filed.year}LA{place:04d}", person_id=term.person,
            filed_date=filed, discipline=chance.one(("warning", "serious_warning", "none")),
            effect_until=filed + dt.timedelta(days=365),
        )  # fmt: skip


def _interventions(folk: Folk) -> None:
    """Officers of the county asked how a tender goes; the officer in charge wrote it down."""
    chance = folk.county.chance("book of interventions")
    sections = [str(row["section_id"]) for row in folk.county.ledger.rows["tender_clarification"]]
    asking = [term.person for term in folk.county.offices.terms if term.category == "government"]
    recorder = folk.county_staff("public_trading")
    for place, section in enumerate(dict.fromkeys(sections[:60])):
        folk.county.books.enter(
            "discipline/interventions", "intervention_record", record_id=f"GYJL{place:04d}", section_id=section,
            official_person_id=chance.one(asking), date=folk.day(chance.number(60, 900)),
            content="询问项目进展，未提出要求", recorder_id=recorder,
        )  # fmt: skip


def _claims(folk: Folk, staff: dict[Body, list[Person]]) -> None:
    """Journeys, meetings and training, within the measure, each with an invoice of its own."""
    chance = folk.county.chance("book of claims")
    bodies = list(staff)
    merchants = [firm for firm in folk.county.firms.of_kind("shop") if firm.status == "active"][:MERCHANTS]
    for place in range(CLAIMS):
        body = chance.one(bodies)
        category, most = chance.one((("travel", 180), ("meeting", 900), ("training", 600), ("vehicle", 400)))
        folk.county.books.enter(
            "finance/expense-claims", "expense_claim", claim_id=f"BX{place:06d}", org_id=body,
            person_id=chance.one(staff[body]), category=category, amount=Yuan(chance.number(20, most) * 1_000),
            claim_date=folk.day(chance.number(1, 360)), merchant_id=chance.one(merchants),
            invoice_no=f"2733{place * 3:08d}",
        )  # fmt: skip


def _fuel(folk: Folk) -> None:
    """The cars of the county's departments: never more than the tank holds, on working days."""
    chance, departments = folk.county.chance("book of fuel"), folk.departments
    drivers: list[Subject] = [folk.county_staff(body.org_type) for body in departments]
    for place in range(FUELLINGS):
        car = place % len(departments)
        day = folk.day(1 + (place // len(departments)) * 4)
        working_day = day - dt.timedelta(days=max(0, day.weekday() - 4))
        litres = chance.number(280, 540)
        folk.county.books.enter(
            "government-offices/fuel", "gov_vehicle_fuel", record_id=f"JY{place:06d}",
            plate_no=official_plate(folk, car), card_no=f"9010{car:06d}",
            time=dt.datetime.combine(working_day, dt.time(9 + place % 8, place % 60)),
            litres=f"{litres // 10}.{litres % 10}", tank_capacity=str(TANK), amount=Yuan(litres * 78),
            org_id=departments[car], driver_id=drivers[car],
        )  # fmt: skip


def _research(folk: Folk) -> None:
    """Research projects of two colleges buy from firms of the county."""
    chance = folk.county.chance("book of research")
    fit = np.nonzero(folk.quiet & (folk.people.age >= 35) & (folk.people.age < 58))[0]
    found = folk.some(chance, fit, LEADERS)
    folk.quiet[found] = False
    leaders = [folk.people.who(index) for index in found.tolist()]
    firms = folk.county.firms.of_kind("goods")
    for place in range(SPENT):
        project = place % 40
        folk.county.books.enter(
            "education/research-funds", "research_fund", record_id=f"KY{place:05d}", project_no=f"KT{project:03d}",
            pi_person_id=leaders[project % len(leaders)], org_id=SCHOOLS[project % 2], payee_id=chance.one(firms),
            amount=Yuan(chance.number(5, 400) * 10_000), pay_date=folk.day(chance.number(5, 700)),
            purpose=chance.one(("purchase", "service", "travel")),
        )  # fmt: skip
