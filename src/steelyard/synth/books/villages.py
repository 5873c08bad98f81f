"""What the village platform holds of labour, offers and variations."""

import datetime as dt
from typing import Any

from steelyard.synth.books.folk import Folk
from steelyard.synth.ledger import Yuan
from steelyard.synth.people import Person
from steelyard.synth.villages.papers import Papers

ROLLS_A_VILLAGE = 3
WORKERS_A_ROLL = 4
DAY_PAY = (12_000, 15_000, 18_000)
TRADES = (("L01", "普工"), ("L02", "泥水工"), ("L03", "木工"))
OFFERS_BACK_DAYS = 900
SHOWN_AFTER, PAID_AFTER = 10, 20
"""Days after the work."""


def village_books(folk: Folk, papers: Papers) -> None:
    """Enter all books of the village platform that the ledger lacks."""
    _labour(folk, papers)
    _offers(folk)
    _variations(folk)


def _labour(folk: Folk, papers: Papers) -> None:
    """Villagers work a day or half of one; it was approved, and is shown before it is paid.  Two ways bring it in."""
    chance = folk.county.chance("book of labour")
    count = 0
    for village in folk.county.places.villages:
        near = [index for index in folk.people.of_village(village.index, 22, 60) if folk.quiet[index]]
        posts = folk.county.offices.running[village.code]
        by_township = village.index % 4 == 0
        interface = "township/labour-rolls" if by_township else "platform/labour"
        for roll in range(ROLLS_A_VILLAGE):
            day = folk.day(chance.number(20, 600))
            code, _name = chance.one(TRADES)
            pay = DAY_PAY[TRADES.index((code, _name))]
            matter = f"YG{village.index:03d}{roll}"
            papers.approve(village, "labour", matter, day)
            papers.disclose(village, "labour", matter, "village_affairs", day + dt.timedelta(days=SHOWN_AFTER))
            for index in chance.some(near, min(WORKERS_A_ROLL, len(near))):
                count += 1
                _roll(folk, interface, count, village.code, matter, index, day, chance.number(1, 2), pay,
                      posts["supervision_member"], code)  # fmt: skip


def _roll(
    folk: Folk, interface: str, number: int, village: str, matter: str, index: int, day: dt.date, halves: int,
    pay: int, recorder: Person, trade: str,
) -> None:  # fmt: skip
    folk.county.books.enter(
        interface, "village_labour", record_id=f"LW{number:06d}", village_code=village, matter_id=matter,
        person_id=folk.people.who(index), work_date=day, days=f"{halves / 2:.1f}", unit_price=Yuan(pay),
        amount=Yuan(pay * halves // 2), recorder_id=recorder, pay_date=day + dt.timedelta(days=PAID_AFTER),
        account_no=f"6228{index:012d}", work_type=trade,
    )  # fmt: skip


def _offers(folk: Folk) -> None:
    """Whoever got a village project by quotation was the cheapest of three."""
    chance = folk.county.chance("book of offers")
    firms = folk.county.firms.of_kind("village")
    rows: list[Any] = folk.county.ledger.rows["village_project"]
    for row in rows:
        if row["method"] != "quote" or row["sign_date"] < folk.day(OFFERS_BACK_DAYS):
            continue
        won, fen = row["contractor_id"], row["contract_amount"].fen
        closed = dt.datetime.combine(row["sign_date"] - dt.timedelta(days=9), dt.time(9))
        others = [firm for firm in chance.some(firms, 3) if firm.number != won.number][:2]
        offers = [(won, fen), *((firm, fen * chance.number(1_030, 1_120) // 1_000) for firm in others)]
        for place, (firm, price) in enumerate(offers):
            folk.county.books.enter(
                "platform/project-bids", "village_project_bid", project_id=row["project_id"], bidder_id=firm,
                price=Yuan(price), submit_time=closed + dt.timedelta(minutes=17 * place),
                contact_phone=getattr(firm, "phone", None), is_winner=place == 0,
            )  # fmt: skip


def _variations(folk: Folk) -> None:
    """Small changes, approved by the village head, within what was settled above the contract."""
    rows: list[Any] = folk.county.ledger.rows["village_project"]
    count = 0
    for row in rows:
        settled = row["settle_amount"]
        if settled is None or settled.fen <= row["contract_amount"].fen:
            continue
        count += 1
        village = str(row["village_code"])
        folk.county.books.enter(
            "platform/project-changes", "village_project_change", change_id=f"CJBG{count:06d}",
            project_id=row["project_id"], village_code=village,
            amount=Yuan(settled.fen - row["contract_amount"].fen), change_date=row["start_date"] + dt.timedelta(days=9),
            approver_id=folk.county.offices.running[village]["village_head"], approval_id=f"SPBG{count:06d}",
        )  # fmt: skip
