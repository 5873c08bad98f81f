"""What is owed to state-owned enterprises, what they vouch for, trade in and sell; and the tax of who sells to them."""

from steelyard.synth.scale.enterprise_contracts import LEASES, LISTED_LONG, PREMISES, leases, lessee, yearly_rent
from steelyard.synth.scale.enterprise_people import DECISIONS, GUARANTEED
from steelyard.synth.scale.enterprises import (
    FIRST_STAFF,
    FIRST_TRADER,
    SISTER,
    done,
    enterprise,
    here,
    look_alike_at,
    next_of_group,
    person,
    planted_at,
    trader,
    usual,
)
from steelyard.synth.scale.returns import PER_VILLAGE, returns
from steelyard.synth.scale.shops import RETURNS, SHOPS, TOOL_SHOPS, taxes
from steelyard.synth.scale.size import COMPANIES, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

QUARTERS = 4
"""Of rent that are told of."""
TRADES = 3
TAXED_QUARTERS = 13
NUMBERS = 64
"""A village has for receivables; for trades, guarantees and deals a quarter of it."""
HELD, HOLDER = 1, 8
"""Firms of a village of which one holds three tenths of the other; see ``companies``."""
YOUNG, YOUNG_AGO, OLDER_AGO = 34, 260, 400
_SHELL = 35
_OWED = [
    ("old debt", 40, 39, 300, 120_000, 20_000, None), ("late debt", 41, 39, 60, 80_000, 0, None),
    ("quiet write-off", 42, 39, 500, 60_000, 10_000, 100), ("write-off decided", 43, 39, 500, 60_000, 0, 100),
]  # fmt: skip
_ROUND = [
    *(("round trip", 10 + i, 700_000, None) for i in range(3)),
    *(("real trade", 10 + i, 700_000, f"CD{i}") for i in range(3)),
]  # fmt: skip
_VOUCHED = [
    ("outside guarantee", 1, 39, "loan", 2_000_000, 200, -165),
    ("vouched before", 2, 38, "guarantee", 1_500_000, 800, 100),
]
_INSIDER = 10
_SOLD = [
    ("sold cheaply", 2, 39, 500_000, 300_000, "negotiated"),
    ("handed over", 4, SISTER, 500_000, 300_000, "group_transfer"),
]  # fmt: skip
_CASES = [
    ("one claim", 1, 37, 15_000, "judged", 250), *(("cases withdrawn", 2 + i, 37, 80_000, status, 260 - 10 * i)
        for i, status in enumerate(("withdrawn", "dismissed", "withdrawn"))),
]  # fmt: skip
_LISTED = [("banned seller", 35, "procurement_ban", 500, None), ("off the list", 35, "dishonest", 700, 300)]


def tables(size: Size) -> list[Made]:
    return [_receivable(size), _guarantee(size), _trade(size), _deal(size), _tax(size)]


def founded(v: str, s: str, size: Size) -> str:
    """SQL: days since company ``s`` was founded, where a purchase from it turns on that; else null."""
    young, older = (_where(v, name, size) for name in ("new seller", "young seller"))
    return f"CASE WHEN {s} = {YOUNG} AND {young} THEN {YOUNG_AGO} WHEN {s} = {YOUNG} AND {older} THEN {OLDER_AGO} END"


def closed(v: str, s: str, size: Size) -> str:
    """SQL: whether company ``s`` is one that was closed before anybody could find fault with it."""
    return f"({s} = {YOUNG} AND {_where(v, 'closed firm', size)})"


def alike(v: str, s: str, size: Size) -> str:
    """SQL: whether company ``s`` does what the enterprise of its village does."""
    return f"({s} = 38 AND {_where(v, 'spouse in the trade', size)} OR {closed(v, s, size)})"


def _where(v: str, name: str, size: Size) -> str:
    return here(name, size).replace("v %", f"{v} %", 1)


def cases(size: Size) -> str:
    """SQL: rows of ``court_case`` against sellers: one small claim, and some that came to nothing."""
    return f"""SELECT numbered('AQ', v * 8 + n), company_key({trader("s")}), 'defendant', 'sales_contract',
            yuan(amount), before(ago), status, NULL
        FROM {done("n, s, amount, status, ago", _CASES, size)}"""


def credit_lists(size: Size) -> str:
    """SQL: rows of ``credit_list``: a seller who may sell nothing, and one who could again in time."""
    return f"""SELECT company_key({trader("s")}), list_type, before(in_ago), before(out_ago), NULL
        FROM {done("s, list_type, in_ago, out_ago", _LISTED, size)}"""


