"""Bids and all that comes with one: the award, bonds, devices, teams, unit prices, downloads and the panel's scores."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.market import bidder, bids, shadow, tenders
from steelyard.synth.scale.size import BIDDERS, COMPANIES, FIRMS, PERSONS, TENDERS, Size
from steelyard.synth.scale.table import Made, villages

ITEMS = 20
EXPERTS = 300
"""On the list of a county."""
PANEL = 5
SUBJECTIVE = 4
OBJECTIVE = 2
_BIDS = TENDERS * BIDDERS * 0.98


def tables(size: Size) -> list[Made]:
    return [
        _bid(size), _award(size), _bond(size), _device(size), _team(size), _item(size), _download(size),
        _score(size), _expert(),
    ]  # fmt: skip


def team_member(firm: str, n: str) -> str:
    """SQL: the number of the ``n``-th of six persons a firm of the market lists in its bids."""
    return f"(({firm}) // {COMPANIES} * {PERSONS} + 721 + ({firm}) % {COMPANIES} * 6 + ({n}))"


def _bid(size: Size) -> Made:
    return Made(
        "bid", _BIDS,
        f"""SELECT bid_id, 'CNY' AS currency, section_id, bidder_id, price, submitted AS submit_time, valid,
            CASE WHEN NOT valid THEN 'responsiveness' END AS reject_reason,
            CAST(40 + pick(35, b, 100) * 0.1 AS DECIMAL(18, 6)) AS tech_score, NULL AS credit_score,
            CAST(30 - j AS DECIMAL(18, 6)) AS price_score, CAST(70 - j AS DECIMAL(18, 6)) AS total_score,
            j + 1 AS rank, TRUE AS decrypt_ok, kind < 0 AND j = 5 AND pick(36, t, 100) < 6 AS withdrawn
        FROM (SELECT *, NOT CASE WHEN kind = {schemes.ALL_REJECTED} THEN j > 0
            WHEN kind IN ({schemes.LOWEST_REJECTED}, {schemes.AVERAGED}) THEN j = 5
            WHEN kind = {schemes.THREE_REJECTED} THEN j > 2
            ELSE kind < 0 AND j >= 2 AND pick(34, b, 100) < 3 END AS valid FROM {bids(size)})""",
    )  # fmt: skip


def _award(size: Size) -> Made:
    return Made(
        "award", TENDERS * 0.95,
        f"""SELECT section_id, 'CNY' AS currency, company_key({bidder("0")}) AS winner_id,
            yuan(worth) AS award_price, 1 AS candidate_rank,
            announced + CAST(bid_days + 10 AS INTEGER) AS award_date,
            announced + CAST(bid_days + 3 AS INTEGER) AS publicity_from,
            announced + CAST(bid_days + 6 AS INTEGER) AS publicity_to, 'rank_first' AS award_method
        FROM {tenders(size)} WHERE status = 'awarded'""", ordered=True,
    )  # fmt: skip


def fair_funder() -> str:
    """SQL: a company that pays the bonds of two bidders it has to do with, and of no third."""
    return f"company_key(t0 // {TENDERS} * {COMPANIES} + 45)"


def _bond(size: Size) -> Made:
    """Three in ten stand as a bank's guarantee; the rest is paid from the bidder's own account."""
    account = f"'62220' || CASE WHEN kind = {schemes.SAME_PAYER} AND j = 2 THEN {bidder('1')} ELSE firm END"
    collective = f"kind = {schemes.BY_PLATFORM} AND j IN (1, 2)"
    bank = f"company_key(first_of(k) * {COMPANIES} + 28)"
    return Made(
        "bid_bond", _BIDS,
        f"""SELECT numbered('BZ', b) AS bond_id, section_id, bidder_id,
            CASE WHEN NOT by_bank THEN {account} END AS payer_account,
            CASE WHEN kind = {schemes.FUNDER} AND j = 1 THEN company_key({shadow(6)})
                WHEN kind = {schemes.TWO_FUNDED} AND j = 1 THEN {fair_funder()}
                WHEN NOT by_bank THEN bidder_id END AS payer_id,
            yuan(worth * 0.02) AS amount, CASE WHEN NOT by_bank THEN submitted - INTERVAL 1 DAY END AS paid_time,
            CASE WHEN NOT by_bank THEN '62220' || firm END AS refund_account,
            CASE WHEN NOT by_bank AND age > 90 THEN submitted + INTERVAL 40 DAY END AS refund_time,
            CASE WHEN by_bank THEN 'BH' || lpad(CAST(pick(38, b, 1000000000) AS VARCHAR), 10, '0') END
                AS guarantee_no,
            CASE WHEN by_bank THEN {bank} END AS guarantor_id,
            CASE WHEN {collective} THEN {bank} WHEN by_bank THEN bidder_id END AS premium_payer_id,
            CASE WHEN by_bank THEN submitted - to_minutes(1000 + pick(39, b, 8000)) END AS guarantee_applied_time
        FROM (SELECT *, {collective} OR kind < 0 AND pick(37, b, 10) < 3 AS by_bank FROM {bids(size)})""",
    )  # fmt: skip


def _device(size: Size) -> Made:
    machine = f"CASE WHEN kind = {schemes.SAME_DEVICE} AND j = 4 THEN {bidder('3')} ELSE firm END"
    address = f"CASE WHEN kind IN ({schemes.SAME_IP}, {schemes.OTHER_HOUR}) AND j = 2 THEN {bidder('1')} ELSE firm END"
    virtual = f"kind = {schemes.VIRTUAL} AND j IN (3, 4)"
    return Made(
        "bid_device", _BIDS,
        f"""SELECT bid_id, section_id, bidder_id,
            concat_ws('.', 36 + {address} // 16777216, {address} // 65536 % 256, {address} // 256 % 256,
                {address} % 256) AS ip,
            CASE WHEN {virtual} THEN '00:00:00:00:00:00' ELSE 'MA-' || lpad(CAST({machine} AS VARCHAR), 8, '0') END
                AS mac, 'CP-' || lpad(CAST(firm AS VARCHAR), 8, '0')
                AS cpu_id, CASE WHEN pick(40, firm, 20) > 0 THEN 'DK-' || lpad(CAST(firm AS VARCHAR), 8, '0')
                ELSE 'UNKNOWN' END AS disk_id, NULL AS lock_no, 'CA-' || lpad(CAST(firm AS VARCHAR), 8, '0') AS ca_no,
            NULL AS author, NULL AS last_saved_by, submitted AS upload_time
        FROM {bids(size)}""",
    )  # fmt: skip


def _team(size: Size) -> Made:
    borrowed = f"kind = {schemes.SAME_PHONE} AND j = 2 AND n = 0"
    number = f"CASE WHEN {borrowed} THEN {team_member(bidder('1'), 't % 3 * 2')} ELSE person END"
    return Made(
        "bid_team", _BIDS * 2,
        f"""SELECT bid_id, section_id, bidder_id, person_key(person) AS person_id,
            CASE n WHEN 0 THEN 'pm' ELSE 'technical_lead' END AS role,
            CASE WHEN kind <> {schemes.NO_NUMBER} THEN '138' || lpad(CAST({number} AS VARCHAR), 8, '0') END AS phone
        FROM (SELECT *, {team_member("firm", "t % 3 * 2 + n")} AS person
            FROM {bids(size)} AS b, range(2) AS m(n)) AS b""",
    )  # fmt: skip


def _item(size: Size) -> Made:
    own = f"1 + 0.0001 * (pick(42, b * {ITEMS} + n, 2000) - 1000)"
    common = f"(CASE j WHEN 1 THEN 1 ELSE 1.02 END) * (1 + 0.0001 * (pick(42, t * {ITEMS} + n, 2000) - 1000))"
    alike = f"(kind = {schemes.ITEM_FACTOR} OR kind = {schemes.HALF_ALIKE} AND n < {ITEMS // 2}) AND j IN (1, 2)"
    return Made(
        "bid_item_price", _BIDS * ITEMS / 12,
        f"""SELECT bid_id, section_id, bidder_id, 'QD' || lpad(CAST(n AS VARCHAR), 3, '0') AS item_code,
            yuan((1000 + 37 * n) * CASE WHEN {alike} THEN {common} ELSE {own} END)
                AS unit_price, CAST(10 + pick(43, n, 90) AS DECIMAL(18, 6)) AS qty
        FROM {bids(size)} AS b, range({ITEMS}) AS m(n)
        WHERE kind IN ({schemes.ITEM_FACTOR}, {schemes.HALF_ALIKE}) OR t % 12 = 5""",
    )  # fmt: skip


def _download(size: Size) -> Made:
    return Made(
        "doc_download", _BIDS * 1.15,
        f"""SELECT numbered('XZ', b * 2 + n) AS download_id, section_id,
            CASE n WHEN 0 THEN bidder_id ELSE company_key(other) END AS company_id,
            concat_ws('.', 36 + who // 16777216, who // 65536 % 256, who // 256 % 256, who % 256) AS ip,
            NULL AS mac, NULL AS phone, at_hour(announced + 1 + CAST(pick(44, b * 2 + n, 5) AS INTEGER),
                9 + pick(45, b * 2 + n, 8)) AS time
        FROM (SELECT *, CASE n WHEN 0 THEN firm ELSE other END AS who FROM (
            SELECT *, v * {COMPANIES} + 30 + pick(46, b, 300) AS other FROM {bids(size)} AS b, range(2) AS m(n)
            WHERE n = 0 OR pick(47, b, 100) < 15))""",
    )  # fmt: skip


def expert_number(n: str) -> str:
    """SQL: the ``n``-th of the panel of a tender, as a number through the province."""
    return f"(k * {EXPERTS} + (pick(48, t, {EXPERTS}) + ({n}) * 7) % {EXPERTS})"


def _score(size: Size) -> Made:
    items = SUBJECTIVE + OBJECTIVE
    agreed = f"kind = {schemes.AGREED_SCORES} AND n IN (0, 1) OR kind = {schemes.FEW_LEVELS}"
    mark = f"pick(49, (b * {items} + item) * 8 + CASE WHEN {agreed} THEN 0 ELSE n END, 30)"
    return Made(
        "expert_score", TENDERS * BIDDERS * PANEL * items / 20,
        f"""SELECT section_id, numbered('ZJ', {expert_number("n")}) AS expert_id, bidder_id,
            'F' || item AS item, item < {SUBJECTIVE} AS subjective,
            CAST(CASE WHEN item < {SUBJECTIVE} THEN 5 + 0.5 * {mark} ELSE 10 + pick(50, b * {items} + item, 5) END
                AS DECIMAL(18, 6)) AS score, CAST(20 AS DECIMAL(18, 6)) AS max_score,
            at_hour(announced + CAST(bid_days AS INTEGER), 13) AS score_time, 0 AS modified_count
        FROM {bids(size)} AS b, range({PANEL}) AS p(n), range({items}) AS q(item)
        WHERE kind IN ({schemes.AGREED_SCORES}, {schemes.FEW_LEVELS}) OR t % 20 = 3""",
    )  # fmt: skip


def _expert() -> Made:
    """Persons with numbers from 2200 on, spread over the villages of a county."""
    return Made(
        "expert", EXPERTS / 247,
        f"""SELECT numbered('ZJ', k * {EXPERTS} + n) AS expert_id,
            person_key((first_of(k) + n % villages_of(k)) * {PERSONS} + 2200 + n // villages_of(k)) AS person_id,
            company_key((first_of(k) + n % villages_of(k)) * {COMPANIES} + {FIRMS} + 40) AS employer_id,
            'works' AS specialty, county_code(k) AS area_code, before(2000) AS from_date, 'active' AS status
        FROM (SELECT county_of(v) AS k FROM {villages()} WHERE first_of(county_of(v)) = v), range({EXPERTS})
            AS e(n)""", ordered=True,
    )  # fmt: skip
