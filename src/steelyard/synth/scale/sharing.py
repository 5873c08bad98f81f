"""What members of a village's collective are paid of its surplus, and who owes it money at the end of months."""

from dataclasses import dataclass

from steelyard.kit.sqltext import literal
from steelyard.synth.scale import schemes
from steelyard.synth.scale.civil import family_account
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

MEMBERS, FIRST_MEMBER = 30, 1_200
OUTSIDER = 1_998
"""Somebody of the village who holds no share."""
_PLACES = {
    "outsider paid": 3, "paid three times": 8, "paid to a wife": 13, "rounded": 18, "no surplus": 23,
    "shared out of a loan": 28, "loan paid back": 33,
}  # fmt: skip
_FAVOURED, _ROBBED, _ROUNDED = 5, 6, 7
"""Members by number: who is paid three times, whose money goes elsewhere, who gets a little more."""


@dataclass(frozen=True)
class Advance:
    """Money somebody has had from the village since the end of one month until that of another, counted back.

    ``place`` -1: in every village.
    """

    name: str
    place: int
    person: int
    since: int
    until: int
    amount: int


ADVANCES = (
    Advance("brought back", -1, FIRST_OFFICIAL + 3, 9, 8, 3_000),
    Advance("lent for the fair", -1, 1_230, 2, 1, 2_000),
    Advance("deputy's advance", 51, FIRST_OFFICIAL + 2, 10, 1, 8_000),
    Advance("villager's advance", 56, 1_997, 8, 1, 5_000),
    Advance("six months not over", 41, 1_997, 6, 1, 5_000),
    Advance("small change", 46, 1_997, 12, 1, 900),
)


def tables(size: Size) -> list[Made]:
    return [_member(), _dividend(size), _balance(size)]


