"""A village's own affairs: what it owns and lets, and the rent."""

from steelyard.synth.scale import leases, schemes
from steelyard.synth.scale.lettings import HONEST
from steelyard.synth.scale.people import FIRST_OFFICIAL, FIRST_RELATIVE
from steelyard.synth.scale.purchases import equipment
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, each, villages

ASSETS = 100
CONTRACTS = 136
"""A running one for every asset, and of some the one before."""
INSTALMENTS = 3
RUNNING = ASSETS
EXPIRED, LARGE, RELATIVE, SMALL = 5, 7, 8, 9
"""Contracts that the wrongs take."""
HELD, IN_GRACE = 2, 57
"""Places of a village whose rents lie a week before they are banked, and of one whose last rents fell due lately."""


def tables(size: Size) -> list[Made]:
    return [
        _asset(size), _contract(size), _receivable(size), _receipt(size), _trade(size),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    held = f"{villages()} WHERE {schemes.at(HELD, size.village_every)}"
    due = f"{each('n', CONTRACTS)} WHERE {schemes.at(IN_GRACE, size.village_every)} AND n < {RUNNING} AND n % 10 = 0"
    keeper = {"village_code": "village_code(v)", "handler_id": f"person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 4)"}
    return [
        LookAlike("village-fund/income-not-banked", keeper, held, "taken to the bank on the last of the days allowed"),
        LookAlike("village-asset/rent-receivable-unpaid", {"contract_id": "numbered('CH', id)"}, due,
                  "due within the last month; some of it is not paid yet"),
    ]  # fmt: skip


def _asset(size: Size) -> Made:
    """What is let, and the tools that were bought."""
    return Made(
        "village_asset", ASSETS + HONEST + 4,
        f"""SELECT numbered('ZC', id) AS asset_id, village_code(v) AS village_code,
            ['building', 'shop', 'land', 'pond', 'factory'][1 + n % 5] AS asset_type,
            {_area("n")} AS area, place_name(v) || '村' || n || '号' AS location,
            yuan(10000 + 1000 * pick(92, id, 900)) AS original_value, yuan(8000 + 500 * pick(92, id, 900)) AS net_value,
            'leased' AS use_status, before(3000) AS registered_date
        FROM {each("n", ASSETS)}
        UNION ALL BY NAME {leases.assets(size)}
        UNION ALL BY NAME {equipment(size)}""",
    )  # fmt: skip


def _party(wrong: str) -> str:
    """SQL: who leases: a person of the village, in three of ten cases a company."""
    return f"""CASE WHEN {wrong} AND n = {RELATIVE} THEN person_key(v * {PERSONS} + {FIRST_RELATIVE})
        WHEN n % 10 < 3 THEN company_key(v * {COMPANIES} + 100 + n)
        ELSE person_key(v * {PERSONS} + 1800 + n) END"""


def _contract(size: Size) -> Made:
    """Running ones end after the last day; the ones before ended when these began."""
    expired = f"n = {EXPIRED} AND {schemes.here('expired lease', size.village_every)}"
    owes = schemes.here("relative owes", size.village_every)
    begin = _begin()
    return Made(
        "village_contract", CONTRACTS + HONEST,
        f"""SELECT numbered('CH', id) AS contract_id, village_code(v) AS village_code,
            numbered('ZC', v * {ASSETS} + n % {ASSETS}) AS asset_id, 'lease' AS contract_type,
            {_party(owes)} AS party_id, before({begin} + CASE WHEN n < {RUNNING} THEN 10 ELSE 1500 END) AS sign_date,
            before({begin} + CASE WHEN n < {RUNNING} THEN 0 ELSE 1460 END) AS start_date,
            CASE WHEN {expired} THEN before(400) WHEN n < {RUNNING} THEN before(-30 - pick(94, id, 390))
                ELSE before({begin} + 1) END AS end_date,
            yuan(({_rent("n % " + str(ASSETS))}) * 4) AS total_amount, yuan({_rent("n % " + str(ASSETS))})
                AS annual_rent,
            {_area("n % " + str(ASSETS))} AS area, numbered('JY', id) AS trade_id,
            before({begin} + CASE WHEN n < {RUNNING} THEN 14 ELSE 1504 END) AS legal_review_date,
            CASE WHEN n < {RUNNING} THEN 'active' ELSE 'expired' END AS status
        FROM {each("n", CONTRACTS)}
        UNION ALL BY NAME {leases.contracts(size)}""",
    )  # fmt: skip


def _begin(n: str = "n") -> str:
    """SQL: days since the running contract over an asset began."""
    return f"(1100 + pick(93, v * {CONTRACTS} + {n} % {ASSETS}, 300))"


def signed_ago(n: str = "n") -> str:
    """SQL: days since the running contract over an asset was signed."""
    return f"({_begin(n)} + 10)"


def _area(n: str) -> str:
    """SQL: an asset is as large as the ordinary rent of its place makes it."""
    return f"CAST(({_rent(n)}) * (90 + pick(91, v * {ASSETS} + {n}, 26)) / 2000.0 AS DECIMAL(18, 6))"


def _rent(n: str) -> str:
    return (
        f"CASE {n} WHEN {LARGE} THEN 16000 WHEN {RELATIVE} THEN 5000 WHEN {SMALL} THEN 5000 "
        f"ELSE 800 + 100 * pick(95, v * {ASSETS} + {n}, 90) END"
    )


def contract_total(n: str) -> str:
    """SQL: what the lease of an asset comes to, in yuan."""
    return f"(({_rent(n)}) * 4)"


def _due(size: Size) -> str:
    """SQL: the instalments of running contracts; ``ago``: days since one was due; ``owed``: never paid.

    The last instalment of half the contracts was due in the last month and is open yet: honest, and within grace.
    """
    large = f"(n = {LARGE} AND {schemes.here('large arrears', size.village_every)})"
    small = (
        f"((n = {RELATIVE} AND {schemes.here('relative owes', size.village_every)})"
        f" OR (n = {SMALL} AND {schemes.here('small arrears', size.village_every)}))"
    )
    expired = f"n = {EXPIRED} AND {schemes.here('expired lease', size.village_every)}"
    return f"""(SELECT *, CASE WHEN {large} THEN 200 WHEN {small} THEN 75
            WHEN n % 2 = 0 THEN 2 + pick(96, c, 20) ELSE 60 + pick(96, c, 300) END
            + 365 * p + CASE WHEN {expired} THEN 420 ELSE 0 END AS ago,
            p = 0 AND ({large} OR {small}) AS owed
        FROM (SELECT v, n, p, v * {CONTRACTS} + n AS c FROM {each("n", RUNNING)}, range({INSTALMENTS}) AS i(p)))"""


def _receivable(size: Size) -> Made:
    return Made(
        "rent_receivable", RUNNING * INSTALMENTS + HONEST * 2,
        f"""SELECT numbered('CH', c) AS contract_id, village_code(v) AS village_code, before(ago) AS due_date,
            yuan({_rent("n")}) AS amount_due FROM {_due(size)}
        UNION ALL {leases.receivables(size)}""",
    )  # fmt: skip


def paid_instalments(size: Size) -> str:
    """SQL: the instalments that were paid.

    ``k``: numbers them within the village ``v``; ``paid``: days since, ``amount``: the rent, and ``contract_id``,
    ``receipt_id``, ``payer``.
    """
    owes = schemes.here("relative owes", size.village_every)
    return f"""(SELECT * FROM (
        SELECT v, 1 + n * 4 + p AS k, numbered('CH', c) AS contract_id, numbered('SK', c * 4 + p) AS receipt_id,
            {_party(owes)} AS payer, ago + 10 - pick(97, c * 4 + p, 35) AS paid, yuan({_rent("n")}) AS amount
        FROM {_due(size)} WHERE NOT owed
        UNION ALL {leases.paid(size)}) WHERE paid > 0)"""


def _receipt(size: Size) -> Made:
    """Paid between ten days before and twenty-five after it was due; taken to the bank within days."""
    held = f"CASE WHEN {schemes.at(HELD, size.village_every)} THEN 7 ELSE pick(1315, v * 1000 + k, 4) END"
    return Made(
        "rent_receipt", RUNNING * INSTALMENTS * 0.8 + HONEST * 2,
        f"""SELECT receipt_id, contract_id, village_code(v) AS village_code,
            before(paid + {held}) AS received_date, before(paid) AS banked_date,
            amount, '62280' || v AS account_no, payer AS payer_id,
            person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 4) AS handler_id, 'PJ' || right(receipt_id, 11) AS bill_no
        FROM {paid_instalments(size)}""",
    )  # fmt: skip


def _trade(size: Size) -> Made:
    """Every lease was listed before it was signed, and went to whoever offered most."""
    owes = schemes.here("relative owes", size.village_every)
    signed = f"({_begin()} + CASE WHEN n < {RUNNING} THEN 10 ELSE 1500 END)"
    rent = _rent(f"n % {ASSETS}")
    return Made(
        "rural_trade", CONTRACTS + HONEST,
        f"""SELECT numbered('JY', id) AS trade_id, village_code(v) AS village_code,
            numbered('ZC', v * {ASSETS} + n % {ASSETS}) AS asset_id, before({signed} + 40) AS listing_date,
            before({signed} + 25) AS listing_end, yuan(({rent}) * 0.95) AS reserve_price, yuan({rent}) AS deal_price,
            {_party(owes)} AS winner_id, 2 + pick(98, id, 4) AS bidder_count, 'auction' AS method,
            before({signed} + 22) AS deal_date
        FROM {each("n", CONTRACTS)}
        UNION ALL {leases.trades(size)}""",
    )  # fmt: skip
