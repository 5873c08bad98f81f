"""What goes wrong with paid labour in villages, by whom and why, and what only looks as if."""

from steelyard.synth.scale.acts import FIRST, ROOM, Act, here
from steelyard.synth.scale.civil import family_account
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Planted, villages

YEAR = "(year(before(0)) - 1)"
"""The last whole year: what is summed up by the year is done in it."""
CREW = range(2_300, 2_328)
"""Who works for the village by the day."""
CLERK, ACCOUNTANT, SECRETARY = FIRST_OFFICIAL + 2, FIRST_OFFICIAL + 4, FIRST_OFFICIAL
ON_BOARD = (FIRST_OFFICIAL + 5, FIRST_OFFICIAL + 6)
"""Two of the board whom the village pays no salary."""
COUPLE = f"((v * {PERSONS} + 2150) // 3 * 3)"
"""The number through the province of the first of a household."""
_DEAD, _HELD, _OVER_TIME, _TWICE = 2_501, 2_517, 2_547, 2_545
_ON_SITE, _TEACHER, _AT_WEEKENDS, _LAST_WORK = 2_529, 1_117, 1_119, 2_521
_KIN_CREW = ", ".join(relative(0, which) for which in range(5))


def _on(month: int) -> str:
    """SQL: a day of the last whole year."""
    return f"make_date({YEAR}, {month}, 5)"


def _monday(month: int) -> str:
    return f"CAST(date_trunc('week', {_on(month)}) AS DATE)"


def _list(*numbers: object) -> str:
    return f"[{', '.join(str(number) for number in numbers)}]"


ACTS = (
    Act("ghost crew", 2, {"first": _on(3), "crew": _list(_DEAD, 2505, 2509, 2513), "days": "5", "approved": "NULL",
                          "shown": "NULL", "account": family_account(relative(2, 0))}),
    Act("prisoner's wages", 12, {"first": _on(4), "crew": _list(_HELD), "days": "3"}),
    Act("secretary paid twice", 7, {"first": _on(5), "crew": _list(SECRETARY), "days": "4"}),
    Act("kin crew", 24, {"first": _on(1), "crew": f"[{_KIN_CREW}]", "days": "60", "kind": "'L02'",
                         "recorder": str(ACCOUNTANT)}),
    Act("kin half", 34, {"first": _on(2), "crew": f"[{_KIN_CREW}]", "days": "16", "recorder": str(ACCOUNTANT)}),
    Act("teacher's labour", 15, {"first": _monday(4), "crew": _list(_TEACHER), "days": "3"}),
    Act("on two sites", 19, {"first": _monday(5), "crew": _list(_ON_SITE)}),
    Act("no matter", 29, {"first": _on(7), "crew": _list(2531, 2534), "days": "4", "matter": "NULL"}),
    Act("approved later", 32, {"first": _on(8), "crew": _list(2531, 2534), "days": "4", "approved": "paid + 10"}),
    Act("never shown", 37, {"first": "before(20)", "crew": _list(2537), "paid": "before(10)", "shown": "NULL"}),
    Act("shown three days", 41, {"first": _on(6), "crew": _list(2537), "shown": "paid - 8", "shown_until": "paid - 5"}),
    Act("dear masons", 48, {"first": _on(9), "crew": _list(2533, 2535, 2538, 2539, 2541), "days": "10",
                            "kind": "'L02'", "factor": "1.6"}),
    Act("dear hands", 52, {"first": _on(9), "crew": _list(2531), "days": "4", "factor": "1.5"}),
    Act("clerk's mother", 50, {"first": _on(9), "crew": _list(relative(2, 2)), "days": "20"}),
    Act("own notes", 56, {"first": _on(10), "crew": _list(ON_BOARD[1]), "days": "20", "recorder": str(ON_BOARD[1])}),
    Act("two crews", 53, {"first": _on(10), "crew": _list(_TWICE), "days": "3", "place": "v - k"}, 2),
    Act("forty days in May", 57, {"first": f"make_date({YEAR}, 5, 1)", "crew": _list(_OVER_TIME), "days": "20"}, 2),
    # and what is in order
    Act("paid to the widow", 6, {"first": "before(220)", "crew": _list(_LAST_WORK), "paid": "before(150)"}),
    Act("allowance", 13, {"first": _on(5), "crew": _list(ON_BOARD[1]), "days": "12"}),
    Act("kin among many", 44, {"first": _on(2), "crew": f"[{relative(0, 0)}, 2551, 2553, 2555, 2557]", "days": "20",
                               "recorder": str(ACCOUNTANT)}),
    Act("teacher's weekend", 26, {"first": f"{_monday(6)} + 5", "crew": _list(_AT_WEEKENDS)}),
    Act("sweepers by the month", 36,
        {"first": f"make_date({YEAR}, CAST(4 + k AS INTEGER), 3)", "crew": _list(2563, 2567), "days": "5",
         "matter": "numbered('LW', id - k)", "approved": "CASE k WHEN 0 THEN first - 7 END",
         "shown": "CASE k WHEN 0 THEN first + 7 END"}, 3),
    Act("shown five days", 46, {"first": _on(6), "crew": _list(2537), "shown": "paid - 5", "shown_until": "paid"}),
    Act("couple's account", 42, {"first": _on(8), "crew": f"[{COUPLE} - v * {PERSONS}, {COUPLE} + 1 - v * {PERSONS}]",
                                 "account": f"'62172' || {COUPLE}"}),
    Act("dear electricians", 54, {"first": _on(9), "crew": _list(2559), "kind": "'L03'", "factor": "1.18"}),
    Act("clerk's brother", 58, {"first": _on(9), "crew": _list(relative(2, 3)), "days": "20"}),
    Act("two half days", 59, {"first": _on(10), "crew": _list(2549), "days": "3", "share": "0.5", "place": "v - k"}, 2),
)  # fmt: skip
"""In days of work, of the last whole year where no day is told."""


