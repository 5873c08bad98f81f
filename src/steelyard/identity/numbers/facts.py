"""What a column of numbers tells, as portable SQL: kind, fault, birth date, sex, place."""

from steelyard.identity.numbers.faults import fault_sql
from steelyard.identity.numbers.kinds import first_kind, normal_of
from steelyard.identity.numbers.resident import expanded, normal
from steelyard.kit.number_facts import FORMS, KINDS
from steelyard.kit.number_shapes import PLAIN_BIRTH


def classify_sql(relation: str, column: str, today: str) -> str:
    """SELECT of ``number`` (as delivered), ``normal``, ``kind``, ``fault``, ``born``, ``sex``, ``area``, ``flags``.

    One row for every distinct number of the column.  The area is told, never held against a number; flags are a text
    with a blank between.  ``today``: SQL of a date.
    """
    own = ", ".join(f'{normal_of(kind, "number")} AS "form {kind}"' for kind in FORMS)
    forms = {kind: f'"form {kind}"' if kind in FORMS else "plain" for kind in KINDS}
    chosen = " ".join(f"WHEN kind = '{kind}' THEN {forms[kind]}" for kind in FORMS)
    # Steps side by side rather than inside one another: parsers go down only so far.
    return f"""WITH listed AS (SELECT DISTINCT {column} AS number FROM {relation}),
    formed AS (SELECT number, {normal("number")} AS plain, {own} FROM listed),
    widened AS (SELECT *, {expanded("plain")} AS wide FROM formed),
    judged AS (SELECT *, {first_kind(forms, today)} AS kind, {fault_sql("plain", today)} AS fault FROM widened)
    SELECT number, CASE {chosen} WHEN kind = 'resident' THEN wide ELSE plain END AS normal, kind, fault,
        CASE WHEN kind = 'resident' THEN CAST(substr(wide, 7, 4) || '-' || substr(wide, 11, 2) || '-'
            || substr(wide, 13, 2) AS DATE) END AS born,
        CASE WHEN kind = 'resident' THEN
            CASE WHEN substr(wide, 17, 1) IN ('1', '3', '5', '7', '9') THEN 'm' ELSE 'f' END END AS sex,
        CASE WHEN kind = 'resident' THEN substr(wide, 1, 6) END AS area,
        CASE WHEN kind = 'resident' THEN {_flags()} ELSE '' END AS flags
    FROM judged"""


def _flags() -> str:
    told = {
        "old-form": "length(plain) = 15",
        "born-before-1900": f"substr(wide, 7, 8) < '{PLAIN_BIRTH}'",
        "permanent-residence-card": "substr(wide, 1, 1) = '9'",
        "hk-macao-taiwan-resident": "substr(wide, 1, 2) IN ('81', '82', '83')",
    }
    return "trim(" + " || ".join(f"CASE WHEN {test} THEN '{name} ' ELSE '' END" for name, test in told.items()) + ")"
