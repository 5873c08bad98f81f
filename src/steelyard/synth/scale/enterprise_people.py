"""Who works for state-owned enterprises: how they came, what they are paid, who decided, and their kin."""

from steelyard.synth.scale.enterprise_contracts import HASTY, INVESTED, KIN_OF_DEPUTY, SUPPLEMENT, invested
from steelyard.synth.scale.enterprise_purchases import BUYER, HOUSEHOLD
from steelyard.synth.scale.enterprises import (
    CHIEF,
    DEPUTY,
    FIRST_STAFF,
    MANAGER,
    SISTER,
    STAFF,
    done,
    enterprise,
    here,
    leads,
    look_alike_at,
    person,
    planted_at,
    staff,
    trader,
)
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

LEADERS = 5
"""Chief, deputies and managers: those whose appointment is decided by a meeting."""
FIRST_KIN, KIN = 922, 4
"""Person of a village: relatives of the leaders, so many each."""
FIRST_RECRUIT, RECRUITS = 15, 5
"""Of the staff: those hired in the last years, each out of some applicants."""
FIRST_APPLICANT, APPLICANTS = 2330, 6
RETIRED = 20
MONTHS = 24
DECISIONS = 64
WRITTEN_OFF, GUARANTEED, SECOND_VOTE = 22, 6, 10
"""Numbers of decisions."""
UNRECORDED = 921
"""Person of a village: insured by the enterprise, which knows no such employee."""
CHILD, VETERAN, SICK, SECOND, SELLER = 18, 16, 17, 19, 14
"""Of the staff, those whom wrongs and look-alikes take; the ``CHILD`` is the chief's."""
_EMPIRE = "the director's child"
_LEFT = [
    ("left last year", leads(39), 3000, 400),
    ("left lately", leads(39), 3000, 900),
    ("left long ago", leads(39), 3000, 1500),
]
_TIES = [
    ("household", FIRST_STAFF + CHIEF, leads(38), "spouse", 1, 0.95),
    ("parent sells", FIRST_STAFF + BUYER, leads(37), "parent", 1, 0.95),
    ("distant cousin", FIRST_STAFF + BUYER, leads(37), "cousin", 3, 0.6),
    ("child of the chief", FIRST_STAFF + CHIEF, FIRST_STAFF + CHILD, "child", 1, 0.95),
    ("two applicants", FIRST_STAFF + DEPUTY, FIRST_STAFF + SECOND, "sibling", 2, 0.9),
    ("best of many", FIRST_STAFF + DEPUTY, FIRST_STAFF + FIRST_RECRUIT, "child", 1, 0.95),
    ("spouse in the trade", FIRST_STAFF + MANAGER, leads(38), "spouse", 1, 0.95),
    ("closed firm", FIRST_STAFF + MANAGER, leads(34), "spouse", 1, 0.95),
]  # fmt: skip
_NAMED = [
    *((place, other) for place, _, other, *_ in _TIES), *((place, one) for place, one, *_ in _LEFT),
    ("cheap lease", KIN_OF_DEPUTY),
    *(("child of the chief", FIRST_APPLICANT + (CHILD - FIRST_RECRUIT) * (APPLICANTS - 1) + c)
      for c in range(APPLICANTS - 1)),
]  # fmt: skip
"""Place and person, besides the staff, whom a finding may name."""


def tables(size: Size) -> list[Made]:
    return [_employee(size), _recruit(size), _income(size), _decision(size)]


def employed(size: Size) -> str:
    """SQL: the staff of enterprises: ``m``, ``hired`` and ``left_ago`` (days since; null: still there), ``pay``."""
    gone = f"""CASE WHEN m = {RETIRED} THEN 500 WHEN m = {SICK} AND {here("died in time", size)} THEN 300 END"""
    return f"""(SELECT *, CASE WHEN m < {LEADERS} THEN 1500 + 150 * m + pick(1421, id, 100)
            WHEN m BETWEEN {FIRST_RECRUIT} AND {FIRST_RECRUIT + RECRUITS - 1}
                THEN 300 + 200 * (m - {FIRST_RECRUIT}) + pick(1421, id, 100)
            ELSE 2500 + pick(1421, id, 1500) END AS hired, {gone} AS left_ago,
        yuan(CASE WHEN m = {CHILD} AND {here("child of the chief", size)} THEN 420000
            WHEN m = 0 THEN 300000 WHEN m <= 2 THEN 260000
            WHEN m < {LEADERS} THEN 220000 WHEN m = {LEADERS} THEN 160000
            ELSE 80000 + 4000 * (m % 8) + 100 * pick(1422, id, 20) END) AS pay
        FROM {each("m", STAFF)})"""


