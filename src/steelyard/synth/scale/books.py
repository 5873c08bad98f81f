"""What a village's accountant enters beside rents and bills: wages, expenses of officials, cash, and wrongs therein.

Rows for the bank's entries and the vouchers, which ``funds`` makes.
"""

from steelyard.synth.scale.acts import Act, added, done, either
from steelyard.synth.scale.acts import here as acts_here
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

HEAD, DEPUTY = FIRST_OFFICIAL + 1, FIRST_OFFICIAL + 2
WAGES, EXPENSES, CASH = 12, 4, 6
"""Entries of a year: the cleaner's wages, expenses of officials, small things paid in cash."""
_EXPENSE = 1_120
"""The first of the expenses, as entries are numbered within a village."""
_SHOP = 281
"""The first of some companies of a village that sell by the piece."""
HELPER = 1_996
"""Somebody of the village who is no tenant."""


def _person(number: str | int) -> str:
    return f"person_key(v * {PERSONS} + {number})"


def _shop(n: int) -> str:
    return f"company_key(v * {COMPANIES} + {_SHOP + n})"


_RENT = {"amount": "3000", "direction": "'in'", "account": "'501'", "party": _person(HELPER)}
_BY_HAND = {"method": "'cash'", "party": _person(HELPER)}
ACTS = (
    # A secretary's wife sells nothing, and yet the village pays her three times.
    Act("paid to his wife", 10, {"amount": "5000", "party": _person(relative(0, 0)), "summary": "'支付材料款'",
                                 "day": "before(50 + 40 * k)"}, 3),
    Act("approves his own bill", 15, {"amount": "900", "party": _person(HEAD)}, 2),
    Act("split bill", 50, {"amount": "1900", "party": _shop(0), "day": "before(90 + 2 * k)"}, 3),
    Act("banquet", 55, {"amount": "2200", "party": _shop(1), "day": "before(20)", "summary": "'招待检查组餐费'"}, 3),
    Act("cigarettes", 0, {"amount": "800", "party": _shop(2), "day": "before(20)", "summary": "'购香烟待客'"}),
    Act("stones in cash", 24, _BY_HAND | {"amount": "6000", "party": _shop(3)}),
    Act("cash twice a day", 29, _BY_HAND | {"amount": "600", "day": "before(70)"}, 2),
    Act("booked half a year later", 37, _BY_HAND | {"day": "before(230)", "booked": "before(30)"}),
    Act("booked a quarter later", 42, _BY_HAND | {"day": "before(100)", "booked": "before(10)"}),
    Act("rent without a lease", 27, _RENT | {"summary": "'店面租金'", "day": "before(60 + 180 * k)"}, 2),
    # Look-alikes.
    Act("cousin's bill", 1, {"amount": "5000", "party": _person(relative(0, 5))}),
    Act("three bills in three weeks", 6, {"amount": "1900", "party": _shop(0), "day": "before(80 + 8 * k)"}, 3),
    Act("lunch at the ditch", 11, {"amount": "900", "party": _shop(1), "summary": "'集体清淤义务劳动盒饭'"}),
    Act("cash below the limit", 16, _BY_HAND | {"amount": "500 - k", "day": "before(75)"}, 2),
    Act("booked on the sixtieth day", 21, _BY_HAND | {"day": "before(70)", "booked": "before(10)"}),
    Act("deposits paid in", 47, _RENT | {"account": "'241'", "summary": "'收取租赁押金'",
                                         "day": "before(60 + 90 * k)"}, 2),
    Act("one rent in advance", 54, _RENT | {"summary": "'预收租金'"}),
    Act("booked in the new month", 36, {"day": "month_before(3) - 1", "booked": "month_before(3) + 2"}),
)  # fmt: skip


def tables(size: Size) -> list[Made]:
    return []


