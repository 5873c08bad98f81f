"""What the platform raised about villages, and what came of it: alerts, measures, proposals for rules."""

from steelyard.synth.scale import bodies, handling
from steelyard.synth.scale.bodies import (
    BUREAU,
    COMMITTEE,
    HANDLERS,
    TOWN_BODY,
    county_body,
    county_reviewer,
    town_handler,
)
from steelyard.synth.scale.handling import BLOCKS, LOOPHOLE_ANSWERED, LOOPHOLE_CLOSED, MODELS, NUMBERS, block, model
from steelyard.synth.scale.size import COMPANIES, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each, villages

ALERTS = 16
"""Of a village, one a month."""
_LIMIT = "CASE grade WHEN 'red' THEN 15 WHEN 'yellow' THEN 10 ELSE 30 END"
"""SQL: days to dispose of an alert."""


def tables(size: Size) -> list[Made]:
    return [_alert(size), _action(size), _item()]


def planted(size: Size) -> list[Planted]:
    return handling.planted(size)


def people_named(size: Size) -> str:
    """Who handles and reviews."""
    return bodies.people()


def bodies_named(size: Size) -> str:
    """Every village committee, and the bodies that handle."""
    committees = f"SELECT {COMMITTEE} AS org_id, place_name(v) || '村民委员会' AS name FROM {villages()}"
    return f"{committees} UNION SELECT org_id, name FROM ({bodies.orgs(size)})"


def look_alikes(size: Size) -> list[LookAlike]:
    return handling.look_alikes(size)


def _ordinary() -> str:
    """SQL: a village's alerts, handled as they should be: most are untrue or duplicates, few are true.

    One answer of a town in a quarter comes two days late.  What is true and has an amount was paid back.
    """
    chance = "pick(1502, id, 100)"
    result = f"""CASE WHEN m % 2 = 0 AND {chance} < 18 OR m % 2 = 1 AND n % 8 = 1 AND c % 62 = 0 THEN 'true'
        WHEN {chance} < 40 THEN 'partly' WHEN {chance} < 75 THEN 'false' WHEN {chance} < 80 THEN 'data_error'
        ELSE 'duplicate' END"""
    grade = "CASE WHEN pick(1504, id, 100) < 25 THEN 'red' WHEN pick(1504, id, 100) < 75 THEN 'yellow' ELSE 'blue' END"
    of_town = "n % 4 = 3"
    return f"""SELECT v, n AS k, {model("m")} AS model_id, 30 * n + 1 + pick(1501, id, 29) AS ago, grade,
            {result} AS result, {TOWN_BODY} AS body, {town_handler(f"pick(1503, id, {HANDLERS})")} AS handler,
            {county_reviewer(f"pick(1505, id, {HANDLERS})")} AS reviewer,
            CASE WHEN n = 2 AND v % 19 = 7 THEN 2 + {_LIMIT} ELSE 2 + pick(1506, id, {_LIMIT} - 3) END AS replied_in,
            3 + pick(1507, id, 6) AS reviewed_in,
            CASE WHEN {of_town} THEN yuan(500 + 100 * pick(1508, id, 300)) END AS amount,
            CASE WHEN {of_town} THEN town_code(v) ELSE village_code(v) END AS area,
            CASE WHEN {of_town} THEN {TOWN_BODY} ELSE {COMMITTEE} END AS org,
            CASE WHEN {of_town} THEN company_key(v * {COMPANIES} + 40 + n) ELSE {COMMITTEE} END AS subject,
            CASE WHEN pick(1509, id, 10) > 0 THEN numbered('SX', v * {NUMBERS} + n) END AS matter, 0 AS reopened,
            false AS at_once, n % 4 < 2 AS rectified,
            CASE WHEN {of_town} THEN yuan(500 + 100 * pick(1508, id, 300)) END AS recovered
        FROM (SELECT *, {grade} AS grade, v - first_of(county_of(v)) AS c, v - first_of(county_of(v)) + 5 * n AS m
            FROM {each("n", ALERTS)})"""