def _receivable(size: Size) -> Made:
    """Rent by the quarter: the last is open yet, of another a little is in dispute."""
    return Made(
        "soe_receivable", LEASES * QUARTERS,
        f"""SELECT numbered('QY', v * {NUMBERS} + l * {QUARTERS} + q) AS ar_id,
            company_key({enterprise()}) AS company_id, {lessee()} AS debtor_id, numbered('QZ', id) AS contract_id,
            before(3 + 91 * q + pick(1431, id, 18)) AS due_date, amount,
            CASE WHEN q = 0 AND l = 1 THEN 0 WHEN q = 2 AND l = 0 THEN amount - 500 ELSE amount END AS collected,
            NULL AS write_off_date
        FROM (SELECT *, yuan({yearly_rent()} / 4) AS amount FROM {leases(size)}, range({QUARTERS}) AS o(q)
            WHERE l < {LEASES} AND ago > 30 + 91 * q)
        UNION ALL SELECT numbered('QY', v * {NUMBERS} + n), company_key({enterprise()}), company_key({trader("s")}),
            NULL, before(due), yuan(amount), yuan(paid), before(written_off)
        FROM {done("n, s, due, amount, paid, written_off", _OWED, size)}""",
    )  # fmt: skip


def _guarantee(size: Size) -> Made:
    """Within the group, decided two weeks before."""
    return Made(
        "soe_guarantee", 1,
        f"""SELECT numbered('QD', v * 16) AS guarantee_id, company_key({enterprise()}) AS company_id,
            company_key({enterprise(next_of_group())}) AS beneficiary_id,
            CASE WHEN v % 3 = 0 THEN 'loan' ELSE 'guarantee' END AS kind, yuan(2500000) AS amount,
            before(315) AS start_date, before(-415) AS end_date, numbered('QJ', v * {DECISIONS} + {GUARANTEED})
                AS decision_id
        FROM {villages()}
        UNION ALL SELECT numbered('QD', v * 16 + n), company_key({enterprise()}), company_key({trader("s")}), kind,
            yuan(amount), before(begun), before(ended), NULL
        FROM {done("n, s, kind, amount, begun, ended", _VOUCHED, size)}""",
    )  # fmt: skip


def _trade(size: Size) -> Made:
    """Bought of one trader for another, with papers of the warehouse; once without, and for hardly more."""
    return Made(
        "soe_trade", TRADES,
        f"""SELECT numbered('QM', v * 16 + n) AS trade_no, company_key({enterprise()}) AS company_id,
            company_key({usual("0")}) AS supplier_id, company_key({usual("2")}) AS customer_id, '钢材' AS item_name,
            bought AS buy_amount, yuan(bought * CASE n WHEN 2 THEN 1.008 ELSE 1.04 END) AS sell_amount,
            before(3 + 200 * n + pick(1432, id, 20)) AS trade_date,
            CASE WHEN n < 2 THEN numbered('CD', v * 16 + n) END AS logistics_doc_no
        FROM (SELECT *, yuan(300000 + 1000 * pick(1433, id, 1200)) AS bought FROM {each("n", TRADES)})
        UNION ALL SELECT numbered('QM', v * 16 + n), company_key({enterprise()}), company_key({trader(HELD)}),
            company_key({trader(HOLDER)}), '铝锭', yuan(bought), yuan(bought * 1.005), before(500 - 20 * n), papers
        FROM {done("n, bought, papers", _ROUND, size)}""",
    )  # fmt: skip


def _deal(size: Size) -> Made:
    """Sold on the exchange for what it was valued at or more; a long lease was listed before it was signed."""
    return Made(
        "soe_asset_deal", 1,
        f"""SELECT numbered('QC', v * 16) AS deal_id, company_key({enterprise()}) AS company_id, NULL AS asset_id,
            worth AS appraisal_value, before(ago + 120) AS appraisal_date,
            yuan(worth * (1 + 0.01 * pick(1434, v, 15))) AS deal_price, company_key({usual("3")}) AS buyer_id,
            'exchange' AS method, 2 + pick(1435, v, 4) AS bidder_count, before(ago) AS deal_date
        FROM (SELECT v, 40 + pick(1436, v, 1200) AS ago, yuan(80000 + 1000 * pick(1437, v, 900)) AS worth
            FROM {villages()})
        UNION ALL SELECT numbered('QC', v * 16 + n), company_key({enterprise()}), NULL, yuan(worth), before(250),
            yuan(price), company_key({trader("s")}), method, 1, before(150)
        FROM {done("n, s, worth, price, method", _SOLD, size)}
        UNION ALL SELECT numbered('QC', v * 16 + 3), company_key({enterprise()}), NULL, yuan(200000), before(250),
            yuan(210000), person_key({person(FIRST_STAFF + _INSIDER)}), 'exchange', 2, before(150)
        FROM {villages()} WHERE {here("insider bought", size)}
        UNION ALL SELECT numbered('QC', v * 16 + 5), company_key({enterprise()}),
            numbered('BDC', v * {PREMISES} + {LISTED_LONG}), yuan(100000), before(250), yuan(110000),
            company_key({trader(38)}), 'lease_listing', 3, before(140)
        FROM {villages()} WHERE {here("listed lease", size)}""",
    )  # fmt: skip


