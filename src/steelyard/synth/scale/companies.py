"""Companies, who leads and owns them, who files for them, and the lists they get on."""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.enterprise_money import alike, closed, credit_lists, founded
from steelyard.synth.scale.enterprises import scope, trade
from steelyard.synth.scale.market import bidder, shadow, tenders
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import COMPANIES, FIRMS, PERSONS, SHADOWS, TENDERS, Size
from steelyard.synth.scale.table import Made, each, villages

MASS_ADDRESS = (200, 270)
"""Companies of a village registered at the address of one hatchery: a look-alike, none of them bids."""

SMALL_TRADERS = 280
"""From this number within a village on a bookkeeper next door does their filing."""
SON, BROTHER, COUSIN, WIFE = 343, 323, 349, 324
"""Companies of a village in the hands of relatives: of its secretary, its head, its secretary again, its accountant."""
OWN, COLLECTIVE = 344, 354
"""The deputy's own firm; and the village's, which its secretary represents because he is the secretary."""
_IN_OFFICE: Mapping[int, str] = {
    SON: relative(0, 1), BROTHER: relative(1, 3), COUSIN: relative(0, 5), WIFE: relative(4, 0),
    OWN: str(FIRST_OFFICIAL + 2), COLLECTIVE: str(FIRST_OFFICIAL),
}  # fmt: skip
"""Who leads them, by the number within the village.  None of these numbers has a manager or another firm as holder."""
NEW_SHOP = 330
"""A shop that opened fourteen months ago."""
MINORITY = (36, 34)
"""A company of every village that holds a twentieth of another."""


def tables(size: Size) -> list[Made]:
    return [
        _company(size), _officer(), _shareholder(size), _agent(), _qualification(), _abnormal(), _credit_list(size),
    ]  # fmt: skip


def leader(v: str, s: str) -> str:
    """SQL: the number of the legal representative of company ``s`` of a village; ``+ 1`` is its manager."""
    near = " ".join(f"WHEN {slot} THEN {person}" for slot, person in _IN_OFFICE.items())
    return f"({v} * {PERSONS} + CASE {s} {near} ELSE ({s}) * 2 END)"


def _company(size: Size) -> Made:
    first, last = MASS_ADDRESS
    near = ", ".join(str(slot) for slot in (*_IN_OFFICE, NEW_SHOP))
    return Made(
        "company", COMPANIES,
        f"""SELECT company_key(id) AS company_id,
            place_name(v) || letter(51, id, '兴盛隆泰恒瑞丰和顺达') || letter(52, id, '建商农工贸科环运') || s || '号'
                || CASE WHEN s < {FIRMS + SHADOWS} THEN '建设有限公司' ELSE '有限公司' END AS name,
            before(CASE WHEN s = {NEW_SHOP} THEN 420
                ELSE coalesce({founded('v', 's', size)}, 2500 + pick(53, id, 4000)) END) AS reg_date,
            NULL AS cancel_date,
            CASE WHEN s > 100 AND s NOT IN ({near}) AND pick(54, id, 100) < 8 OR {closed('v', 's', size)}
                THEN 'cancelled' ELSE 'active' END AS status,
            person_key({leader("v", "s")}) AS legal_rep_id, yuan(10000 * (10 + pick(55, id, 990))) AS reg_capital,
            place_name(v) || '路' || CASE WHEN s BETWEEN {first} AND {last} THEN {first} ELSE s END || '号' || v
                AS address,
            '139' || lpad(CAST(id AS VARCHAR), 8, '0') AS phone,
            CASE WHEN s % 5 < 3 THEN 'c' || id || '@example.cn' END AS email,
            CASE WHEN {alike('v', 's', size)} THEN {trade()} ELSE {scope()} END AS scope,
            CASE WHEN s = {COLLECTIVE} THEN 'collective' WHEN s < 100 OR s IN ({SON}, {BROTHER}, {COUSIN}, {OWN})
                THEN 'limited' ELSE 'individual' END AS company_type, county_code(county_of(v))
                AS area_code
        FROM {each("s", COMPANIES)}""", ordered=True,
    )  # fmt: skip


def _officer() -> Made:
    """A manager in six companies of ten, and the legal representative as director in two."""
    return Made(
        "company_officer", COMPANIES * 0.8,
        f"""SELECT company_key(id) AS company_id, person_key({leader("v", "s")} + 1 - n) AS person_id,
            CASE n WHEN 0 THEN 'manager' ELSE 'director' END AS role, before(2000 + pick(56, id, 500)) AS from_date,
            NULL AS to_date
        FROM {each("s", COMPANIES)}, range(2) AS m(n) WHERE CASE n WHEN 0 THEN s % 5 < 3 ELSE s % 5 = 3 END""",
    )  # fmt: skip


