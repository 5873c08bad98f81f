"""Five years of ordinary tenders: most go well, a few fail, are stopped, or lose a bid on the way."""

import datetime as dt

from steelyard.synth.firms import Firm
from steelyard.synth.tenders.market import ITEMS, Market, day
from steelyard.synth.tenders.objects import Section, Tender

ORDINARY = 330
REASONS = ("qualification", "format", "responsiveness", "bond")
PRICED_WITHIN = 900


def trade(market: Market) -> None:
    """Hold the ordinary tenders."""
    chance = market.chance
    for _ in range(ORDINARY):
        kind = "goods" if chance.yes(0.12) else None
        drawn = chance.number(1, 100)
        if drawn <= 5:
            _fail_once(market)
        elif drawn <= 7:
            stop(market)
        else:
            tender = market.call(kind=kind, sections=2 if chance.yes(0.25) else 1)
            for section in tender.sections:
                market.gather(tender, section)
                if chance.yes(0.1):
                    _spoil(market, tender, section)
                if chance.yes(0.04):
                    _withdraw(market, tender, section)
                market.decide(tender, section)
                market.sign(tender, section)
            if chance.yes(0.2):
                clarify(market, tender)
            price_items(market, tender)


def _spoil(market: Market, tender: Tender, section: Section) -> None:
    """One more firm bids, not the cheapest, and makes a mistake of form."""
    chance = market.chance
    firm = _another(market, tender, section)
    dearest = max(bid.fen for bid in section.bids)
    bid = market.bid(tender, section, firm, dearest + section.ceiling * chance.number(8, 14) // 1000)
    market.refuse(bid, chance.one(REASONS))


def _withdraw(market: Market, tender: Tender, section: Section) -> None:
    firm = _another(market, tender, section)
    bid = market.bid(tender, section, firm, section.ceiling * 97 // 100 + market.chance.number(0, 99_999))
    bid.withdrawn = True


def _another(market: Market, tender: Tender, section: Section) -> Firm:
    there = {bid.firm for bid in section.bids}
    return market.chance.one([firm for firm in market.bidders(tender.kind) if firm not in there])


def fail(market: Market, *, ago: int, kind: str | None = None, project: str | None = None) -> Tender:
    """A call to which only two firms answer: it fails."""
    tender = market.call(ago=ago, kind=kind, project=project)
    tender.status = "failed"
    for section in tender.sections:
        market.gather(tender, section, count=2)
    return tender


def _fail_once(market: Market) -> None:
    """The first call fails, the second finds bidders."""
    ago = market.chance.number(260, 1700)
    failed = fail(market, ago=ago)
    market.hold(market.call(ago=ago - 70, kind=failed.kind, project=failed.project))


def stop(market: Market, *, ago: int | None = None) -> Tender:
    """The owner stops a tender after opening."""
    tender = market.call(ago=ago)
    tender.status = "cancelled"
    for section in tender.sections:
        market.gather(tender, section)
    return tender


def clarify(market: Market, tender: Tender) -> None:
    """The agency answers questions in good time, or moves the deadline with the answer."""
    chance = market.chance
    for section in tender.sections:
        early = tender.deadline - day(chance.number(16, 20)) - dt.timedelta(hours=chance.number(1, 9))
        section.clarifications.append((early, chance.yes(0.6), None))


def price_items(market: Market, tender: Tender) -> None:
    """Works bids of recent tenders carry a bill of quantities, each firm with prices of its own."""
    if tender.category != "works" or tender.announced < market.county.ago(PRICED_WITHIN):
        return
    for section in tender.sections:
        usual = {code: market.chance.number(4_000, 90_000) for code in ITEMS}
        for bid in section.standing():
            bid.items = {code: price * market.chance.number(850, 1150) // 1000 for code, price in usual.items()}
