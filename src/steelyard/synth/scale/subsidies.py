"""Who draws subsidies, pensions and paid posts for the needy; and those who should not."""

from dataclasses import dataclass

from steelyard.synth.scale import land, schemes
from steelyard.synth.scale.civil import BY_THE_TERM, FIRST_STAFF, LEFT, family_account
from steelyard.synth.scale.people import FIRST_RELATIVE, dead, died_on
from steelyard.synth.scale.programmes import EVERY, PAYMENTS, RECIPIENTS, paid_on, programme
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

MONTHS = 12
FIRST_PENSIONER, PENSIONERS = 861, 8
"""Every other number: none of them draws a subsidy too."""
FIRST_HOLDER, HOLDERS = 2_585, 3
"""Those in paid posts; every other number."""
DEAD, DIED_LATELY, DEAD_PENSIONER = 2_540, 2_544, 841
HELD, HELD_SHORTLY, LET_OUT = 2_548, 2_552, 2_556
TEACHER, SUBSTITUTE, FORMER_TEACHER = FIRST_STAFF + 4, FIRST_STAFF + BY_THE_TERM, FIRST_STAFF + LEFT
TWO_SUBSIDIES, TWO_VILLAGES, MOVED, CHANGED_OVER, POST_TOO, POST_BEFORE = 2_561, 2_565, 2_569, 2_573, 2_577, 2_581
NAMES_BORROWED = (2_590, 2_594, 2_598)
"""Of three households."""
_PLACES = {
    "dead draws": 3, "pension drawn after death": 8, "names borrowed": 2, "two subsidies": 1, "two villages": 7,
    "post and subsidy": 15, "held draws": 14, "teacher draws": 10, "died lately": 13, "held shortly": 18,
    "let out": 23, "moved": 28, "changed over": 34, "post before": 41, "substitute": 44, "former teacher": 46,
    "orphans": 51,
}  # fmt: skip
_ORPHAN = f"((v * {PERSONS} + 2150) // 3 * 3)"
"""The first of three of one household."""


@dataclass(frozen=True)
class _Extra:
    """A payment besides those of the lists.  ``batch``: empty where the list of another village has it."""

    wrong: str
    number: str
    programme: str
    day: str = paid_on(0)
    village: str = "v"
    account: str = ""
    batch: str = "PC0"

    def sql(self, size: Size, nth: int) -> str:
        account = self.account or family_account(self.number)
        return f"""UNION ALL SELECT numbered('FX', v * 100 + {nth}), '{self.programme}',
            person_key(v * {PERSONS} + {self.number}), yuan(400 + 100 * pick(1212, v, 9)), {self.day}, {account},
            village_code({self.village}), nullif('{self.batch}', ''), NULL, NULL
            FROM {villages()} WHERE {_at(self.wrong, size)}"""


_EXTRAS = (
    _Extra("two subsidies", f"{TWO_SUBSIDIES}", "BT010"),
    _Extra("two subsidies", f"{TWO_SUBSIDIES}", "BT011"),
    _Extra("two villages", f"{TWO_VILLAGES}", "BT005"),
    _Extra("two villages", f"{TWO_VILLAGES}", "BT005", village="v - 1", batch=""),
    _Extra("moved", f"{MOVED}", "BT005"),
    _Extra("moved", f"{MOVED}", "BT005", f"{paid_on(0)} - 40", "v - 1", batch=""),
    _Extra("changed over", f"{CHANGED_OVER}", "BT040", paid_on(1), batch="PC1"),
    _Extra("changed over", f"{CHANGED_OVER}", "BT041"),
    _Extra("post and subsidy", f"{POST_TOO}", "BT020"),
    _Extra("post before", f"{POST_BEFORE}", "BT020"),
    _Extra("teacher draws", f"{TEACHER}", "BT045"),
    _Extra("substitute", f"{SUBSTITUTE}", "BT045"),
    _Extra("former teacher", f"{FORMER_TEACHER}", "BT046"),
    *(_Extra("names borrowed", f"{number}", "BT007", account=family_account(f"{FIRST_RELATIVE}"))
      for number in NAMES_BORROWED),
    *(_Extra("orphans", f"({_ORPHAN} + {n} - v * {PERSONS})", "BT008", account=f"'62171' || {_ORPHAN}")
      for n in range(3)),
)  # fmt: skip


