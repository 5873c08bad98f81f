"""Whom the offices for the needy support, what supported households own, and who is missed."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.enterprise_contracts import premises
from steelyard.synth.scale.people import FIRST_OFFICIAL
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

POOR, FIRST_POOR = 8, 1_400
"""Every third number: each of another household."""
RICH, MOTORIST, DISABLED_DRIVER, SELLER, JAILED, JAILED_STOPPED, EMPLOYED, SHED = range(POOR)
"""Which of the poor the wrongs and look-alikes are about."""
HEAD = FIRST_OFFICIAL + 1
FILED, UNFILED, APPROVED_BY_KIN, COUSIN, FILED_LATE = 2_630, 2_618, 2_620, 2_621, 2_617
"""Relatives on support: the parent of a member of the board, and kin of the village head."""
RELIEVED = 16
KIN_OF_HEAD = range(2_616, 2_621)
ILL, UNLUCKY = 2_094, 2_096
DISABLED, PATIENTS = 12, 24
MISSED, EXPIRED, COSTLY, LONG_ILL = 1_602, 1_606, 1_610, 1_614
"""None of them draws anything."""
_PLACES = {
    "rich on support": 5, "motorist on support": 11, "disabled driver": 17, "sold car": 26, "shed": 31,
    "support while held": 33, "support stopped": 38, "employed on support": 47, "kin unfiled": 4,
    "kin approved": 9, "cousin": 16, "filed late": 21, "relief for kin": 24, "relief again": 29,
    "three misfortunes": 36, "missed": 39, "expired certificate": 42, "costly illness": 48, "long illness": 52,
}  # fmt: skip
YEAR = "(year(before(0)) - 1)"


def at(wrong: str, size: Size) -> str:
    """SQL: whether a wrong or look-alike is in village ``v``."""
    return schemes.at(_PLACES[wrong], size.village_every)


def tables(size: Size) -> list[Made]:
    return [
        _low_income(size), _temp_relief(size), _vehicle(size), _house(size), _disability(size), _medical(size),
    ]  # fmt: skip


def planted(size: Size) -> list[Planted]:
    def one(model: str, wrong: str, key: dict[str, str], grade: str, when: str = "") -> Planted:
        source = f"{villages()} WHERE {at(wrong, size)}"
        return Planted(f"village-subsidy/{model}", key, source, grade, story=wrong, when=when)

    village = {"village_code": "village_code(v)", "year": YEAR}
    return [
        one("asset-rich-lowincome", "rich on support", _home(RICH), "red"),
        one("asset-rich-lowincome", "motorist on support", _home(MOTORIST), "yellow"),
        one("custody-recipient", "support while held", _who(_poor(JAILED)), "yellow", "before(269)"),
        one("public-employee-recipient", "employed on support",
            _who(_poor(EMPLOYED)) | {"program_code": "'subsistence'"}, "red"),
        one("cadre-relative-lowincome", "kin unfiled", _kin(UNFILED), "yellow", "before(300)"),
        one("cadre-relative-lowincome", "kin approved", _kin(APPROVED_BY_KIN), "red", "before(300)"),
        one("relief-concentration", "relief for kin", village, "yellow"),
        one("relief-concentration", "relief again", village, "yellow"),
        one("missed-eligible", "missed", _who(MISSED), "blue"),
        one("missed-eligible", "costly illness", _who(COSTLY), "blue", "before(60)"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model: str, wrong: str, key: dict[str, str], why: str) -> LookAlike:
        return LookAlike(f"village-subsidy/{model}", key, f"{villages()} WHERE {at(wrong, size)}", why)

    village = {"village_code": "village_code(v)", "year": YEAR}
    return [
        one("asset-rich-lowincome", "disabled driver", _home(DISABLED_DRIVER), "a dear car, fitted for the disabled"),
        one("asset-rich-lowincome", "sold car", _home(SELLER), "the car was sold a month ago"),
        one("asset-rich-lowincome", "shed", _home(SHED), "a house and a shed, which is none"),
        one("custody-recipient", "support stopped", _who(_poor(JAILED_STOPPED)), "the support stopped ten days later"),
        one("cadre-relative-lowincome", "cousin", _kin(COUSIN), "a cousin, and nobody is sure"),
        one("cadre-relative-lowincome", "filed late", _kin(FILED_LATE), "filed on the last day allowed"),
        one("relief-concentration", "three misfortunes", village, "three reliefs for three reasons"),
        one("missed-eligible", "expired certificate", _who(EXPIRED), "the certificate has expired"),
        one("missed-eligible", "long illness", _who(LONG_ILL), "the cost is that of two years"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    rich = f"(v * {PERSONS} + {_poor(RICH)})"
    return " UNION ".join([
        f"SELECT {rich} // 3 * 3 + n FROM {villages()}, range(3) AS o(n) WHERE {at('rich on support', size)}",
        f"SELECT v * {PERSONS} + {_poor(EMPLOYED)} FROM {villages()} WHERE {at('employed on support', size)}",
        f"SELECT v * {PERSONS} + {APPROVED_BY_KIN} FROM {villages()} WHERE {at('kin approved', size)}",
    ])  # fmt: skip


def filings(size: Size) -> str:
    """SQL: approvals that say somebody's relative is on support."""
    filed = f"""SELECT v, {FILED} AS number, {_since(FILED)} + 10 AS day FROM {villages()}
        UNION ALL SELECT v, {FILED_LATE}, before(300) + 30 FROM {villages()} WHERE {at("filed late", size)}"""
    return f"""SELECT numbered('BA', v * {PERSONS} + number), village_code(v), 'subsidy',
        person_key(v * {PERSONS} + number), 'relative_filing', person_key(v * {PERSONS} + number), NULL, 'town',
        at_hour(day, 9), at_hour(day, 15), 'pass' FROM ({filed})"""