def _employee(size: Size) -> Made:
    """Leaders come from elsewhere, the others were recruited; of some nobody noted how, the list of applicants tells.

    Someone lent to the enterprise next door is on its list too, without pay.
    """
    way = f"""CASE WHEN m < {LEADERS} THEN 'transfer' WHEN m = {VETERAN} AND {here("referral", size)} THEN 'referral'
        WHEN m = {VETERAN} AND {here("veteran", size)} THEN 'policy_placement'
        WHEN m BETWEEN {FIRST_RECRUIT} AND {FIRST_RECRUIT + RECRUITS - 1} AND pick(1423, id, 8) = 0 THEN NULL
        WHEN m = {FIRST_RECRUIT} THEN 'campus' ELSE 'open' END"""
    return Made(
        "soe_employee", STAFF,
        f"""SELECT person_key({staff("m")}) AS person_id, company_key({enterprise()}) AS company_id,
            CASE WHEN m = 0 THEN 'chief' WHEN m <= 2 THEN 'deputy_chief' WHEN m < {LEADERS} THEN 'manager'
                WHEN m = {LEADERS} THEN 'division_head' ELSE 'staff' END AS position,
            before(hired) AS hire_date, before(left_ago) AS leave_date, {way} AS recruit_method, pay AS annual_pay
        FROM {employed(size)}
        UNION ALL SELECT person_key({person("n")}), company_key({enterprise()}), 'division_head', before(hired),
            before(left_ago), 'open', yuan(150000)
        FROM {done("n, hired, left_ago", _LEFT, size)}
        UNION ALL SELECT person_key({staff(SICK)}), company_key({trader(SISTER)}), 'staff', before(290), NULL,
            'transfer', NULL FROM {villages()} WHERE {here("lent out", size)}""",
    )  # fmt: skip


def _recruit(size: Size) -> Made:
    """The best of six is hired, after three weeks' notice; a child of the chief's came fourth."""
    child = f"m = {CHILD} AND {here('child of the chief', size)}"
    few = f"m = {SECOND} AND {here('two applicants', size)}"
    unheard = f"m = {VETERAN} AND ({here('referral', size)} OR {here('veteran', size)})"
    return Made(
        "soe_recruit", RECRUITS * APPLICANTS,
        f"""SELECT numbered('ZP', v * 32 + m) AS recruit_id, company_key({enterprise()}) AS company_id,
            '业务岗' AS post, person_key(CASE c WHEN 0 THEN {staff("m")} ELSE {person(
                f"{FIRST_APPLICANT} + (m - {FIRST_RECRUIT}) * {APPLICANTS - 1} + c - 1")} END) AS person_id,
            before(hired + 75) AS announce_date, before(hired + 54) AS close_date,
            CASE WHEN {few} THEN 2 ELSE 30 + pick(1424, v * 32 + m, 60) END AS applicants,
            CASE WHEN {child} THEN [4, 1, 2, 3, 5, 6][1 + c] ELSE 1 + c END AS written_rank,
            CASE WHEN pick(1425, v * 32 + m, 10) = 0 AND c > 2 THEN NULL ELSE 1 + c END AS interview_rank,
            c = 0 AS hired
        FROM {employed(size)}, range({APPLICANTS}) AS o(c)
        WHERE m BETWEEN {FIRST_RECRUIT} AND {FIRST_RECRUIT + RECRUITS - 1} AND NOT ({few} AND c > 1) AND NOT ({unheard})
        """,
    )  # fmt: skip


def _paid_months(size: Size, months: int) -> str:
    """SQL: the months in which staff was there; ``j``: how many months ago."""
    return f"""(SELECT *, v * {PERSONS} + m AS who FROM {employed(size)}, range({months}) AS o(j)
        WHERE month_before(j) >= before(hired) AND (left_ago IS NULL OR month_before(j) <= before(left_ago)))"""


