"""Validity of identity numbers as portable SQL: the same answers as ``kit.identifiers``, a column at a time.

Sources: GB 11643-1999, GB 32100-2015.  Expressions take a number in normal form.  A pure integer arithmetic over
non-digits is avoided on purpose: letters would count as zero, and bad numbers that end in 1 would pass.
"""

from steelyard.kit.identifiers import CREDIT_ALPHABET

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
FULL_WIDTH = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "\u3000"
HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F)) + " "


def normal(number: str) -> str:
    """SQL: half-width, upper case, without blanks.  Rarer compatibility characters are left to Python."""
    half = HALF_WIDTH.replace("'", "''")
    cleaned = f"upper(regexp_replace(translate({number}, '{FULL_WIDTH}', '{half}'), '\\s+', '', 'g'))"
    return f"CASE WHEN regexp_full_match({number}, '[0-9A-Z]+') THEN {number} ELSE {cleaned} END"


def is_plain(number: str) -> str:
    """SQL: whether ``normal`` gives what ``kit.identifiers.normal`` gives."""
    return f"regexp_full_match({number}, '[\\x20-\\x7E\\x{{3000}}\\x{{FF01}}-\\x{{FF5E}}]*')"


def resident_check(body: str) -> str:
    """SQL: the 18th character for a number's first 17."""
    total = " + ".join(
        f"strpos('0123456789', substr({body}, {place}, 1)) * {weight} - {weight}"
        for place, weight in enumerate(_ID_WEIGHTS, 1)
    )
    return f"substr('{_ID_CHECK}', CAST(({total}) % 11 AS INTEGER) + 1, 1)"


def expanded(number: str) -> str:
    """SQL: an old 15-digit number with century and check character, any other as it is."""
    body = f"substr({number}, 1, 6) || '19' || substr({number}, 7)"
    return (
        f"CASE WHEN regexp_full_match({number}, '[1-9][0-9]{{14}}') "
        f"THEN {body} || {resident_check(f'({body})')} ELSE {number} END"
    )


def is_resident(number: str, today: str) -> str:
    """SQL: whether an 18-character number has the shape, a real birth date up to ``today`` and the check character."""
    return f"({looks_resident(number, today)} AND substr({number}, 18, 1) = {resident_check(number)})"


def looks_resident(number: str, today: str) -> str:
    """SQL: whether a number has the shape and birth date of a resident number, its check character aside."""
    born = f"substr({number}, 7, 4) || '-' || substr({number}, 11, 2) || '-' || substr({number}, 13, 2)"
    return (
        f"(regexp_full_match({number}, '[1-9][0-9]{{16}}[0-9X]') "
        f"AND coalesce(TRY_CAST({born} AS DATE) BETWEEN DATE '1850-01-01' AND {today}, false))"
    )


def is_credit(number: str) -> str:
    """SQL: whether a number is a unified social credit code."""
    total = " + ".join(
        f"(strpos('{CREDIT_ALPHABET}', substr({number}, {place}, 1)) - 1) * {weight}"
        for place, weight in enumerate(_CREDIT_WEIGHTS, 1)
    )
    letters = f"[{CREDIT_ALPHABET}]"
    return (
        f"(regexp_full_match({number}, '{letters}{{2}}[0-9]{{6}}{letters}{{10}}') "
        f"AND substr({number}, 18, 1) = "
        f"substr('{CREDIT_ALPHABET}', CAST((31 - ({total}) % 31) % 31 AS INTEGER) + 1, 1))"
    )
