"""Goods that villages buy, what they cost, and what a county publishes of that."""

from steelyard.synth.scale.table import villages

PRICES = (32, 58, 75, 120, 45, 88, 150, 66, 210, 39, 95, 180)
"""Yuan of what is bought every year, this year."""
SPECIAL = {20: 200, 21: 200, 22: 200}
"""Yuan of goods that only wrongs and look-alikes are about, by the number in their code."""
TOOLS = (3_200, 4_400)
"""Yuan of what was bought once and stays."""
MONTHS = 64
PUBLISHED = MONTHS * (len(PRICES) + len(SPECIAL)) / 247
"""Rows of a county spread over its villages."""


def cheaper(years: str) -> str:
    """SQL: what prices were some years ago, against today's."""
    return f"(1 - 0.03 * ({years}))"


def listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers)


def published() -> str:
    """SQL: rows of ``price_reference``: a county publishes prices each month; now and then one is missing."""
    codes = ", ".join(f"'BG{n:02}'" for n in (*range(len(PRICES)), *SPECIAL))
    price = f"[{listed((*PRICES, *SPECIAL.values()))}][1 + i]"
    known = f"i >= {len(PRICES)} OR pick(1135, v * 10000 + i * 100 + m, 12) > 0"
    return f"""SELECT [{codes}][1 + i], '办公用品', county_code(county_of(v)), month_before(m), '件',
            yuan({price} * {cheaper("year(before(0)) - year(month_before(m))")})
        FROM {villages()}, range({len(PRICES) + len(SPECIAL)}) AS o(i), range({MONTHS}) AS p(m)
        WHERE first_of(county_of(v)) = v AND ({known})"""
