"""What people live on: insured work."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.enterprise_people import insured
from steelyard.synth.scale.enterprises import STAFF as STAFF_OF_ENTERPRISE
from steelyard.synth.scale.people import FIRST_OFFICIAL, OFFICIALS
from steelyard.synth.scale.size import COMPANIES, FIRMS, PERSONS, Size
from steelyard.synth.scale.table import Made, each, villages

MONTHS = 12
STAFF = FIRMS * 6
"""Staff that bids list, insured by their own firm."""
INSURED = 169
DISPATCHER = 300
"""The company that insures a village's officials and never builds anything: a look-alike."""
FORMER_EMPLOYER = FIRMS + 7
LEFT_LONG_AGO = 59
"""The village, out of sixty, whose secretary left that firm more than five years before it was given works."""


def tables(size: Size) -> list[Made]:
    return [_insurance(size)]


def _insurance(size: Size) -> Made:
    """The pension months of a year; and of officials the months at a firm that builds for their village."""
    hired = INSURED - OFFICIALS
    person = (
        f"CASE WHEN n < {STAFF} THEN 721 + n WHEN n < {hired} THEN 1200 + n - {STAFF} "
        f"ELSE {FIRST_OFFICIAL} + n - {hired} END"
    )
    employer = f"CASE WHEN n < {STAFF} THEN n // 6 WHEN n < {hired} THEN 40 + n - {STAFF} ELSE {DISPATCHER} END"
    return Made(
        "social_insurance", (INSURED + STAFF_OF_ENTERPRISE) * MONTHS,
        f"""SELECT person_key(v * {PERSONS} + {person}) AS person_id, company_key(v * {COMPANIES} + {employer})
            AS company_id,
            month_before(m) AS month, 'pension' AS ins_type, yuan(3500 + pick(63, id, 9000)) AS base
        FROM {each("n", INSURED)}, range({MONTHS}) AS o(m)
        UNION ALL SELECT person_key(v * {PERSONS} + {FIRST_OFFICIAL}), company_key(v * {COMPANIES} + {FORMER_EMPLOYER}),
            month_before(30 + m), 'pension', yuan(5000)
        FROM {villages()}, range(24) AS o(m) WHERE {schemes.here("former employer", size.village_every)}
        UNION ALL SELECT person_key(v * {PERSONS} + {FIRST_OFFICIAL}), company_key(v * {COMPANIES} + {FORMER_EMPLOYER}),
            month_before(80 + m), 'pension', yuan(4000)
        FROM {villages()}, range(24) AS o(m) WHERE {schemes.at(LEFT_LONG_AGO, size.village_every)}
        UNION ALL {insured(size, MONTHS)}""",
    )  # fmt: skip
