"""What a village buys: things it needs every year, tools that stay; and who was asked."""

from steelyard.synth.scale import purchase_wrongs as wrongs
from steelyard.synth.scale.acts import either, joined
from steelyard.synth.scale.companies import WIFE
from steelyard.synth.scale.goods import PRICES, TOOLS, cheaper, listed
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.purchase_wrongs import ACTS
from steelyard.synth.scale.shops import FIRST_SHOP, SHOPS, TOOL_SHOPS
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each

YEARS = 5
GOODS = len(PRICES)
BOUGHT = GOODS * YEARS + len(TOOLS)
ASKED_FROM = 2_000
"""Yuan from which three are asked."""


def tables(size: Size) -> list[Made]:
    return [_purchase(size), _quote(size)]


def planted(size: Size) -> list[Planted]:
    return wrongs.planted(size)


def look_alikes(size: Size) -> list[LookAlike]:
    return wrongs.look_alikes(size)


def people_named(size: Size) -> str:
    return wrongs.people_named(size)


def companies_named(size: Size) -> str:
    return wrongs.companies_named(size)


def _own(column: str, ordinary: str) -> str:
    return either(ACTS, column, ordinary)


def purchases(size: Size) -> str:
    """SQL: purchases: ``day``, ``item``, ``qty`` (pieces), ``price`` and ``amount`` (yuan), ``shop`` (its number).

    How much is bought grows from village to village in nine steps: no county has a village that stands out.
    ``tool``: the number of what stays.
    """
    kind, stays = f"n % {GOODS}", "which >= 0"
    many = f"CASE WHEN act <> '' THEN 10 WHEN {stays} THEN 1 ELSE 6 + (v * 7 + {kind} * 3 + years * 5) % 9 END"
    price = f"""CASE WHEN {stays} THEN [{listed(TOOLS)}][1 + which]
        ELSE [{listed(PRICES)}][1 + {kind}] * {cheaper("years")} * (0.98 + 0.01 * pick(1132, id, 5)) END"""
    priced = f"""SELECT *, {_own("shop", _shop())} AS shop, {_own("qty", many)} AS qty,
            yuan({_own("price", price)}) AS price FROM {_bought(size)}"""
    return f"(SELECT *, yuan(qty * price) AS amount, CASE WHEN {stays} THEN id END AS tool FROM ({priced}))"


def _bought(size: Size) -> str:
    """SQL: what is bought on which day; ``which``: of the tools, below nothing for goods; ``years``: ago.

    Every kind of goods has two weeks of the year and tools have December, so that no shop is bought from twice in
    two months; days to come are left out.
    """
    kind = f"n % {GOODS}"
    numbered = f"""SELECT *, CASE WHEN act = '' THEN n - {GOODS * YEARS} ELSE -1 END AS which
        FROM {joined(each("n", BOUGHT), ACTS, size)}"""
    placed = f"""SELECT *, CASE WHEN which >= 0 THEN 1 + which ELSE n // {GOODS} END AS years,
            CASE WHEN which >= 0 THEN 343 ELSE 14 + 22 * ({kind}) END AS season,
            CASE WHEN act <> '' THEN 'T' || n WHEN which >= 0 THEN 'D0' || (1 + which)
                ELSE 'BG' || lpad(CAST({kind} AS VARCHAR), 2, '0') END AS usual FROM ({numbered})"""
    begun = "make_date(year(before(0)) - CAST(years AS INTEGER), 1, 1) + CAST(season AS INTEGER)"
    some_day = (
        f"CASE WHEN act <> '' THEN before({_own('ago', '200')}) ELSE begun + CAST(pick(1130, id, 15) AS INTEGER) END"
    )
    return f"""(SELECT *, {_own("item", "usual")} AS item, {_own("day", some_day)} AS day
        FROM (SELECT *, CASE WHEN act = '' THEN {begun} END AS begun FROM ({placed}))
        WHERE act <> '' OR begun + 15 <= before(3))"""


def _shop() -> str:
    """SQL: the shop that is bought from: another every time, and at times one that a relative of an official of the
    next village keeps."""
    next_to = "(first_of(county_of(v)) + (v + 1 - first_of(county_of(v))) % villages_of(county_of(v)))"
    return f"""CASE WHEN which >= 0 THEN v * {COMPANIES} + [{listed(TOOL_SHOPS)}][1 + which]
        WHEN act = '' AND n % {GOODS} = 5 AND years % 2 = 1 THEN {next_to} * {COMPANIES} + {WIFE}
        ELSE v * {COMPANIES} + {FIRST_SHOP} + (pick(1131, v, {SHOPS}) + n % {GOODS} * 3 + years * 7) % {SHOPS} END"""


