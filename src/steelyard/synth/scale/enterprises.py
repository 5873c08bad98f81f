"""State-owned enterprises: what they buy and agree upon."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.courts import SUED_SUPPLIER
from steelyard.synth.scale.size import COMPANIES, FIRMS, Size
from steelyard.synth.scale.table import Made, each

PURCHASES = 14
ENTERPRISES = 9
"""Of a county; few enough for the smallest."""
SLOT = 29


def tables(size: Size) -> list[Made]:
    return [_purchase(size), _contract(size)]


def enterprise(of: str) -> str:
    """SQL: the number of the enterprise of the county of village ``v`` that bought something."""
    return f"((first_of(county_of(v)) + pick(111, {of}, {ENTERPRISES})) * {COMPANIES} + {SLOT})"


def _bought(size: Size) -> str:
    sued = f"n = 3 AND {schemes.here('sued supplier', size.village_every)}"
    return f"""(SELECT *, {enterprise("id")} AS buyer,
        CASE WHEN {sued} THEN v * {COMPANIES} + {SUED_SUPPLIER}
            ELSE v * {COMPANIES} + pick(112, id, {FIRMS}) END AS supplier,
        before(CASE WHEN {sued} THEN 200 ELSE 3 + pick(113, id, 1500) END) AS awarded,
        yuan(20000 + 100 * pick(114, id, 4700)) AS worth
        FROM {each("n", PURCHASES)})"""


def _purchase(size: Size) -> Made:
    return Made(
        "soe_purchase", PURCHASES,
        f"""SELECT numbered('QG', id) AS purchase_id, company_key(buyer) AS company_id, 'quote' AS method,
            'HW' || n AS item_code, '设备' AS item_name, CAST(1 AS DECIMAL(18, 6)) AS qty, yuan(worth * 1.1) AS budget,
            worth AS award_amount, worth AS unit_price, company_key(supplier) AS supplier_id, 3 AS bidder_count,
            awarded - 20 AS announce_date, awarded AS award_date
        FROM {_bought(size)}""",
    )  # fmt: skip


def _contract(size: Size) -> Made:
    return Made(
        "soe_contract", PURCHASES * 0.9,
        f"""SELECT numbered('QH', id) AS contract_id, company_key(buyer) AS company_id, numbered('QG', id)
            AS purchase_id,
            company_key(supplier) AS counterparty_id, 'purchase' AS contract_type, worth AS amount,
            least(awarded + 10, before(1)) AS sign_date, least(awarded + 10, before(1)) AS start_date,
            awarded + 375 AS end_date
        FROM {_bought(size)} WHERE n < 13""", ordered=True,
    )  # fmt: skip
