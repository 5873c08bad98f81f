"""Sites and builders: permits, registered people, performances, inspections by three regulators, wages."""

import datetime as dt

from steelyard.synth.books.folk import Folk
from steelyard.synth.books.tendering import signed
from steelyard.synth.firms import WORKS, Firm
from steelyard.synth.ledger import Yuan
from steelyard.synth.tenders.market import Market, day
from steelyard.synth.tenders.objects import Contract, Section, Tender

INSPECTORS = {"highway": ("transport/inspections", "transport"), "water": ("water/inspections", "water")}
BUILDINGS = ("construction/inspections", "construction")
WAGE_MONTHS, WORKERS = 6, 5
WAGES_SINCE_DAYS = 500
PAY = (480_000, 760_000)
"""Fen a month: with five workers for half a year never a third of the smallest contract."""
COMPLAINTS = 90
CERTIFICATES = ("二级注册建造师", "一级注册建造师", "安全生产考核B证")


def works_books(folk: Folk, market: Market) -> None:
    """Enter all books of the regulators of works."""
    _permits(folk, market)
    _registered(folk, market)
    _performances(folk, market)
    _inspections(folk, market)
    _wages(folk, market)
    _complaints(folk, market)


def _permits(folk: Folk, market: Market) -> None:
    """Buildings and streets may begin once the permit is there: some days before they do."""
    for tender, section, contract in signed(market):
        if tender.kind not in ("building", "municipal", "greening"):
            continue
        folk.county.books.enter(
            "construction/permits", "construction_permit", permit_no=f"SGXK{section.number[4:]}",
            section_id=section.number, company_id=contract.contractor, pm_person_id=contract.pm,
            issue_date=contract.start - day(2), start_date=contract.start,
        )  # fmt: skip


def _registered(folk: Folk, market: Market) -> None:
    """The first people of each building firm, and whoever manages a site, are registered with their firm."""
    chance = folk.county.chance("book of registrations")
    known: set[tuple[str, str]] = set()
    pairs = [(person, firm) for kind in WORKS for firm in market.bidders(kind) for person in firm.staff[:3]]
    pairs += [(contract.pm, contract.contractor) for _tender, _section, contract in signed(market)]
    for person, firm in pairs:
        if (person.number, firm.number) in known:
            continue
        known.add((person.number, firm.number))
        since = folk.day(chance.number(2_000, 2_600))
        folk.county.books.enter(
            "construction/registered-persons", "registered_person", cert_no=f"ZC{person.index:07d}", person_id=person,
            cert_type=chance.one(CERTIFICATES), company_id=firm, from_date=since,
            to_date=folk.until + day(chance.number(200, 900)),
        )  # fmt: skip


def _performances(folk: Folk, market: Market) -> None:
    """What was built and accepted stands in the register of performances."""
    done = [(tender, section, contract) for tender, section, contract in signed(market) if contract.actual_end]
    for place, (tender, section, contract) in enumerate(done):
        assert contract.actual_end is not None
        folk.county.books.enter(
            "works-regulators/performance", "company_performance", perf_id=f"YJ{place:05d}",
            company_id=contract.contractor, project_name=section.name, owner_org_id=tender.owner,
            amount=Yuan(contract.settled or contract.fen), completed_date=contract.actual_end, verified=True,
            filed_date=min(contract.actual_end + day(30), folk.until),
        )  # fmt: skip


def _inspections(folk: Folk, market: Market) -> None:
    """Every site is looked at twice, by the regulator of its trade; small findings are closed within weeks."""
    chance, count = folk.county.chance("book of inspections"), 0
    for tender, section, contract in signed(market):
        interface, department = INSPECTORS.get(tender.kind, BUILDINGS)
        inspector = folk.county_staff(department)
        for visit in range(2):
            when = contract.start + day(20 + visit * 25)
            if when > min(contract.actual_end or folk.until, folk.until):
                continue
            count += 1
            found = chance.number(0, 4)
            closed = min(when + day(chance.number(5, 20)), folk.until) if found else when
            folk.county.books.enter(
                interface, "site_inspection", inspection_id=f"JC{count:06d}", section_id=section.number,
                inspector_id=inspector, date=when, finding_count=found, severity="minor",
                penalty_amount=Yuan(0), closed_date=closed,
            )  # fmt: skip


def _wages(folk: Folk, market: Market) -> None:
    """Workers of the contractor are paid from the wage account, month by month, on the twentieth of the next."""
    chance, count = folk.county.chance("book of wage accounts"), 0
    for _tender, section, contract in signed(market):
        if contract.start < folk.day(WAGES_SINCE_DAYS):
            continue
        for month in _months(contract, folk.until):
            for person in contract.contractor.staff[2 : 2 + WORKERS]:
                count += 1
                folk.county.books.enter(
                    "human-resources/wages", "wage_account", record_id=f"GZ{count:07d}", section_id=section.number,
                    company_id=contract.contractor, person_id=person, month=month,
                    amount=Yuan(chance.number(*PAY) // 10_000 * 10_000), paid_date=_next(month) + day(19),
                )  # fmt: skip


def _months(contract: Contract, until: dt.date) -> list[dt.date]:
    months: list[dt.date] = []
    month = contract.start.replace(day=1)
    while len(months) < WAGE_MONTHS and _next(month) + day(19) <= min(contract.actual_end or until, until):
        months.append(month)
        month = _next(month)
    return months


def _next(month: dt.date) -> dt.date:
    return (month + day(32)).replace(day=1)


def _complaints(folk: Folk, market: Market) -> None:
    """Workers complained about small sums and were paid."""
    chance = folk.county.chance("book of labour complaints")
    sites: list[tuple[Tender, Section, Contract]] = signed(market)
    for place in range(COMPLAINTS):
        tender, section, contract = chance.one(sites)
        firm: Firm = contract.contractor
        folk.county.books.enter(
            "human-resources/labour-complaints", "labour_complaint", complaint_id=f"QX{place:05d}", company_id=firm,
            section_id=section.number, project_id=tender.project,
            filed_date=min(contract.start + day(chance.number(40, 120)), folk.until),
            amount=Yuan(chance.number(4, 60) * 100_000), status="closed",
        )  # fmt: skip