def _poor(which: int) -> int:
    return FIRST_POOR + which * 3


def _who(number: int) -> dict[str, str]:
    return {"person_id": f"person_key(v * {PERSONS} + {number})"}


def _kin(number: int) -> dict[str, str]:
    return _who(number) | {"benefit_type": "'marginal'"}


def _home(which: int) -> dict[str, str]:
    return {"household_id": f"numbered('H', (v * {PERSONS} + {_poor(which)}) // 3)"}


def _since(number: int) -> str:
    """SQL: since when somebody of village ``v`` is on support."""
    return f"before(200 + pick(1220, v * {PERSONS} + {number}, 600))"


def _low_income(size: Size) -> Made:
    """The poor for one to three years; a parent of the board, filed; and kin of the village head."""
    held = f"n IN ({JAILED}, {JAILED_STOPPED})"
    kin = " ".join(
        f"UNION ALL SELECT v, {number}, before(300), {approver} FROM {villages()} WHERE {at(wrong, size)}"
        for wrong, number, approver in (
            ("kin unfiled", UNFILED, "NULL"), ("kin approved", APPROVED_BY_KIN, f"person_key(v * {PERSONS} + {HEAD})"),
            ("cousin", COUSIN, "NULL"), ("filed late", FILED_LATE, "NULL"),
        )
    )  # fmt: skip
    return Made(
        "low_income", POOR + 1,
        f"""SELECT person_key(who) AS person_id, numbered('H', who // 3) AS household_id, 'subsistence' AS benefit_type,
            village_code(v) AS village_code,
            before(CASE WHEN {held} THEN 400 ELSE 200 END + pick(303, id, 700)) AS from_date,
            CASE WHEN n = {JAILED_STOPPED} AND {at("support stopped", size)} THEN before(290) END AS to_date,
            yuan(780) AS monthly_amount, NULL AS approver_id
        FROM (SELECT *, v * {PERSONS} + {FIRST_POOR} + n * 3 AS who FROM {each("n", POOR)})
        UNION ALL SELECT person_key(v * {PERSONS} + number), numbered('H', (v * {PERSONS} + number) // 3), 'marginal',
            village_code(v), since, NULL, yuan(500), approver
        FROM (SELECT v, {FILED} AS number, {_since(FILED)} AS since, NULL AS approver FROM {villages()} {kin})""",
    )  # fmt: skip


