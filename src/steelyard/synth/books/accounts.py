"""The villages' money: bank statements, the vouchers behind them, balances that follow from these, loans, dividends."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from steelyard.synth.books.folk import Folk
from steelyard.synth.books.land import shareholders
from steelyard.synth.employment import month_text
from steelyard.synth.firms import Firm
from steelyard.synth.ledger import Named, Subject, Yuan
from steelyard.synth.places import Village, body_number
from steelyard.synth.villages.papers import Papers

MONTHS = 6
BANK, INCOME, EXPENSE, WORKS, SURPLUS = "102", "501", "541", "151", "322"
OPENING = 38_000_000
FIRST_INVOICE = 35_000_000
SHOWN_MONTHS = 14
BANKS: tuple[Subject, ...] = (
    Named(body_number("91", 9_301), "清源农村商业银行股份有限公司"),
    Named(body_number("91", 9_302), "邮政储蓄银行清源县支行"),
)
"""The villages' accounts are kept by two banks: each has every second village."""
TOLERATED, RED_GAP, RED_MONTHS = 10_000, 1_000_000, 2
"""Fen by which books and bank may differ, and what makes a gap red."""
LOANS = 120
DIVIDEND_VILLAGES, DIVIDENDS_A_VILLAGE = 60, 20


@dataclass(frozen=True)
class Entry:
    """Money that moved on a village's account: into it or out of it."""

    day: dt.date
    fen: int
    account: str
    other: Subject
    summary: str
    matter: str | None = None
    invoice: str | None = None

    @property
    def comes_in(self) -> bool:
        return self.account == INCOME


def accounts(folk: Folk, papers: Papers) -> None:
    """Enter all books of the villages' money."""
    first = _first_day(folk)
    moved = _moved(folk, first)
    for village in folk.county.places.villages:
        entries = sorted(moved[village.code], key=lambda entry: (entry.day, entry.summary, entry.fen))
        _statement(folk, village, entries)
        booked = [entry for entry in entries if entry.day <= _last_day(folk)]
        if village.code in folk.thin:
            _unbooked(folk, village, booked)
        else:
            _vouchers(folk, village, booked)
            _balances(folk, village, booked)
        _accounts_shown(folk, papers, village)
    for dataset in ("village_voucher", "village_balance"):
        folk.county.truth.thin.append({"dataset": dataset, "villages": sorted(folk.thin)})
    _owners(folk)
    _loans(folk, papers)
    _dividends(folk)


def _first_day(folk: Folk) -> dt.date:
    return dt.date.fromisoformat(month_text(folk.county.work.last_month - MONTHS + 1))


def _last_day(folk: Folk) -> dt.date:
    return dt.date.fromisoformat(month_text(folk.county.work.last_month + 1)) - dt.timedelta(days=1)


def _moved(folk: Folk, first: dt.date) -> dict[str, list[Entry]]:
    """What the ledger says was received and paid since the first of these months, and the village's running costs."""
    moved: dict[str, list[Entry]] = defaultdict(list)
    last, ledger = folk.until, folk.county.ledger

    def enter(
        row: dict[str, Any], day: dt.date, fen: Yuan, account: str, other: Subject, what: str, matter: str
    ) -> None:
        if first <= day <= last:
            entry = Entry(day, fen.fen, account, other, what, matter, row.get("invoice_no"))
            moved[str(row["village_code"])].append(entry)

    receipts: list[Any] = ledger.rows["rent_receipt"]
    for row in receipts:
        enter(row, row["banked_date"], row["amount"], INCOME, row["payer_id"], "收取租金", row["contract_id"])
    purchases: list[Any] = ledger.rows["village_purchase"]
    for row in purchases:
        day = row["accept_date"] + dt.timedelta(days=7)
        enter(row, day, row["amount"], EXPENSE, row["supplier_id"], "支付采购款", row["purchase_id"])
    payments: list[Any] = ledger.rows["village_project_payment"]
    for row in payments:
        enter(row, row["pay_date"], row["amount"], WORKS, row["payee_id"], "支付工程款", row["project_id"])
    _running_costs(folk, first, moved)
    return moved


def _running_costs(folk: Folk, first: dt.date, moved: dict[str, list[Entry]]) -> None:
    chance = folk.county.chance("book of running costs")
    bought = FIRST_INVOICE
    shops = [firm for firm in folk.county.firms.of_kind("shop") if firm.status == "active"]
    for village in folk.county.places.villages:
        for month in range(MONTHS):
            day = first + dt.timedelta(days=month * 30 + chance.number(2, 25))
            what = chance.one(("支付水电费", "支付报刊费", "支付办公费"))
            entry = Entry(day, chance.number(200, 2_600) * 100, EXPENSE, chance.one(shops), what, invoice=f"FP{bought}")
            bought += 1
            moved[village.code].append(entry)
            _invoice(folk, village, entry)


