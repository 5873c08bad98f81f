"""Cases at court and who does not pay what a court awarded."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.enterprise_money import cases
from steelyard.synth.scale.enterprises import SUED_SUPPLIER
from steelyard.synth.scale.integrity import debtors_in_office
from steelyard.synth.scale.size import COMPANIES, FIRMS, PERSONS, Size
from steelyard.synth.scale.table import Made, each, villages

PARTIES = 226
"""Two a case."""
CASES_OF_THE_SUED = 4
DEBTORS = 22


def tables(size: Size) -> list[Made]:
    return [_case(size), _enforcement(size)]


def _case(size: Size) -> Made:
    """People and small companies; firms of the market in traffic cases and single labour disputes alone."""
    party = f"""CASE WHEN n % 2 = 0 OR c % 5 > 0 THEN person_key(v * {PERSONS} + 1300 + n % 2 * 150 + pick(71, id, 150))
        WHEN c % 25 = 0 THEN company_key(v * {COMPANIES} + pick(72, id, {FIRMS}))
        ELSE company_key(v * {COMPANIES} + 60 + pick(72, id, 300)) END"""
    return Made(
        "court_case", PARTIES,
        f"""SELECT numbered('AH', id // 2) AS case_no, {party} AS party_id,
            CASE n % 2 WHEN 0 THEN 'plaintiff' ELSE 'defendant' END AS party_role,
            CASE WHEN c % 25 = 0 THEN ['traffic', 'labour_single'][1 + pick(73, id // 2, 2)]
                ELSE ['private_loan', 'sales_contract', 'works_contract', 'other'][1 + pick(73,
                    id // 2, 4)] END AS cause,
            yuan(1000 + 100 * pick(74, id // 2, 5000)) AS amount, before(5 + pick(75, id // 2, 1700)) AS filed_date,
            ['judged', 'settled', 'open', 'withdrawn'][1 + pick(76, id // 2, 4)] AS status, NULL AS opponent_id
        FROM (SELECT *, n // 2 AS c FROM {each("n", PARTIES)})
        UNION ALL SELECT numbered('AZ', v * 8 + n), company_key(v * {COMPANIES} + {SUED_SUPPLIER}), 'defendant',
            'works_contract', yuan(80000), before(300 - 10 * n), 'judged', NULL
        FROM {villages()}, range({CASES_OF_THE_SUED}) AS m(n)
            WHERE {schemes.here("sued supplier", size.village_every)}
        UNION ALL {cases(size)}""",
    )  # fmt: skip


def _enforcement(size: Size) -> Made:
    """Of villagers; and of officials in debt."""
    return Made(
        "enforcement", DEBTORS,
        f"""SELECT numbered('ZX', id) AS case_no, person_key(v * {PERSONS} + 1300 + n * 13) AS subject_id,
            CASE WHEN n % 3 = 0 THEN 'dishonest' ELSE 'consumption_limit' END AS list_type,
                yuan(5000 + 100 * pick(77, id, 3000)) AS amount,
            before(20 + pick(78, id, 1200)) AS in_date, CASE WHEN n % 4 = 1 THEN before(15) END AS out_date
        FROM {each("n", DEBTORS)} UNION ALL {debtors_in_office(size)}""",
    )  # fmt: skip
