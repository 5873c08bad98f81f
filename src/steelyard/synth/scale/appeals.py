"""What people of a village complain of, to the platform and to the petitions office, and how they are answered."""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.blocks import Block, Blocks
from steelyard.synth.scale.bodies import COMMITTEE, HANDLERS, STATIONS, TOWN_BODY, town_handler
from steelyard.synth.scale.handling import BLOCKS as HANDLED
from steelyard.synth.scale.handling import NUMBERS as ALERT_NUMBERS
from steelyard.synth.scale.people import FIRST_OFFICIAL, FIRST_RELATIVE
from steelyard.synth.scale.size import PERSONS, VILLAGES_OF_A_TOWN, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages
from steelyard.synth.scale.villages import CONTRACTS, LARGE

APPEALS = 13
"""Of a village, one a month."""
PETITIONS = 2
NUMBERS = 100
"""Of appeals a village may have."""
CATEGORIES = ("project", "labour", "asset", "subsidy", "procurement", "finance", "other")
"""In turn, so that a village complains of one thing once in a quarter, and a town's villages of different things."""
FIRST_VILLAGER = 1_600
VILLAGERS = 150
ODD = 21
"""A contract whose rent is always paid, if late."""
HOT = 6
"""Villages of a town in which everybody complains of the same."""
_PLACES: Mapping[str, int] = {
    "never accepted": 4, "answered late": 4, "more time given": 9, "left dissatisfied": 9, "redone in vain": 14,
    "new rating awaited": 19, "answers for himself": 24, "husband answers": 29, "cousin answers": 34,
    "several complain": 39, "many complain": 44, "one keeps writing": 49,
    "large arrears": schemes.VILLAGE_WRONGS["large arrears"], "done again": 26, "rent came late": 54,
    "reporter exposed": STATIONS["reporter exposed"],
}  # fmt: skip
_TOWNS = 60
"""One town out of so many has a hot spot."""


def _villager(n: str) -> str:
    return f"person_key(v * {PERSONS} + {FIRST_VILLAGER} + ({n}))"


def _official(n: str) -> str:
    return f"person_key(v * {PERSONS} + {FIRST_OFFICIAL} + ({n}))"


def _contract(n: int) -> str:
    return f"numbered('CH', v * {CONTRACTS} + {n})"


_NONE = "CAST(NULL AS VARCHAR)"
_USUAL: Mapping[str, str] = {
    "category": "'other'", "person": _villager("k"), "matter": _NONE, "target": _official("5"), "ago": "60",
    "body": TOWN_BODY,
    "handler": town_handler(f"k % {HANDLERS}"), "accepted_in": "1", "days_given": "15", "done_in": "8",
    "replied_in": "8", "stars": "CAST(NULL AS BIGINT)", "redone": "0", "result": "'partly'",
}  # fmt: skip
"""Columns of an appeal; days are counted back from the last day (``ago``) or on from the day it was filed.

Only these blocks complain of whom they usually name, so that one beside another is no wave of complaints.
"""
_AGAINST = {"category": "'finance'", "target": _official("0")}
_ARREARS_OPEN = {"category": "'asset'", "result": "'false'", "ago": "100", "matter": _contract(LARGE)}
BLOCKS = Blocks(_USUAL, 20, {
    "hot spot": Block(2, {"category": "'seal'", "ago": "5 + 9 * i"}),
    "conduct": Block(6, {"category": "'style'", "ago": "12 + 40 * i", "person": _villager("0")}),
    "never accepted": Block(1, {"ago": "40", "accepted_in": "1000", "done_in": "1000", "replied_in": "1000"}),
    "answered late": Block(1, {"ago": "70", "done_in": "21", "replied_in": "21"}),
    "more time given": Block(1, {"ago": "70", "days_given": "30", "done_in": "26", "replied_in": "26"}),
    "left dissatisfied": Block(1, {"ago": "30", "stars": "1"}),
    "redone in vain": Block(1, {"ago": "60", "done_in": "14", "replied_in": "15", "stars": "1", "redone": "2"}),
    "new rating awaited": Block(1, {"ago": "40", "done_in": "14", "replied_in": "9", "stars": "2", "redone": "1"}),
    "answers for himself": Block(1, {"target": _official("1"), "handler": _official("1"), "body": COMMITTEE}),
    "husband answers": Block(1, {"target": _official("0"), "body": COMMITTEE,
                                 "handler": f"person_key(v * {PERSONS} + {FIRST_RELATIVE})"}),
    "cousin answers": Block(1, {"target": _official("0"), "body": COMMITTEE,
                                "handler": f"person_key(v * {PERSONS} + {FIRST_RELATIVE + 5})"}),
    "several complain": Block(1, {"ago": "35", **_AGAINST}),
    "many complain": Block(6, {"ago": "32 + 9 * i", **_AGAINST}),
    "one keeps writing": Block(5, {"ago": "32 + 11 * i", "person": _villager("0"), **_AGAINST}),
    "large arrears": Block(1, _ARREARS_OPEN),
    "done again": Block(1, {"category": "'asset'", "result": "'false'", "ago": "40",
                            "matter": f"numbered('SX', v * {ALERT_NUMBERS} + {HANDLED.first('done again') + 1})"}),
    "rent came late": Block(1, _ARREARS_OPEN | {
        "matter": _contract(ODD), "ago": f"59 + pick(96, v * {CONTRACTS} + {ODD}, 300)"}),
    "reporter exposed": Block(2, {"category": "CASE i WHEN 0 THEN 'finance' ELSE 'retaliation' END",
                                  "ago": "80 - 30 * i", "person": _villager("0"), "target": _official("0")}),
})  # fmt: skip