def _shareholder(size: Size) -> Made:
    """One owner, or an owner and a company of the village with three tenths; and pairs with one owner in common."""
    return Made(
        "shareholder", COMPANIES * 0.7,
        f"""SELECT company_key(id) AS company_id, CASE n WHEN 0 THEN person_key({leader("v", "s")})
                ELSE company_key(v * {COMPANIES} + (s + 7) % {COMPANIES}) END AS holder_id,
            CAST(CASE WHEN n = 1 THEN 0.3 WHEN s % 20 = 1 THEN 0.7 ELSE 1 END AS DECIMAL(18, 6)) AS ratio,
            before(2400) AS from_date, NULL AS to_date
        FROM {each("s", COMPANIES)}, range(2) AS m(n)
        WHERE CASE n WHEN 0 THEN s % 20 < 13 ELSE s % 20 = 1 END
        UNION ALL SELECT company_key(v * {COMPANIES} + {MINORITY[1]}), company_key(v * {COMPANIES} + {MINORITY[0]}),
            CAST(0.05 AS DECIMAL(18, 6)), before(2300), NULL FROM {villages()}
        UNION ALL SELECT company_key(CASE n WHEN 1 THEN {bidder("1")} ELSE {bidder("2")} END),
            person_key(v * {PERSONS} + 1900),
            CAST(CASE WHEN kind = {schemes.LINKED} THEN 0.6 ELSE 0.4 END AS DECIMAL(18, 6)), before(2300), NULL
        FROM {tenders(size)}, range(1, 3) AS m(n) WHERE kind IN ({schemes.LINKED}, {schemes.MINORITY})""",
    )  # fmt: skip


def _agent() -> Made:
    """A firm of the market files for itself; an office files for the others of two villages, a bookkeeper for three.

    An office of that size ties nobody to anybody, and one that serves twenty would make seventy million pairs.
    """
    own = f"s < {FIRMS + SHADOWS}"
    office, bookkeeper = f"(v - v % 2) * {PERSONS} + 1000", f"v * {PERSONS} + 1001 + (s - {SMALL_TRADERS}) // 6"
    person = (
        f"CASE WHEN {own} THEN {leader('v', 's')} + 1 WHEN s >= {SMALL_TRADERS} THEN {bookkeeper} ELSE {office} END"
    )
    return Made(
        "company_agent", COMPANIES / 2,
        f"""SELECT company_key(id) AS company_id, person_key({person}) AS agent_person_id,
            '137' || lpad(CAST({person} AS VARCHAR), 8, '0') AS agent_phone, before(1500) AS filed_date
        FROM {each("s", COMPANIES)} WHERE s % 2 = 1""", ordered=True,
    )  # fmt: skip


def _qualification() -> Made:
    from steelyard.synth.scale.tenders import CATEGORIES

    firms = FIRMS + SHADOWS
    listed = ", ".join(f"'{name}'" for name in CATEGORIES)
    return Made(
        "qualification", firms * len(CATEGORIES),
        f"""SELECT numbered('ZZ', id) AS cert_no, company_key(v * {COMPANIES} + n // {len(CATEGORIES)}) AS company_id,
            [{listed}][1 + n % {len(CATEGORIES)}] AS qual_category,
            CASE WHEN pick(57, id, 10) = 0 THEN 'special' ELSE '1' END AS qual_grade, before(2400) AS valid_from,
            before(-1500) AS valid_to, 'valid' AS status
        FROM {each("n", firms * len(CATEGORIES))}""", ordered=True,
    )  # fmt: skip


def _abnormal() -> Made:
    """Late annual reports, of firms of the market too: no list that keeps anybody from bidding."""
    return Made(
        "company_abnormal", COMPANIES * 0.08,
        f"""SELECT company_key(id) AS company_id, 'abnormal_operation' AS list_type, before(30 + pick(58,
            id, 900)) AS in_date,
            CASE WHEN pick(59, id, 2) = 0 THEN before(10) END AS out_date
        FROM {each("s", COMPANIES)} WHERE pick(60, id, 100) < 8""", ordered=True,
    )  # fmt: skip


def _credit_list(size: Size) -> Made:
    return Made(
        "credit_list", COMPANIES * 0.03 + TENDERS / size.every,
        f"""SELECT company_key(id) AS subject_id, 'serious_violation' AS list_type, before(100 + pick(61,
            id, 900)) AS in_date,
            NULL AS out_date, NULL AS dept_org_id
        FROM {each("s", COMPANIES)} WHERE s >= 200 AND pick(62, id, 100) < 7
        UNION ALL SELECT company_key(CASE WHEN kind = {schemes.BLACKLISTED} THEN {shadow(0)} ELSE {shadow(3)} END),
            'dishonest', before(700), CASE WHEN kind = {schemes.LEFT_THE_LIST} THEN before(300) END, NULL
        FROM {tenders(size)} WHERE kind IN ({schemes.BLACKLISTED}, {schemes.LEFT_THE_LIST})
        UNION ALL {credit_lists(size)}""",
    )  # fmt: skip
