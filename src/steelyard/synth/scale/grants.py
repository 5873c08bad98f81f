"""Grants: courses that are paid by the head, and machines that are paid for in part."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.companies import SON
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

SCHOOL, OTHER_SCHOOL = 27, 26
"""Companies of a village that hold courses."""
TRAINEES, FIRST_TRAINEE = 24, 2_100
"""Half of them attend the course of this year, half that of the year before."""
THIS_YEAR, YEAR_BEFORE, AGAIN = "'电工班'", "'家政班'", "'电商班'"
DEAD, DIED_AFTER = 2_109, 2_113
ENROLLED_TWICE = range(2_100, 2_104)
EAGER = 2_105
MACHINES, DEALER = 4, 60
"""A year; and the company of the village that sells them."""
OWNER_OF_DEALER, HOARDER, CONTRACTOR, TWINS = 120, 2_587, 2_409, (2_591, 2_595)
YEAR = "(year(before(0)) - 1)"
_FRAUD, _RESALE = "village-subsidy/training-fraud", "village-subsidy/machine-subsidy-resale"
_PLACES = {
    "dead trainee": 22, "roll of shadows": 31, "school of the son": 43, "one day in common": 36, "died after": 27,
    "machines for nobody": 4, "dealer's own machine": 9, "one number, two machines": 14, "machines for hire": 19,
}  # fmt: skip


def tables(size: Size) -> list[Made]:
    return [_training(size), _machine(size)]


def planted(size: Size) -> list[Planted]:
    def course(wrong: str, school: int, name: str, grade: str) -> Planted:
        return Planted(_FRAUD, _course(school, name), _where(wrong, size), grade, story=wrong)

    def machine(wrong: str, number: int) -> Planted:
        return Planted(_RESALE, _who(number), _where(wrong, size), "yellow", story=wrong)

    return [
        course("dead trainee", SCHOOL, THIS_YEAR, "yellow"),
        course("roll of shadows", SCHOOL, THIS_YEAR, "red"),
        course("roll of shadows", OTHER_SCHOOL, AGAIN, "red"),
        course("school of the son", SON, AGAIN, "red"),
        machine("machines for nobody", HOARDER),
        machine("dealer's own machine", OWNER_OF_DEALER),
        *(machine("one number, two machines", twin) for twin in TWINS),
    ]


def look_alikes(size: Size) -> list[LookAlike]:
    return [
        LookAlike(_FRAUD, _course(OTHER_SCHOOL, AGAIN), _where("one day in common", size),
                  "the next course begins on the day on which the last one ends"),
        LookAlike(_FRAUD, _course(SCHOOL, YEAR_BEFORE), _where("died after", size),
                  "the trainee died after the course"),
        LookAlike(_RESALE, _who(CONTRACTOR), _where("machines for hire", size),
                  "three machines of a farmer who works his own and others' land"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    """SQL: whom red findings name, and whom their evidence shows."""
    rolls = ("roll of shadows", "school of the son")
    trainees = [(wrong, FIRST_TRAINEE + n) for wrong in rolls for n in range(TRAINEES)]
    leaders = [("roll of shadows", 2 * school + n) for school in (SCHOOL, OTHER_SCHOOL) for n in range(2)]
    sons = [("school of the son", number) for number in (relative(0, 1), FIRST_OFFICIAL)]
    return " UNION ".join(
        f"SELECT v * {PERSONS} + {number} FROM {_where(wrong, size)}" for wrong, number in [*trainees, *leaders, *sons]
    )


def companies_named(size: Size) -> str:
    return f"SELECT v * {COMPANIES} + {SON} FROM {_where('school of the son', size)}"


def _where(wrong: str, size: Size) -> str:
    return f"{villages()} WHERE {schemes.at(_PLACES[wrong], size.village_every)}"


def _who(number: int) -> dict[str, str]:
    return {"person_id": f"person_key(v * {PERSONS} + {number})"}


def _course(school: int, name: str) -> dict[str, str]:
    return {"training_org_id": f"company_key(v * {COMPANIES} + {school})", "course": name}


def _begun() -> str:
    """SQL: the first day of this year's course of a village; it takes ten."""
    return "before(60 + pick(1260, v, 300))"


def _training(size: Size) -> Made:
    """Twelve trainees a course.  Those who are on two rolls at a time attend at most one."""
    more = schemes.listed("who, school, later", [
        *((_PLACES["roll of shadows"], who, OTHER_SCHOOL, 0) for who in ENROLLED_TWICE),
        *((_PLACES["school of the son"], FIRST_TRAINEE + 12 + n, SON, 0) for n in range(12)),
        (_PLACES["one day in common"], EAGER, OTHER_SCHOOL, 9),
    ], size.village_every)  # fmt: skip
    begun = f"CASE WHEN n < {TRAINEES // 2} THEN {_begun()} ELSE before(420 + pick(1261, v, 300)) END"
    return Made(
        "training_subsidy", TRAINEES,
        f"""SELECT numbered('PX', id) AS record_id, person_key(v * {PERSONS} + {FIRST_TRAINEE} + n) AS person_id,
            company_key(v * {COMPANIES} + {SCHOOL}) AS training_org_id,
            CASE WHEN n < {TRAINEES // 2} THEN {THIS_YEAR} ELSE {YEAR_BEFORE} END AS course, {begun} AS from_date,
            {begun} + 9 AS to_date, yuan(1200) AS amount
        FROM {each("n", TRAINEES)}
        UNION ALL SELECT numbered('PY', v * {PERSONS} + who), person_key(v * {PERSONS} + who),
            company_key(v * {COMPANIES} + school), {AGAIN}, {_begun()} + later, {_begun()} + later + 9, yuan(1500)
        FROM {more}""",
    )  # fmt: skip


def _machine(size: Size) -> Made:
    """Farmers buy one now and then; of one in ten the number was not written down."""
    buyers = (("machines for nobody", HOARDER), ("machines for hire", CONTRACTOR))
    many = [(wrong, who, 10 * n, n) for wrong, who in buyers for n in range(3)]
    one = [("dealer's own machine", OWNER_OF_DEALER, 10, 0),
           *(("one number, two machines", twin, 10, 0) for twin in TWINS)]  # fmt: skip
    bought = schemes.listed(
        "who, later, nth", [(_PLACES[wrong], *row) for wrong, *row in [*many, *one]], size.village_every
    )
    return Made(
        "farm_machine", MACHINES,
        f"""SELECT numbered('NG', id) AS record_id, CASE WHEN pick(1262, id, 10) > 0 THEN numbered('NJ', id) END
            AS machine_no, person_key(v * {PERSONS} + 2410 + 5 * n) AS person_id, '拖拉机' AS model,
            before(30 + pick(1263, id, 1500)) AS buy_date, yuan(3000 + 100 * pick(1264, id, 200)) AS subsidy,
            company_key(v * {COMPANIES} + {DEALER}) AS dealer_id
        FROM {each("n", MACHINES)}
        UNION ALL SELECT numbered('NX', (v * {PERSONS} + who) * 4 + nth),
            CASE WHEN who IN {TWINS} THEN numbered('NZ', v) ELSE numbered('NY', (v * {PERSONS} + who) * 4 + nth) END,
            person_key(v * {PERSONS} + who), '收割机', make_date({YEAR}, 3, 5) + later, yuan(21000),
            company_key(v * {COMPANIES} + {DEALER}) FROM {bought}""",
    )  # fmt: skip
