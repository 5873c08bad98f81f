"""What the tax office holds: invoices of real firms, monthly returns, and tax withheld from wages."""

import datetime as dt

import numpy as np

from steelyard.synth.books.registers import (
    Whole,
    chosen,
    days_before,
    numbers,
    persons,
    same,
    subjects,
    yuan,
)
from steelyard.synth.county import County
from steelyard.synth.employment import month_number, month_text
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Columns
from steelyard.synth.wording import GOODS

INVOICES = 9_000
MONTHS_OF_RETURNS, YEARS_OF_RETURNS = 2, 5
LARGE = 16
"""Employees from which a firm's wages are told person by person."""
TRADED = ("材料", "运输服务", "建筑服务", "设备", "咨询服务", "劳务", "食品", "农资", *(name for _, name, _ in GOODS))


def taxes(county: County) -> None:
    """Enter all books of the tax office."""
    _invoices_of_villages(county)
    _invoices(county)
    _returns(county)
    _yearly_returns(county)
    _withheld(county)


def _invoices_of_villages(county: County) -> None:
    """Each village purchase has the invoice it names, over the same amount, on the day of purchase."""
    for row in county.ledger.rows["village_purchase"]:
        village = str(row["village_code"])
        county.books.enter(
            "tax/invoices", "invoice",
            invoice_no=row["invoice_no"], seller_id=row["supplier_id"],
            buyer_id=county.places.body("village_committee", village), amount=row["amount"],
            issue_date=row["purchase_date"], item_name=row["item_name"], status="normal",
        )  # fmt: skip


def _active(county: County) -> list[Firm]:
    return [firm for firm in county.firms.firms if firm.status == "active"]


def _invoices(county: County) -> None:
    """Trade among the county's firms in the last year."""
    chance, firms = county.chance("book of invoices"), _active(county)
    seller = chance.below(len(firms), INVOICES)
    buyer = (seller + 1 + chance.below(len(firms) - 1, INVOICES)) % len(firms)
    register = Columns(
        plain={
            "invoice_no": numbers("26332000", np.arange(INVOICES), 12),
            "amount": yuan(chance.between(20_000, 9_000_000, INVOICES)),
            "issue_date": days_before(county.until, chance.between(0, 365, INVOICES)),
            "item_name": chosen(TRADED, chance.below(len(TRADED), INVOICES)),
            "status": chosen(
                ("normal", "normal", "normal", "normal", "void", "red"), chance.below(200, INVOICES) // 40
            ),
        },
        subjects={"seller_id": subjects(firms, seller), "buyer_id": subjects(firms, buyer)},
    )
    county.books.keep("tax/invoices", "invoice", register)


def _returns(county: County) -> None:
    """Every active firm declares each month; tax is three per cent of what it took in."""
    chance, firms = county.chance("book of returns"), _active(county)
    last = county.work.last_month
    for month in range(last - MONTHS_OF_RETURNS + 1, last + 1):
        _keep_returns(county, month, firms, chance.between(500_000, 60_000_000, len(firms)))


def _yearly_returns(county: County) -> None:
    """Suppliers of the enterprises are large enough to sell: what they declared by the year, in December."""
    chance, first = county.chance("book of yearly returns"), county.work.last_month - MONTHS_OF_RETURNS + 1
    numbers_sold = {getattr(row["supplier_id"], "number", "") for row in county.ledger.rows["soe_purchase"]}
    sellers = [firm for firm in county.firms.firms if firm.number in numbers_sold]
    for year in range(county.until.year - YEARS_OF_RETURNS, county.until.year):
        month = month_number(dt.date(year, 12, 1))
        if month >= first:
            continue
        known = [firm for firm in sellers if month_number(firm.registered) <= month]
        revenue = chance.between(60_000_000, 900_000_000, len(known))
        _keep_returns(county, month, known, revenue)


def _keep_returns(county: County, month: int, firms: list[Firm], revenue: Whole) -> None:
    count = len(firms)
    register = Columns(
        plain={
            "period": same(month_text(month), count),
            "revenue": yuan(revenue),
            "tax_paid": yuan(revenue * 3 // 100),
            "status": same("已申报", count),
        },
        subjects={"company_id": subjects(firms, np.arange(count))},
    )
    county.books.keep("tax/returns", "tax_record", register, stamp=month_text(month)[:7].replace("-", ""))


def _withheld(county: County) -> None:
    """Whoever a large firm insured in the last month has tax withheld on his wages by that firm."""
    work, month = county.work, county.work.last_month
    large = np.bincount(work.firm, minlength=len(county.firms.firms)) >= LARGE
    rows = np.nonzero((work.joined <= month) & (work.left >= month) & large[work.firm])[0]
    chance = county.chance("book of wages")
    income = work.base[rows] * 100 + chance.between(0, 150_000, len(rows))
    register = Columns(
        plain={"month": same(month_text(month), len(rows)), "income": yuan(income)},
        subjects={
            "person_id": persons(county.people, work.worker[rows]),
            "company_id": subjects(county.firms.firms, work.firm[rows]),
        },
    )
    county.books.keep("tax/income-tax", "personal_income_tax", register)
