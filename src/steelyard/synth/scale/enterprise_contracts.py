"""What state-owned enterprises sign and pay: purchases, leases of their premises, investments, taxes."""

from steelyard.synth.scale.enterprise_purchases import IDS, ORDINARY, bought
from steelyard.synth.scale.enterprises import (
    FIRST_TRADER,
    MANAGER,
    SISTER,
    done,
    enterprise,
    here,
    look_alike_at,
    person,
    planted_at,
    staff,
    trader,
)
from steelyard.synth.scale.size import FIRMS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

LEASES = 3
PREMISES = 16
"""Numbers a village has for premises of its enterprise and their leases."""
LONG, CHEAP, RENEWED = 10, 14, 12
LISTED_LONG = 13
KIN_OF_DEPUTY = 927
"""See ``enterprise_people``: the second relative of the first deputy."""
INVESTED = 5
"""Number of the decision on the year's investment; more decisions with ``enterprise_people``."""
HASTY, SUPPLEMENT = 20, 21
_PAID_LATE, _CONTRACT_DEAR, _SUPPLEMENTED, _AFTERWARDS = 60, 61, 62, 59
_LEASES = [
    ("cheap lease", CHEAP, 100, 3, 0.4, -20), ("long lease", LONG, 100, 8, 1, -20),
    ("renewed lease", RENEWED, 100, 3, 1, 60),
    ("listed lease", LISTED_LONG, 100, 8, 1, -20),
]  # fmt: skip
_PAYMENTS = [
    ("undecided payment", 110, 37, 6_200_000, 150, "investment", None),
    ("hasty meeting", 111, 37, 7_000_000, 150, "investment", HASTY),
    ("money pooled", 112, SISTER, 8_000_000, 120, "cash_pool", None),
    ("split payment", 113, 38, 850_000, 90, "works", None), ("split payment", 114, 38, 870_000, 87, "works", None),
    ("monthly payments", 115, 38, 850_000, 150, "works", None),
    ("monthly payments", 116, 38, 850_000, 120, "works", None),
]  # fmt: skip
_SECOND_INSTALMENT = 4
"""Of this purchase the second instalment goes to somebody else, or only seems to."""


def tables(size: Size) -> list[Made]:
    return [_contract(size), _payment(size)]


def leases(size: Size) -> str:
    """SQL: leases of premises; ``ago``: days since signed, ``years``, ``factor`` on the rent of the place.

    ``early``: how many days before it was signed the term began; mostly it begins later.
    """
    return f"""(SELECT *, v * {PREMISES} + l AS id, 80 + pick(1412, v * {PREMISES} + l, 400) AS area FROM (
        SELECT v, l, 30 + pick(1411, id, 1500) AS ago, 1 + 2 * pick(1413, id, 3) AS years,
            0.86 + 0.01 * pick(1414, id, 29) AS factor, -20 AS early, {trader("60 + 13 * l")} AS company, NULL AS lessee
        FROM {each("l", LEASES)}
        UNION ALL SELECT v, l, ago, years, factor, early, {trader(38)},
            CASE WHEN l = {CHEAP} THEN {person(KIN_OF_DEPUTY)} END
        FROM {done("l, ago, years, factor, early", _LEASES, size)}))"""


def lessee() -> str:
    """SQL: who rents, a row of ``leases``: a company of the village or a person."""
    return "CASE WHEN lessee IS NULL THEN company_key(company) ELSE person_key(lessee) END"


def yearly_rent() -> str:
    """SQL: of a row of ``leases``: shops twice what workshops cost, four in a hundred more every year."""
    return "yuan(area * CASE l % 2 WHEN 0 THEN 360 ELSE 180 END * factor * (1.15 - 0.0001 * ago))"


