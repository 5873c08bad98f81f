"""Who looked at what on the platform, and the clues that bodies hand each other."""

from collections.abc import Mapping

from steelyard.synth.scale import schemes
from steelyard.synth.scale.alerts import ALERTS
from steelyard.synth.scale.appeals import APPEALS, appeal_id
from steelyard.synth.scale.appeals import NUMBERS as APPEAL_NUMBERS
from steelyard.synth.scale.blocks import Block, Blocks
from steelyard.synth.scale.bodies import (
    BUREAU,
    DISCIPLINE,
    HANDLERS,
    STATIONS,
    TOWN_BODY,
    county_body,
    station,
    station_staff,
    town_handler,
)
from steelyard.synth.scale.handling import NUMBERS as ALERT_NUMBERS
from steelyard.synth.scale.people import FIRST_OFFICIAL, FIRST_RELATIVE, RELATIVES
from steelyard.synth.scale.size import PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

LOOKS = 24
"""Of a village in half a year."""
CLUES = 2
SUPERVISOR = 5
"""The official who heads the village's supervision and has an account."""
_PLACES: Mapping[str, int] = {
    "wife looked up": 3, "cousin looked up": 8, "kin looked up": STATIONS["kin looked up"],
    "reporter exposed": STATIONS["reporter exposed"], "under order": 53, "two hundred": 58,
    "not signed for": 7, "not answered": 12, "answered on the day": 17,
}  # fmt: skip
_NONE = "CAST(NULL AS VARCHAR)"
_KIN = FIRST_RELATIVE + SUPERVISOR * RELATIVES
_USUAL: Mapping[str, str] = {
    "person": town_handler(f"k % {HANDLERS}"), "body": TOWN_BODY, "object_type": "'person'",
    "object": f"person_key(v * {PERSONS} + 1700 + i % 100)", "fields": "'account'", "action": "'read'", "ago": "12",
    "task": _NONE,
}  # fmt: skip
"""Columns of a look; ``ago``: days since."""
_HIS = {"person": f"person_key(v * {PERSONS} + {FIRST_OFFICIAL + SUPERVISOR})", "body": "org_key(500000 + v)"}
_OF_A_TASK = "numbered('RW', v * 10)"
LOOKED = Blocks(_USUAL, 100, {
    "wife looked up": Block(1, {"object": f"person_key(v * {PERSONS} + {_KIN})", "fields": "'basic'", **_HIS}),
    "cousin looked up": Block(1, {"object": f"person_key(v * {PERSONS} + {_KIN + RELATIVES - 1})", **_HIS,
                                  "task": _OF_A_TASK}),
    "kin looked up": Block(3, {"person": station_staff("kin looked up"), "body": station("kin looked up"),
                               "action": "CASE i WHEN 2 THEN 'export' ELSE 'read' END", "ago": "5 + i"}),
    "reporter exposed": Block(2, {"person": station_staff("reporter exposed"), "body": station("reporter exposed"),
                                  "object_type": "'appeal'", "object": appeal_id("reporter exposed"),
                                  "fields": "'reporter'", "ago": "60 - i", "task": _OF_A_TASK,
                                  "action": "CASE i WHEN 1 THEN 'export' ELSE 'read' END"}),
    "under order": Block(1, {"object_type": "'appeal'", "object": f"numbered('SQ', v * {APPEAL_NUMBERS} + 3)",
                             "fields": "'reporter'", "task": _OF_A_TASK}),
    "two hundred": Block(200, {"person": f"person_key(v * {PERSONS} + {FIRST_OFFICIAL + SUPERVISOR})",
                               "body": "org_key(500000 + v)", "ago": "2 + i % 25",
                               "task": _OF_A_TASK}),
})  # fmt: skip


def tables(size: Size) -> list[Made]:
    return [_look(size), _clue(size)]


def where(wrong: str, size: Size) -> str:
    return schemes.at(_PLACES[wrong], size.village_every)


def people_named(size: Size) -> str:
    """The wife who was looked up: evidence names her."""
    return f"SELECT v * {PERSONS} + {_KIN} FROM {_source('wife looked up', size)}"


def _ordinary() -> str:
    """SQL: alerts their own body looks at, persons and reporters under a task, and what is nobody's secret."""
    kind = "n % 4"
    of_alert = f"numbered('YJ', v * {ALERT_NUMBERS} + pick(1541, id, {ALERTS}))"
    of_appeal = f"numbered('SQ', v * {APPEAL_NUMBERS} + {APPEALS - 1})"
    columns = {
        "person": town_handler(f"pick(1540, id, {HANDLERS})"),
        "object_type": f"['alert', 'person', 'appeal', 'company'][1 + {kind}]",
        "object": f"""CASE {kind} WHEN 0 THEN {of_alert} WHEN 1 THEN person_key(v * {PERSONS} + pick(1542, id, 2200))
            WHEN 2 THEN {of_appeal} ELSE company_key(v * 361 + pick(1542, id, 361)) END""",
        "fields": f"['case', ['account', 'kinship', 'official'][1 + pick(1543, id, 3)], 'reporter', "
                  f"'basic'][1 + {kind}]",
        "action": "CASE WHEN pick(1544, id, 20) = 0 THEN 'export' ELSE 'read' END",
        "ago": "1 + pick(1545, id, 180)",
        "task": f"CASE WHEN {kind} IN (1, 2) THEN numbered('RW', id) END",
    }  # fmt: skip
    named = ", ".join(f"{sql} AS {name}" for name, sql in {**_USUAL, **columns}.items())
    return f"SELECT v, n AS k, {named} FROM (SELECT *, 0 AS i FROM {each('n', LOOKS)})"