def tables(size: Size) -> list[Made]:
    return [_appeal(size), _petition(size)]


def where(wrong: str, size: Size) -> str:
    """SQL: whether the village ``v`` has a block; hot spots are a town's."""
    in_town = f"v % {VILLAGES_OF_A_TOWN}"
    if wrong in ("hot spot", "conduct"):
        half = f"{in_town} < {HOT}" if wrong == "hot spot" else f"{in_town} BETWEEN {HOT} AND {2 * HOT - 1}"
        return f"v // {VILLAGES_OF_A_TOWN} % {_TOWNS} = 0 AND {half}"
    return schemes.at(_PLACES[wrong], size.village_every)


def appeal_id(wrong: str, n: int = 0) -> str:
    """SQL: the number of an appeal of a block."""
    return f"numbered('SQ', v * {NUMBERS} + {BLOCKS.first(wrong) + n})"


def _ordinary() -> str:
    """SQL: a month's appeal, answered in time; a bad rating has it handled again."""
    listed = "[" + ", ".join(f"'{name}'" for name in CATEGORIES) + "]"
    done = "3 + pick(1521, id, 11)"
    bad = "pick(1522, id, 100) < 5"
    columns = {
        "category": f"{listed}[1 + (v + 3 * n) % {len(CATEGORIES)}]",
        "person": f"CASE WHEN pick(1523, id, 10) > 1 THEN {_villager(f'pick(1524, id, {VILLAGERS})')} END",
        "matter": f"CASE WHEN (v + 3 * n) % {len(CATEGORIES)} = 2 THEN {_contract(ODD)} END",
        "target": f"CASE WHEN pick(1525, id, 10) < 3 THEN {_official('pick(1526, id, 5)')} END",
        "ago": "30 * n + 1 + pick(1520, id, 28)",
        "handler": town_handler(f"pick(1527, id, {HANDLERS})"),
        "accepted_in": "pick(1528, id, 3)",
        "done_in": f"{done} + CASE WHEN {bad} THEN 1 ELSE 0 END",
        "replied_in": done,
        "stars": f"CASE WHEN {bad} THEN 2 WHEN pick(1522, id, 100) < 45 THEN 3 + pick(1529, id, 3) END",
        "redone": f"CASE WHEN {bad} THEN 1 ELSE 0 END",
        "result": "['true', 'partly', 'partly', 'false', 'false', 'none'][1 + pick(1530, id, 6)]",
    }  # fmt: skip
    named = ", ".join(f"{sql} AS {name}" for name, sql in {**_USUAL, **columns}.items())
    return f"SELECT v, n AS k, {named} FROM {each('n', APPEALS)}"


def _appeal(size: Size) -> Made:
    """What lies after the last day has not happened yet."""
    rows = " UNION ALL ".join([_ordinary(), *(BLOCKS.sql(wrong, where(wrong, size)) for wrong in BLOCKS)])

    def on(days: str, hour: int) -> str:
        return f"CASE WHEN ago >= {days} THEN at_hour(before(ago - ({days})), {hour}) END"

    return Made(
        "appeal", APPEALS + 0.5,
        f"""SELECT numbered('SQ', v * {NUMBERS} + k) AS appeal_id, person AS person_id,
            village_code(v) AS village_code, category, matter AS matter_id, target AS target_person_id,
            at_hour(before(ago), 8) AS filed_time, {on("accepted_in", 15)} AS accepted_time,
            body AS assigned_org_id, at_hour(before(ago - days_given), 18) AS due_time,
            {on("done_in", 15)} AS done_time, {on("replied_in", 16)} AS reply_time,
            CASE WHEN ago >= replied_in + 1 AND ago >= done_in THEN stars END AS satisfaction,
            CASE WHEN ago >= done_in THEN redone ELSE 0 END AS redo_count,
            ['app', 'phone', 'visit'][1 + k % 3] AS channel, person IS NULL AS anonymous,
            CASE WHEN ago >= done_in THEN result END AS verified_result, handler AS handler_id
        FROM ({rows})""",
    )  # fmt: skip


