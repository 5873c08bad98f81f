"""What companies that ask for grants turn over, and the returns they file about it."""

from steelyard.synth.scale.size import COMPANIES
from steelyard.synth.scale.table import each

FIRST_FIRM, FIRMS = 70, 5
"""Companies of a village that ask for grants; the last two only where somebody declares too much."""
ASKING = 3
TAXED_YEARS = 4
PER_VILLAGE = FIRMS * TAXED_YEARS * 4


def turnover(firm: str, year: str) -> str:
    """SQL: thousands of yuan that a company (its number) turns over in a year."""
    return f"(400 + pick(1580, ({firm}) * 64 + ({year}) % 64, 4000))"


def returns() -> str:
    """SQL: rows of ``tax_record``: a return a quarter, a fourth of what the year brought."""
    firm = f"v * {COMPANIES} + {FIRST_FIRM} + n // {TAXED_YEARS}"
    return f"""SELECT company_key({firm}) AS company_id, make_date(year, CAST(1 + 3 * q AS INTEGER), 1) AS period,
            yuan(250 * {turnover(firm, "year")}) AS revenue, yuan(5 * {turnover(firm, "year")}) AS tax_paid,
            'declared' AS status
        FROM (SELECT *, year(before(0)) - n % {TAXED_YEARS} AS year FROM {each("n", FIRMS * TAXED_YEARS)}),
            range(4) AS o(q) WHERE make_date(year, CAST(1 + 3 * q AS INTEGER), 1) < before(0)"""
