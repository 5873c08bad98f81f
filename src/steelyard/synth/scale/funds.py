"""A village's money: what its bank and its books tell, what it shows, shares out and lends."""

from steelyard.synth.scale import leases, schemes
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import Made, Planted, each, villages
from steelyard.synth.scale.villages import LARGE, paid_instalments

MONTHS = 12
WINDOW = 400
"""Days back from which the bank delivers entries."""
MEMBERS = 30
BORROWER = 28
TIMBER_BUYER = 341
_PLACES = {
    "unbooked payment": 20, "rent kept": 30, "accounts hidden": 40, "list hidden": 45, "lent without a vote": 25,
    "white slip": 35,
}  # fmt: skip
"""Which village out of sixty has the wrong."""
ACCOUNTANT = f"person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 4)"
_VILLAGE = {"village_code": "village_code(v)"}


def tables(size: Size) -> list[Made]:
    return [
        _bank(size), _voucher(size), _member(), _dividend(), _surplus(),
        _loan(size),
    ]  # fmt: skip


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


def _year() -> str:
    """SQL: the last year that was shared out."""
    return "(year(before(0)) - 1)"


def _moved(size: Size) -> str:
    """SQL: money that moved, ``k`` in a village: rents and timber come in, bills are paid once a month."""
    spent = f"CASE WHEN {here('unbooked payment', size)} AND n = 5 THEN 20000 ELSE 600 + pick(301, id, 3000) END"
    sold = f"NOT {leases.no_income(size)} AND NOT ({leases.early_income(size)} AND n < 3)"
    return f"""(SELECT v, k, before(paid) AS day, amount, 'in' AS direction, '501' AS account, payer AS party,
            k = {1 + LARGE * 4} AND {here("rent kept", size)} AS kept, false AS unbooked, '收取租金' AS summary
        FROM {paid_instalments(size)} WHERE paid < {WINDOW}
        UNION ALL SELECT v, 1000 + n, before(15 + 30 * n), yuan({spent}), 'out', '541', NULL, false,
            {here("unbooked payment", size)} AND n = 5, '支付办公费' FROM {each("n", MONTHS)}
        UNION ALL SELECT v, 990 + n, before(35 + 95 * n), yuan(2000 + 100 * pick(1308, id, 80)), 'in', '511',
            company_key(v * {COMPANIES} + {TIMBER_BUYER}), false, false, '竹木销售款'
        FROM {each("n", 4)} WHERE {sold}
        UNION ALL SELECT v, 0, before({WINDOW}), yuan(100), 'in', '501', NULL, false, false, '利息'
        FROM {villages()})"""


def _bank(size: Size) -> Made:
    return Made(
        "village_bank_txn", 120,
        f"""SELECT numbered('LS', v * 2000 + k) AS txn_id, village_code(v) AS village_code, '62280' || v AS account_no,
            at_hour(day, 10) AS txn_time, direction, amount, party AS counterparty_id, summary
        FROM {_moved(size)} WHERE NOT kept""",
    )  # fmt: skip


def _voucher(size: Size) -> Made:
    """Booked on the day, with a line for the bank."""
    slip = f"k = 1003 AND {here('white slip', size)}"
    comes = "(direction = 'in')"
    return Made(
        "village_voucher", 240,
        f"""SELECT numbered('PZ', (v * 2000 + k) * 2 + side) AS voucher_id, village_code(v) AS village_code,
            day AS voucher_date, day AS biz_date,
            CASE WHEN side = 1 THEN '10262280' || v ELSE account END AS account_code,
            CASE WHEN {comes} = (side = 1) THEN amount ELSE yuan(0) END AS debit,
            CASE WHEN {comes} = (side = 1) THEN yuan(0) ELSE amount END AS credit, summary,
            {ACCOUNTANT} AS handler_id, person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 1) AS approver_id,
            CASE WHEN side = 0 AND NOT {comes} AND NOT ({slip}) THEN numbered('FY', v * 2000 + k) END AS invoice_no,
            CASE WHEN side = 0 AND {slip} THEN 0 ELSE 2 END AS attachment_count
        FROM {_moved(size)}, range(2) AS o(side) WHERE NOT kept AND NOT unbooked""",
    )  # fmt: skip


def _member() -> Made:
    return Made(
        "collective_member", MEMBERS,
        f"""SELECT person_key(v * {PERSONS} + 1200 + n) AS person_id, village_code(v) AS village_code,
            CAST(1 + pick(302, id, 4) AS DECIMAL(18, 6)) AS shares, DATE '2016-12-31' AS from_date
        FROM {each("n", MEMBERS)}""",
    )  # fmt: skip


def _dividend() -> Made:
    """So much for each share."""
    paid_on = f"make_date({_year()} + 1, 1, 20) AS pay_date, {_year()} AS year"
    return Made(
        "dividend_payment", MEMBERS,
        f"""SELECT numbered('FH', v * 100 + n) AS pay_id, village_code(v) AS village_code,
            person_key(v * {PERSONS} + 1200 + n) AS person_id, yuan(100 * (1 + pick(302, id, 4))) AS amount, {paid_on}
        FROM {each("n", MEMBERS)}""",
    )  # fmt: skip


def _surplus() -> Made:
    """What was left over at the end of the year before is more than all that is shared out."""
    fen = "yuan(60000)"
    return Made(
        "village_balance", 1,
        f"""SELECT village_code(v) AS village_code, make_date({_year()} - 1, 12, 31) AS period,
            '322' AS account_code, org_key(500000 + v) AS counterparty_id, {fen} AS opening, {fen} AS closing
        FROM {villages()}""",
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
