"""Prices that were not calculated separately, and panels that clear the way for one bidder."""

from steelyard.synth.tenders.market import ITEMS
from steelyard.synth.tenders.objects import Bid, Section
from steelyard.synth.truth import Key
from steelyard.synth.wrongs.stage import Stage

PATTERN = "tender-reg-collusion/price-pattern"
CLOSE = "ocds/r024-price-close-to-winner"
SAME = "ocds/r028-identical-prices"
CLEARED = "ocds/r035-all-except-winner-disqualified"
LOWEST = "ocds/r036-lowest-bid-disqualified"


def _sorted(section: Section) -> list[Bid]:
    return sorted(section.bids, key=lambda bid: bid.fen)


def one_calculator(stage: Stage) -> None:
    """One man calculates all bids and spaces them evenly, or multiplies one bill by a factor."""
    for act in range(6):
        count = 5 if act % 2 == 0 else 4
        tender, section = stage.fresh(kind="building", count=count, evaluation="lowest_price")
        base = section.ceiling * 84 // 100
        grade = "red" if count >= 5 else "yellow"
        if act < 2:
            step = section.ceiling * 21 // 1000
            for place, bid in enumerate(section.bids):
                bid.fen = base + place * step + stage.chance.number(-50, 50) * 100
            if act == 1:
                section.bids[2].fen += step * 7 // 1000
        elif act < 4:
            for place, bid in enumerate(section.bids):
                bid.fen = base
                for _ in range(place):
                    bid.fen = bid.fen * 1_024_000 // 1_000_000
        else:
            grade = "yellow"
            bill = {code: stage.chance.number(400_000, 9_000_000) for code in ITEMS}
            section.bids[0].items = bill
            # He rounds by hand, so that the factor wavers a little.
            section.bids[1].items = {
                code: price * (1_035_000 + stage.chance.number(-400, 400)) // 1_000_000 for code, price in bill.items()
            }
        stage.finish(tender, section)
        stage.truth.expect(PATTERN, {"section_id": section.number}, grade, story="one calculator")
    for act in range(18):
        three = act % 3 == 0
        tender, section = stage.fresh(kind="building", count=3 if three else 5, evaluation="lowest_price")
        base, step = section.ceiling * 84 // 100, section.ceiling * 2 // 100
        if three:
            for place, bid in enumerate(section.bids):
                bid.fen = base + place * step
            why = "even steps of three bidders only"
        elif act % 3 == 1:
            for place, bid in enumerate(section.bids):
                bid.fen = base + place * step + place % 2 * step // 12
            why = "steps alike, but not even"
        else:
            bill = {code: stage.chance.number(400_000, 9_000_000) for code in ITEMS[:19]}
            for place, factor in enumerate((1000, 1035)):
                section.bids[place].items = {code: price * factor // 1000 for code, price in bill.items()}
            why = "one factor over nineteen items only"
        stage.finish(tender, section)
        stage.truth.spare(PATTERN, {"section_id": section.number}, why)


def just_above(stage: Stage) -> None:
    """The second knows the winner's price and stays a hair above it."""
    for act in range(20):
        tender, section = stage.fresh(kind="municipal", count=5, evaluation="lowest_price")
        low, second = _sorted(section)[:2]
        key: Key = {"section_id": section.number}
        if act < 5:
            second.fen = low.fen + low.fen * stage.chance.number(5, 40) // 10_000
            stage.truth.expect(CLOSE, key, "yellow", story="a hair above the winner")
            stage.finish(tender, section)
        elif act % 3 == 0:
            second.fen = low.fen + low.fen * 2 // 1000
            stage.market.refuse(second, "bond")
            stage.finish(tender, section)
            stage.truth.spare(CLOSE, key, "the close bid was rejected")
        elif act % 3 == 1:
            second.fen = low.fen + low.fen * 2 // 1000
            tender.evaluation = "comprehensive"
            stage.finish(tender, section, winner=_sorted(section)[3])
            stage.truth.spare(CLOSE, key, "a dearer bid won on quality")
        else:
            second.fen = low.fen + low.fen * 165 // 10_000
            stage.finish(tender, section)
            stage.truth.spare(CLOSE, key, "close, as others are")


def same_price(stage: Stage) -> None:
    """Two firms hand in the same price to the fen."""
    for act in range(20):
        tender, section = stage.fresh(kind="highway", count=5, evaluation="lowest_price")
        one, other = _sorted(section)[2:4]
        key: Key = {"section_id": section.number}
        other.fen = one.fen
        if act < 5:
            stage.truth.expect(SAME, key, "yellow", story="the same price to the fen")
        elif act % 3 == 0:
            other.withdrawn = True
            stage.truth.spare(SAME, key, "one of the two withdrew")
        elif act % 3 == 1:
            other.fen += 1
            stage.truth.spare(SAME, key, "a fen apart")
        else:
            stage.stopped(tender)
            stage.truth.spare(SAME, key, "the tender was stopped")
            continue
        stage.finish(tender, section)


def cleared_field(stage: Stage) -> None:
    """The panel finds a fault with everybody but the chosen one, or with the cheapest."""
    for act in range(20):
        tender, section = stage.fresh(kind="greening", count=4, evaluation="lowest_price")
        bids = _sorted(section)
        key: Key = {"section_id": section.number}
        if act < 5:
            for bid, reason in zip(bids[1:], ("format", "qualification", "responsiveness"), strict=False):
                stage.market.refuse(bid, reason)
            stage.truth.expect(CLEARED, key, "yellow", story="a cleared field")
        elif act % 2 == 0:
            for bid in bids[2:]:
                stage.market.refuse(bid, "format")
            stage.truth.spare(CLEARED, key, "two valid bids were left")
        else:
            for bid in bids[1:]:
                bid.withdrawn = True
            bids[1].withdrawn = False
            stage.truth.spare(CLEARED, key, "the others withdrew, nobody was rejected")
        stage.finish(tender, section)
    for act in range(20):
        tender, section = stage.fresh(kind="greening", count=5, evaluation="lowest_price")
        bids = _sorted(section)
        key = {"section_id": section.number}
        if act < 5:
            stage.market.refuse(bids[0], "unreasonable_price")
            stage.truth.expect(LOWEST, key, "yellow", story="the cheapest is rejected")
        elif act % 3 == 0:
            bids[0].withdrawn = True
            stage.truth.spare(LOWEST, key, "the cheapest withdrew")
        elif act % 3 == 1:
            stage.market.refuse(bids[1], "format")
            stage.truth.spare(LOWEST, key, "not the cheapest was rejected")
        else:
            tender.evaluation = "average_price"
            stage.market.refuse(bids[0], "unreasonable_price")
            stage.truth.spare(LOWEST, key, "not the price alone decides")
        stage.finish(tender, section)
