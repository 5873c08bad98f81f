"""Subsidies to companies, and what these declared for them."""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.blocks import Block, Blocks
from steelyard.synth.scale.companies import BROTHER, COUSIN
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.returns import ASKING, FIRST_FIRM, turnover
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

APPROVERS = 2445
"""Number, in a county's first village, of the first of three who approve grants."""
YEARS = 3
"""In which grants were paid."""
_PLACES: Mapping[str, int] = {
    "threefold turnover": 4, "staff on paper": 9, "grant to the brother": 14, "a sixth more": 19,
    "grant to the cousin": 24,
}  # fmt: skip
_MODEL = "cross/enterprise-subsidy-fraud"
_LAST_YEAR = "(year(before(0)) - 1)"


def _firm(slot: int) -> str:
    return f"company_key(v * {COMPANIES} + {slot})"


def _official(n: int) -> str:
    return f"person_key(v * {PERSONS} + {FIRST_OFFICIAL + n})"


def _of_last(slot: int, share: str) -> str:
    """SQL: what a company declares of the turnover of the year before the last."""
    return f"1000 * {share} * {turnover(f'v * {COMPANIES} + {slot}', _LAST_YEAR + ' - 1')}"


_NEAR, _STAFF = FIRST_FIRM + ASKING, FIRST_FIRM + ASKING + 1
PAID = Blocks({
    "firm": _firm(_NEAR), "worth": "80000", "year": _LAST_YEAR, "day": "12",
    "approver": f"person_key(first_of(county_of(v)) * {PERSONS} + {APPROVERS})", "metric": "'revenue'",
    "declared": _of_last(_NEAR, "0.98"), "program": "'QY90'",
}, 20, {
    "threefold turnover": Block(1, {"declared": _of_last(_NEAR, "3")}),
    "staff on paper": Block(1, {"firm": _firm(_STAFF), "metric": "'staff'", "declared": "30"}),
    "grant to the brother": Block(2, {"firm": _firm(BROTHER), "approver": _official(1), "metric": "'rd_cost'",
                                      "declared": "60000", "day": "5 + 7 * i"}),
    "a sixth more": Block(1, {"declared": _of_last(_NEAR, "1.16")}),
    "grant to the cousin": Block(1, {"firm": _firm(COUSIN), "approver": _official(0), "metric": "'rd_cost'",
                                     "declared": "60000"}),
})  # fmt: skip


def tables(size: Size) -> list[Made]:
    return [_grant(size)]


def where(wrong: str, size: Size) -> str:
    return schemes.at(_PLACES[wrong], size.village_every)


def people_named(size: Size) -> str:
    """The brother who leads the company."""
    return f"SELECT v * {PERSONS} + {relative(1, 3)} FROM {_source('grant to the brother', size)}"


def companies_named(size: Size) -> str:
    return f"SELECT v * {COMPANIES} + {BROTHER} FROM {_source('grant to the brother', size)}"


def _grant(size: Size) -> Made:
    """Each March for the year before, as much as the returns say or a little more; some for research."""
    blocks = " UNION ALL ".join(PAID.sql(wrong, where(wrong, size)) for wrong in PAID)
    firm = f"v * {COMPANIES} + {FIRST_FIRM} + n // {YEARS}"
    told = f"CAST(10 * (90 + pick(1582, id, 25)) AS BIGINT) * {turnover(firm, 'year - 1')}"
    return Made(
        "enterprise_subsidy", ASKING * YEARS,
        f"""SELECT numbered('QB', v * 100 + k) AS pay_id, firm AS company_id, program AS program_code,
            yuan(worth) AS amount, make_date(year, 3, CAST(day AS INTEGER)) AS pay_date, approver AS approver_id,
            metric AS declared_metric, CAST(declared AS DECIMAL(18, 6)) AS declared_value
        FROM (SELECT v, n AS k, company_key({firm}) AS firm, 5000 + 1000 * pick(1581, id, 90) AS worth, year,
                1 + pick(1583, id, 28) AS day,
                person_key(first_of(county_of(v)) * {PERSONS} + {APPROVERS} + pick(1584, id, 3)) AS approver,
                CASE WHEN pick(1585, id, 4) = 0 THEN 'rd_cost' ELSE 'revenue' END AS metric, {told} AS declared,
                'QY' || pick(1586, id, 20) AS program
            FROM (SELECT *, year(before(0)) - n % {YEARS} AS year FROM {each("n", ASKING * YEARS)})
            UNION ALL {blocks})
        WHERE make_date(year, 3, CAST(day AS INTEGER)) <= before(0)""",
    )  # fmt: skip


def planted(size: Size) -> list[Planted]:
    def one(wrong: str, slot: int, grade: str) -> Planted:
        return Planted(_MODEL, _key(slot), _source(wrong, size), grade, story=wrong)

    return [
        one("threefold turnover", _NEAR, "yellow"),
        one("staff on paper", _STAFF, "yellow"),
        one("grant to the brother", BROTHER, "red"),
    ]


def look_alikes(size: Size) -> list[LookAlike]:
    return [
        LookAlike(_MODEL, _key(_NEAR), _source("a sixth more", size), "declared a sixth more than the returns say"),
        LookAlike(_MODEL, _key(COUSIN), _source("grant to the cousin", size),
                  "who approved is a cousin, too far and not certain"),
    ]  # fmt: skip


def _key(slot: int) -> dict[str, str]:
    return {"company_id": _firm(slot), "program_code": "'QY90'"}


def _source(wrong: str, size: Size) -> str:
    return f"{villages()} WHERE {where(wrong, size)}"
