"""What a county's price bulletin says things and work cost, month by month."""

from steelyard.synth.scale.goods import PUBLISHED, published
from steelyard.synth.scale.size import Size
from steelyard.synth.scale.table import Made, villages

MONTHS = 40
WORK = {"L01": ("普工", 200), "L02": ("砌筑工", 320), "L03": ("电工", 300)}
"""Kinds of work: name and yuan a day at the beginning of 2020."""
SHARE = sum(1 for _ in WORK) * MONTHS / 247
"""Rows of a county spread over its villages."""


def tables(size: Size) -> list[Made]:
    return [_reference()]


def price(code: str, day: str) -> str:
    """SQL: what the bulletin says a kind of work cost in the month of a day; wages rise a little each month."""
    base = " ".join(f"WHEN '{item}' THEN {yuan}" for item, (_, yuan) in WORK.items())
    return f"yuan((CASE {code} {base} END) * (1 + 0.002 * ((year({day}) - 2020) * 12 + month({day}))))"


def _reference() -> Made:
    """One bulletin a county; one month in nine it did not appear."""
    listed = ", ".join(f"('{item}', '{name}')" for item, (name, _) in WORK.items())
    return Made(
        "price_reference", SHARE + PUBLISHED,
        f"""SELECT item_code, item_name, county_code(county_of(v)) AS area_code, month_before(m) AS month,
            '工日' AS unit, {price("item_code", "month_before(m)")} AS ref_price
        FROM {villages()}, range({MONTHS}) AS o(m), (VALUES {listed}) AS i(item_code, item_name)
        WHERE first_of(county_of(v)) = v AND pick(1200, county_of(v) * {MONTHS} + m, 9) > 0
        UNION ALL {published()}""",
    )  # fmt: skip
