"""Who holds what in the end: shares multiplied along chains of companies; rings; hints at nominees."""

import datetime as dt

from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import literal

LEVELS = 6
LEAST_SHARE = 0.001
MANY_HOLDINGS = 20
"""Companies held or led by one person from which on that is a hint."""
OLD_AGE = 75
BIG_SHARE = 0.05

HOLDING = {"holder": "UINTEGER", "company": "UINTEGER", "share": "DOUBLE", "direct": "DOUBLE", "levels": "TINYINT"}
HINT = {"node": "UINTEGER", "hint": "VARCHAR", "figure": "DOUBLE"}


def put_holdings(duck: Duck, as_of: dt.date) -> None:
    """Make ``holding`` from ``edge ownership``: the effective share in force on a day, over all chains of up to six
    levels; a chain ends where its share falls below 0.001.  Ownership rings go to ``ring`` (n, levels, share)."""
    day = f"DATE {literal(as_of.isoformat())}"
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE held AS SELECT an AS holder, bn AS company, least(sum(share), 1) AS share "
        f'FROM "edge ownership" WHERE share IS NOT NULL AND (from_date IS NULL OR from_date <= {day}) '
        f"AND (to_date IS NULL OR to_date >= {day}) GROUP BY 1, 2"
    )
    duck.execute("CREATE OR REPLACE TEMP TABLE chains AS SELECT holder, company, share, 1::TINYINT AS levels FROM held")
    duck.execute("CREATE OR REPLACE TEMP TABLE last_chains AS SELECT holder, company, share FROM held")
    for level in range(2, LEVELS + 1):
        duck.execute(
            "CREATE OR REPLACE TEMP TABLE next_chains AS SELECT c.holder, h.company, sum(c.share * h.share) AS share "
            "FROM last_chains c JOIN held h ON h.holder = c.company "
            # A chain that came back to where it began is a ring: it is noted, and goes no second round.
            f"WHERE c.holder <> c.company AND c.share * h.share >= {LEAST_SHARE} GROUP BY 1, 2"
        )
        duck.execute(f"INSERT INTO chains SELECT holder, company, share, {level} FROM next_chains")
        duck.execute("CREATE OR REPLACE TEMP TABLE last_chains AS SELECT * FROM next_chains")
    duck.execute(
        "CREATE OR REPLACE TABLE ring AS SELECT holder AS n, min(levels) AS levels, max(share) AS share FROM chains "
        "WHERE holder = company GROUP BY 1"
    )
    duck.execute(
        "CREATE OR REPLACE TABLE holding AS SELECT c.holder, c.company, least(sum(c.share), 1) AS share, "
        "sum(c.share) FILTER (levels = 1) AS direct, max(c.levels) AS levels FROM chains c "
        "WHERE c.holder <> c.company GROUP BY 1, 2"
    )


def note_ownership_faults(duck: Duck, as_of: dt.date) -> None:
    """Add to ``fault``: rings, and companies of which more than the whole is held on one day."""
    day = f"DATE {literal(as_of.isoformat())}"
    duck.execute(
        "INSERT INTO fault SELECT 'ownership-ring', 'ownership', k.key, NULL, r.levels, NULL, NULL, NULL, NULL "
        "FROM ring r JOIN node k ON k.n = r.n"
    )
    duck.execute(
        "INSERT INTO fault SELECT 'shares-over-the-whole', 'ownership', b, NULL, sum(share), NULL, NULL, NULL, NULL "
        f'FROM "edge ownership" WHERE share IS NOT NULL AND (from_date IS NULL OR from_date <= {day}) '
        f"AND (to_date IS NULL OR to_date >= {day}) GROUP BY b HAVING sum(share) > 1.0001"
    )


def put_hints(duck: Duck, as_of: dt.date) -> None:
    """Make ``hint``: holders who may stand for somebody else.  A hint, never a fault: the register may be right.

    Needs the views pension_payment, low_income and person of the pool, and ``holding`` and ``node``.
    """
    day = f"DATE {literal(as_of.isoformat())}"
    holder = f"SELECT DISTINCT holder AS n FROM holding WHERE direct >= {BIG_SHARE}"
    duck.execute(
        "CREATE OR REPLACE TABLE hint AS "
        "SELECT n AS node, 'many-holdings' AS hint, count(DISTINCT company)::DOUBLE AS figure FROM ("
        "SELECT holder AS n, company FROM holding WHERE direct IS NOT NULL UNION ALL "
        "SELECT an, bn FROM \"edge office\" WHERE basis = 'legal_rep') "
        "WHERE n NOT IN (SELECT company FROM holding) GROUP BY n "
        f"HAVING count(DISTINCT company) >= {MANY_HOLDINGS} UNION ALL "
        f"SELECT h.n, 'low-income-holder', NULL FROM ({holder}) h JOIN node k ON k.n = h.n SEMI JOIN ("
        f"SELECT person_id FROM low_income WHERE from_date <= {day} AND (to_date IS NULL OR to_date >= {day})) l "
        "ON l.person_id = k.key UNION ALL "
        f"SELECT h.n, 'pensioner-holder', NULL FROM ({holder}) h JOIN node k ON k.n = h.n SEMI JOIN ("
        f"SELECT person_id FROM pension_payment WHERE month >= {day} - INTERVAL 1 YEAR) p ON p.person_id = k.key "
        f"UNION ALL SELECT h.n, 'aged-holder', date_diff('year', p.birth_date, {day}) FROM ({holder}) h "
        f"JOIN node k ON k.n = h.n JOIN person p ON p.person_id = k.key "
        f"WHERE date_diff('year', p.birth_date, {day}) >= {OLD_AGE}"
    )