def _income(size: Size) -> Made:
    """A twelfth of what was agreed, more or less; a seller's bonus comes to a sixth, another's to more than a third."""
    large, small = (f"m = {SELLER} AND {here(name, size)}" for name in ("large bonus", "small bonus"))
    bonus = f"CASE WHEN {large} THEN 1.36 WHEN {small} THEN 1.16"
    return Made(
        "personal_income_tax", STAFF * MONTHS,
        f"""SELECT person_key({staff("m")}) AS person_id, company_key({enterprise()}) AS company_id,
            month_before(j) AS month,
            yuan(pay / 12 * {bonus} ELSE 1 END * (0.95 + 0.01 * pick(1426, who * 32 + j, 9))) AS income
        FROM {_paid_months(size, MONTHS)}
        UNION ALL SELECT person_key({staff(CHILD)}), company_key({trader(36)}), month_before(2 + j), yuan(4200)
        FROM {villages()}, range(8) AS o(j) WHERE {here('child of the chief', size)}
        UNION ALL SELECT person_key({staff(SICK)}), company_key({trader(SISTER)}), month_before(2 + j), yuan(2600)
        FROM {villages()}, range(7) AS o(j) WHERE {here("lent out", size)}""",
    )  # fmt: skip


def insured(size: Size, months: int) -> str:
    """SQL: rows of ``social_insurance``: staff, and those whom wrongs have insured."""
    return f"""SELECT person_key({staff("m")}), company_key({enterprise()}), month_before(j), 'pension', yuan(pay / 12)
        FROM {_paid_months(size, months)}
        UNION ALL SELECT person_key({staff(CHILD)}), company_key({trader(36)}), month_before(2 + j), 'pension',
            yuan(4200) FROM {villages()}, range(8) AS o(j) WHERE {here("child of the chief", size)}
        UNION ALL SELECT person_key({staff(SICK)}), company_key({trader(SISTER)}), month_before(2 + j), 'pension',
            yuan(2600) FROM {villages()}, range(7) AS o(j) WHERE {here("lent out", size)}
        UNION ALL SELECT person_key({person(UNRECORDED)}), company_key({enterprise()}), month_before(j), 'pension',
            yuan(5000) FROM {villages()}, range(6) AS o(j) WHERE {here("unrecorded", size)}"""


def kin(size: Size) -> str:
    """SQL: rows of ``kinship``: those of leaders, a sibling of the chief who owns a firm elsewhere, ties of wrongs."""
    relations = "['spouse', 'child', 'sibling', 'parent']"
    far = f"(first_of(county_of(v)) + (v - first_of(county_of(v)) + 3) % villages_of(county_of(v))) * {PERSONS}"
    return f"""SELECT person_key({staff(f"n // {KIN}")}), person_key({person(f"{FIRST_KIN} + n")}),
            {relations}[1 + n % {KIN}], CASE n % {KIN} WHEN 2 THEN 2 ELSE 1 END, 'household',
            CAST(0.95 AS DECIMAL(18, 6)) FROM {each("n", LEADERS * KIN)}
        UNION ALL SELECT person_key({staff(CHIEF)}), person_key({far} + {leads(50)}), 'sibling', 2, 'household',
            CAST(0.9 AS DECIMAL(18, 6)) FROM {villages()}
        UNION ALL SELECT person_key({person("one")}), person_key({person("other")}), relation, degree, 'household',
            CAST(confidence AS DECIMAL(18, 6))
        FROM {done("one, other, relation, degree, confidence", _TIES, size)}"""


def _decision(size: Size) -> Made:
    """Eight of nine came; the Party committee had looked at the matter before, but for what wrongs leave out."""
    late = f"m = {LEADERS - 1} AND ({here('no quorum', size)} OR {here('second meeting', size)})"
    other = [
        ("hasty meeting", HASTY, "payment", 160, 3, 7_500_000),
        ("supplement", SUPPLEMENT, "supplement", 295, 8, 20_000),
        ("write-off decided", WRITTEN_OFF, "write_off", 130, 8, 60_000),
    ]  # fmt: skip
    return Made(
        "soe_decision", LEADERS + 2,
        f"""SELECT numbered('QJ', v * {DECISIONS} + k) AS decision_id, company_key({enterprise()}) AS company_id,
            matter AS matter_type, before(ago) AS meeting_date, 9 AS eligible, came AS attended,
            before(ago + 7) AS party_precheck_date, amount,
            CASE WHEN appointee IS NOT NULL THEN person_key({staff("appointee")}) END AS person_id
        FROM (SELECT v, m AS k, 'personnel' AS matter, hired + 20 AS ago, CASE WHEN {late} THEN 5 ELSE 8 END AS came,
                NULL AS amount, m AS appointee
            FROM {employed(size)} WHERE m < {LEADERS} AND NOT (m = {LEADERS - 1} AND {here("no meeting", size)})
            UNION ALL SELECT v, {SECOND_VOTE}, 'personnel', hired + 10, 8, NULL, m FROM {employed(size)}
            WHERE m = {LEADERS - 1} AND {here("second meeting", size)}
            UNION ALL SELECT v, {INVESTED}, 'investment', {invested()} + 30, 8, yuan(8000000), NULL FROM {villages()}
            UNION ALL SELECT v, {GUARANTEED}, 'guarantee', 330, 8, yuan(3000000), NULL FROM {villages()}
            UNION ALL SELECT v, k, matter, ago, came, yuan(amount), NULL
            FROM {done("k, matter, ago, came, amount", other, size)})""",
    )  # fmt: skip


