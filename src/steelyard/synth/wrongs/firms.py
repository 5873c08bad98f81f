"""Firms that are one firm, that always lose to the same friend, or come back as subcontractors."""

import datetime as dt

from steelyard.synth.firms import Firm, Holding
from steelyard.synth.tenders.market import day
from steelyard.synth.truth import Key
from steelyard.synth.wrongs.stage import Stage, cheapest, pair

LINKED = "tender-reg-collusion/linked-bidders"
COMPANION = "tender-reg-collusion/companion-bidder"
INVITED = "tender-sup-award-power/invited-list-fixed"
LOSER = "tender-reg-subcontracting/loser-becomes-sub"


def two_firms_one_owner(stage: Stage) -> None:
    """The owner of a firm bids with a second firm of his."""
    for act in range(6):
        kind = stage.chance.one(("municipal", "building", "water"))
        one, other = stage.found(kind), stage.found(kind)
        if act < 2:
            other.legal_rep = one.legal_rep
            other.holdings = [Holding(other.officers[1][0], 10_000, other.registered)]
        elif act == 2:
            other.holdings = [Holding(one, 6_000, other.registered), Holding(other.legal_rep, 4_000, other.registered)]
        elif act < 5:
            silent = stage.county.people.next_worker()
            for firm in (one, other):
                firm.holdings = [
                    Holding(silent, 7_000, firm.registered),
                    Holding(firm.legal_rep, 3_000, firm.registered),
                ]
        else:
            stage.county.firms.partner(other, one)
        tender, section = stage.fresh(kind=kind, firms=[one, other], count=5)
        stage.finish(tender, section)
        stage.truth.expect_pairs(LINKED, section.number, [one, other], "red", story="two firms of one owner")
    for act in range(18):
        kind = stage.chance.one(("municipal", "highway", "greening"))
        one, other = stage.found(kind), stage.found(kind)
        tender, section = stage.fresh(kind=kind, firms=[one, other], count=5)
        if act % 4 == 0:
            investor = stage.county.people.next_worker()
            for firm in (one, other):
                firm.holdings = [
                    Holding(investor, 3_000, firm.registered),
                    Holding(firm.legal_rep, 7_000, firm.registered),
                ]
            why = "a common investor holds three tenths of each"
        elif act % 4 == 1:
            other.agent, other.agent_phone = one.agent, one.agent_phone
            why = "the same filing agent, different addresses"
        elif act % 4 == 2:
            silent = stage.county.people.next_worker()
            sold = tender.announced - day(200)
            one.holdings = [Holding(silent, 8_000, one.registered, sold), Holding(one.legal_rep, 8_000, sold)]
            other.holdings = [Holding(silent, 8_000, other.registered)]
            why = "the common holder sold one of the shares before"
        else:
            other.address = one.address
            why = "the same address of a business park, different agents"
        stage.finish(tender, section)
        stage.truth.spare(LINKED, pair(section, one, other), why)


def _meet_often(
    stage: Stage, ring: list[Firm], kind: str, times: int, ago: tuple[int, int], wins: dict[int, int]
) -> None:
    """The firms of the ring bid together; ``wins``: the meeting's number to the winner's place, else the last."""
    for meeting in range(times):
        tender, section = stage.fresh(
            kind=kind, firms=ring, count=len(ring) + 3, ago=stage.chance.number(*ago), evaluation="lowest_price"
        )
        place = wins.get(meeting, len(ring) - 1)
        cheapest(section, section.bids[place])
        stage.finish(tender, section)


def always_second(stage: Stage) -> None:
    """A firm bids wherever its friend bids, and never to win."""
    for act in range(5):
        kind = stage.chance.one(("municipal", "building", "water"))
        ring = [stage.found(kind) for _ in range(3 if act == 0 else 2)]
        _meet_often(stage, ring, kind, stage.chance.number(7, 8), (125, 620), {})
        for loser in ring[:-1]:
            key: Key = {"company_id_a": loser, "company_id_b": ring[-1]}
            stage.truth.expect(COMPANION, key, "red", story="professional companion")
    _busy_companion(stage)
    for act in range(21):
        kind = stage.chance.one(("highway", "greening", "water"))
        ring = [stage.found(kind) for _ in range(2)]
        if act % 4 == 0:
            _meet_often(stage, ring, kind, 7, (125, 620), {3: 0})
            why = "the loser won once"
        elif act % 4 == 1:
            _meet_often(stage, ring, kind, 5, (125, 620), {})
            why = "met five times only"
        elif act % 4 == 2:
            _meet_often(stage, ring, kind, 7, (800, 1500), {})
            why = "longer ago than two years"
        else:
            _meet_often(stage, ring, kind, 7, (125, 620), {0: 2, 1: 2, 2: 3, 3: 4})
            why = "the friend won less than half"
        stage.truth.spare(COMPANION, {"company_id_a": ring[0], "company_id_b": ring[1]}, why)


def _busy_companion(stage: Stage) -> None:
    """Both firms bid everywhere, and still meet more often than chance has it."""
    ring = [stage.found("municipal") for _ in range(2)]
    _meet_often(stage, ring, "municipal", 8, (125, 620), {})
    for place in range(44):
        tender, section = stage.fresh(kind="municipal", firms=[ring[place % 2]], ago=stage.chance.number(125, 620))
        stage.finish(tender, section)
    key: Key = {"company_id_a": ring[0], "company_id_b": ring[1]}
    stage.truth.expect(COMPANION, key, "yellow", story="a busy companion")