def _petition(size: Size) -> Made:
    """Letters to the petitions office; one in three repeats the year's first. Two more join a complaint of several."""
    listed = "[" + ", ".join(f"'{name}'" for name in CATEGORIES) + "]"
    again = "n = 1 AND pick(1532, id, 3) = 0"
    return Made(
        "petition", PETITIONS,
        f"""SELECT numbered('XF', v * 10 + n) AS petition_id,
            {_villager(f"pick(1531, CASE WHEN {again} THEN id - 1 ELSE id END, {VILLAGERS})")} AS person_id,
            village_code(v) AS area_code, CASE WHEN pick(1533, id, 10) < 3 THEN {COMMITTEE} END AS target_id,
            {listed}[1 + (v + 5) % {len(CATEGORIES)}] AS category,
            before(360 - 180 * n - pick(1534, id, 150)) AS filed_date,
            CASE WHEN {again} THEN numbered('XF', v * 10) END AS repeat_of, '已办结' AS status
        FROM {each("n", PETITIONS)}
        UNION ALL SELECT numbered('XF', v * 10 + 5 + n), {_villager("100 + n")}, village_code(v), {_official("0")},
            'finance', before(60 + 10 * n), NULL, '办理中'
        FROM {villages()}, range(2) AS o(n) WHERE {where("several complain", size)}""",
    )  # fmt: skip


def planted(size: Size) -> list[Planted]:
    def one(model: str, wrong: str, grade: str, n: int = 0, story: str = "") -> Planted:
        return Planted(f"appeals/{model}", {"appeal_id": appeal_id(wrong, n)}, _source(wrong, size), grade,
                       story=story or wrong)  # fmt: skip

    towns = f"(SELECT DISTINCT town_code(v) AS town FROM {_source('hot spot', size)})"
    return [
        Planted("appeals/appeal-hotspot", {"town_code": "town", "category": "'seal'"}, towns, "yellow"),
        one("appeal-overdue", "never accepted", "red"),
        one("appeal-overdue", "answered late", "yellow"),
        one("dissatisfied-rehandle", "left dissatisfied", "yellow"),
        one("dissatisfied-rehandle", "redone in vain", "red"),
        one("handled-by-target", "answers for himself", "red"),
        one("handled-by-target", "husband answers", "red"),
        Planted("appeals/repeat-appeal", _THEIRS, _source("several complain", size), "yellow"),
        Planted("appeals/repeat-appeal", _THEIRS, _source("many complain", size), "red"),
        one("reply-contradicts-data", "large arrears", "yellow", story="large arrears"),
        one("reply-contradicts-data", "done again", "yellow", story="done again"),
    ]  # fmt: skip


_THEIRS = {"village_code": "village_code(v)", "category": "'finance'", "target_person_id": _official("0")}


def look_alikes(size: Size) -> list[LookAlike]:
    def one(model: str, wrong: str, why: str) -> LookAlike:
        return LookAlike(f"appeals/{model}", {"appeal_id": appeal_id(wrong)}, _source(wrong, size), why)

    towns = f"(SELECT DISTINCT town_code(v) AS town FROM {_source('conduct', size)})"
    return [
        LookAlike("appeals/appeal-hotspot", {"town_code": "town", "category": "'style'"}, towns,
                  "people there write about conduct all year"),
        one("appeal-overdue", "more time given", "a longer limit was granted and kept"),
        one("dissatisfied-rehandle", "new rating awaited", "handled again, and not rated since"),
        one("handled-by-target", "cousin answers", "kin too far, and not certain"),
        LookAlike("appeals/repeat-appeal", _THEIRS, _source("one keeps writing", size), "one person writes five times"),
        one("reply-contradicts-data", "rent came late", "the rent came within weeks of the answer"),
    ]  # fmt: skip


def _source(wrong: str, size: Size) -> str:
    return f"{villages()} WHERE {where(wrong, size)}"