def deaths(size: Size) -> str:
    """SQL: rows of ``death_record``: of one of the staff who goes on being paid, and of one who does not."""
    return f"""SELECT person_key({staff(SICK)}) AS person_id, before(300) AS death_date, 'hospital' AS source,
            before(296) AS registered_date
        FROM {villages()} WHERE {here("paid after death", size)} OR {here("died in time", size)}"""


def people_named(size: Size) -> str:
    """SQL: the staff, who hides among it, and those whom wrongs tie to it."""
    tied = done("one", _NAMED, size)
    return f"SELECT {staff('m')} FROM {each('m', STAFF + 1)} UNION SELECT {person('one')} FROM {tied}"


def planted(size: Size) -> list[Planted]:
    def one(name: str, place: str, who: str, grade: str, story: str = "", when: str = "") -> Planted:
        return planted_at(size, f"soe-personnel/{name}", place, _key(who), grade, story=story, when=when)

    def business(place: str, m: int, s: int, story: str = "") -> Planted:
        key = {"person_id": f"person_key({staff(m)})", "company_id_b": f"company_key({trader(s)})"}
        return planted_at(size, "soe-personnel/manager-own-business", place, key, "red", story=story)

    return [
        business("household", CHIEF, 38, HOUSEHOLD), business("spouse in the trade", MANAGER, 38),
        one("decision-procedure-personnel", "no quorum", staff(LEADERS - 1), "yellow"),
        one("decision-procedure-personnel", "no meeting", staff(LEADERS - 1), "yellow"),
        one("kin-recruit", "child of the chief", staff(CHILD), "red", _EMPIRE),
        one("salary-outlier", "child of the chief", staff(CHILD), "yellow", _EMPIRE),
        one("ghost-payroll", "child of the chief", staff(CHILD), "red", _EMPIRE),
        one("kin-recruit", "two applicants", staff(SECOND), "yellow"),
        one("ghost-payroll", "paid after death", staff(SICK), "red"),
        one("hidden-hire", "referral", staff(VETERAN), "yellow"),
        one("hidden-hire", "unrecorded", person(UNRECORDED), "yellow", when="month_before(3)"),
        one("salary-outlier", "large bonus", staff(SELLER), "blue"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def one(name: str, place: str, who: str, why: str) -> LookAlike:
        return look_alike_at(size, f"soe-personnel/{name}", place, _key(who), why)

    closed = {"person_id": f"person_key({staff(MANAGER)})", "company_id_b": f"company_key({trader(34)})"}
    return [
        one("decision-procedure-personnel", "second meeting", staff(LEADERS - 1), "decided again when enough had come"),
        one("kin-recruit", "best of many", staff(FIRST_RECRUIT),
            "a leader's child, but the best of many from the campus"),
        one("ghost-payroll", "died in time", staff(SICK), "died, and pay stopped with the month"),
        one("ghost-payroll", "lent out", staff(SICK), "lent to a sister enterprise, which bears part of the pay"),
        one("hidden-hire", "veteran", staff(VETERAN), "a veteran placed by policy"),
        one("salary-outlier", "small bonus", staff(SELLER), "a seller's bonus, within a fifth of what was agreed"),
        look_alike_at(size, "soe-personnel/manager-own-business", "closed firm", closed,
            "the spouse's company was closed"),
    ]  # fmt: skip


def _key(who: str) -> dict[str, str]:
    return {"person_id": f"person_key({who})", "company_id": f"company_key({enterprise()})"}
