"""Rents that are not collected and contracts that ran out, and what only looks like it."""

import datetime as dt

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.firms import Firm, Holding
from steelyard.synth.people import HEAD, SPOUSE, Person
from steelyard.synth.places import Village
from steelyard.synth.villages.leases import LONGEST, Estate, Lease, years_later

UNPAID = "village-asset/rent-receivable-unpaid"
EXPIRED = "village-asset/contract-expired-still-used"
RELATED = "village-asset/cadre-related-lessee"
UNLISTED = "village-asset/no-open-trade"
OTHERS_UNPAID = 26
"""With the three leases of the story these are two of distant ties the thirty-one alerts of the county."""


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def _owed(
    county: County,
    estate: Estate,
    village: Village,
    tenant: Person | Firm,
    *,
    open_since: int,
    rent: int,
    paid_years: int = 1,
) -> Lease:
    """A lease whose tenant paid for some years and then stopped; the oldest open due lies ``open_since`` days back."""
    start = years_later(county.ago(open_since), -paid_years)
    asset = estate.own(village, "shop", "leased")
    return estate.let(village, asset, "shop", tenant, start, LONGEST["shop"], rent)


def unpaid_rents(county: County, estate: Estate) -> None:
    """Rents nobody collects: because nobody looks, or because the tenant is one of their own."""
    chance = county.chance("unpaid rents")
    villages = chance.some(county.places.villages[10:], 120)
    for act, village in enumerate(villages[:OTHERS_UNPAID]):
        open_since, grade = chance.number(120, 340), "red"
        rent = chance.number(130, 900) * 10_000
        tenant: Person | Firm = estate.stranger(village)
        story = "rent nobody collects"
        if act >= 23:
            tenant, story = _kin_tenant(county, village, act), "rent of a relative"
            open_since, rent = chance.number(45, 58), chance.number(30, 90) * 10_000
        elif act >= 18:
            open_since, grade = 34 if act == 18 else chance.number(45, 58), "yellow"
        elif act >= 12:
            rent, grade = chance.number(11, 90) * 10_000, "yellow"
        lease = _owed(county, estate, village, tenant, open_since=open_since, rent=rent)
        due = county.ago(open_since)
        estate.pay_as_agreed(lease, stop=due)
        if act % 6 == 5 and act < 12:
            # He paid a small part of what he owed: the rest is still above the limit for red.
            estate.receive(lease, due + days(10), rent // 100)
        county.truth.expect(UNPAID, {"contract_id": lease.number}, grade, story=story, when=due)
        if act >= 23:
            county.truth.expect(RELATED, {"contract_id": lease.number}, "red", story=story, when=due)
    _distant_ties(county, estate, chance, villages[100:102])
    for act, village in enumerate(villages[OTHERS_UNPAID:100]):
        _paid_after_all(county, estate, chance, village, act % 5)
    for lease in estate.late_but_paid[:200:4]:
        county.truth.spare(UNPAID, {"contract_id": lease.number}, "late, and paid in full")


def _distant_ties(county: County, estate: Estate, chance: Chance, villages: list[Village]) -> None:
    """The tenant is an in-law by declaration, or a firm in which the wife of an official holds a small share."""
    for village, by_share in zip(villages, (False, True), strict=True):
        official = county.offices.holder(village.code, "party_secretary")
        if by_share:
            mate = county.people.next_worker()
            county.kin.tie(official, mate, "spouse", "spouse", 1, source="declaration")
            firm = county.firms.found("factory")
            firm.holdings = [Holding(mate, 1_500, firm.registered), Holding(firm.legal_rep, 8_500, firm.registered)]
            tenant: Person | Firm = firm
        else:
            tenant = county.people.next_worker()
            county.kin.tie(
                official, tenant, "sibling_in_law", "sibling_in_law", 2, source="declaration", confidence="0.9"
            )
        lease = _owed(county, estate, village, tenant, open_since=50, rent=chance.number(30, 90) * 10_000)
        estate.pay_as_agreed(lease, stop=county.ago(50))
        for model in (UNPAID, RELATED):
            county.truth.expect(
                model, {"contract_id": lease.number}, "red", story="rent of a relative", when=county.ago(50)
            )


def _kin_tenant(county: County, village: Village, act: int) -> Person | Firm:
    """The wife or husband of an official, or a firm of hers or his."""
    people = county.people
    for post in ("party_secretary", "village_head", "deputy", "member", "accountant"):
        official = county.offices.holder(village.code, post)
        head, spouse = people.seat(official.index, HEAD), people.seat(official.index, SPOUSE)
        other = spouse if head == official.index else head
        if other is not None and {head, spouse} >= {official.index, other} and people.alive[other]:
            mate = people.take(other)
            return mate if act % 2 == 0 else county.firms.found("factory", legal_rep=mate)
    return county.offices.holder(village.code, "party_secretary")


def _paid_after_all(county: County, estate: Estate, chance: Chance, village: Village, kind: int) -> None:
    tenant = estate.stranger(village)
    rent = chance.number(200, 900) * 10_000
    since = chance.number(130, 330)
    due = county.ago(since)
    if kind == 0:
        # The members voted a reduction; the plan holds the reduced instalment.
        start = years_later(due, -1)
        asset = estate.own(village, "factory", "leased")
        lease = estate.let(village, asset, "factory", tenant, start, LONGEST["factory"], rent, planned=False)
        for day in lease.dues(county.until):
            part = rent * 6 // 10 if day == due else rent
            estate.fall_due(lease, day, part)
            if day <= county.until:
                estate.receive(lease, day + days(chance.number(0, 20)), part)
        why = "a reduction voted by the members and entered in the plan"
    elif kind == 1:
        lease = _owed(county, estate, village, tenant, open_since=since, rent=rent)
        estate.pay_as_agreed(lease, stop=due)
        estate.receive(lease, due + days(100), rent)
        why = "first booked to the neighbour's contract, then corrected"
    elif kind == 2:
        lease = _owed(county, estate, village, tenant, open_since=40, rent=rent)
        estate.pay_as_agreed(lease, stop=county.ago(40))
        estate.receive(lease, county.ago(14), rent)
        why = "paid inside the days of grace"
    elif kind == 3:
        lease = _owed(county, estate, village, tenant, open_since=since, rent=rent)
        estate.pay_as_agreed(lease, stop=due)
        estate.receive(lease, due + days(15), rent - 90_000)
        why = "nine hundred yuan are left open"
    else:
        start = years_later(due, -1)
        asset = estate.own(village, "building", "idle", since=start)
        lease = estate.let(village, asset, "building", tenant, start, LONGEST["building"], rent, status="void")
        why = "the contract is void"
        # The asset itself was let anew, so that nothing about it is open.
        again = estate.let(
            village, asset, "building", estate.stranger(village), county.ago(200), LONGEST["building"], rent
        )
        estate.pay_as_agreed(again)
    county.truth.spare(UNPAID, {"contract_id": lease.number}, why)


def expired_contracts(county: County, estate: Estate) -> None:
    """Contracts run out and nobody lists the asset again."""
    chance = county.chance("expired contracts")
    villages = chance.some(county.places.villages[10:], 60)
    for act, village in enumerate(villages[:7]):
        status = "idle" if act in (2, 5) else "leased"
        over = chance.number(240, 700) if act < 5 else 66 if act == 5 else 196
        lease = _run_out(county, estate, village, over, status)
        grade = "red" if status == "leased" and over > 180 else "yellow"
        if act in (1, 4):
            estate.receive(lease, lease.end + days(60), lease.rent // 2)
            grade = "yellow"
        county.truth.expect(EXPIRED, {"contract_id": lease.number}, grade, story="ran out, not listed", when=lease.end)
    for act, village in enumerate(villages[7:31]):
        over = chance.number(100, 160) if act % 12 != 7 else 380
        if act % 6 == 0:
            lease = _run_out(county, estate, village, over, "withdrawn")
            why = "withdrawn for public use by decision"
        elif act % 6 == 1:
            lease = _run_out(county, estate, village, over, "idle")
            estate.list_asset(village, lease.asset, county.ago(60 if act % 12 == 1 else 240), lease.rent, None)
            why = "listed again, nobody came yet"
        elif act % 6 == 2:
            lease = _run_out(county, estate, village, over, "leased")
            estate.list_asset(village, lease.asset, lease.end - days(20), lease.rent, estate.stranger(village))
            why = "listed and won before the end; the papers are on the way"
        elif act % 6 == 3:
            lease = _run_out(county, estate, village, chance.number(20, 36), "leased")
            why = "ran out less than sixty days ago"
        elif act % 6 == 4:
            lease = _run_out(county, estate, village, over, "leased")
            renewed = estate.let(village, lease.asset, "factory", lease.tenant, lease.end + days(20), 5, lease.rent)
            estate.pay_as_agreed(renewed)
            why = "renewed"
        else:
            lease = _run_out(county, estate, village, over, "leased")
            county.ledger.rows["village_contract"][-1]["end_date"] = None
            why = "agreed without an end"
        county.truth.spare(EXPIRED, {"contract_id": lease.number}, why)


def _run_out(county: County, estate: Estate, village: Village, over: int, status: str) -> Lease:
    """A lease of five years that ended ``over`` days ago, paid to the last instalment."""
    end = county.ago(over)
    asset = estate.own(village, "factory", status, since=end)
    start = years_later(end + days(1), -5)
    lease = estate.let(village, asset, "factory", estate.stranger(village), start, 5, 3_600_000)
    estate.pay_as_agreed(lease)
    return lease