def _look(size: Size) -> Made:
    rows = " UNION ALL ".join([_ordinary(), *(LOOKED.sql(wrong, where(wrong, size)) for wrong in LOOKED)])
    return Made(
        "access_audit", LOOKS + 4,
        f"""SELECT numbered('FW', v * 1000 + k) AS log_id, person AS user_person_id, body AS org_id, object_type,
            object AS object_id, fields AS field_group, action, at_hour(before(ago), 9 + k % 8) AS time, task AS task_id
        FROM ({rows})""",
    )  # fmt: skip


def _clue(size: Size) -> Made:
    """Signed for the day after and answered within weeks; one of three went to a bureau."""
    unsigned, unanswered = f"{where('not signed for', size)} AND n = 0", f"{where('not answered', size)} AND n = 0"
    on_the_day = f"{where('answered on the day', size)} AND n = 0"
    known = f"{unsigned} OR {unanswered} OR {on_the_day}"
    commission, bureau = county_body(DISCIPLINE), county_body(BUREAU)
    return Made(
        "clue_transfer", CLUES,
        f"""SELECT numbered('XS', id) AS clue_id, numbered('YJ', v * {ALERT_NUMBERS} + n) AS alert_id,
            NULL AS appeal_id, CASE WHEN away THEN {commission} ELSE {TOWN_BODY} END AS from_org_id,
            CASE WHEN away THEN {bureau} ELSE {commission} END AS to_org_id,
            CASE WHEN away THEN 'to_regulator' ELSE 'to_discipline' END AS direction,
            at_hour(before(ago), 10) AS transfer_time,
            CASE WHEN ago >= 1 AND NOT ({unsigned}) THEN at_hour(before(ago - 1), 9) END AS signed_time,
            CASE WHEN ago >= answered_in AND NOT ({unsigned} OR {unanswered})
                THEN at_hour(before(ago - answered_in), 16) END AS feedback_time,
            CASE WHEN ago >= answered_in AND NOT ({unsigned} OR {unanswered}) THEN '已办结' END AS result
        FROM (SELECT *, CASE WHEN {known} THEN 50 ELSE 2 + pick(1546, id, 350) END AS ago,
                CASE WHEN {on_the_day} THEN 30 ELSE 6 + pick(1547, id, 20) END AS answered_in,
                pick(1548, id, 3) = 0 AS away
            FROM {each("n", CLUES)})""",
    )  # fmt: skip


def planted(size: Size) -> list[Planted]:
    query, clue = "governance/unwarranted-query", "governance/clue-feedback-overdue"
    exposed = {"appeal_id": appeal_id("reporter exposed"), "user_person_id": station_staff("reporter exposed")}
    at_desk = {"user_person_id": station_staff("kin looked up")}
    return [
        Planted(query, {"user_person_id": _HIS["person"]}, _source("wife looked up", size), "red",
                story="wife looked up"),
        Planted(query, at_desk, _source("kin looked up", size), "red", story="accounts exported"),
        Planted("appeals/report-leak", exposed, _source("reporter exposed", size), "red", story="reporter exposed"),
        Planted(clue, _CLUE, _source("not signed for", size), "yellow", story="not signed for"),
        Planted(clue, _CLUE, _source("not answered", size), "yellow", story="not answered"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    query = "governance/unwarranted-query"
    asked = {"appeal_id": f"numbered('SQ', v * {APPEAL_NUMBERS} + 3)",
             "user_person_id": town_handler(f"{LOOKED.first('under order')} % {HANDLERS}")}  # fmt: skip
    his = {"user_person_id": _HIS["person"]}
    return [
        LookAlike(query, his, _source("cousin looked up", size), "a cousin, under a task"),
        LookAlike(query, his, _source("two hundred", size), "two hundred looks under one task"),
        LookAlike("appeals/report-leak", asked, _source("under order", size), "the body in charge, under a task"),
        LookAlike("governance/clue-feedback-overdue", _CLUE, _source("answered on the day", size),
                  "answered on the last day"),
    ]  # fmt: skip


_CLUE = {"clue_id": f"numbered('XS', v * {CLUES})"}


def _source(wrong: str, size: Size) -> str:
    return f"{villages()} WHERE {where(wrong, size)}"