def _invoice(folk: Folk, village: Village, entry: Entry) -> None:
    """What the shop wrote for the village."""
    folk.county.books.enter(
        "tax/invoices", "invoice", invoice_no=entry.invoice, seller_id=entry.other,
        buyer_id=folk.county.places.body("village_committee", village.code), amount=Yuan(entry.fen),
        issue_date=entry.day, item_name=entry.summary.removeprefix("支付"), status="normal",
    )  # fmt: skip


def own_account(village_code: str) -> str:
    """The bank account of a village, to which its rents go."""
    return f"20100{village_code[4:12]}"


def _statement(folk: Folk, village: Village, entries: list[Entry]) -> None:
    """What a village's bank tells of its account."""
    interface = "bank/statements-rural" if village.index % 2 == 0 else "bank/statements-postal"
    for place, entry in enumerate(entries):
        when = dt.datetime.combine(entry.day, dt.time(9 + place % 8, place * 7 % 60))
        account = entry.other.account if isinstance(entry.other, Firm) else None
        folk.county.books.enter(
            interface, "village_bank_txn", txn_id=f"LS{village.code[4:]}{place:05d}", village_code=village.code,
            account_no=own_account(village.code), txn_time=when, direction="in" if entry.comes_in else "out",
            amount=Yuan(entry.fen), counterparty_id=entry.other, counterparty_account=account, summary=entry.summary,
        )  # fmt: skip


def _accounts_shown(folk: Folk, papers: Papers, village: Village) -> None:
    """Each month's accounts are shown to the villagers early in the next."""
    for back in range(SHOWN_MONTHS):
        month = folk.county.work.last_month - back
        day = dt.date.fromisoformat(month_text(month + 1)) + dt.timedelta(days=2 + (village.index + month) % 9)
        if day <= folk.until:
            papers.disclose(village, "other", f"CW{month_text(month)[:7].replace('-', '')}", "finance", day)


def _unbooked(folk: Folk, village: Village, entries: list[Entry]) -> None:
    """Of a village that hands no books in, the bank's word stands alone: the gap is there to be found."""
    ends = sorted({entry.day.replace(day=1) for entry in entries})
    gaps = [abs(sum(_into(entry) for entry in entries if entry.day.replace(day=1) <= month)) for month in ends]
    lasting = [gap for gap, later in pairwise(gaps) if min(gap, later) > TOLERATED]
    if lasting:
        red = len(lasting) >= RED_MONTHS and max(lasting) >= RED_GAP
        folk.county.truth.expect(
            "village-fund/bank-book-mismatch", {"village_code": village.code, "account_no": own_account(village.code)},
            "red" if red else "yellow", story="books_not_handed_in",
        )  # fmt: skip


def _into(entry: Entry) -> int:
    return entry.fen if entry.comes_in else -entry.fen


