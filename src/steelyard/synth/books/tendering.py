"""The trading platform's further books: clauses, draws of experts, votes, likeness, access, complaints."""

import datetime as dt
from itertools import combinations

from steelyard.synth.books.folk import Folk
from steelyard.synth.firms import WORKS
from steelyard.synth.ledger import Yuan
from steelyard.synth.tenders.market import Market, day
from steelyard.synth.tenders.objects import Contract, Section, Tender

VOTERS = 5
LOOKS = 3_000
COMPLAINED = 46
ACTIONS = ("view_clarification", "view_bidders", "site_visit", "export")


def signed(market: Market) -> list[tuple[Tender, Section, Contract]]:
    """Every section under contract, with its tender."""
    return [
        (tender, section, section.contract)
        for tender in market.tenders
        for section in tender.sections
        if section.contract
    ]


def tendering(folk: Folk, market: Market) -> None:
    """Enter all further books of the trading platform."""
    for tender in market.tenders:
        for section in tender.sections:
            _clauses(folk, tender, section)
    _draws(folk, market)
    _votes(folk, market)
    _likeness(folk, market)
    _looks(folk, market)
    _complaints(folk, market)


def _clauses(folk: Folk, tender: Tender, section: Section) -> None:
    """What a tender asks for: nothing of place or brand, and performances well below its own size."""
    asked = section.ceiling // 2
    clauses = (
        ("qualification", f"具备{section.qualification or '货物供应'}相应资质", None, None, None, None),
        ("performance", "近五年完成过类似业绩", None, asked, 1, None),
        ("staff", "项目班子配备齐全", None, None, None, 5),
        ("score_subjective", "技术方案评分", "40", None, None, None),
        ("payment", "按进度支付", None, None, None, None),
    )
    for place, (kind, text, weight, fen, count, staff) in enumerate(clauses):
        folk.county.books.enter(
            "public-trading/clauses", "tender_clause", clause_id=f"TK{section.number}-{place}",
            section_id=section.number, clause_type=kind, text=text, score_weight=weight, region_limit=False,
            brand_named=False, perf_amount_min=Yuan(fen) if fen else None, perf_count_min=count, staff_min=staff,
        )  # fmt: skip


def _draws(folk: Folk, market: Market) -> None:
    """Whoever scored was drawn the day before by an officer of the platform, told at once, and came."""
    chance = folk.county.chance("book of draws")
    operator = folk.county_staff("public_trading")
    specialty = {number: WORKS[place % len(WORKS)] for place, (number, _) in enumerate(market.experts)}
    for tender in market.tenders:
        for section in tender.sections:
            drawn = sorted({expert for expert, *_rest in section.scores})
            began = dt.datetime.combine(tender.opened.date() - day(1), dt.time(15, chance.number(0, 40)))
            for place, expert in enumerate(drawn):
                folk.county.books.enter(
                    "public-trading/expert-draws", "expert_draw", draw_id=f"CQ{section.number}-{place}",
                    section_id=section.number, expert_id=expert, draw_time=began + dt.timedelta(minutes=place),
                    notify_time=began + dt.timedelta(minutes=place + 3), result="accepted",
                    specialty=specialty[expert], is_owner_rep=False, drawn_by_id=operator,
                    checkin_time=tender.opened - dt.timedelta(minutes=chance.number(10, 50)),
                )  # fmt: skip


def _votes(folk: Folk, market: Market) -> None:
    """Where the owner awards by vote, the first of the ranking gets all votes."""
    chance = folk.county.chance("book of votes")
    voters = [term.person for term in folk.county.offices.terms if term.category == "government"]
    for tender in market.tenders:
        for section in tender.sections:
            if section.winner is None or tender.evaluation != "comprehensive":
                continue
            for place, person in enumerate(chance.some(voters, VOTERS)):
                folk.county.books.enter(
                    "public-trading/award-votes", "award_committee", section_id=section.number, person_id=person,
                    role="chair" if place == 0 else "member", vote_bidder_id=section.winner.firm,
                )  # fmt: skip


def _likeness(folk: Folk, market: Market) -> None:
    """Bids written apart resemble each other little once the tender's own text is taken out."""
    chance = folk.county.chance("book of likeness")
    for tender in market.tenders:
        for section in tender.sections:
            firms = sorted({bid.firm.number: bid.firm for bid in section.standing()}.items())
            for (_, one), (_, other) in combinations(firms, 2):
                folk.county.books.enter(
                    "public-trading/similarity", "bid_similarity", section_id=section.number, bidder_a=one,
                    bidder_b=other, text_sim=f"0.{chance.number(20, 240):03d}", same_error_count=0,
                    boq_match=f"0.{chance.number(0, 150):03d}", image_match=0,
                )  # fmt: skip


def _looks(folk: Folk, market: Market) -> None:
    """Officers look at what they work on, after opening."""
    chance = folk.county.chance("book of looks")
    platform = folk.county.places.body("public_trading", "339921000000")
    users = [term.person for term in folk.county.offices.terms if term.body == platform]
    for place in range(LOOKS):
        tender = chance.one(market.tenders)
        section = chance.one(tender.sections)
        folk.county.books.enter(
            "public-trading/access-log", "tender_access_log", log_id=f"RZ{place:07d}", section_id=section.number,
            user_person_id=chance.one(users), org_id=platform, action=chance.one(ACTIONS),
            time=tender.opened + dt.timedelta(minutes=chance.number(30, 9_000)),
        )  # fmt: skip


def _complaints(folk: Folk, market: Market) -> None:
    """A loser complains of the winner within ten days; decided in time, mostly without merit."""
    chance = folk.county.chance("book of complaints")
    handler = folk.county_staff("development_reform")
    sections = [
        section
        for tender in market.tenders
        for section in tender.sections
        if section.winner and section.award_date and len(section.good()) > 2
    ]
    for place, section in enumerate(chance.some(sections, COMPLAINED)):
        assert section.winner is not None
        assert section.award_date is not None
        losers = [bid.firm for bid in section.good() if bid.firm != section.winner.firm]
        filed = section.award_date - day(chance.number(1, 3))
        decided = filed + day(chance.number(12, 36))
        folk.county.books.enter(
            "development-reform/complaints", "tender_complaint", complaint_id=f"TS{place:05d}",
            section_id=section.number, complainant_id=chance.one(losers), respondent_id=section.winner.firm,
            filed_date=filed, accepted_date=filed + day(2), decided_date=decided,
            result=chance.one(("rejected", "rejected", "rejected_formal")), handler_id=handler,
        )  # fmt: skip
