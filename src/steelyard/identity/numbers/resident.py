"""Validity of resident numbers (GB 11643-1999) as portable SQL: the same answers as ``kit.identifiers``.

Expressions take a number in normal form.  The shape is tested first, and only what has it is computed with: a pure
arithmetic over non-digits would take letters for zero and let bad numbers pass.
"""

from steelyard.kit.number_shapes import DAY, EARLIEST_BIRTH, OLD_RESIDENT, RESIDENT, RESIDENT_LETTERS
from steelyard.kit.sqltext import literal

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ZERO = ord("0")
FULL_WIDTH = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "\u3000"
HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F)) + " "


def fits(text: str, pattern: str) -> str:
    """SQL: whether a text has a shape from beginning to end."""
    return f"regexp_matches({text}, {literal(f'^(?:{pattern})$')})"


def normal(number: str) -> str:
    """SQL: half-width, upper case, without blanks.  Rarer compatibility characters are left to Python."""
    cleaned = f"upper(regexp_replace(translate({number}, '{FULL_WIDTH}', {literal(HALF_WIDTH)}), '\\s+', '', 'g'))"
    return f"CASE WHEN {fits(number, '[0-9A-Z]+')} THEN {number} ELSE {cleaned} END"


def is_plain(number: str) -> str:
    """SQL: whether ``normal`` gives what ``kit.identifiers.normal`` gives."""
    return fits(number, r"[\x20-\x7E\x{3000}\x{FF01}-\x{FF5E}]*")


def resident_check(body: str) -> str:
    """SQL: the 18th character for a number's first 17, which must be digits."""
    # The code of '0' is taken off once, for all places together.
    total = " + ".join(f"{weight} * ascii(substr({body}, {place}, 1))" for place, weight in enumerate(_WEIGHTS, 1))
    return f"substr('{_CHECK}', ({total} - {_ZERO * sum(_WEIGHTS)}) % 11 + 1, 1)"


def expanded(number: str) -> str:
    """SQL: an old 15-digit number with century and check character, any other as it is."""
    body = f"substr({number}, 1, 6) || '19' || substr({number}, 7)"
    return f"CASE WHEN {fits(number, OLD_RESIDENT)} THEN {body} || {resident_check(f'({body})')} ELSE {number} END"


def is_resident(number: str, today: str) -> str:
    """SQL: whether an 18-character number has the shape, a real birth date up to ``today`` and the check character.

    ``today``: SQL of a date before the year 10000.
    """
    return (
        f"(CASE WHEN {fits(number, RESIDENT)} "
        f"THEN substr({number}, 18, 1) = {resident_check(number)} AND {_born(number, today)} ELSE false END)"
    )


def looks_resident(number: str, today: str) -> str:
    """SQL: whether a number has the shape and birth date of a resident number, its check character aside."""
    return f"(CASE WHEN {fits(number, RESIDENT)} THEN {_born(number, today)} ELSE false END)"


def is_day(digits: str) -> str:
    """SQL: whether eight digits are a day of the calendar."""
    return fits(digits, DAY)


def has_letters_of_resident(number: str) -> str:
    """SQL: whether a number has 18 or 15 characters that a resident number may have."""
    return fits(number, f"{RESIDENT_LETTERS}|{OLD_RESIDENT}")


def _born(number: str, today: str) -> str:
    return f"substr({number}, 7, 8) BETWEEN '{EARLIEST_BIRTH}' AND strftime({today}, '%Y%m%d')"
