"""State-owned enterprises: staff, quotes, payments, decisions, receivables, deals and trade."""

import datetime as dt
from typing import Any

import numpy as np

from steelyard.synth.books.folk import Folk
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Yuan
from steelyard.synth.people import Person

HIRED = 22
LARGE = 100_000_000
"""Fen from which the board decides."""
RECEIVABLES, GUARANTEES, DEALS, TRADES = 420, 60, 90, 1_600
ROUNDS, APPLICANTS = 30, 8
MANAGERS = 3
"""Chief, deputy and manager: posts that board and Party committee decide on."""


def enterprises(folk: Folk) -> None:
    """Enter all further books of the state-owned enterprises."""
    owned: list[Any] = [row["company_id"] for row in folk.county.ledger.rows["soe_org"]]
    staff = _staff(folk, owned)
    _appointments(folk, staff)
    decided = _decisions(folk)
    _payments(folk, staff, decided)
    _quotes(folk)
    _receivables(folk, owned)
    _guarantees(folk)
    _recruited(folk, staff)
    _deals(folk, owned)
    _trade(folk, owned)


def _staff(folk: Folk, owned: list[Firm]) -> dict[Firm, list[Person]]:
    """The people every enterprise began with, and those it took on from among the villagers."""
    chance = folk.county.chance("book of staff")
    fit = np.nonzero(folk.quiet & (folk.people.age >= 22) & (folk.people.age < 58))[0]
    taken = folk.some(chance, fit, HIRED * len(owned))
    folk.quiet[taken] = False
    staff: dict[Firm, list[Person]] = {}
    for place, firm in enumerate(owned):
        hired = [folk.people.who(index) for index in taken[place * HIRED : (place + 1) * HIRED].tolist()]
        staff[firm] = [*firm.staff, *hired]
        for at, person in enumerate(staff[firm]):
            position = ("chief", "deputy_chief", "manager", "division_head")[at] if at < 4 else "staff"
            folk.county.books.enter(
                "state-assets/employees", "soe_employee", person_id=person, company_id=firm, position=position,
                hire_date=folk.day(chance.number(700, 3_600)), recruit_method=chance.one(("open", "campus")),
                annual_pay=Yuan((30 - min(at, 20)) * 1_000_000),
            )  # fmt: skip
    return staff


def _appointments(folk: Folk, staff: dict[Firm, list[Person]]) -> None:
    """Managers take their post after the Party committee looked at them and the board decided."""
    hired = {row["person_id"]: row["hire_date"] for row in folk.county.books.rows("soe_employee")}
    chance = folk.county.chance("book of appointments")
    managers = [(firm, person) for firm, people in staff.items() for person in people[:MANAGERS]]
    for place, (firm, person) in enumerate(managers):
        took = hired[person]
        assert isinstance(took, dt.date)
        met = took - dt.timedelta(days=chance.number(10, 60))
        folk.county.books.enter(
            "state-assets/decisions", "soe_decision", decision_id=f"SZYDR{place:04d}", company_id=firm,
            matter_type="personnel", meeting_date=met, eligible=9, attended=chance.number(7, 9),
            party_precheck_date=met - dt.timedelta(days=chance.number(3, 15)), person_id=person,
        )  # fmt: skip


def _contracts(folk: Folk) -> list[Any]:
    return list(folk.county.ledger.rows["soe_contract"])


def _decisions(folk: Folk) -> dict[str, str]:
    """The board decides each large purchase before the contract is signed.  Returns decision by contract."""
    found: dict[str, str] = {}
    for row in _contracts(folk):
        if row["amount"].fen < LARGE:
            continue
        number = f"SZYD{len(found):05d}"
        found[row["contract_id"]] = number
        met = row["sign_date"] - dt.timedelta(days=60)
        folk.county.books.enter(
            "state-assets/decisions", "soe_decision", decision_id=number, company_id=row["company_id"],
            matter_type="purchase", meeting_date=met, eligible=9, attended=8,
            party_precheck_date=met - dt.timedelta(days=5), amount=row["amount"],
        )  # fmt: skip
    return found