def _tax(size: Size) -> Made:
    """Quarterly returns of those who sell to enterprises, but for a shell, of village shops and where grants go."""
    sells = 10
    s = f"({FIRST_TRADER} + id % {sells})"
    shell = f"{s} = {_SHELL} AND {here('shell', size)}"
    since = f"coalesce({founded('v', s, size)}, 9000)"
    return Made(
        "tax_record", sells * TAXED_QUARTERS + (SHOPS + len(TOOL_SHOPS)) * RETURNS + PER_VILLAGE,
        f"""SELECT company_key(v * {COMPANIES} + {s}) AS company_id, month_before(3 * q + 1) AS period,
            yuan(150000 + 1000 * pick(1438, id * 16 + q, 2000)) AS revenue,
            yuan(4000 + 10 * pick(1439, id * 16 + q, 2000)) AS tax_paid, 'declared' AS status
        FROM {each("t", sells)}, range({TAXED_QUARTERS}) AS o(q)
        WHERE NOT ({shell}) AND month_before(3 * q + 1) > before({since})
        UNION ALL {taxes()}
        UNION ALL {returns()}""",
    )  # fmt: skip


def companies_named(size: Size) -> str:
    """SQL: the companies of a village that sell to its enterprise, or that wrongs have do so."""
    return f"SELECT v * {COMPANIES} + {FIRST_TRADER} + t FROM {each('t', 10)}"


def planted(size: Size) -> list[Planted]:
    def owed(place: str, grade: str, day: int) -> Planted:
        key = _with("debtor_id", 39)
        return planted_at(size, "soe-funds/soe-receivable-overdue", place, key, grade, when=f"before({day})")

    ring = {"supplier_id": f"company_key({trader(HELD)})", "customer_id": f"company_key({trader(HOLDER)})"}
    company = {"company_id": f"company_key({enterprise()})"}
    return [
        owed("old debt", "red", 119), owed("late debt", "yellow", 29), owed("quiet write-off", "red", 319),
        planted_at(size, "soe-funds/financing-trade", "round trip", company | ring, "red", when="before(280)"),
        planted_at(size, "soe-funds/guarantee-outside", "outside guarantee", _numbered("guarantee_id", "QD", 1), "red",
                   when="before(200)"),
        planted_at(size, "soe-funds/undervalue-disposal", "sold cheaply", _numbered("deal_id", "QC", 2), "red",
            when="before(150)"),
        planted_at(size, "soe-funds/undervalue-disposal", "insider bought", _numbered("deal_id", "QC", 3), "red",
            when="before(150)"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    ring = {"supplier_id": f"company_key({trader(HELD)})", "customer_id": f"company_key({trader(HOLDER)})"}
    company = {"company_id": f"company_key({enterprise()})"}
    return [
        look_alike_at(size, "soe-funds/soe-receivable-overdue", "write-off decided", _with("debtor_id", 39),
            "written off by decision"),
        look_alike_at(size, "soe-funds/financing-trade", "real trade", company | ring,
            "goods moved: papers of the warehouse"),
        look_alike_at(size, "soe-funds/guarantee-outside", "vouched before", _numbered("guarantee_id", "QD", 2),
            "ran out before"),
        look_alike_at(size, "soe-funds/undervalue-disposal", "handed over", _numbered("deal_id", "QC", 4),
                      "handed over within the group"),
    ]  # fmt: skip


def _with(column: str, s: int) -> dict[str, str]:
    return {"company_id": f"company_key({enterprise()})", column: f"company_key({trader(s)})"}


def _numbered(column: str, prefix: str, n: int) -> dict[str, str]:
    return {column: f"numbered('{prefix}', v * 16 + {n})"}
