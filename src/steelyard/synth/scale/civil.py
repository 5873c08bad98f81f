"""What offices know of people: who died, who is held, whom the state employs, who lives and banks together."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.enterprise_contracts import accounts as sellers_accounts
from steelyard.synth.scale.enterprise_people import deaths
from steelyard.synth.scale.people import FIRST_OFFICIAL, FIRST_RELATIVE, OFFICIALS, RELATIVES, dead, died_on
from steelyard.synth.scale.places import ORGS
from steelyard.synth.scale.programmes import STATE_PAID, paid_on
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import Made, each, villages
from steelyard.synth.scale.village_accounts import accounts

FIRST_STAFF, STAFF = STATE_PAID[0], STATE_PAID[1] - STATE_PAID[0]
"""Teachers, doctors and clerks whom the state pays."""
BY_THE_TERM, LEFT = 8, 12
"""Of them, one employed for a time and one who went."""
FIRST_HELD, HELD = 1_305, 2
ASKED = ((1_398, 1_428), (2_148, 2_157), (2_298, 2_328), (2_397, 2_433), (2_499, 2_517))
"""People whose households were asked for, from and up to: those on support, recipients, workers, farmers.

The register of households is delivered for whom a check needs it, not for sixty million people.
"""
ON_SUPPORT = 1_418
"""The number of a clerk who says to have nothing, in a planted wrong."""
DEATHS = (
    (2, 2501, "before(900)"), (6, 2521, "before(210)"), (3, 2540, "before(300)"), (8, 841, "before(200)"),
    (13, 2544, f"{paid_on(0)} - 20"), (22, 2109, "before(800)"), (27, 2113, "before(20)"),
)  # fmt: skip
"""Place, number and day of deaths that wrongs and look-alikes are about."""
CUSTODIES = (
    (12, 2517, "before(900)", "NULL"), (14, 2548, "before(400)", "NULL"),
    (18, 2552, f"{paid_on(0)} - 20", f"{paid_on(0)} + 5"), (23, 2556, f"{paid_on(0)} - 150", f"{paid_on(0)} - 20"),
    (33, 1412, "before(300)", "before(100)"), (38, 1415, "before(300)", "before(100)"),
)  # fmt: skip
"""Place, number, first day and day of release."""


def tables(size: Size) -> list[Made]:
    return [_death(size), _custody(size), _employee(size), _household(), _account(size)]


def family_account(number: str) -> str:
    """SQL: the account of a person of village ``v`` whom the state knows of."""
    return f"'62170' || (v * {PERSONS} + {number})"


def _death(size: Size) -> Made:
    """Told of by hospitals and undertakers, entered within three weeks."""
    told = " ".join(
        f"UNION ALL SELECT v * {PERSONS} + {number}, {day} FROM {villages()} "
        f"WHERE {schemes.at(place, size.village_every)}"
        for place, number, day in DEATHS
    )
    return Made(
        "death_record", 8,
        f"""SELECT person_key(id) AS person_id, day AS death_date, '医疗机构' AS source,
            least(day + 3 + CAST(pick(1201, id, 18) AS INTEGER), before(0)) AS registered_date
        FROM (SELECT id, {died_on("id")} AS day FROM {each("i", PERSONS)} WHERE {dead("id", "i")} {told})
        UNION ALL {deaths(size)}""",
    )  # fmt: skip


def _custody(size: Size) -> Made:
    """A few people for days to a year; of those let out the day is known."""
    released = f"before({_since()} - 5 - pick(1204, id, 400))"
    told = " ".join(
        f"UNION ALL SELECT person_key(v * {PERSONS} + {number}), {first}, {last}, '拘留' "
        f"FROM {villages()} WHERE {schemes.at(place, size.village_every)}"
        for place, number, first, last in CUSTODIES
    )
    return Made(
        "custody", HELD,
        f"""SELECT person_key(v * {PERSONS} + {FIRST_HELD} + n * 28) AS person_id, before({_since()}) AS custody_from,
            CASE WHEN {released} <= before(0) THEN {released} END AS custody_to, '服刑' AS custody_type
        FROM {each("n", HELD)} {told}""",
    )  # fmt: skip


def _since() -> str:
    return "(30 + pick(1203, id, 1500))"


def _employee(size: Size) -> Made:
    """Most of them for years; one in ten by the term."""
    return Made(
        "public_employee", STAFF,
        f"""SELECT person_key(v * {PERSONS} + {FIRST_STAFF} + n) AS person_id,
            org_key(county_of(v) * 64 + (v + n) % {ORGS}) AS org_id, before(2000 + pick(1205, id, 5000)) AS from_date,
            CASE WHEN n = {LEFT} THEN before(700) END AS to_date,
            CASE WHEN n = {BY_THE_TERM} THEN 'temporary' WHEN n % 5 = 0 THEN 'contract' ELSE 'establishment' END
                AS employ_type
        FROM {each("n", STAFF)}
        UNION ALL SELECT person_key(v * {PERSONS} + {ON_SUPPORT}), org_key(county_of(v) * 64), before(1500), NULL,
            'contract' FROM {villages()} WHERE {schemes.at(47, size.village_every)}""",
    )  # fmt: skip


def _household() -> Made:
    """Three people each, one after another, as the numbers of persons have them."""
    asked = ", ".join(f"({first}, {last})" for first, last in ASKED)
    return Made(
        "household_member", sum(last - first for first, last in ASKED),
        f"""SELECT numbered('H', id // 3) AS household_id, person_key(id) AS person_id,
            ['户主', '配偶', '子女'][CAST(1 + id % 3 AS INTEGER)] AS relation_to_head, before(6000) AS from_date
        FROM (SELECT v * {PERSONS} + number AS id FROM {villages()}, (VALUES {asked}) AS a(since, until),
            range({PERSONS}) AS o(number) WHERE number >= since AND number < until)""",
    )  # fmt: skip


def _account(size: Size) -> Made:
    """Those a bank was asked about: officials and their spouses, who sells to enterprises, the village itself."""
    numbers = [FIRST_OFFICIAL + n for n in range(OFFICIALS)] + [
        FIRST_RELATIVE + RELATIVES * n for n in range(OFFICIALS)
    ]
    owners = ", ".join(f"({number})" for number in numbers)
    return Made(
        "bank_account", len(numbers) + 11,
        f"""SELECT {family_account("number")} AS account_no, person_key(v * {PERSONS} + number) AS owner_id,
            person_name(v * {PERSONS} + number) AS owner_name, before(3000) AS opened_date, 'personal' AS account_type
        FROM {villages()}, (VALUES {owners}) AS o(number)
        UNION ALL SELECT '62280' || v, org_key(500000 + v), place_name(v) || '村民委员会', before(4000), 'corporate'
        FROM {villages()}
        UNION ALL {accounts(size)}
        UNION ALL {sellers_accounts()}""",
    )  # fmt: skip
