"""Bid bonds that come from one purse."""

import datetime as dt

from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Subject
from steelyard.synth.tenders.objects import Bid, Section
from steelyard.synth.wrongs.stage import Stage, pair

ACCOUNT = "tender-reg-collusion/bond-same-account"
FUNDER = "tender-reg-bid-trading/deposit-funder"
MINUTE = dt.timedelta(minutes=1)


def _cash(bid: Bid) -> None:
    bond = bid.bond
    bond.guarantor = bond.premium_payer = bond.guarantee_no = bond.applied = None


def _guaranteed(bid: Bid, guarantor: Firm, number: int, applied: dt.datetime) -> None:
    bond = bid.bond
    bond.guarantor, bond.premium_payer = guarantor, bid.firm
    bond.guarantee_no, bond.applied = f"BH{number}", applied


def one_account(stage: Stage) -> None:
    """Two firms let one account pay, or take back, their bonds; or have guarantees written one after the other."""
    lender = stage.county.firms.of_kind("finance")
    for act in range(6):
        tender, section = stage.fresh(count=5)
        one, other = section.bids[:2]
        if act < 2:
            _cash(one)
            _cash(other)
            friend = stage.county.people.next_worker()
            for bid in (one, other):
                bid.bond.payer, bid.bond.payer_account = friend, f"6228{friend.index:012d}"
        elif act == 2:
            _cash(one)
            _cash(other)
            other.bond.refund_account = one.bond.refund_account
        elif act == 3:
            applied = tender.deadline - dt.timedelta(hours=60)
            for place, bid in enumerate((one, other)):
                _guaranteed(bid, lender[place], 3_100_000_000 + act * 1000 + place * 77, applied)
            other.bond.premium_payer = one.firm
        else:
            applied = tender.deadline - dt.timedelta(hours=50)
            _guaranteed(one, lender[0], 3_200_000_100 + act * 1000, applied)
            _guaranteed(other, lender[0], 3_200_000_101 + act * 1000, applied + 20 * MINUTE)
        stage.finish(tender, section)
        stage.truth.expect_pairs(
            ACCOUNT, section.number, [one.firm, other.firm], "red", story="one purse for two bonds"
        )
    for act in range(33):
        tender, section = stage.fresh(count=5)
        one, other = section.bids[:2]
        applied = tender.deadline - dt.timedelta(hours=70)
        if act % 4 == 0:
            for place, bid in enumerate((one, other)):
                _guaranteed(bid, lender[1], 3_300_000_100 + act * 1000 + place * 50, applied)
                bid.bond.payer = bid.bond.premium_payer = lender[1]
            why = "the guarantee platform pays for all"
        elif act % 4 == 1:
            _guaranteed(one, lender[2], 3_400_000_100 + act * 1000, applied)
            _guaranteed(other, lender[2], 3_400_000_101 + act * 1000, applied + 190 * MINUTE)
            why = "neighbouring guarantee numbers, hours apart"
        elif act % 4 == 2:
            _guaranteed(one, lender[2], 3_500_000_100 + act * 1000, applied)
            _guaranteed(other, lender[3], 3_500_000_101 + act * 1000, applied + 5 * MINUTE)
            why = "neighbouring numbers of two guarantors"
        else:
            _cash(one)
            _cash(other)
            other.bond.refund_account = one.bond.refund_account
            stage.stopped(tender)
            why = "the tender was stopped"
        if tender.status != "cancelled":
            stage.finish(tender, section)
        stage.truth.spare(ACCOUNT, pair(section, one.firm, other.firm), why)


def _fund(bid: Bid, funder: Subject, account: str) -> None:
    _cash(bid)
    bid.bond.payer, bid.bond.payer_account = funder, account


def _funded(stage: Stage, funder: Subject, sizes: list[int], ago: list[int]) -> list[tuple[Section, list[Firm]]]:
    """A funder pays ``sizes[n]`` bonds in the n-th tender; nobody is helped twice."""
    held = []
    known: set[Firm] = set()
    for size, days in zip(sizes, ago, strict=True):
        tender, section = stage.fresh(count=5, ago=days)
        helped = [bid for bid in section.bids if bid.firm not in known][:size]
        known |= {bid.firm for bid in helped}
        for bid in helped:
            _fund(
                bid,
                funder,
                f"6230{funder.number[-12:]}{bid.number[-2:]}" if size == 1 else f"6230{funder.number[-12:]}",
            )
        stage.finish(tender, section)
        held.append((section, [bid.firm for bid in helped]))
    return held


def one_funder(stage: Stage) -> None:
    """A man with money pays the bonds of many firms, in tender after tender."""
    people, firms = stage.county.people, stage.county.firms.of_kind("shop")
    for act, sizes in enumerate(([1, 1, 1, 1], [2, 1, 1], [1, 1, 1], [1, 2], [1, 1, 1])):
        funder: Subject = people.next_worker() if act % 2 == 0 else firms[act * 11]
        days = [stage.chance.number(125, 300) for _ in sizes]
        for section, helped in _funded(stage, funder, sizes, days):
            stage.truth.expect_pairs(ACCOUNT, section.number, helped, "red", story="funder of bonds")
        stage.truth.expect(
            FUNDER, {"funder_id": funder}, "red", story="funder of bonds", when=stage.county.ago(min(days))
        )
    for act in range(15):
        person = people.next_worker()
        if act % 3 == 0:
            _funded(stage, person, [1, 1], [150, 200])
            why = "helped two firms only"
        elif act == 1:
            for section, helped in _funded(stage, person, [3], [180]):
                stage.truth.expect_pairs(ACCOUNT, section.number, helped, "red", story="one purse in one section")
            why = "three firms, but one section: a matter of the account model"
        else:
            _funded(stage, person, [1, 1, 1], [160, 480, 700])
            why = "only one of the bonds lies within the last year"
        stage.truth.spare(FUNDER, {"funder_id": person}, why)
