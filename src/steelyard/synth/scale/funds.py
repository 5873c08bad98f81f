"""A village's money: what its bank and its books tell, what it shows and lends."""

from steelyard.synth.scale import books, leases, schemes, special_funds
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import Made, Planted, each, villages
from steelyard.synth.scale.villages import LARGE, paid_instalments

MONTHS = 12
WINDOW = 400
"""Days back from which the bank delivers entries."""
BORROWER = 28
TIMBER_BUYER = 341
_PLACES = {
    "unbooked payment": 20, "rent kept": 30, "accounts hidden": 40, "list hidden": 45, "lent without a vote": 25,
    "white slip": 35,
}  # fmt: skip
"""Which village out of sixty has the wrong."""
ACCOUNTANT = f"person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 4)"
_BANKED = f"method IS DISTINCT FROM 'cash' AND day >= before({WINDOW})"
_VILLAGE = {"village_code": "village_code(v)"}


def tables(size: Size) -> list[Made]:
    return [_bank(size), _voucher(size), _loan(size)]


def planted(size: Size) -> list[Planted]:
    fund, account = "village-fund/", {"account_no": "'62280' || v"}
    loan = "numbered('CJ', v)"

    def one(model: str, key: dict[str, str], wrong: str, grade: str) -> Planted:
        return Planted(model, key, f"{villages()} WHERE {here(wrong, size)}", grade, story=wrong)

    return [
        one(f"{fund}bank-book-mismatch", _VILLAGE | account, "unbooked payment", "red"),
        one(f"{fund}income-not-banked", _VILLAGE | {"handler_id": ACCOUNTANT}, "rent kept", "yellow"),
        one(f"{fund}no-financial-disclosure", _VILLAGE, "accounts hidden", "yellow"),
        one("village-subsidy/not-disclosed-benefit", _VILLAGE | {"batch_no": "'PC1'"}, "list hidden", "yellow"),
        one(f"{fund}lend-to-outsiders", {"loan_id": loan}, "lent without a vote", "red"),
        one(f"{fund}white-slip", _VILLAGE | {"handler_id": ACCOUNTANT}, "white slip", "yellow"),
    ]  # fmt: skip


def here(wrong: str, size: Size) -> str:
    return schemes.at(_PLACES[wrong], size.village_every)


def _moved(size: Size) -> str:
    """SQL: money that moved, ``k`` in a village: rents and timber come in, bills are paid once a month.

    The columns of ``books.entries``; what is not said of an entry is null.
    """
    spent = f"CASE WHEN {here('unbooked payment', size)} AND n = 5 THEN 20000 ELSE 600 + pick(301, id, 3000) END"
    sold = f"NOT {leases.no_income(size)} AND NOT ({leases.early_income(size)} AND n < 3)"
    return f"""(SELECT v, k, before(paid) AS day, amount, 'in' AS direction, '501' AS account, payer AS party,
            k = {1 + LARGE * 4} AND {here("rent kept", size)} AS kept, false AS unbooked, '收取租金' AS summary
        FROM {paid_instalments(size)} WHERE paid <= {WINDOW}
        UNION ALL SELECT v, 1000 + n, before(15 + 30 * n), yuan({spent}), 'out', '541', NULL, false,
            {here("unbooked payment", size)} AND n = 5, '支付办公费' FROM {each("n", MONTHS)}
        UNION ALL SELECT v, 990 + n, before(35 + 95 * n), yuan(2000 + 100 * pick(1308, id, 80)), 'in', '511',
            company_key(v * {COMPANIES} + {TIMBER_BUYER}), false, false, '竹木销售款'
        FROM {each("n", 4)} WHERE {sold}
        UNION ALL SELECT v, 0, before({WINDOW}), yuan(100), 'in', '501', NULL, false, false, '利息'
        FROM {villages()}
        UNION ALL BY NAME {books.entries(size)}
        UNION ALL BY NAME {special_funds.entries(size)})"""


def _bank(size: Size) -> Made:
    return Made(
        "village_bank_txn", 150,
        f"""SELECT numbered('LS', v * 2000 + k) AS txn_id, village_code(v) AS village_code, '62280' || v AS account_no,
            at_hour(day, 10) AS txn_time, direction, amount, party AS counterparty_id, summary
        FROM {_moved(size)} WHERE kept IS DISTINCT FROM true AND {_BANKED}""",
    )  # fmt: skip


def _voucher(size: Size) -> Made:
    """Booked on the day, with a line for the bank or the cash box; done up to a fortnight before."""
    slip = f"k = 1003 AND {here('white slip', size)}"
    comes = "(direction = 'in')"
    spent = f"side = 0 AND NOT {comes}"
    return Made(
        "village_voucher", 320,
        f"""SELECT numbered('PZ', (v * 2000 + k) * 2 + side) AS voucher_id, village_code(v) AS village_code,
            coalesce(booked, day) AS voucher_date,
            CASE WHEN booked IS NULL THEN day - CAST(pick(1314, v * 2000 + k, 15) AS INTEGER) ELSE day END AS biz_date,
            CASE WHEN side = 0 THEN account WHEN method = 'cash' THEN '101' ELSE '10262280' || v END AS account_code,
            CASE WHEN {comes} = (side = 1) THEN amount ELSE yuan(0) END AS debit,
            CASE WHEN {comes} = (side = 1) THEN yuan(0) ELSE amount END AS credit, summary,
            {ACCOUNTANT} AS handler_id, person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 1) AS approver_id,
            CASE WHEN {spent} THEN party END AS payee_id, CASE WHEN {spent} THEN method END AS pay_method,
            CASE WHEN {spent} AND NOT ({slip}) AND method IS DISTINCT FROM 'payroll'
                THEN numbered('FY', v * 2000 + k) END AS invoice_no,
            CASE WHEN side = 0 AND {slip} THEN 0 ELSE 2 END AS attachment_count, matter AS matter_id
        FROM {_moved(size)}, range(2) AS o(side)
        WHERE kept IS DISTINCT FROM true AND unbooked IS DISTINCT FROM true""",
    )  # fmt: skip


def _loan(size: Size) -> Made:
    """Villages lend nothing, but for the one that asked nobody."""
    return Made(
        "village_loan", 0.1,
        f"""SELECT numbered('CJ', v) AS loan_id, village_code(v) AS village_code, 'lend' AS direction,
            company_key(v * {COMPANIES} + {BORROWER}) AS counterparty_id, yuan(150000) AS amount,
            before(300) AS loan_date, before(-65) AS due_date
        FROM {villages()} WHERE {here("lent without a vote", size)}""",
    )  # fmt: skip
