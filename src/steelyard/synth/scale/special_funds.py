"""Money the state gives a village for one thing: what was allotted, and what it was spent on."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.size import Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages
from steelyard.synth.scale.village_works import PROJECTS

FUNDS = 3
"""Of which two are spent; of the last one half is left, and there is time for it."""
SPENT = 2
DIVERTED, UNSPENT, IN_TIME = 44, 49, 52
"""Places of villages that spent half of the second fund on something else, or not at all; and of an honest one."""
_FIRST = 1_200
"""The number within a village of the first entry."""


def tables(size: Size) -> list[Made]:
    return [_budget()]


def planted(size: Size) -> list[Planted]:
    return [
        Planted("village-fund/special-fund-diverted", {"budget_id": _budget_id("(v * 3 + 1)")},
                f"{villages()} WHERE {schemes.at(place, size.village_every)}", "red", story=story)
        for place, story in ((DIVERTED, "the road's money paid the square"), (UNSPENT, "money left in the account"))
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    source = f"{villages()} WHERE {schemes.at(IN_TIME, size.village_every)}"
    return [
        LookAlike("village-fund/special-fund-diverted", {"budget_id": _budget_id("(v * 3 + 2)")}, source,
                  "half is left; the year to spend it in is not over")
    ]  # fmt: skip


def _budget_id(id: str) -> str:
    return f"numbered('YS', {id})"


def _issued() -> str:
    """SQL: days since a fund was allotted."""
    return "([1000, 700, 310][1 + n] + pick(1312, id, 30))"


def _amount() -> str:
    return "(2000 * (5 + pick(1313, id, 20)))"


def _project(n: str) -> str:
    """SQL: of the works of a village those the state pays are every fourth from the second."""
    return f"numbered('GC', v * {PROJECTS} + 4 * ({n}) + 1)"


def _budget() -> Made:
    return Made(
        "budget_project", FUNDS,
        f"""SELECT {_budget_id("id")} AS budget_id, {_project("n")} AS project_id, org_key(500000 + v) AS org_id,
            village_code(v) AS village_code, yuan({_amount()}) AS amount,
            CAST(year(before({_issued()})) AS INTEGER) AS year, before({_issued()}) AS issued_date,
            '衔接推进乡村振兴补助' AS fund_source
        FROM {each("n", FUNDS)}""",
    )  # fmt: skip


def entries(size: Size) -> str:
    """SQL: what was spent, in two halves, as ``books.entries`` has entries."""
    diverted = f"n = 1 AND j = 1 AND {schemes.at(DIVERTED, size.village_every)}"
    kept = f"j = 1 AND (n = 2 OR n = 1 AND {schemes.at(UNSPENT, size.village_every)})"
    return f"""(SELECT v, {_FIRST} + n * {SPENT} + j AS k, before({_issued()} - 80 - 60 * j) AS day,
            NULL::DATE AS booked,
            yuan({_amount()} / 2) AS amount, 'out' AS direction, '231' || {_budget_id("id")} AS account, NULL AS party,
            'transfer' AS method, CASE WHEN {diverted} THEN {_project("n + 1")} ELSE {_project("n")} END AS matter,
            '专项资金支出' AS summary
        FROM {each("n", FUNDS)}, range({SPENT}) AS o(j) WHERE NOT ({kept}))"""