def planted(size: Size) -> list[Planted]:
    village = {"village_code": "village_code(v)"}
    year = village | {"year": _year()}

    def one(model: str, key: dict[str, str], name: str) -> Planted:
        return Planted(f"village-fund/{model}", key, _where(_PLACES[name], size), "yellow", story=name, when=_paid_on())

    def standing(name: str, grade: str) -> Planted:
        advance = next(advance for advance in ADVANCES if advance.name == name)
        key = village | {"counterparty_id": _person(advance.person)}
        when = f"last_day(month_before({advance.since - 6}))"
        return Planted("village-fund/advance-long-outstanding", key, _where(advance.place, size), grade, story=name,
                       when=when)  # fmt: skip

    return [
        one("dividend-anomaly", year | {"person_id": _person(OUTSIDER)}, "outsider paid"),
        one("dividend-anomaly", year | {"person_id": _member_key(_FAVOURED)}, "paid three times"),
        one("dividend-anomaly", year | {"person_id": _member_key(_ROBBED)}, "paid to a wife"),
        one("loss-making-distribution", year, "no surplus"),
        one("loss-making-distribution", year, "shared out of a loan"),
        standing("deputy's advance", "red"),
        standing("villager's advance", "yellow"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    village = {"village_code": "village_code(v)"}
    year = village | {"year": _year()}
    debtor = village | {"counterparty_id": _person(1_997)}

    def one(model: str, key: dict[str, str], place: int, why: str) -> LookAlike:
        return LookAlike(f"village-fund/{model}", key, _where(place, size), why)

    return [
        one("dividend-anomaly", year | {"person_id": _member_key(_ROUNDED)}, _PLACES["rounded"],
            "half a hundredth more, for the sum was rounded up"),
        one("loss-making-distribution", year, _PLACES["loan paid back"], "a loan of the year before was paid back"),
        one("advance-long-outstanding", debtor, 41, "five ends of months have passed, not six"),
        one("advance-long-outstanding", debtor, 46, "less than what is worth asking for"),
    ]  # fmt: skip


def _where(place: int, size: Size) -> str:
    return f"{villages()} WHERE {schemes.at(place, size.village_every)}"


def _here(name: str, size: Size) -> str:
    return schemes.at(_PLACES[name], size.village_every)


def _year() -> str:
    """SQL: the last year that was shared out, on the twentieth of January of the next."""
    return "(year(before(31)) - 1)"


def _paid_on() -> str:
    return f"make_date({_year()} + 1, 1, 20)"


def _person(number: int | str) -> str:
    return f"person_key(v * {PERSONS} + {number})"


def _member_key(number: int) -> str:
    return _person(FIRST_MEMBER + number)


def _member() -> Made:
    return Made(
        "collective_member", MEMBERS,
        f"""SELECT {_person(f"{FIRST_MEMBER} + n")} AS person_id, village_code(v) AS village_code,
            CAST(1 + pick(302, id, 4) AS DECIMAL(18, 6)) AS shares, DATE '2016-12-31' AS from_date
        FROM {each("n", MEMBERS)}""",
    )  # fmt: skip


def _dividend(size: Size) -> Made:
    """So much for each share, to the member's own account."""
    extra = f"""CASE WHEN n = {_FAVOURED} AND {_here("paid three times", size)} THEN 3
        WHEN n = {_ROUNDED} AND {_here("rounded", size)} THEN 1.005 ELSE 1 END"""
    robbed = f"n = {_ROBBED} AND {_here('paid to a wife', size)}"
    wife = relative(0, 0)
    return Made(
        "dividend_payment", MEMBERS,
        f"""SELECT numbered('FH', v * 100 + n) AS pay_id, village_code(v) AS village_code,
            {_person("number")} AS person_id, yuan(100 * (1 + pick(302, v * {MEMBERS} + n, 4)) * {extra}) AS amount,
            {_paid_on()} AS pay_date, {_year()} AS year,
            {family_account(f"CASE WHEN {robbed} THEN {wife} ELSE number END")} AS account_no
        FROM (SELECT v, n, {FIRST_MEMBER} + n AS number FROM {each("n", MEMBERS)}
            UNION ALL SELECT v, {MEMBERS}, {OUTSIDER} FROM {_where(_PLACES["outsider paid"], size)})""",
    )  # fmt: skip


def _balance(size: Size) -> Made:
    """What was left at the end of the year before is more than what is shared out; and who owes, month by month."""
    left = f"yuan(CASE WHEN {_here('no surplus', size)} THEN 1000 ELSE 60000 END)"
    bank = f"village_code(v), make_date({_year()}, 12, 31), '201', org_key(600000 + v)"
    borrowed = f"SELECT {bank}, yuan(0), yuan(80000) FROM {_where(_PLACES['shared out of a loan'], size)}"
    repaid = f"SELECT {bank}, yuan(80000), yuan(0) FROM {_where(_PLACES['loan paid back'], size)}"
    return Made(
        "village_balance", 8,
        f"""SELECT village_code(v) AS village_code, make_date({_year()} - 1, 12, 31) AS period,
            '322' AS account_code, org_key(500000 + v) AS counterparty_id, {left} AS opening, {left} AS closing
        FROM {villages()}
        UNION ALL {borrowed} UNION ALL {repaid}
        UNION ALL {_owed(size)}""",
    )  # fmt: skip


def _owed(size: Size) -> str:
    """SQL: balances of advances, from the month they were given to the one in which they came back."""
    rows = ", ".join(
        f"({literal(a.name)}, {a.place * size.village_every // 60}, {a.person}, {a.since}, {a.until}, {a.amount})"
        for a in ADVANCES
    )
    return f"""SELECT village_code(v), CAST(last_day(month_before(m)) AS DATE), '112', {_person("person")},
            yuan(CASE WHEN m = since THEN 0 ELSE owed END), yuan(CASE WHEN m < until THEN 0 ELSE owed END)
        FROM {villages()}, (VALUES {rows}) AS a(name, place, person, since, until, owed), range(1, 13) AS o(m)
        WHERE (place < 0 OR v % {size.village_every} = place) AND m <= since AND m >= until - 1"""
