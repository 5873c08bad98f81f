"""Companies of a village that sell it what it needs, and what they return for tax."""

from steelyard.synth.scale.size import COMPANIES
from steelyard.synth.scale.table import villages

SHOPS, FIRST_SHOP = 12, 40
TOOL_SHOPS = (60, 62)
RETURNS = 24


def taxes() -> str:
    """SQL: rows of ``tax_record``: shops return their sales every quarter; in one of the year some sell nothing."""
    shops = ", ".join(f"({shop})" for shop in (*range(FIRST_SHOP, FIRST_SHOP + SHOPS), *TOOL_SHOPS))
    sold = """CASE WHEN q % 4 = 1 AND pick(1136, v * 100 + s, 5) = 0 THEN 0
        ELSE 20000 + 100 * pick(1137, v * 10000 + s * 100 + q, 900) END"""
    return f"""SELECT company_key(v * {COMPANIES} + s), month_before(q * 3 + 1), yuan({sold}), yuan(({sold}) * 0.01),
            'declared'
        FROM {villages()}, (VALUES {shops}) AS o(s), range({RETURNS}) AS p(q)"""