def _invite(stage: Stage, town: int, lists: list[list[Firm]], winners: list[int], ago: int, kind: str) -> str:
    """A town invites the lists of firms, one tender after the other; returns its name."""
    places = stage.county.places
    owner = places.body("town_government", list(places.towns)[town])
    for number, (firms, winner) in enumerate(zip(lists, winners, strict=True)):
        tender = stage.market.call(ago=ago + number * 90, kind=kind, owner=owner, evaluation="lowest_price")
        tender.method = "invited"
        section = tender.sections[0]
        stage.market.gather(tender, section, firms=firms, count=len(firms))
        section.lookers = []
        cheapest(section, section.bids[winner])
        stage.finish(tender, section)
    return owner.name


def same_guests(stage: Stage) -> None:
    """A town invites the same five firms each time, and they win in turn."""
    places = stage.county.places
    towns = list(places.towns)

    def key(town: int) -> Key:
        return {"owner_org_id": places.body("town_government", towns[town])}

    for act, kind in enumerate(("municipal", "building", "greening", "water")):
        guests = [stage.found(kind) for _ in range(7)]
        times = stage.chance.number(3, 4)
        lists = [guests[:5]] * times
        if act == 1:
            # One of the seven stays away each time.
            lists = [[firm for firm in guests if firm is not absent] for absent in guests[:times]]
        _invite(stage, act + 3, lists, [0, 1, 2, 3][:times], 130, kind)
        stage.truth.expect(INVITED, key(act + 3), "yellow", story="the same guests in turn")
    for act in range(12):
        kind = ("municipal", "highway", "water")[act % 3]
        guests = [stage.found(kind) for _ in range(5)]
        town = act + 8
        if act % 4 == 0:
            _invite(stage, town, [guests[:5]] * 2, [0, 1], 130, kind)
            why = "invited twice only"
        elif act % 4 == 1:
            _invite(stage, town, [guests[:5]] * 3, [0, 0, 0], 130, kind)
            why = "one winner each time: another model's matter"
        elif act % 4 == 2:
            few = guests[:5]
            lists = [[firm for firm in few if firm is not absent] for absent in few[:3]]
            _invite(stage, town, lists, [0, 1, 2], 130, kind)
            why = "the lists differ"
        else:
            _invite(stage, town, [guests[:5]] * 3, [0, 1, 2], 1220, kind)
            why = "longer ago than three years"
        stage.truth.spare(INVITED, key(town), why)


def loser_comes_back(stage: Stage) -> None:
    """The winner shares the work with a firm that had bid against it, or with that firm's sister."""
    truth = stage.truth
    for act in range(6):
        tender, section = stage.fresh(count=5, kind="building", evaluation="lowest_price")
        stage.finish(tender, section)
        contract = section.contract
        assert contract is not None
        loser = next(bid.firm for bid in section.bids if bid is not section.winner)
        if act < 3:
            sub = loser
        elif act == 3:
            sub = stage.county.firms.found("sub")
            sub.holdings = [Holding(loser, 5_500, sub.registered), Holding(sub.legal_rep, 4_500, sub.registered)]
        else:
            sub = stage.county.firms.found("sub", legal_rep=loser.legal_rep if act == 4 else None)
            if act == 5:
                sub.phone = loser.phone
        contract.subs = [(sub, contract.fen * stage.chance.number(20, 45) // 100, contract.start + day(9), "labour")]
        truth.expect(LOSER, {"contract_id": contract.number, "company_id": sub}, "red", story="the loser is paid off")
    for act in range(18):
        tender, section = stage.fresh(count=5, kind="building", evaluation="lowest_price")
        stage.finish(tender, section)
        contract = section.contract
        assert contract is not None
        loser = next(bid.firm for bid in section.bids if bid is not section.winner)
        if act % 4 == 0:
            sub = stage.county.firms.found("sub", legal_rep=contract.contractor.legal_rep)
            why = "tied to the winner, not to a loser"
        elif act % 4 == 1:
            there = {bid.firm for bid in section.bids}
            sub = stage.chance.one([firm for firm in stage.market.bidders("building") if firm not in there])
            why = "bid elsewhere, not in this section"
        elif act % 4 == 2:
            sub = stage.county.firms.found("sub")
            sub.holdings = [
                Holding(loser.legal_rep, 4_200, sub.registered),
                Holding(sub.legal_rep, 5_800, sub.registered),
            ]
            why = "the loser's owner holds a minority of the subcontractor"
        else:
            sub = stage.county.firms.found("sub")
            sub.holdings = [
                Holding(loser.legal_rep, 9_000, sub.registered, contract.start - dt.timedelta(days=400)),
                Holding(sub.legal_rep, 9_000, contract.start - dt.timedelta(days=399)),
            ]
            why = "the loser's owner sold the subcontractor before"
        contract.subs = [(sub, contract.fen * 30 // 100, contract.start + day(12), "labour")]
        truth.spare(LOSER, {"contract_id": contract.number, "company_id": sub}, why)
