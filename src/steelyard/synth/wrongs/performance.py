"""What goes wrong around a contract: it departs from the bid, grows, or its manager is elsewhere."""

import datetime as dt

from steelyard.synth.tenders.market import day
from steelyard.synth.tenders.objects import Contract, Section, Tender
from steelyard.synth.truth import Key
from steelyard.synth.wrongs.stage import Stage

DEVIATES = "tender-reg-post-award/contract-deviates"
EXCESS = "tender-reg-post-award/change-excess"
MANAGER = "tender-reg-affiliation/pm-multi-projects"


def _signed(stage: Stage, *, ago: int | None = None, kind: str | None = None) -> tuple[Tender, Section, Contract]:
    tender, section = stage.fresh(ago=ago, kind=kind)
    stage.finish(tender, section)
    assert section.contract is not None
    return tender, section, section.contract


def other_terms(stage: Stage) -> None:
    """Owner and winner sign something else than was tendered."""
    for act in range(24):
        _tender, section, contract = _signed(stage)
        if act < 6:
            if act < 2:
                thousandths = stage.chance.number(40, 90) if act else 1.5
                contract.fen = section.award_price + int(section.award_price * thousandths) // 1000
            elif act == 2:
                contract.contractor = stage.chance.one([b.firm for b in section.bids if b is not section.winner])
            elif act < 5:
                contract.planned_end += day(stage.chance.number(30, 90))
            else:
                contract.advance = 5_000
            stage.truth.expect(
                DEVIATES, {"contract_id": contract.number}, "red", story="signed other terms", when=contract.signed
            )
            continue
        if act % 3 == 0:
            contract.fen = section.award_price + section.award_price * 8 // 10_000
            why = "an arithmetical correction of less than a thousandth"
        elif act % 3 == 1:
            contract.advance = 3_000
            why = "the highest advance allowed"
        else:
            contract.planned_end -= day(10)
            why = "agreed to finish earlier"
        stage.truth.spare(DEVIATES, {"contract_id": contract.number}, why)


def growing_contract(stage: Stage) -> None:
    """Variation after variation, until the cheap bid is dear."""
    for act in range(24):
        _tender, _section, contract = _signed(stage)
        first = contract.start + day(20)
        key: Key = {"contract_id": contract.number}
        if act < 6:
            share = (13, 15, 18, 24, 36, 44)[act]
            part = contract.fen * share // 300
            contract.changes = [(part, first + day(9 * number), "设计变更") for number in range(3)]
            stage.truth.expect(EXCESS, key, "red" if share >= 30 else "yellow", story="growing contract", when=first)
            continue
        if act % 3 == 0:
            contract.changes = [
                (contract.fen * 7 // 100, first, "现场签证"),
                (-contract.fen * 20 // 100, first + day(5), "减项"),
            ]
            why = "the reductions are larger than the additions"
        elif act % 3 == 1:
            contract.changes = [(contract.fen * 98 // 1000, first, "地质条件")]
            why = "just below the limit"
        else:
            contract.changes = [(-contract.fen * 30 // 100, first, "减项")]
            why = "a large reduction only"
        stage.truth.spare(EXCESS, key, why)


def absent_manager(stage: Stage) -> None:
    """A project manager is named for two sites at once."""
    for act in range(20):
        tender, section = stage.fresh(kind="municipal", ago=stage.chance.number(700, 1100))
        manager = stage.county.people.next_worker()
        section.days = max(section.days, 120)
        stage.market.decide(tender, section)
        early = stage.market.sign(tender, section, pm=manager)
        assert early.actual_end is not None
        if act < 6:
            _take_second(stage, section, early, shared=stage.chance.number(45, 55) if act < 5 else 14)
        elif act % 3 == 0:
            _take_second(stage, section, early, shared=20, wrong=False)
        elif act % 3 == 1:
            late = _second(stage, section, early.actual_end + day(3))
            stage.truth.spare(MANAGER, {"person_id": manager, "contract_id": late.number}, "one site after the other")
        else:
            _neighbour(stage, tender, section, early)


def _take_second(stage: Stage, section: Section, early: Contract, *, shared: int, wrong: bool = True) -> None:
    """The manager begins elsewhere while the first site still has ``shared`` days to go."""
    assert early.actual_end is not None
    late = _second(stage, section, early.actual_end - day(shared - 1))
    key: Key = {"person_id": early.pm, "contract_id": late.number}
    early.visits = []
    late.visits = []
    if not wrong:
        stage.truth.spare(MANAGER, key, "twenty days of handing over")
        return
    if shared < 30:
        # Few common days, but on one of them he signs in at both sites within the hour.
        morning = dt.datetime.combine(late.start + day(3), dt.time(8, 5))
        early.visits = [(early.pm, morning)]
        late.visits = [(early.pm, morning + dt.timedelta(minutes=85))]
    stage.truth.expect(MANAGER, key, "yellow", story="one manager, two sites", when=late.start)


def _second(stage: Stage, section: Section, start: dt.date) -> Contract:
    """The same firm wins another tender and names the same manager; its site opens on ``start``."""
    assert section.winner is not None
    assert section.contract is not None
    firm = section.winner.firm
    tender, other = stage.fresh(kind="municipal", ago=(stage.county.until - start).days + 75, firms=[firm])
    stage.market.decide(tender, other, winner=other.bids[0])
    late = stage.market.sign(tender, other, pm=section.contract.pm)
    moved = start - late.start
    late.start += moved
    late.planned_end += moved
    if late.actual_end:
        late.actual_end = min(late.actual_end + moved, stage.county.until - day(4))
    late.visits = [
        (person, when + moved)
        for person, when in late.visits
        if (when + moved).date() <= (late.actual_end or stage.county.until)
    ]
    return late


def _neighbour(stage: Stage, tender: Tender, section: Section, early: Contract) -> None:
    """The next section of the same tender goes to the same manager, as the rules allow."""
    assert section.winner is not None
    twin = Section(
        number=f"{tender.number}-02",
        name=f"{tender.name}2标段",
        qualification=section.qualification,
        grade=section.grade,
        ceiling=section.ceiling,
        days=section.days,
        bond=section.bond,
    )
    tender.sections.append(twin)
    stage.market.gather(tender, twin, firms=[section.winner.firm])
    stage.market.decide(tender, twin, winner=twin.bids[0])
    late = stage.market.sign(tender, twin, pm=early.pm)
    for contract in (early, late):
        stage.truth.spare(
            MANAGER, {"person_id": early.pm, "contract_id": contract.number}, "two sections of one tender"
        )
