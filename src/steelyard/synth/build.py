"""How the county comes about: people first, then offices, then ordinary life, then what goes wrong."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from steelyard.kit.errors import SteelyardError
from steelyard.synth import records, stories
from steelyard.synth.books import fill_books
from steelyard.synth.cast import appoint_cast, find_cast, seats_of_cast, tie_cast, told_cast
from steelyard.synth.county import County
from steelyard.synth.employment import employ
from steelyard.synth.enterprises import Court, Enterprises
from steelyard.synth.firms import register_firms
from steelyard.synth.kin import gather
from steelyard.synth.ledger import Ledger
from steelyard.synth.offices import fill_offices
from steelyard.synth.people import settle
from steelyard.synth.places import lay_out
from steelyard.synth.tenders.market import Market
from steelyard.synth.tenders.ordinary import trade
from steelyard.synth.truth import Truth
from steelyard.synth.villages.daily import Petitions
from steelyard.synth.villages.leases import Estate
from steelyard.synth.villages.papers import Papers
from steelyard.synth.villages.purchases import Purchases
from steelyard.synth.villages.works import Works
from steelyard.synth.wrongs import calls, employers, firms, money, offices, panel, performance, prices, rents, suppliers
from steelyard.synth.wrongs.stage import Stage

TENDER_ACTS = (
    offices.one_laptop, offices.one_line, offices.one_team, money.one_account, money.one_funder,
    firms.two_firms_one_owner, firms.always_second, firms.same_guests, firms.loser_comes_back,
    panel.copied_sheet, panel.listed_firm, panel.stale_certificate,
    performance.other_terms, performance.growing_contract, performance.absent_manager,
    calls.in_a_hurry, calls.alone, calls.failing_on_purpose,
    prices.one_calculator, prices.just_above, prices.same_price, prices.cleared_field,
)  # fmt: skip


@dataclass
class Made:
    """The finished county, its tenders, and the document of its cast."""

    county: County
    market: Market
    cast: dict[str, Any]


STRANGERS = 60
EARLIEST = dt.date(2025, 1, 1)
"""The running term of the villages must be a year old, for acts of people in office."""


class TooEarly(SteelyardError):
    """The county is known from 2025-01-01 on; choose a later --until."""


def make_county(seed: int, until: dt.date) -> Made:
    """The county of a seed as known on ``until``; the same for the same two, for ever.

    Raises TooEarly before 2025.
    """
    if until < EARLIEST:
        raise TooEarly
    county = _settled(seed, until)
    enterprises = Enterprises(county)
    court = Court(county, enterprises)
    papers = Papers(county)
    works, estate, petitions = Works(county, papers), Estate(county, papers), Petitions(county)
    market = Market(county)

    works.ordinary()
    estate.ordinary()
    Purchases(county, papers).ordinary()
    petitions.ordinary()
    enterprises.ordinary()
    court.ordinary()
    trade(market)

    told = {
        "former_employer": stories.former_employer(county, works),
        "barren_hill": stories.barren_hill(county, estate, petitions),
        "unpaid_factory": stories.unpaid_factory(county, estate),
        "defendant_suppliers": stories.defendant_suppliers(county, enterprises, court),
    }
    employers.former_employers(county, works)
    rents.unpaid_rents(county, estate)
    rents.expired_contracts(county, estate)
    suppliers.sued_suppliers(county, enterprises, court)
    stage = Stage(county, market, county.chance("tender acts"))
    for act in TENDER_ACTS:
        act(stage)

    records.enter_all(county, market)
    fill_books(county, market, papers)
    henghua = enterprises.henghua
    ye_body = {
        "code": henghua.number,
        "name": henghua.name,
        "org_type": "soe",
        "level": "city",
        "area_code": henghua.area,
    }
    return Made(county, market, told_cast(county.cast, county.places, told, ye_body))


def _settled(seed: int, until: dt.date) -> County:
    places = lay_out(seed)
    people = settle(seed, places, until)
    cast = find_cast(people, places)
    # Set aside before anybody rents, marries into an office or files a request.
    unknown = [people.next_worker() for _ in range(STRANGERS)]
    held = fill_offices(seed, places, people, seats_of_cast(cast))
    appoint_cast(cast, places, held)
    ledger = Ledger()
    kin = gather(seed, people, held, ledger)
    tie_cast(cast, people, kin)
    register = register_firms(seed, places, people, until)
    work = employ(seed, people, register, until)
    return County(seed, until, places, people, register, held, kin, work, ledger, Truth(), cast, unknown)