def _temp_relief(size: Size) -> Made:
    """Once to each, a little to a relative of the board too; three for the same reason in a planted wrong."""
    reasons = "['illness', 'accident', 'disaster', 'education']"
    kin = ", ".join(f"({number})" for number in KIN_OF_HEAD)
    again = f"""SELECT v, {ILL} AS number, 'illness' AS reason, k FROM {villages()}, range(3) AS o(k)
            WHERE {at("relief again", size)}
        UNION ALL SELECT v, {UNLUCKY}, {reasons}[1 + k], k FROM {villages()}, range(3) AS o(k)
            WHERE {at("three misfortunes", size)}"""
    return Made(
        "temp_relief", RELIEVED,
        f"""SELECT numbered('LJ', id) AS relief_id,
            person_key(v * {PERSONS} + CASE n WHEN 3 THEN 2632 ELSE 2060 + 2 * n END) AS person_id,
            village_code(v) AS village_code, {reasons}[1 + pick(1221, id, 4)] AS reason,
            yuan(CASE n WHEN 3 THEN 300 ELSE 1000 + 100 * pick(1222, id, 20) END) AS amount,
            before(1 + pick(1223, id, 720)) AS pay_date, person_key(v * {PERSONS} + {HEAD}) AS approver_id
        FROM {each("n", RELIEVED)}
        UNION ALL SELECT numbered('LK', v * {PERSONS} + number), person_key(v * {PERSONS} + number), village_code(v),
            'other', yuan(6000), make_date({YEAR}, 4, 12), person_key(v * {PERSONS} + {HEAD})
        FROM {villages()}, (VALUES {kin}) AS o(number) WHERE {at("relief for kin", size)}
        UNION ALL SELECT numbered('LM', (v * {PERSONS} + number) * 3 + k), person_key(v * {PERSONS} + number),
            village_code(v), reason, yuan(2000), make_date({YEAR}, CAST(2 + 3 * k AS INTEGER), 20),
            person_key(v * {PERSONS} + {HEAD})
        FROM ({again})""",
    )  # fmt: skip


def _vehicle(size: Size) -> Made:
    """Cars of people who have work, motorcycles of the poor, and what the wrongs are about."""
    other = f"((v * {PERSONS} + {_poor(MOTORIST)}) // 3 * 3 + (v * {PERSONS} + {_poor(MOTORIST)} + 1) % 3)"
    cars = " ".join(
        f"UNION ALL SELECT '例' || (v * 4 + {nth}), person_key({owner}), before(500), yuan({price}), '{kind}', {gone} "
        f"FROM {villages()} WHERE {at(wrong, size)}"
        for nth, (wrong, owner, price, kind, gone) in enumerate((
            ("rich on support", f"v * {PERSONS} + {_poor(RICH)}", 120_000, "car", "NULL"),
            ("motorist on support", other, 80_000, "car", "NULL"),
            ("disabled driver", f"v * {PERSONS} + {_poor(DISABLED_DRIVER)}", 90_000, "disabled", "NULL"),
            ("sold car", f"v * {PERSONS} + {_poor(SELLER)}", 110_000, "car", "before(30)"),
        ))
    )  # fmt: skip
    return Made(
        "vehicle", 20 + POOR,
        f"""SELECT '示' || (v * 30 + n) AS plate_no, person_key(v * {PERSONS} + 1200 + n) AS owner_id,
            before(60 + pick(304, id, 2000)) AS reg_date, yuan(40000 + 1000 * pick(305, id, 200)) AS price,
            'car' AS vehicle_type, NULL AS end_date FROM {each("n", 20)}
        UNION ALL SELECT '示' || (v * 30 + 20 + n), person_key(v * {PERSONS} + {FIRST_POOR} + n * 3),
            before(60 + pick(1224, id, 2000)), yuan(3000 + 100 * pick(1225, id, 50)), 'motorcycle', NULL
        FROM {each("n", POOR)} {cars}""",
    )  # fmt: skip


