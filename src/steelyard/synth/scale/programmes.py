"""Subsidy programmes: which there are, who is in which, and when they pay."""

from steelyard.synth.scale.size import Size
from steelyard.synth.scale.table import Made, villages

RECIPIENTS = 676
EVERY = 4
"""One person in so many draws a subsidy."""
PAYMENTS = 2
PROGRAMMES, FOR_ALL = 60, 30
"""The first of them are open to people whom the state pays, the others are not."""
STATE_PAID = (1_100, 1_130)
APART = {10: "BT011", 11: "BT010", 20: "BT021|job_post", 21: "BT020", 40: "BT041", 41: "BT040"}
"""Programmes and what excludes them, a paid post for the needy among it."""


def tables(size: Size) -> list[Made]:
    return [_programme()]


def paid_on(payment: int | str) -> str:
    """SQL: the day of the last payment (0) or the one half a year before (1) in village ``v``."""
    return f"before(10 + 180 * {payment} + pick(66, v, 60))"


def programme(number: int | str) -> str:
    """SQL: the code of the programme that a person of village ``v`` is in."""
    first, last = STATE_PAID
    return coded(
        f"pick(64, v * {RECIPIENTS} + {number} // {EVERY}, "
        f"CASE WHEN {number} BETWEEN {first} AND {last - 1} THEN {FOR_ALL} ELSE {PROGRAMMES} END)"
    )


def coded(number: str) -> str:
    """SQL: the code of a programme."""
    return f"'BT' || lpad(CAST({number} AS VARCHAR), 3, '0')"


def _programme() -> Made:
    """Those of the province, and the one for farmland, which everybody may draw who farms."""
    apart = " ".join(f"WHEN {number} THEN '{others}'" for number, others in APART.items())
    return Made(
        "subsidy_program", 0.01,
        f"""SELECT {coded("n")} AS program_code, '惠民补贴' || n || '号' AS name, yuan(50) AS standard, '人' AS unit,
            CASE n {apart} END AS exclusive_with, n >= {FOR_ALL} AS exclude_public_employee, before(3000) AS start_date
        FROM {villages()}, range({PROGRAMMES}) AS o(n) WHERE v = 0
        UNION ALL SELECT 'farmland', '耕地地力保护补贴', yuan(100), '亩', NULL, false, before(3000)
        FROM {villages()} WHERE v = 0""",
    )  # fmt: skip