def _contract(size: Size) -> Made:
    """Signed ten days after the award; of one in six delivery began five days before, of some nobody wrote down when.

    Three in a hundred above the award at most, but for what wrongs have risen.
    """
    rise = f"""CASE n WHEN {_CONTRACT_DEAR} THEN 1.12 WHEN {_SUPPLEMENTED} THEN 1.15
        ELSE 1 + 0.01 * CASE WHEN n < {ORDINARY} THEN pick(1415, id, 4) ELSE 0 END END"""
    begun = f"CASE WHEN n = {_AFTERWARDS} THEN 40 WHEN n % 6 = 1 THEN 5 ELSE -3 END"
    return Made(
        "soe_contract", ORDINARY + LEASES,
        f"""SELECT numbered('QH', id) AS contract_id, company_key({enterprise()}) AS company_id,
            numbered('QG', id) AS purchase_id, company_key(supplier) AS counterparty_id, 'purchase' AS contract_type,
            yuan(worth * {rise}) AS amount, before(ago - 10) AS sign_date,
            CASE WHEN n = {_AFTERWARDS} OR pick(1416, id, 12) > 0 THEN before(ago - 10 + {begun}) END AS start_date,
            before(ago - 375) AS end_date, NULL AS annual_rent, NULL AS asset_id
        FROM {bought(size)} WHERE ago < 1400
        UNION ALL SELECT numbered('QZ', id), company_key({enterprise()}), NULL, {lessee()}, 'lease',
            yuan({yearly_rent()} * years), before(ago), before(ago + early), before(ago + early - 365 * years),
            {yearly_rent()}, numbered('BDC', id)
        FROM {leases(size)}""",
    )  # fmt: skip


def _instalments(size: Size) -> str:
    """SQL: payments on purchases: three tenths, and the rest a month and a half later; ``p``: which of the two."""
    total = f"""CASE n WHEN {_PAID_LATE} THEN 1.3 WHEN {_CONTRACT_DEAR} THEN 1.12 WHEN {_SUPPLEMENTED} THEN 1.15
        ELSE 1 END"""
    second = f"n = {_SECOND_INSTALMENT} AND p = 1"
    elsewhere = f"{second} AND {here('diverted', size)}"
    by_branch = f"{second} AND {here('by the branch', size)}"
    return f"""SELECT v, id * 4 + p AS k,
            CASE WHEN {elsewhere} OR {by_branch} THEN {trader(39)} ELSE supplier END AS payee,
            CASE WHEN {elsewhere} THEN {trader(39)} ELSE supplier END AS owner,
            yuan(worth * {total} * CASE p WHEN 0 THEN 0.3 ELSE 0.7 END) AS amount, ago - 25 - 45 * p AS ago,
            numbered('QH', id) AS contract_id, 'purchase' AS purpose,
            CASE WHEN n = {_SUPPLEMENTED} THEN {SUPPLEMENT} END AS decision
        FROM {bought(size)}, range(2) AS o(p) WHERE ago < 1400 AND ago - 25 - 45 * p >= 0"""


def _payment(size: Size) -> Made:
    """Instalments, one large investment that was decided upon, quarterly taxes to nobody the books name."""
    other, builder = f"(v * {IDS} + 127) * 4", trader(f"pick(1417, v, {FIRMS})")
    return Made(
        "soe_payment", ORDINARY * 2 + 6,
        f"""SELECT numbered('QF', k) AS payment_id, company_key({enterprise()}) AS company_id,
            company_key(payee) AS payee_id, {account('owner')} AS payee_account, amount, before(ago) AS pay_date,
            contract_id, purpose, person_key({staff("5 + k % 8")}) AS applicant_id,
            CASE WHEN k % 16 > 0 THEN person_key({staff(MANAGER)}) END AS approver_id,
            CASE WHEN amount >= 1000000 THEN 3 ELSE 2 END AS approve_levels,
            CASE WHEN decision IS NOT NULL THEN numbered('QJ', v * 64 + decision) END AS decision_id
        FROM ({_instalments(size)}
            UNION ALL SELECT v, {other}, {builder}, {builder}, yuan(6000000), {invested()}, NULL,
                'investment', {INVESTED} FROM {villages()}
            UNION ALL SELECT v, (v * {IDS} + 126) * 4 + n, NULL, NULL, yuan(20000 + 1000 * pick(1418, id, 60)),
                20 + 91 * n, NULL, 'tax', NULL FROM {each("n", 4)}
            UNION ALL SELECT v, (v * {IDS} + n) * 4, {trader("s")}, {trader("s")}, yuan(amount), ago, NULL, purpose,
                decision
            FROM {done("n, s, amount, ago, purpose, decision", _PAYMENTS, size)})""",
    )  # fmt: skip