def _booked_on(entry: Entry, place: int) -> dt.date:
    """Some days after the money moved, but in the same month."""
    day = entry.day + dt.timedelta(days=place % 4)
    ends = (entry.day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return min(day, ends)


def _vouchers(folk: Folk, village: Village, entries: list[Entry]) -> None:
    """One voucher for each movement with a line for the bank, booked within some days of it."""
    posts = folk.county.offices.running[village.code]
    town = folk.county.places.towns[village.town]
    for place, entry in enumerate(entries):
        paid = not entry.comes_in
        line = f"PZ{village.code[4:]}{place:05d}"
        folk.county.books.enter(
            "agriculture/vouchers", "village_voucher", member=town, voucher_id=line,
            village_code=village.code, voucher_date=_booked_on(entry, place), biz_date=entry.day,
            account_code=entry.account, debit=Yuan(entry.fen if paid else 0), credit=Yuan(0 if paid else entry.fen),
            summary=entry.summary, handler_id=posts["accountant"],
            approver_id=posts["village_head"], payee_id=entry.other if paid else None,
            pay_method="transfer" if paid else None, invoice_no=entry.invoice, attachment_count=1 + place % 3,
            matter_id=entry.matter,
        )  # fmt: skip
        folk.county.books.enter(
            "agriculture/vouchers", "village_voucher", member=town, voucher_id=f"{line}-2", village_code=village.code,
            voucher_date=_booked_on(entry, place), biz_date=entry.day,
            account_code=f"{BANK}{own_account(village.code)}", debit=Yuan(0 if paid else entry.fen),
            credit=Yuan(entry.fen if paid else 0), summary=entry.summary, handler_id=posts["accountant"],
            approver_id=posts["village_head"], attachment_count=1,
        )  # fmt: skip


def _balances(folk: Folk, village: Village, entries: list[Entry]) -> None:
    """Each account by counterparty, month by month: it closes with its opening and what the vouchers moved."""
    bank = BANKS[village.index % 2]
    standing: dict[tuple[str, Subject], int] = {(BANK, bank): OPENING + village.index * 10_000}
    for month in range(folk.county.work.last_month - MONTHS + 1, folk.county.work.last_month + 1):
        text = month_text(month)
        closes = dt.date.fromisoformat(month_text(month + 1)) - dt.timedelta(days=1)
        opening = dict(standing)
        for place, entry in enumerate(entries):
            if _booked_on(entry, place).isoformat()[:7] == text[:7]:
                at = entry.account, entry.other
                standing[at] = standing.get(at, 0) + entry.fen
                standing[BANK, bank] += entry.fen if entry.comes_in else -entry.fen
        for (account, other), fen in standing.items():
            folk.county.books.enter(
                "agriculture/balances", "village_balance", stamp=text[:7].replace("-", ""), village_code=village.code,
                period=closes, account_code=account, counterparty_id=other,
                opening=Yuan(opening.get((account, other), 0)), closing=Yuan(fen),
            )  # fmt: skip


def _owners(folk: Folk) -> None:
    """Accounts that were asked about: those of the villages and of the firms that villages pay."""
    for village in folk.county.places.villages:
        committee = folk.county.places.body("village_committee", village.code)
        _owned(folk, own_account(village.code), committee, committee.name)
    for firm in folk.county.firms.of_kind("village", "goods"):
        _owned(folk, firm.account, firm, firm.name)


def _owned(folk: Folk, account: str, owner: Subject, name: str) -> None:
    folk.county.books.enter(
        "bank/accounts", "bank_account", account_no=account, owner_id=owner, owner_name=name,
        opened_date=dt.date(2012, 3, 1) + dt.timedelta(days=int(account[-4:]) % 2_000), account_type="corporate",
    )  # fmt: skip


def _loans(folk: Folk, papers: Papers) -> None:
    """Villages borrow from firms and lend to them, as their people voted, and pay back in time."""
    chance = folk.county.chance("book of loans")
    firms = folk.county.firms.of_kind("factory")
    for place in range(LOANS):
        village = chance.one(folk.county.places.villages)
        began = folk.day(chance.number(400, 1_500))
        # What a village lends runs for years; what it borrows is paid back after one.
        due = began + dt.timedelta(days=365 if place % 3 else 1_826)
        repaid = due - dt.timedelta(days=chance.number(0, 40))
        folk.county.books.enter(
            "agriculture/loans", "village_loan", loan_id=f"JK{place:05d}", village_code=village.code,
            direction="borrow" if place % 3 else "lend",
            counterparty_id=chance.one(folk.county.strangers(village.code, firms)),
            amount=Yuan(chance.number(5, 60) * 1_000_000), loan_date=began, due_date=due,
            repaid_date=repaid if repaid <= folk.until else None,
        )  # fmt: skip
        papers.settle_matter(village, "contract", f"JK{place:05d}", began)


def _dividends(folk: Folk) -> None:
    """Some collectives share out in January what they had left over: so much for each share."""
    chance = folk.county.chance("book of dividends")
    year = folk.until.year - 1
    index, shares = shareholders(folk)
    keeps_books = [village for village in folk.county.places.villages if village.code not in folk.thin]
    paid = 0
    for village in chance.some(keeps_books, DIVIDEND_VILLAGES):
        of_one = chance.number(20, 150) * 100
        here = np.nonzero(folk.people.village[index] == village.index)[0]
        # Who is easily taken for another comes first.
        here = np.array(sorted(here.tolist(), key=lambda at: int(index[at]) not in folk.people.twins))
        here = here[:DIVIDENDS_A_VILLAGE]
        for at in here.tolist():
            paid += 1
            folk.county.books.enter(
                "agriculture/dividends", "dividend_payment", pay_id=f"FH{year}{paid:06d}", village_code=village.code,
                person_id=folk.people.who(int(index[at])), amount=Yuan(of_one * int(shares[at])),
                pay_date=dt.date(year + 1, 1, 20), account_no=f"6228{int(index[at]):012d}", year=year,
            )  # fmt: skip
        _left_over(folk, village, year - 1, of_one * int(shares[here].sum()) * 5 // 4)


def _left_over(folk: Folk, village: Village, year: int, fen: int) -> None:
    """The surplus of a year, as its last balance told it."""
    folk.county.books.enter(
        "agriculture/balances", "village_balance", stamp=f"{year}12", village_code=village.code,
        period=dt.date(year, 12, 31), account_code=SURPLUS,
        counterparty_id=folk.county.places.body("village_committee", village.code),
        opening=Yuan(fen), closing=Yuan(fen),
    )  # fmt: skip
