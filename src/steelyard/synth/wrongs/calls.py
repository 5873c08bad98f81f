"""Calls for tenders that leave too little time, fail again and again, or find a single bidder."""

from steelyard.synth.tenders.market import day
from steelyard.synth.tenders.objects import Section, Tender
from steelyard.synth.tenders.ordinary import fail
from steelyard.synth.truth import Key
from steelyard.synth.wrongs.stage import Stage

PERIOD = "tender-reg-agency-misconduct/agency-short-period"
SHORT = "ocds/r003-short-submission-period"
SINGLE = "ocds/r018-single-bid"
FAILED = "tender-reg-evasion/failed-tender-repeat"


def _call(
    stage: Stage, *, bid_days: int | None = None, sale_days: int | None = None, method: str = "open"
) -> tuple[Tender, Section]:
    tender = stage.market.call(ago=stage.chance.number(150, 1200), bid_days=bid_days, sale_days=sale_days)
    tender.method = method
    section = tender.sections[0]
    stage.market.gather(tender, section)
    return tender, section


def in_a_hurry(stage: Stage) -> None:
    """The agency shortens the time, so that only those who know can bid."""
    for act in range(10):
        if act < 3:
            tender, section = _call(stage, sale_days=3)
        elif act < 6:
            tender, section = _call(stage, bid_days=stage.chance.number(16, 18), sale_days=6)
        elif act < 8:
            tender, section = _call(stage, bid_days=stage.chance.number(9, 12), sale_days=6)
            stage.truth.expect(
                SHORT, {"tender_id": tender.number}, "blue", story="called in a hurry", when=tender.announced
            )
        else:
            tender, section = _call(stage)
            section.clarifications = [(tender.deadline - day(6 if act == 8 else 10), True, None)]
        stage.finish(tender, section)
        stage.truth.expect(
            PERIOD, {"tender_id": tender.number}, "yellow", story="called in a hurry", when=tender.announced
        )
    for act in range(32):
        if act % 4 == 0:
            tender, section = _call(stage, bid_days=17, sale_days=6, method="invited")
            why = "an invited tender"
        elif act % 4 == 1:
            tender, section = _call(stage)
            section.clarifications = [(tender.deadline - day(6), False, None)]
            why = "the late answer changed nothing of substance"
        elif act % 4 == 2:
            tender, section = _call(stage)
            section.clarifications = [(tender.deadline - day(6), True, tender.deadline + day(12))]
            why = "the deadline moved with the answer"
        else:
            tender, section = _call(stage, bid_days=11, sale_days=3)
            stage.stopped(tender)
            why = "the tender was stopped"
            stage.truth.spare(SHORT, {"tender_id": tender.number}, why)
        if tender.status != "cancelled":
            stage.finish(tender, section)
        stage.truth.spare(PERIOD, {"tender_id": tender.number}, why)


def alone(stage: Stage) -> None:
    """Others are kept away; one firm bids and wins."""
    for act in range(29):
        tender = stage.market.call(ago=stage.chance.number(150, 1200))
        section = tender.sections[0]
        stage.market.gather(tender, section, count=2 if act % 3 == 1 and act >= 5 else 1)
        key: Key = {"section_id": section.number}
        if act < 5:
            stage.finish(tender, section)
            stage.truth.expect(SINGLE, key, "blue", story="one bidder", when=tender.announced)
        elif act % 3 == 0:
            stage.stopped(tender)
            stage.truth.spare(SINGLE, key, "the tender was stopped")
        elif act % 3 == 1:
            stage.finish(tender, section)
            stage.truth.spare(SINGLE, key, "two bidders")
        else:
            tender.method = "single_source"
            stage.finish(tender, section)
            stage.truth.spare(SINGLE, key, "a single source by approval")


def failing_on_purpose(stage: Stage) -> None:
    """A call fails twice, until nobody but the chosen one comes any more."""
    for act in range(5):
        ago = stage.chance.number(700, 1200)
        first = fail(stage.market, ago=ago)
        for number in range(1, 3 if act == 0 else 2):
            fail(stage.market, ago=ago - 80 * number, kind=first.kind, project=first.project)
        grade = "blue"
        if act < 3:
            tender = stage.market.call(ago=ago - 250, kind=first.kind, project=first.project)
            section = tender.sections[0]
            stage.market.gather(tender, section, count=1)
            stage.finish(tender, section)
            grade = "yellow"
            stage.truth.expect(SINGLE, {"section_id": section.number}, "blue", story="nobody else came")
        else:
            stage.market.hold(stage.market.call(ago=ago - 250, kind=first.kind, project=first.project))
        stage.truth.expect(FAILED, {"project_id": first.project}, grade, story="failed until the right one came")
    for act in range(16):
        ago = stage.chance.number(500, 1200)
        first = fail(stage.market, ago=ago)
        again = stage.market.call(ago=ago - 80, kind=first.kind, project=first.project)
        if act % 2:
            stage.market.gather(again, again.sections[0])
            stage.stopped(again)
            again = stage.market.call(ago=ago - 170, kind=first.kind, project=first.project)
            why = "failed once and was stopped once"
        else:
            why = "failed once"
        stage.market.hold(again)
        stage.truth.spare(FAILED, {"project_id": first.project}, why)