def _purchase(size: Size) -> Made:
    """The accountant buys, the head of supervision accepts two days later; of trifles some keep no invoice."""
    official = f"v * {PERSONS} + {FIRST_OFFICIAL}"
    asked = f"amount >= {ASKED_FROM}"
    invoice = f"CASE WHEN amount >= 500 OR pick(1133, id, 8) > 0 THEN {_own('invoice', 'id')} END"
    return Made(
        "village_purchase", BOUGHT,
        f"""SELECT numbered('CG', id) AS purchase_id, village_code(v) AS village_code, item AS item_code,
            CASE WHEN item LIKE 'D%' THEN '办公设备' ELSE '办公用品' END AS item_name,
            CAST(qty AS DECIMAL(18, 6)) AS qty, price AS unit_price, amount, company_key(shop) AS supplier_id,
            day AS purchase_date,
            CASE WHEN {asked} THEN 'quote' ELSE 'direct' END AS method,
            CASE WHEN {asked} THEN {_own("asked", "3")} END AS quote_count,
            person_key({official} + {_own("buyer", "4")}) AS buyer_id,
            person_key({official} + {_own("acceptor", "5")}) AS acceptor_id,
            {_own("accepted", "day + 2")} AS accept_date,
            CASE WHEN tool IS NOT NULL THEN numbered('ZS', tool) END AS asset_id,
            'FP' || lpad(CAST({_own("no_invoice", invoice)} AS VARCHAR), 10, '0') AS invoice_no
        FROM {purchases(size)}""",
    )  # fmt: skip


def invoices(size: Size) -> str:
    """SQL: rows of invoices: one for each purchase, of the shop, over what it cost."""
    return f"""SELECT 'FP' || lpad(CAST(id AS VARCHAR), 10, '0') AS invoice_no,
            company_key({_own("seller", "shop")}) AS seller_id, org_key(500000 + v) AS buyer_id,
            yuan({_own("billed", "amount")}) AS amount, day AS issue_date, '办公用品' AS item_name,
            {_own("status", "'normal'")} AS status
        FROM {purchases(size)}"""


def equipment(size: Size) -> str:
    """SQL: assets: tools are entered ten days after they were bought, and used by the village itself."""
    return f"""SELECT numbered('ZS', tool) AS asset_id, village_code(v) AS village_code, 'equipment' AS asset_type,
            place_name(v) || '村委会' AS location, amount AS original_value, yuan(amount * 0.8) AS net_value,
            'self_used' AS use_status, day + 10 AS registered_date FROM {purchases(size)} WHERE tool IS NOT NULL"""


def approvals(size: Size) -> str:
    """SQL: what was approved four days before it was bought: ``v``, number, kind, matter, days ago."""
    known = _own("approved", "true")
    return f"""SELECT v, numbered('SC', id), 'procurement', numbered('CG', id),
            {_own("approved_ago", "date_diff('day', day, before(0)) + 4")}
        FROM {purchases(size)} WHERE {known}"""


def _quote(size: Size) -> Made:
    """Three shops are asked about what costs much, never the same three twice; the cheapest gets it."""
    number = "(n % 1000)"
    other = f"CASE j WHEN 1 THEN 64 + 2 * ({number} % 9) ELSE 82 + 2 * ({number} // 9 % 9) END"
    return Made(
        "village_purchase_quote", BOUGHT * 0.4,
        f"""SELECT numbered('CG', id) AS purchase_id,
            company_key(CASE j WHEN 0 THEN shop ELSE {_own("losers", f"v * {COMPANIES} + {other}")} END) AS supplier_id,
            yuan(amount * (1 + 0.06 * j)) AS price, at_hour(day - 6, 9 + j) AS quote_time,
            CASE WHEN pick(1134, id * 4 + j, 5) > 0 THEN '136' || lpad(CAST(id * 4 + j AS VARCHAR), 8, '0') END
                AS contact_phone
        FROM {purchases(size)}, range(3) AS o(j)
        WHERE amount >= {ASKED_FROM} AND j < {_own("asked", "3")}""",
    )  # fmt: skip