def account(company: str) -> str:
    """SQL: the number of a company's account; null for none."""
    return f"'33050' || {company}"


def accounts() -> str:
    """SQL: rows of ``bank_account``: those of who sells to enterprises."""
    return f"""SELECT {account("id")}, company_key(id), place_name(v) || '贸易有限公司', before(2300), 'corporate'
        FROM (SELECT v, {trader(f"({FIRST_TRADER} + t)")} AS id FROM {each("t", 10)})"""


def invested() -> str:
    """SQL: days since the enterprise of ``v`` paid the year's investment."""
    return "(380 + pick(1419, v, 200))"


def premises(size: Size) -> str:
    """SQL: what the enterprises let, as the register of property has it."""
    return f"""SELECT numbered('BDC', id) AS property_no, company_key({enterprise()}) AS owner_id,
            place_name(v) || '街' || l || '号' AS location, county_code(county_of(v)) AS area_code,
            CAST(area AS DECIMAL(18, 6)) AS area, CASE l % 2 WHEN 0 THEN 'commercial' ELSE 'industrial' END AS usage,
            before(4000) AS reg_date, yuan(area * 6000) AS price
        FROM {leases(size)}"""


def planted(size: Size) -> list[Planted]:
    def one(name: str, place: str, key: dict[str, str], grade: str, day: int) -> Planted:
        return planted_at(size, f"soe-funds/{name}", place, key, grade, when=f"before({day})")

    split = {"company_id": f"company_key({enterprise()})", "payee_id": f"company_key({trader(38)})"}
    return [
        one("large-payment-no-decision", "undecided payment", _paid(110), "red", 150),
        one("large-payment-no-decision", "hasty meeting", _paid(111), "red", 150),
        one("split-payment", "split payment", split, "yellow", 87),
        one("soe-low-rent", "cheap lease", _lease(CHEAP), "red", 100),
        one("soe-low-rent", "long lease", _lease(LONG), "yellow", 100),
        planted_at(size, "soe-funds/payee-mismatch", "diverted", _paid_to(39), "red"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    split = {"company_id": f"company_key({enterprise()})", "payee_id": f"company_key({trader(38)})"}
    return [
        look_alike_at(size, "soe-funds/payee-mismatch", "by the branch", _paid_to(39),
                      "the order names another, the account is the contract party's"),
        look_alike_at(size, "soe-funds/large-payment-no-decision", "money pooled", _paid(112),
            "money pooled within the group"),
        look_alike_at(size, "soe-funds/split-payment", "monthly payments", split, "instalments a month apart"),
        look_alike_at(size, "soe-funds/soe-low-rent", "listed lease", _lease(LISTED_LONG),
            "for long, but listed in the open"),
        look_alike_at(size, "soe-procurement/contract-after-performance", "renewed lease", _lease(RENEWED),
                      "a lease signed after its term began"),
    ]  # fmt: skip


def _paid_to(s: int) -> dict[str, str]:
    return {"contract_id": f"numbered('QH', v * {IDS} + {_SECOND_INSTALMENT})", "payee_id": f"company_key({trader(s)})"}


def _paid(n: int) -> dict[str, str]:
    return {"payment_id": f"numbered('QF', (v * {IDS} + {n}) * 4)"}


def _lease(n: int) -> dict[str, str]:
    return {"contract_id": f"numbered('QZ', v * {PREMISES} + {n})"}