def handled(size: Size) -> str:
    """SQL: every alert; ``replied`` and ``reviewed``: days since, below zero for what is still to come."""
    rows = " UNION ALL ".join([_ordinary(), *(block(wrong, size) for wrong in BLOCKS)])
    return f"""(SELECT *, v * {NUMBERS} + k AS id, {_LIMIT} AS days_given, ago - replied_in AS replied,
        ago - replied_in - reviewed_in AS reviewed FROM ({rows}))"""


def _alert(size: Size) -> Made:
    """Signed for in the afternoon, answered within the limit, reviewed some days later."""
    return Made(
        "alert", ALERTS + 2,
        f"""SELECT numbered('YJ', id) AS alert_id, model_id, area AS area_code, org AS org_id, subject AS subject_id,
            matter AS matter_id, grade, at_hour(before(ago), 9) AS raised_time, body AS assigned_org_id,
            at_hour(before(ago), 14) AS signed_time, at_hour(before(ago - days_given), 18) AS due_time,
            CASE WHEN at_once THEN at_hour(before(ago), 14) + INTERVAL 4 MINUTE
                WHEN replied >= 0 THEN at_hour(before(replied), 15) END AS replied_time,
            CASE WHEN reviewed >= 0 THEN at_hour(before(reviewed), 10) END AS reviewed_time,
            CASE WHEN reviewed >= 0 THEN result END AS result, handler AS handler_id,
            CASE WHEN reviewed >= 0 THEN reviewer END AS reviewer_id, amount AS amount_involved,
            reopened AS reopened_count
        FROM {handled(size)}""",
    )  # fmt: skip


def _action(size: Size) -> Made:
    """An explanation with each answer; what is true is put right or talked about, and the money comes back."""
    found = "result = 'true' AND reviewed >= 0"
    return Made(
        "disposal_action", ALERTS * 1.3,
        f"""SELECT numbered('CZ', id * 4 + n) AS action_id, numbered('YJ', id) AS alert_id, kind AS action_type,
            before(CASE WHEN kind = 'explain' THEN replied ELSE reviewed END) AS action_date,
            CASE WHEN kind = 'recover' THEN recovered END AS amount, NULL AS person_id,
            CASE WHEN kind <> 'talk' THEN numbered('WS', id * 4 + n) END AS doc_ref,
            CASE WHEN kind = 'recover' THEN reviewer END AS verified_by_id
        FROM (SELECT *, unnest(['explain', CASE WHEN rectified THEN 'rectify' ELSE 'talk' END, 'recover']) AS kind,
                unnest([0, 1, 2]) AS n FROM {handled(size)})
        WHERE CASE kind WHEN 'explain' THEN replied >= 0 AND NOT at_once WHEN 'recover' THEN {found}
            AND recovered > 0 ELSE {found} END""",
    )  # fmt: skip


def _item() -> Made:
    """Of every county: a proposal under way for each model that finds much, one carried out for each other."""
    usual = len(MODELS)
    return Made(
        "governance_item", 0.11,
        f"""SELECT numbered('ZL', county_of(v) * 100 + n) AS item_id,
            CASE n WHEN {usual} THEN '{LOOPHOLE_CLOSED}' WHEN {usual + 1} THEN '{LOOPHOLE_ANSWERED}'
                ELSE {model("n")} END AS model_id, county_code(county_of(v)) AS area_code,
            {county_body(BUREAU)} AS org_id, before(issued) AS issued_date, before(issued - 90) AS due_date,
            CASE WHEN done THEN before(issued - 70) END AS done_date,
            CASE WHEN done THEN numbered('ZD', county_of(v) * 100 + n) END AS system_doc_ref,
            CASE WHEN done THEN 'done' ELSE 'open' END AS status
        FROM (SELECT *, n = {usual} OR (n < {usual} AND n % 2 = 1) AS done,
                CASE WHEN n = {usual} THEN 400 ELSE 100 + pick(1510, v * 64 + n, 250) END AS issued
            FROM {villages()}, range({usual + 2}) AS o(n) WHERE first_of(county_of(v)) = v)""",
    )  # fmt: skip
