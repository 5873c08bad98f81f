"""Everybody, who holds office, and who is whose relative.

Numbers within a village say what somebody is: 0–719 legal representatives and managers of its companies, 721–840 staff
that bids list, 900–941 staff of the state-owned enterprise and kin of its leaders, 2330–2354 who applied there,
1000–1099 filing agents, 1200–1299 employees, 1300–1599 people at court, 1600–1769 those who complain and party
members, 1800–1999 tenants, 2000–2045 project managers, 2200–2299 experts, 2430–2479 those who handle alerts and claim
expenses, 2600–2608 officials, 2610–2663 their relatives.  Every fourth draws a subsidy.  861–876 draw a pension,
1100–1129 are paid by the state, 2060–2099 got relief once, 2100–2129 attend courses, 2300–2327 work for the village by
the day, 2400–2429 farm; 2500–2599: those whom wrongs with labour and benefits name.
"""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.enterprise_people import KIN, LEADERS, kin
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import Made, each, villages

OFFICIALS = 7
FORMER = 2
FIRST_OFFICIAL = 2600
FIRST_RELATIVE = 2610
RELATIVES = 6
TERM = 1_826
"""Days of a term of office."""
_POSTS = (
    ("party_secretary", "village_party"), ("village_head", "village_committee"), ("deputy", "village_committee"),
    ("member", "village_committee"), ("accountant", "village_other"), ("supervision_head", "village_supervision"),
    ("supervision_member", "village_supervision"),
)  # fmt: skip


def relative(official: int, which: int) -> str:
    """SQL: the number within a village of a relative of an official: 0 spouse, 1 child, 2 parent, 3 and 4 siblings."""
    return str(FIRST_RELATIVE + official * RELATIVES + which)


def tables(size: Size) -> list[Made]:
    return [_person(), _official(size), _kinship(size)]


def dead(id: str, number: str) -> str:
    """SQL: whether somebody has died; ``number``: that within the village."""
    return f"(pick(9, {id}, 1000) < 7 AND {number} % 100 > 50 AND {number} < 2000)"


def died_on(id: str) -> str:
    """SQL: the day somebody who is ``dead`` died."""
    return f"before(1 + pick(1202, {id}, 700))"


def _person() -> Made:
    return Made(
        "person", PERSONS,
        f"""SELECT person_key(id) AS person_id, person_name(id) AS name,
            CASE WHEN pick(5, id, 100) < 51 THEN 'male' ELSE 'female' END AS sex,
            before(6600 + pick(6, id, 24000)) AS birth_date, village_code(v) AS hukou_village_code,
            numbered('H', id // 3) AS household_id,
            CASE WHEN pick(7, id, 10) < 4 THEN '13' || lpad(CAST(pick(8, id, 1000000000) AS VARCHAR), 9, '0') END
                AS phone,
            place_name(v) || '村' || (1 + i // 3) || '号' AS address,
            CASE WHEN {dead("id", "i")} THEN 'dead' ELSE 'alive' END AS status
        FROM {each("i", PERSONS)}""", ordered=True,
    )  # fmt: skip


def _official(size: Size) -> Made:
    """A board in office since the last elections and, of two of its posts, who held them before.

    Of one who supervises, the post besides that he holds or held.
    """
    posts = ", ".join(f"'{post}'" for post, _ in _POSTS)
    kinds = ", ".join(f"'{kind}'" for _, kind in _POSTS)
    seats = OFFICIALS + FORMER
    both = schemes.here("two posts", size.village_every)
    return Made(
        "official", seats,
        f"""SELECT person_key(v * {PERSONS} + {FIRST_OFFICIAL} + n) AS person_id, org_key(500000 + v) AS org_id,
            village_code(v) AS village_code, [{posts}][1 + n % {OFFICIALS}] AS position, NULL AS rank,
            [{kinds}][1 + n % {OFFICIALS}] AS category, NULL AS duty_scope,
            before(900 + CASE WHEN n < {OFFICIALS} THEN 0 ELSE {TERM} END) AS from_date,
            before(901 - CASE WHEN n < {OFFICIALS} THEN {TERM} ELSE 0 END) AS to_date
        FROM {each("n", seats)}
        UNION ALL SELECT person_key(v * {PERSONS} + {FIRST_OFFICIAL + 6}), org_key(500000 + v), village_code(v),
            CASE WHEN {both} THEN 'cashier' ELSE 'accountant' END, NULL, 'village_other', NULL,
            before(CASE WHEN {both} THEN 300 ELSE 900 + {TERM} END), before(CASE WHEN {both} THEN -925 ELSE 901 END)
        FROM {villages()} WHERE {both} OR {schemes.here("was accountant", size.village_every)}""",
    )  # fmt: skip


def _kinship(size: Size) -> Made:
    """Of everybody in office six; and two who supervise the accountant and are kin of his."""
    son = schemes.here("son keeps the books", size.village_every)
    return Made(
        "kinship", OFFICIALS * RELATIVES + LEADERS * KIN + 1,
        f"""SELECT person_key(v * {PERSONS} + {FIRST_OFFICIAL} + n // {RELATIVES}) AS person_id,
            person_key(v * {PERSONS} + {FIRST_RELATIVE} + n) AS relative_id,
            ['spouse', 'child', 'parent', 'sibling', 'sibling', 'cousin'][1 + n % {RELATIVES}] AS relation,
            CASE WHEN n % {RELATIVES} < 3 THEN 1 WHEN n % {RELATIVES} < 5 THEN 2 ELSE 3 END AS degree,
            'household' AS source,
            CAST(CASE WHEN n % {RELATIVES} = 5 THEN 0.6 ELSE 0.95 END AS DECIMAL(18, 6)) AS confidence
        FROM {each("n", OFFICIALS * RELATIVES)}
        UNION ALL SELECT person_key(v * {PERSONS} + {FIRST_OFFICIAL} + CASE WHEN {son} THEN 5 ELSE 6 END),
            person_key(v * {PERSONS} + {FIRST_OFFICIAL} + 4),
            CASE WHEN {son} THEN 'child' ELSE 'sibling' END, CASE WHEN {son} THEN 1 ELSE 2 END, 'household', 0.95
        FROM {villages()} WHERE {son} OR {schemes.here("brother keeps the books", size.village_every)}
        UNION ALL {kin(size)}""",
    )  # fmt: skip