def _at(wrong: str, size: Size) -> str:
    return schemes.at(_PLACES[wrong], size.village_every)


def tables(size: Size) -> list[Made]:
    return [_subsidy(size), _pension(), _post(size)]


def planted(size: Size) -> list[Planted]:
    def one(model: str, wrong: str, number: int, key: dict[str, str], grade: str, when: str = "") -> Planted:
        who = {"person_id": _person(number)}
        source = f"{villages()} WHERE {_at(wrong, size)}"
        return Planted(f"village-subsidy/{model}", who | key, source, grade, story=wrong, when=when)

    exclusive = "duplicate-exclusive"
    return [
        one("dead-recipient", "dead draws", DEAD, {"program_code": programme(DEAD)}, "red", paid_on(1)),
        one("dead-recipient", "pension drawn after death", DEAD_PENSIONER, {"program_code": "'pension'"}, "red"),
        one("custody-recipient", "held draws", HELD, {}, "yellow", paid_on(1)),
        one("public-employee-recipient", "teacher draws", TEACHER, {"program_code": "'BT045'"}, "red", paid_on(0)),
        one(exclusive, "two subsidies", TWO_SUBSIDIES, _programmes("BT010", "BT011"), "yellow", paid_on(0)),
        one(exclusive, "two villages", TWO_VILLAGES, _programmes("BT005", "BT005"), "yellow", paid_on(0)),
        one(exclusive, "post and subsidy", POST_TOO, _programmes("BT020", "job_post"), "yellow", paid_on(0)),
        Planted("village-subsidy/one-account-many-recipients", {"account_no": family_account(f"{FIRST_RELATIVE}")},
                f"{villages()} WHERE {_at('names borrowed', size)}", "red", story="names borrowed", when=paid_on(0)),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model: str, wrong: str, number: int, key: dict[str, str], why: str) -> LookAlike:
        who = {"person_id": _person(number)}
        return LookAlike(f"village-subsidy/{model}", who | key, f"{villages()} WHERE {_at(wrong, size)}", why)

    exclusive, payroll = "duplicate-exclusive", "public-employee-recipient"
    return [
        one("dead-recipient", "died lately", DIED_LATELY, {"program_code": programme(DIED_LATELY)},
            "died three weeks before the payment, for which the list had long been closed"),
        one("custody-recipient", "held shortly", HELD_SHORTLY, {}, "held for twenty-five days"),
        one("custody-recipient", "let out", LET_OUT, {}, "held between two payments"),
        one(exclusive, "moved", MOVED, _programmes("BT005", "BT005"), "moved: each village paid in a month of its own"),
        one(exclusive, "changed over", CHANGED_OVER, _programmes("BT040", "BT041"),
            "changed from one programme to the other half a year later"),
        one(exclusive, "post before", POST_BEFORE, _programmes("BT020", "job_post"),
            "the post had ended before the subsidy began"),
        one(payroll, "substitute", SUBSTITUTE, {"program_code": "'BT045'"}, "employed for a term only"),
        one(payroll, "former teacher", FORMER_TEACHER, {"program_code": "'BT046'"}, "had left the school before"),
        LookAlike("village-subsidy/one-account-many-recipients", {"account_no": f"'62171' || {_ORPHAN}"},
                  f"{villages()} WHERE {_at('orphans', size)}", "three orphans of one household and its account"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    return " UNION ".join([
        f"SELECT v * {PERSONS} + {number} FROM {villages()} WHERE {_at(wrong, size)}"
        for wrong, number in (("dead draws", DEAD), ("pension drawn after death", DEAD_PENSIONER),
                              ("teacher draws", TEACHER), *(("names borrowed", one) for one in NAMES_BORROWED))
    ])  # fmt: skip


def _person(number: int) -> str:
    return f"person_key(v * {PERSONS} + {number})"


def _programmes(one: str, other: str) -> dict[str, str]:
    return {"program_a": f"'{one}'", "program_b": f"'{other}'"}


def _subsidy(size: Size) -> Made:
    """Twice a year to every fourth, not to those who died more than three weeks before."""
    extra = " ".join(payment.sql(size, nth) for nth, payment in enumerate(_EXTRAS))
    return Made(
        "subsidy_payment", RECIPIENTS * PAYMENTS,
        f"""SELECT numbered('FF', id * {PAYMENTS} + p) AS pay_id, {programme("number")} AS program_code,
            person_key(who) AS person_id, yuan(50 + 10 * pick(65, id * {PAYMENTS} + p, 400)) AS amount,
            {paid_on("p")} AS pay_date, '62170' || who AS account_no, village_code(v) AS village_code,
            'PC' || p AS batch_no, CAST(1 + pick(67, id, 30) AS DECIMAL(18, 6)) AS basis_qty, NULL AS declarer_id
        FROM (SELECT *, n * {EVERY} AS number, v * {PERSONS} + n * {EVERY} AS who
            FROM {each("n", RECIPIENTS)}, range({PAYMENTS}) AS o(p))
        WHERE NOT ({dead("who", "number")} AND {paid_on("p")} > {died_on("who")} + 21)
        {extra}
        UNION ALL {land.payments(size)}""",
    )  # fmt: skip


def _pension() -> Made:
    """Up to the month of death; after it, in a planted wrong."""
    numbers = f"range({FIRST_PENSIONER}, {FIRST_PENSIONER + 2 * PENSIONERS}, 2)"
    return Made(
        "pension_payment", (PENSIONERS + 1) * MONTHS,
        f"""SELECT person_key(id) AS person_id, month_before(m) AS month, 
            yuan(200 + 10 * pick(1211, id, 400)) AS amount, '62170' || id AS account_no
        FROM (SELECT v * {PERSONS} + number AS id, number FROM {villages()}, {numbers} AS o(number)
            UNION ALL SELECT v * {PERSONS} + {DEAD_PENSIONER}, {DEAD_PENSIONER} FROM {villages()}),
            range({MONTHS}) AS m(m)
        WHERE NOT ({dead("id", "number")} AND month_before(m) > {died_on("id")})""",
    )  # fmt: skip


def _post(size: Size) -> Made:
    """Sweepers and guards; none of them draws what excludes a post, but for the wrong."""
    return Made(
        "job_post", HOLDERS,
        f"""SELECT numbered('GW', id) AS post_id, person_key(v * {PERSONS} + {FIRST_HOLDER} + 2 * n) AS person_id,
            village_code(v) AS village_code, '保洁' AS post_type, before(300 + pick(1213, id, 900)) AS from_date,
            CASE WHEN n = 2 THEN before(40) END AS to_date, yuan(1000) AS monthly_amount
        FROM {each("n", HOLDERS)}
        UNION ALL SELECT numbered('GX', v * 2), person_key(v * {PERSONS} + {POST_TOO}), village_code(v), '护林',
            before(500), NULL, yuan(1200) FROM {villages()} WHERE {_at("post and subsidy", size)}
        UNION ALL SELECT numbered('GX', v * 2 + 1), person_key(v * {PERSONS} + {POST_BEFORE}), village_code(v), '护林',
            before(900), {paid_on(0)} - 40, yuan(1200) FROM {villages()} WHERE {_at("post before", size)}""",
    )  # fmt: skip