def _payments(folk: Folk, staff: dict[Firm, list[Person]], decided: dict[str, str]) -> None:
    """Half of a contract on signing, the rest at its end; what is not due yet is not paid."""
    count = 0
    for row in _contracts(folk):
        half = row["amount"].fen // 2
        firm = row["company_id"]
        due = ((half, row["sign_date"] + dt.timedelta(days=15)), (row["amount"].fen - half, row["end_date"]))
        for fen, when in due:
            if when > folk.until:
                continue
            count += 1
            folk.county.books.enter(
                "state-assets/payments", "soe_payment", payment_id=f"GQZF{count:06d}", company_id=firm,
                payee_id=row["counterparty_id"], payee_account=getattr(row["counterparty_id"], "account", None),
                amount=Yuan(fen), pay_date=when, contract_id=row["contract_id"], purpose="purchase",
                applicant_id=staff[firm][4], approver_id=staff[firm][1], approve_levels=3,
                decision_id=decided.get(row["contract_id"]),
            )  # fmt: skip


def _quotes(folk: Folk) -> None:
    """As many quotes as answered; the one who sold was the lowest, each from its own line and machine."""
    chance = folk.county.chance("book of enterprise quotes")
    firms = folk.county.firms.of_kind("goods", "logistics", "factory")
    rows: list[Any] = folk.county.ledger.rows["soe_purchase"]
    for row in rows:
        sold, fen = row["supplier_id"], row["award_amount"].fen
        others = [firm for firm in chance.some(firms, 7) if firm.number != sold.number]
        offers = [(sold, fen), *((firm, fen * chance.number(1_020, 1_150) // 1_000) for firm in others)]
        closed = dt.datetime.combine(row["award_date"] - dt.timedelta(days=6), dt.time(9))
        for place, (firm, price) in enumerate(offers[: row["bidder_count"]]):
            office = getattr(firm, "office", None)
            folk.county.books.enter(
                "state-assets/quotes", "soe_quote", purchase_id=row["purchase_id"], supplier_id=firm,
                price=Yuan(price), submit_time=closed + dt.timedelta(minutes=13 * place),
                ip=office.ip if office else None, mac=office.mac if office else None,
                contact_phone=getattr(firm, "phone", None),
            )  # fmt: skip


def _receivables(folk: Folk, owned: list[Firm]) -> None:
    """Customers pay what they owe; what is not due yet is open."""
    chance = folk.county.chance("book of receivables")
    debtors = folk.county.firms.of_kind("factory")
    for place in range(RECEIVABLES):
        fen = chance.number(2, 300) * 1_000_000
        due = folk.day(chance.number(-200, 900))
        folk.county.books.enter(
            "state-assets/exposures", "soe_receivable", ar_id=f"YS{place:05d}", company_id=chance.one(owned),
            debtor_id=chance.one(debtors), contract_id=f"XS{place:05d}", due_date=due, amount=Yuan(fen),
            collected=Yuan(fen if due <= folk.until else 0),
        )  # fmt: skip


def _guarantees(folk: Folk) -> None:
    """Enterprises of one group vouch for each other, for a year, by decision of the board."""
    chance = folk.county.chance("book of guarantees")
    groups = [members for members in _groups(folk).values() if len(members) > 1]
    for place in range(GUARANTEES):
        one, other = chance.some(chance.one(groups), 2)
        began = folk.day(chance.number(30, 1_000))
        fen = chance.number(1, 30) * 100_000_000
        number = f"SZYDB{place:04d}"
        folk.county.books.enter(
            "state-assets/decisions", "soe_decision", decision_id=number, company_id=one, matter_type="guarantee",
            meeting_date=began - dt.timedelta(days=20), eligible=9, attended=9,
            party_precheck_date=began - dt.timedelta(days=25), amount=Yuan(fen),
        )  # fmt: skip
        folk.county.books.enter(
            "state-assets/exposures", "soe_guarantee", guarantee_id=f"DB{place:04d}", company_id=one,
            beneficiary_id=other, kind="guarantee" if place % 3 else "loan", amount=Yuan(fen), start_date=began,
            end_date=began + dt.timedelta(days=365), decision_id=number,
        )  # fmt: skip


def _groups(folk: Folk) -> dict[Firm, list[Firm]]:
    """The enterprises by the one at their head."""
    groups: dict[Firm, list[Firm]] = {}
    rows: list[Any] = folk.county.ledger.rows["soe_org"]
    for row in rows:
        groups.setdefault(row["parent_company_id"] or row["company_id"], []).append(row["company_id"])
    return groups


def _recruited(folk: Folk, staff: dict[Firm, list[Person]]) -> None:
    """Open rounds: whoever is first in writing and interview is taken; announced for three weeks."""
    chance = folk.county.chance("book of recruitment")
    fit = np.nonzero(folk.quiet & (folk.people.age >= 21) & (folk.people.age < 35))[0]
    others = folk.some(chance, fit, ROUNDS * APPLICANTS).tolist()
    firms = list(staff)
    for turn in range(ROUNDS):
        firm = firms[turn % len(firms)]
        opened = folk.day(chance.number(200, 1_300))
        taken = staff[firm][10 + turn // len(firms)]
        rest = [folk.people.who(index) for index in others[turn * APPLICANTS : (turn + 1) * APPLICANTS]]
        for place, person in enumerate([taken, *rest], start=1):
            folk.county.books.enter(
                "state-assets/recruitment", "soe_recruit", recruit_id=f"ZP{turn:04d}", company_id=firm,
                post="综合管理岗", person_id=person, announce_date=opened, close_date=opened + dt.timedelta(days=21),
                applicants=len(rest) + 1, written_rank=place, interview_rank=place, hired=place == 1,
            )  # fmt: skip


def _deals(folk: Folk, owned: list[Firm]) -> None:
    """Assets are sold on the exchange, to the best of several, not below what they were valued at."""
    chance = folk.county.chance("book of deals")
    buyers = folk.county.firms.of_kind("factory")
    for place in range(DEALS):
        value = chance.number(10, 900) * 1_000_000
        valued = folk.day(chance.number(150, 1_400))
        folk.county.books.enter(
            "property-exchange/asset-deals", "soe_asset_deal", deal_id=f"GZCZ{place:05d}",
            company_id=chance.one(owned), asset_id=f"GZ{place:05d}", appraisal_value=Yuan(value),
            appraisal_date=valued, deal_price=Yuan(value * chance.number(100, 118) // 100),
            buyer_id=chance.one(buyers), method=chance.one(("exchange", "auction")),
            bidder_count=chance.number(2, 6), deal_date=valued + dt.timedelta(days=chance.number(60, 120)),
        )  # fmt: skip


def _trade(folk: Folk, owned: list[Firm]) -> None:
    """Trading firms buy from one and sell to another, with goods that move and a small margin."""
    chance = folk.county.chance("book of trade")
    firms = folk.county.firms.of_kind("factory", "logistics")
    for place in range(TRADES):
        seller, customer = chance.some(firms, 2)
        fen = chance.number(5, 800) * 1_000_000
        folk.county.books.enter(
            "state-assets/trades", "soe_trade", trade_no=f"MY{place:06d}", company_id=owned[3 + place % 6],
            supplier_id=seller, customer_id=customer, item_name=chance.one(("钢材", "煤炭", "化工原料", "粮食")),
            buy_amount=Yuan(fen), sell_amount=Yuan(fen * chance.number(101, 106) // 100),
            trade_date=folk.day(chance.number(2, 700)), logistics_doc_no=f"WL{place * 7:09d}",
        )  # fmt: skip
