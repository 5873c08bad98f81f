"""Why a number is neither a resident number nor a credit code, as portable SQL: as ``kit.number_facts.fault`` says."""

from steelyard.identity.numbers.credit import is_credit
from steelyard.identity.numbers.resident import expanded, fits, has_letters_of_resident, is_day, is_resident
from steelyard.kit import number_shapes as shapes
from steelyard.kit.number_facts import MEANT_AS_CREDIT
from steelyard.kit.sqltext import literal


def fault_sql(number: str, today: str) -> str:
    """SQL: one of ``FAULTS`` for a number in normal form, null where it is valid."""
    resident = is_resident(f"({expanded(number)})", today)
    credit = f"regexp_matches({number}, {literal(f'^(?:{MEANT_AS_CREDIT})')})"
    return (
        f"CASE WHEN {number} IS NULL OR {number} = '' THEN 'empty' "
        f"WHEN {resident} OR {is_credit(number)} THEN NULL "
        f"WHEN regexp_matches({number}, {literal(shapes.COVERED)}) THEN 'covered' "
        f"WHEN {fits(number, shapes.SCIENTIFIC)} THEN 'destroyed' "
        f"WHEN {credit} THEN {_of_credit(number)} ELSE {_of_resident(number, today)} END"
    )


def _of_resident(number: str, today: str) -> str:
    mended = f"translate({number}, 'OIL', '011')"
    born = f"CASE WHEN length({number}) = 18 THEN substr({number}, 7, 8) ELSE '19' || substr({number}, 7, 6) END"
    return (
        f"CASE WHEN {mended} <> {number} AND {has_letters_of_resident(mended)} THEN 'letter-for-digit' "
        f"WHEN length({number}) NOT IN (15, 18) THEN 'length' "
        f"WHEN NOT {has_letters_of_resident(number)} THEN 'characters' "
        f"WHEN length({number}) = 18 AND substr({number}, 16) = '000' THEN 'destroyed' "
        f"WHEN NOT {is_day(f'({born})')} THEN 'no-such-day' "
        f"WHEN ({born}) < '{shapes.EARLIEST_BIRTH}' THEN 'birth-too-early' "
        f"WHEN ({born}) > strftime({today}, '%Y%m%d') THEN 'future-birth' ELSE 'check-character' END"
    )


def _of_credit(number: str) -> str:
    mended = f"translate({number}, 'OI', '01')"
    return (
        f"CASE WHEN {mended} <> {number} AND {fits(mended, shapes.CREDIT)} THEN 'letter-for-digit' "
        f"WHEN length({number}) <> 18 THEN 'length' "
        f"WHEN NOT {fits(number, shapes.CREDIT)} THEN 'characters' "
        f"WHEN {fits(number, '[0-9]{15}000')} THEN 'destroyed' ELSE 'check-character' END"
    )