def _house(size: Size) -> Made:
    """One each, of people who have work and of the poor; a second one in a planted wrong."""
    owner = f"CASE WHEN n < 20 THEN 1200 + n ELSE {FIRST_POOR} + (n - 20) * 3 END"
    return Made(
        "real_estate", 20 + POOR,
        f"""SELECT numbered('BDZ', id) AS property_no, person_key(v * {PERSONS} + {owner}) AS owner_id,
            NULL AS location, county_code(county_of(v)) AS area_code,
            CAST(60 + pick(1226, id, 120) AS DECIMAL(18, 6)) AS area, 'residential' AS usage,
            before(900 + pick(1227, id, 5000)) AS reg_date, NULL AS price
        FROM {each("n", 20 + POOR)}
        UNION ALL SELECT numbered('BDX', v * 2), person_key(v * {PERSONS} + {_poor(RICH)}), NULL,
            county_code(county_of(v)), CAST(130 AS DECIMAL(18, 6)), 'commercial', before(700), NULL
        FROM {villages()} WHERE {at("rich on support", size)}
        UNION ALL SELECT numbered('BDX', v * 2 + 1), person_key(v * {PERSONS} + {_poor(SHED)}), NULL,
            county_code(county_of(v)), CAST(20 AS DECIMAL(18, 6)), 'other', before(700), NULL
        FROM {villages()} WHERE {at("shed", size)}
        UNION ALL {premises(size)}""",
    )  # fmt: skip


def _disability(size: Size) -> Made:
    """Of the severely disabled each draws a subsidy."""
    special = " ".join(
        f"UNION ALL SELECT person_key(v * {PERSONS} + {number}), numbered('CX', v * 2 + {nth}), '1', '肢体', {until}, "
        f"'{status}' FROM {villages()} WHERE {at(wrong, size)}"
        for nth, (wrong, number, until, status) in enumerate((
            ("missed", MISSED, "before(-900)", "valid"), ("expired certificate", EXPIRED, "before(40)", "expired"),
        ))
    )  # fmt: skip
    return Made(
        "disability", 2 * DISABLED,
        f"""SELECT person_key(v * {PERSONS} + 1600 + 4 * (n // 2) + n % 2) AS person_id, numbered('CJ', id) AS cert_no,
            CAST(CASE n % 2 WHEN 0 THEN 1 + pick(1228, id, 4) ELSE 3 + pick(1228, id, 2) END AS VARCHAR) AS level,
            ['肢体', '视力', '听力', '智力'][1 + pick(1229, id, 4)] AS category, before(-100 - pick(1230, id, 3000))
            AS valid_to, 'valid' AS status
        FROM {each("n", 2 * DISABLED)} {special}""",
    )  # fmt: skip


def _medical(size: Size) -> Made:
    """What people paid themselves: most little; much by one who is on support, and by those the wrongs are about."""
    special = " ".join(
        f"UNION ALL SELECT numbered('YX', v * 8 + {nth}), person_key(v * {PERSONS} + {number}), {day}, yuan({amount}) "
        f"FROM {villages()} WHERE {where}"
        for nth, (number, day, amount, where) in enumerate((
            (_poor(RICH), "before(90)", 65_000, "true"),
            (COSTLY, "before(60)", 70_000, at("costly illness", size)),
            (LONG_ILL, "before(60)", 30_000, at("long illness", size)),
            (LONG_ILL, "before(500)", 30_000, at("long illness", size)),
        ))
    )  # fmt: skip
    return Made(
        "medical_insurance", PATIENTS * 2,
        f"""SELECT numbered('YB', id) AS record_id, person_key(v * {PERSONS} + 1601 + 2 * (n // 2)) AS person_id,
            before(1 + pick(1231, id, 700)) AS settle_date, yuan(100 + 100 * pick(1232, id, 200)) AS amount
        FROM {each("n", PATIENTS * 2)} {special}""",
    )  # fmt: skip
