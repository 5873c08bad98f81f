"""What follows an award: contracts, changes, subcontracts, who comes to the site."""

from steelyard.synth.scale import labour, schemes
from steelyard.synth.scale.market import bidder, tenders
from steelyard.synth.scale.size import COMPANIES, PERSONS, TENDERS, Size
from steelyard.synth.scale.table import Made

VISITS = 5


def tables(size: Size) -> list[Made]:
    return [_contract(size), _change(size), _subcontract(size), _attendance(size)]


def _signed(size: Size) -> str:
    """SQL: tenders whose contract is signed, with its days; ``manager``: the number of who leads the works."""
    place = f"CASE WHEN kind IN ({schemes.ONE_MANAGER}, {schemes.SITE_AFTER_SITE}) THEN t0 ELSE t END"
    return f"""(SELECT *, numbered('HT', t) AS contract_id, announced + CAST(bid_days + 25 AS INTEGER) AS signed,
        announced + CAST(bid_days + 30 AS INTEGER) AS begun, CAST(100 + pick(23, t, 100) AS INTEGER) AS days,
        {place} // {TENDERS} * {PERSONS} + 2000 + {place} % {TENDERS} AS manager, {bidder("0")} AS winner
        FROM {tenders(size)} WHERE status = 'awarded' AND age > 60)"""


def _contract(size: Size) -> Made:
    return Made(
        "tender_contract", TENDERS * 0.93,
        f"""SELECT contract_id, 'CNY' AS currency, section_id, owner_org_id, company_key(winner) AS contractor_id,
            yuan(worth * CASE kind WHEN {schemes.DEVIATING} THEN 1.06 WHEN {schemes.ROUNDED} THEN 1.0005 ELSE 1 END)
                AS amount, signed AS sign_date,
            begun AS start_date, begun + days - 1 AS planned_end,
            CASE WHEN begun + days + 5 < before(0) THEN begun + days + 5 END AS actual_end,
            person_key(manager) AS pm_person_id, CAST(0.1 AS DECIMAL(18, 6)) AS advance_ratio,
            NULL AS settle_amount, signed + 5 AS publish_date
        FROM {_signed(size)}""", ordered=True,
    )  # fmt: skip


def _change(size: Size) -> Made:
    much, tenth = f"kind = {schemes.CHANGED}", f"kind = {schemes.TENTH_MORE}"
    return Made(
        "contract_change", TENDERS * 0.3,
        f"""SELECT numbered('BG', t) AS change_id, contract_id,
            yuan(worth * CASE WHEN {much} THEN 0.35 WHEN {tenth} THEN 0.1 ELSE 0.0001 * pick(81, t, 900) END) AS amount,
            least(begun + 30, before(1)) AS change_date, '现场签证' AS reason, NULL AS item_code,
            NULL AS approver_id, NULL AS approve_level
        FROM {_signed(size)} WHERE {much} OR {tenth} OR pick(82, t, 100) < 30""", ordered=True,
    )  # fmt: skip


def _subcontract(size: Size) -> Made:
    """To a company of the village that never bids; in a planted wrong to one that lost."""
    return Made(
        "subcontract", TENDERS * 0.47,
        f"""SELECT numbered('FB', t) AS sub_id, contract_id,
            company_key(CASE WHEN kind = {schemes.LOSER_SUBS} THEN {bidder("3")}
                WHEN kind = {schemes.ELSEWHERE} THEN {bidder("6")}
                ELSE v * {COMPANIES} + 40 + pick(83, t, 300) END) AS sub_company_id,
            yuan(worth * 0.2) AS amount, begun + 10 AS sign_date, '劳务' AS work_content, TRUE AS approved
        FROM {_signed(size)}
        WHERE kind IN ({schemes.LOSER_SUBS}, {schemes.ELSEWHERE}) OR pick(84, t, 2) = 0""", ordered=True,
    )  # fmt: skip


def _attendance(size: Size) -> Made:
    return Made(
        "site_attendance", TENDERS * 0.93 * VISITS,
        f"""SELECT numbered('KQ', t * 8 + n) AS record_id, section_id, person_key(manager) AS person_id,
            'pm' AS role, company_key(winner) AS company_id,
            at_hour(begun + CAST(n * 14 AS INTEGER), 8) + to_minutes(pick(85, t * 8 + n, 50)) AS check_time,
            'KQJ' || (t % 5000) AS device_id, NULL AS lng, NULL AS lat
        FROM {_signed(size)}, range({VISITS}) AS m(n) WHERE begun + CAST(n * 14 AS INTEGER) < before(0)
        UNION ALL {labour.on_sites(size)}""",
    )  # fmt: skip
