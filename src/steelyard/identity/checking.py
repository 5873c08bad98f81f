"""What numbers say of themselves: value, kind and doubt of every asked number, as relations of the engine."""

import datetime as dt
import re
from collections.abc import Sequence

import pyarrow as pa

from steelyard.engines.duck import Duck
from steelyard.identity import numbers
from steelyard.kit import identifiers
from steelyard.kit.number_shapes import EARLIEST_BIRTH, OLD_RESIDENT, RESIDENT

SOURCE = "src:"
"""What a number begins with when only its publisher knows it."""
OWN = SOURCE + "steelyard:"
"""What stands before a subject's key where our own records name it: they know no number, and need none."""
FEW = 2_000
"""With so many distinct numbers or fewer, Python is done before the engine has planned the long expressions."""
_VALUED = pa.schema([("number", pa.string()), ("value", pa.string())])
_JUDGED = pa.schema([("value", pa.string()), ("id_kind", pa.string()), ("mistyped", pa.bool_())])


def judge(duck: Duck, asked: str, on: dt.date) -> None:
    """Make the tables ``valued`` (number, value) and ``judged`` (value, id_kind, mistyped).

    ``value``: the number as it is compared.  ``id_kind``: null where it is none.  ``mistyped``: a credit code that is
    rather a resident number with a wrong digit.  Values that ``known before`` has need not be in ``judged``.
    """
    found = duck.execute(f"SELECT DISTINCT number FROM {asked} WHERE number IS NOT NULL LIMIT {FEW + 1}").fetchall()
    if len(found) > FEW:
        _judge_many(duck, asked, f"DATE '{on}'")
    else:
        _judge_few(duck, [str(row[0]) for row in found], on)


def _judge_few(duck: Duck, found: Sequence[str], on: dt.date) -> None:
    values = [value_of(number) for number in found]
    judged = [(value, *judged_one(value, on)) for value in sorted(set(values))]
    columns = list(zip(*judged, strict=True)) or [(), (), ()]
    _keep(duck, "valued", pa.table([pa.array(found, pa.string()), pa.array(values, pa.string())], schema=_VALUED))
    _keep(
        duck, "judged", pa.table([pa.array(c, f.type) for c, f in zip(columns, _JUDGED, strict=True)], schema=_JUDGED)
    )


def _keep(duck: Duck, name: str, rows: pa.Table) -> None:
    duck.register("by hand", rows)
    duck.execute(f'CREATE TABLE "{name}" AS SELECT * FROM "by hand"')
    duck.unregister("by hand")


def value_of(number: str) -> str:
    """A number as it is compared: in normal form, an old resident number as the new one."""
    if number.startswith(SOURCE):
        return number
    plain = identifiers.normal(number)
    return identifiers.expand(plain) if re.fullmatch(OLD_RESIDENT, plain) else plain


def judged_one(value: str, on: dt.date) -> tuple[str | None, bool]:
    """Kind of a value, and whether it is rather a mistyped one."""
    if value.startswith(SOURCE) and len(value) > 6:
        return "source", False
    if identifiers.is_resident_id(value, today=on):
        return "resident", False
    if not identifiers.is_credit_code(value):
        return None, False
    shaped = re.fullmatch(RESIDENT, value) is not None
    return "credit", shaped and EARLIEST_BIRTH <= value[6:14] <= f"{on:%Y%m%d}"


def _judge_many(duck: Duck, asked: str, day: str) -> None:
    rare = duck.execute(
        f"SELECT DISTINCT number FROM {asked} WHERE NOT starts_with(number, '{SOURCE}') "
        f"AND NOT {numbers.is_plain('number')}"
    ).fetchall()
    by_hand = pa.table(
        {
            "number": pa.array([row[0] for row in rare], pa.string()),
            "normal": pa.array([identifiers.normal(row[0]) for row in rare], pa.string()),
        }
    )
    duck.register("by hand", by_hand)
    # Each step is a table, so that no engine spells out the long expressions again for every mention.
    duck.execute(
        f"""CREATE TABLE "plain" AS SELECT n.number, CASE WHEN starts_with(n.number, '{SOURCE}') THEN n.number
            ELSE coalesce(h.normal, {numbers.normal("n.number")}) END AS plain
        FROM (SELECT DISTINCT number FROM {asked}) n LEFT JOIN "by hand" h USING (number)"""
    )
    duck.unregister("by hand")
    duck.execute(f'CREATE TABLE "valued" AS SELECT number, {numbers.expanded("plain")} AS value FROM "plain"')
    # What is known was checked when it was first seen.
    duck.execute(
        f"""CREATE TABLE "judged" AS
        SELECT value, id_kind, id_kind = 'credit' AND {numbers.looks_resident("value", day)} AS mistyped FROM (
            SELECT value, CASE
                WHEN starts_with(value, '{SOURCE}') AND length(value) > 6 THEN 'source'
                WHEN {numbers.is_resident("value", day)} THEN 'resident'
                WHEN {numbers.is_credit("value")} THEN 'credit' END AS id_kind
            FROM (SELECT DISTINCT value FROM "valued") ANTI JOIN "known before" USING (value))"""
    )
    duck.execute('DROP TABLE "plain"')