def planted(size: Size) -> list[Planted]:
    village = {"village_code": "village_code(v)"}
    head = village | {"approver_id": _person(HEAD)}
    year = village | {"year": "CAST(year(before(20)) AS INTEGER)"}

    def one(model: str, key: dict[str, str], name: str, grade: str, when: str = "") -> Planted:
        source = f"{villages()} WHERE {acts_here(ACTS, name, size)}"
        return Planted(f"village-fund/{model}", key, source, grade, story=name, when=when)

    tenant = village | {"counterparty_id": _person(HELPER)}
    return [
        one("fund-to-private", village | {"counterparty_id": _person(relative(0, 0))}, "paid to his wife", "red",
            "before(130)"),
        one("approver-handler-same", head, "approves his own bill", "yellow"),
        one("approver-handler-same", head, "split bill", "yellow", "before(90)"),
        one("hospitality-expense", year, "banquet", "red", "before(20)"),
        one("hospitality-expense", year, "cigarettes", "yellow", "before(20)"),
        one("large-cash", village | {"payee_id": _shop(3)}, "stones in cash", "red"),
        one("large-cash", village | {"payee_id": _person(HELPER)}, "cash twice a day", "yellow", "before(70)"),
        one("late-accounting", village, "booked half a year later", "yellow", "before(30)"),
        one("late-accounting", village, "booked a quarter later", "blue", "before(10)"),
        Planted("village-asset/unregistered-contract", tenant,
                f"{villages()} WHERE {acts_here(ACTS, 'rent without a lease', size)}", "yellow",
                story="rent without a lease", when="before(60)"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    village = {"village_code": "village_code(v)"}
    head = village | {"approver_id": _person(HEAD)}
    helper = {"payee_id": _person(HELPER)}

    def one(model: str, key: dict[str, str], name: str, why: str) -> LookAlike:
        return LookAlike(model, village | key, f"{done(ACTS, name, size)} AND k = 0", why)

    fund, tenant = "village-fund/", {"counterparty_id": _person(HELPER)}
    spender = f"{each('n', EXPENSES)} WHERE {acts_here(ACTS, 'one rent in advance', size)}"
    cleaned = f"{villages()} WHERE {acts_here(ACTS, 'split bill', size)}"
    return [
        LookAlike(f"{fund}fund-to-private", village | {"counterparty_id": _person(_spender())}, spender,
                  "an official's expenses, approved and booked under their matter"),
        LookAlike(f"{fund}white-slip", village | {"handler_id": _person(FIRST_OFFICIAL + 4)}, cleaned,
                  "wages need no invoice; the list of days worked is attached"),
        one(f"{fund}fund-to-private", {"counterparty_id": _person(relative(0, 5))}, "cousin's bill",
            "a cousin of whom nobody is sure"),
        one(f"{fund}approver-handler-same", head, "three bills in three weeks", "a bill a week is no splitting"),
        one(f"{fund}hospitality-expense", {"year": f"CAST(year(before({_usual_day()})) AS INTEGER)"},
            "lunch at the ditch", "a box of rice for those who dug without pay"),
        one(f"{fund}large-cash", helper, "cash below the limit", "a yuan below the limit on that day"),
        one(f"{fund}late-accounting", {}, "booked on the sixtieth day", "as late as may be and no day later"),
        one(f"{fund}bank-book-mismatch", {"account_no": "'62280' || v"}, "booked in the new month",
            "paid on the last day of a month, booked on the third of the next"),
        one("village-asset/unregistered-contract", tenant, "deposits paid in", "deposits, no rent"),
        one("village-asset/unregistered-contract", tenant, "one rent in advance",
            "one payment, before the lease is signed"),
    ]  # fmt: skip


def companies_named(size: Size) -> str:
    """SQL: the shops that red findings name."""
    return " UNION ".join(
        f"SELECT v * {COMPANIES} + {_SHOP + n} FROM {done(ACTS, name, size)}"
        for n, name in ((1, "banquet"), (3, "stones in cash"))
    )


def _spender() -> str:
    """SQL: the number within a village of the official whose expense ``n`` was."""
    return f"({FIRST_OFFICIAL} + [2, 3, 5, 6][1 + n % 4])"


def _usual_day() -> str:
    """SQL: how long ago a thing was done of which nothing else is said."""
    return "55"


def entries(size: Size) -> str:
    """SQL: further entries: ``v``, ``k``, ``day``, ``booked``, ``amount``, ``direction``, ``account``, ``party``,

    ``method``, ``matter`` and ``summary``.  What is paid in cash never passes the bank.
    """
    usual = {
        "day": f"before({_usual_day()})", "booked": "NULL", "amount": "700",
        "direction": "'out'", "account": "'541'", "party": "NULL", "method": "'transfer'", "summary": "'支付日常费用'",
    }  # fmt: skip
    told = ", ".join(f"{either(ACTS, column, sql)} AS {column}" for column, sql in usual.items())
    return f"""(SELECT v, {_EXPENSE} - {WAGES} + n AS k, before(12 + 30 * n) AS day, NULL::DATE AS booked,
            yuan(1500) AS amount, 'out' AS direction, '541' AS account, {_person(1990)} AS party, 'payroll' AS method,
            NULL AS matter, '保洁人员工资' AS summary FROM {each("n", WAGES)}
        UNION ALL SELECT v, {_EXPENSE} + n, before(28 + 85 * n), NULL, yuan(1000 + 10 * pick(1310, id, 90)), 'out',
            '541', {_person(_spender())}, 'transfer', numbered('BX', id), '报销差旅费' FROM {each("n", EXPENSES)}
        UNION ALL SELECT v, {_EXPENSE} + 10 + n, before(18 + 55 * n), NULL, yuan(100 + 10 * pick(1311, id, 80)), 'out',
            '541', {_person("(1980 + n)")}, 'cash', NULL, '购买零星物品' FROM {each("n", CASH)}
        UNION ALL SELECT v, k_of_all, day, CAST(booked AS DATE), yuan(amount), direction, account, party, method,
            NULL, summary FROM (SELECT v, n + 300 AS k_of_all, {told} FROM {added(ACTS, size)}))"""