def planted(size: Size) -> list[Planted]:
    def one(model: str, act: str, key: dict[str, str], grade: str, when: str = "") -> Planted:
        return Planted(f"village-labour/{model}", key, _where(act, size), grade, story=act, when=when)

    crew = {"village_code": "village_code(v)", "account_no": family_account(relative(2, 0))}
    recorded = "recorder-is-payee"
    return [
        one("dead-or-jailed-worker", "ghost crew", _who(_DEAD) | _village(), "red", f"{_on(3)} + 17"),
        one("one-account-many-workers", "ghost crew", crew, "red", f"{_on(3)} + 17"),
        one("labour-without-project", "ghost crew", _village() | _month(f"{_on(3)} + 17"), "yellow", f"{_on(3)} + 17"),
        one("no-disclosure-labour", "ghost crew", _matter("ghost crew"), "yellow", f"{_on(3)} + 17"),
        one("dead-or-jailed-worker", "prisoner's wages", _who(_HELD) | _village(), "red", _on(4)),
        one("cadre-double-pay", "secretary paid twice", _village() | _who(SECRETARY) | _year(), "yellow", _on(5)),
        one("cadre-relative-share", "kin crew", _village() | _year(), "red"),
        one("cadre-relative-share", "kin half", _village() | _year(), "yellow"),
        one("employed-elsewhere", "teacher's labour", _who(_TEACHER) | _village(), "yellow", _monday(4)),
        one("employed-elsewhere", "on two sites", _who(_ON_SITE) | _village(), "yellow", _monday(5)),
        one("labour-without-project", "no matter", _village() | _month(f"{_on(7)} + 16"), "yellow", f"{_on(7)} + 16"),
        one("labour-without-project", "approved later", _village() | _month(f"{_on(8)} + 16"), "yellow",
            f"{_on(8)} + 16"),
        one("no-disclosure-labour", "never shown", _matter("never shown"), "blue", "before(10)"),
        one("no-disclosure-labour", "shown three days", _matter("shown three days"), "yellow"),
        one("rate-above-standard", "dear masons", _village() | {"work_type": "'L02'"}, "yellow", _on(9)),
        one("rate-above-standard", "dear hands", _village() | {"work_type": "'L01'"}, "blue", _on(9)),
        one(recorded, "clerk's mother", _recorded(CLERK, relative(2, 2)), "yellow"),
        one(recorded, "own notes", _recorded(ON_BOARD[1], ON_BOARD[1]), "yellow"),
        one("same-day-double-work", "two crews", _who(_TWICE) | _month(_on(10)), "yellow", _on(10)),
        one("same-day-double-work", "forty days in May", _who(_OVER_TIME) | _month(_on(5)), "red"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model: str, act: str, key: dict[str, str], why: str) -> LookAlike:
        return LookAlike(f"village-labour/{model}", key, _where(act, size), why)

    couple = {"village_code": "village_code(v)", "account_no": f"'62172' || {COUPLE}"}
    return [
        one("dead-or-jailed-worker", "paid to the widow", _who(_LAST_WORK) | _village(),
            "worked, died, and the pay went to the widow"),
        one("cadre-double-pay", "allowance", _village() | _who(ON_BOARD[1]) | _year(), "a post without a salary"),
        one("cadre-relative-share", "kin among many", _village() | _year(), "one relative in a crew of five"),
        one("employed-elsewhere", "teacher's weekend", _who(_AT_WEEKENDS) | _village(), "worked at the weekend"),
        one("labour-without-project", "sweepers by the month", _village() | _month(f"make_date({YEAR}, 5, 3) + 17"),
            "standing work, approved once and paid by the month"),
        one("no-disclosure-labour", "shown five days", _matter("shown five days"), "taken down after five days"),
        one("one-account-many-workers", "couple's account", couple, "a couple and its account"),
        one("rate-above-standard", "dear electricians", _village() | {"work_type": "'L03'"},
            "a trade dearer than plain labour, within the margin of its own reference"),
        one("recorder-is-payee", "clerk's brother", _recorded(CLERK, relative(2, 3)), "a brother is no close relative"),
        one("same-day-double-work", "two half days", _who(2549) | _month(_on(10)), "half a day in each of two places"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    """SQL: whom red findings name, and whom their evidence shows."""
    whole = [*CREW, relative(2, 1), *ON_BOARD, *(relative(0, which) for which in range(5))]
    told = [("ghost crew", number) for number in (_DEAD, 2505, 2509, 2513, relative(2, 0))]
    told += [("prisoner's wages", _HELD), ("forty days in May", _OVER_TIME), *(("kin crew", one) for one in whole)]
    return " UNION ".join(f"SELECT v * {PERSONS} + {number} FROM {_where(act, size)}" for act, number in told)


def _where(act: str, size: Size) -> str:
    return f"{villages()} WHERE {here(ACTS, act, size)}"


def _who(number: int) -> dict[str, str]:
    return {"person_id": f"person_key(v * {PERSONS} + {number})"}


def _village() -> dict[str, str]:
    return {"village_code": "village_code(v)"}


def _year() -> dict[str, str]:
    return {"year": YEAR}


def _month(day: str) -> dict[str, str]:
    return {"month": f"strftime({day}, '%Y-%m')"}


def _recorded(recorder: int, person: int | str) -> dict[str, str]:
    return {"recorder_id": f"person_key(v * {PERSONS} + {recorder})"} | _who(int(person)) | _year()


def _matter(name: str) -> dict[str, str]:
    """The matter of an act of one row, numbered as ``acts.added`` numbers it."""
    before = sum(act.rows for act in ACTS[: [act.name for act in ACTS].index(name)])
    return _village() | {"matter_id": f"numbered('LW', {FIRST} + v * {ROOM} + {before})"}
