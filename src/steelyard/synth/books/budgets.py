"""Public money: budgets, payments of the treasury for signed works, procurement plans, audits."""

import datetime as dt
from typing import Any

from steelyard.synth.books.folk import Folk
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Row, Yuan
from steelyard.synth.people import Person
from steelyard.synth.places import Body
from steelyard.synth.tenders.market import Market, day
from steelyard.synth.tenders.objects import Contract, Tender

PLANS = 520
AUDITS = 170
FUND = "231"
RETAINED = 3
"""Per cent of a settled sum that is kept back until the works have stood for a year."""


def budgets(folk: Folk, market: Market) -> None:
    """Enter all books of public money."""
    _project_budgets(folk)
    _village_budgets(folk)
    _treasury(folk, market)
    _plans(folk)
    _audits(folk, market)


def _project_budgets(folk: Folk) -> None:
    """Each approved project has its budget in the year after approval, at most what was estimated."""
    rows: list[Any] = folk.county.ledger.rows["investment_project"]
    for place, row in enumerate(rows):
        issued = row["approval_date"] + dt.timedelta(days=20)
        folk.county.books.enter(
            "finance/budgets", "budget_project", budget_id=f"ZB{place:06d}", project_id=row["project_id"],
            org_id=row["owner_org_id"], amount=Yuan(row["budget_estimate"].fen), year=issued.year, issued_date=issued,
            fund_source="一般公共预算",
        )  # fmt: skip


def _village_budgets(folk: Folk) -> None:
    """Village projects paid by the treasury: the township gets the money for what was planned.

    Where the township keeps the village's accounts, it spends the money itself.
    """
    rows: list[Any] = folk.county.ledger.rows["village_project"]
    paid = {row["project_id"]: row["pay_date"] for row in folk.county.ledger.rows["village_project_payment"]}
    for place, row in enumerate(row for row in rows if row["fund_source"] == "fiscal"):
        village = str(row["village_code"])
        issued = row["sign_date"] - dt.timedelta(days=30)
        folk.county.books.enter(
            "finance/budgets", "budget_project", budget_id=f"ZC{place:06d}", project_id=row["project_id"],
            org_id=folk.county.places.body("town_government", village[:9] + "000"),
            village_code=None if village in folk.thin else village,
            amount=row["budget"], year=issued.year, issued_date=issued, fund_source="财政专项",
        )  # fmt: skip
        if village not in folk.thin:
            _fund_spent(folk, f"ZC{place:06d}", row, paid[row["project_id"]])


def _fund_spent(folk: Folk, budget: str, project: Row, day: Any) -> None:
    """The village books the money out of its fund, for the project it was given for: all of it when that is done."""
    village, fen = str(project["village_code"]), getattr(project["budget"], "fen", 0)
    posts = folk.county.offices.running[village]
    folk.county.books.enter(
        "agriculture/vouchers", "village_voucher", member=folk.county.places.towns[village[:9] + "000"],
        voucher_id=f"PZ{budget}", village_code=village, voucher_date=day, biz_date=day, account_code=f"{FUND}{budget}",
        debit=Yuan(fen if project["accept_date"] else fen * 30 // 100), credit=Yuan(0), summary="核销专项资金",
        handler_id=posts["accountant"], approver_id=posts["village_head"], attachment_count=2,
        matter_id=project["project_id"],
    )  # fmt: skip


def _treasury(folk: Folk, market: Market) -> None:
    """The owner pays what was agreed in advance, and the rest of the settled sum when the works are done."""
    count = 0
    approver = folk.county_staff("finance", "deputy_chief")
    for tender in market.tenders:
        for section in tender.sections:
            if section.contract:
                for fen, when, purpose in _instalments(section.contract, folk.until):
                    count += 1
                    row = _paid(count, tender, section.contract, fen, when, purpose, approver)
                    folk.county.books.add("finance/treasury-payments", "treasury_payment", row)


def _instalments(contract: Contract, until: dt.date) -> list[tuple[int, dt.date, str]]:
    advance = contract.fen * contract.advance // 10_000
    due = [(advance, contract.start + day(10), "工程预付款")]
    if contract.settled and contract.actual_end:
        kept = contract.settled * RETAINED // 100
        due.append((contract.settled - advance - kept, contract.actual_end + day(45), "工程结算款"))
        due.append((kept, contract.actual_end + day(365), "质量保证金"))
    return [(fen, when, what) for fen, when, what in due if when <= until]


def _paid(
    count: int, tender: Tender, contract: Contract, fen: int, when: dt.date, purpose: str, approver: Person
) -> Row:
    return {
        "pay_id": f"GK{when.year}{count:06d}",
        "payer_org_id": tender.owner,
        "payee_id": contract.contractor,
        "payee_account": contract.contractor.account,
        "amount": Yuan(fen),
        "pay_date": when,
        "purpose": purpose,
        "contract_id": contract.number,
        "approver_id": approver,
        "project_id": tender.project,
    }


def _plans(folk: Folk) -> None:
    """Departments buy goods: the deal is below the budget."""
    chance = folk.county.chance("book of plans")
    firms = folk.county.firms.of_kind("goods")
    for place in range(PLANS):
        approved = folk.day(chance.number(40, 1_200))
        fen = chance.number(3, 150) * 1_000_000
        folk.county.books.enter(
            "finance/procurement-plans", "procurement_plan", plan_id=f"CGJH{place:05d}",
            org_id=chance.one(folk.departments), item_code=f"A{chance.number(1, 30):04d}", budget=Yuan(fen),
            method=chance.one(("open", "quote", "framework", "negotiated")), approved_date=approved,
            supplier_id=chance.one(firms), deal_amount=Yuan(fen * chance.number(88, 99) // 100),
            deal_date=approved + dt.timedelta(days=chance.number(20, 38)),
        )  # fmt: skip


def _audits(folk: Folk, market: Market) -> None:
    """Small findings of form on finished works, put right within months; one sheet a year."""
    chance = folk.county.chance("book of audits")
    done: list[tuple[Body, Tender, Contract, Firm]] = [
        (tender.owner, tender, section.contract, section.contract.contractor)
        for tender in market.tenders
        for section in tender.sections
        if section.contract and section.contract.actual_end
    ]
    for place in range(AUDITS):
        owner, tender, contract, _firm = chance.one(done)
        found = folk.day(chance.number(100, 800))
        put_right = found + dt.timedelta(days=chance.number(20, 90))
        folk.county.books.enter(
            "audit-office/findings", "audit_finding", member=f"{found.year}年", finding_id=f"SJ{place:05d}",
            org_id=owner, project_id=tender.project, contract_id=contract.number, finding_type="procedure",
            amount=Yuan(chance.number(1, 40) * 10_000), found_date=found, rectified_date=put_right,
        )  # fmt: skip
