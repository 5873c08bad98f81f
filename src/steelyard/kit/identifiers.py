"""Resident ID numbers and unified social credit codes: normal form, check, and making valid ones.

Sources: GB 11643-1999 (resident ID, ISO 7064 MOD 11-2) and GB 32100-2015 (credit code, MOD 31-3).
The area prefix of a number is never a reason to refuse it: codes are assigned at registration and
counties come and go.
"""

import datetime as dt
import re
import unicodedata

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ID_18 = re.compile(r"^[1-9][0-9]{16}[0-9X]$")
_ID_15 = re.compile(r"^[1-9][0-9]{14}$")
_CREDIT = re.compile(rf"^[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}$")


def normal(number: str) -> str:
    """Half-width, upper case, without blanks: the form in which numbers are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", number)).upper()


def resident_check_character(body: str) -> str:
    """The 18th character for the first 17."""
    return _ID_CHECK[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def credit_check_character(body: str) -> str:
    """The 18th character of a credit code for its first 17."""
    total = sum(CREDIT_ALPHABET.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def expand(number: str) -> str:
    """An old 15-digit resident number as the 18-character one (century 19)."""
    body = number[:6] + "19" + number[6:]
    return body + resident_check_character(body)


def birth_date(number: str) -> dt.date | None:
    """Date of birth written in an 18-character number, None where no such day exists."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_resident_id(number: str, *, today: dt.date | None = None) -> bool:
    """Whether a number in normal form has the shape, a real birth date and the right check character.

    ``today``: a birth date after it makes the number invalid; without it the date is not tested.
    """
    if _ID_15.match(number):
        number = expand(number)
    if not _ID_18.match(number) or resident_check_character(number[:17]) != number[17]:
        return False
    born = birth_date(number)
    return born is not None and born.year >= 1850 and (today is None or born <= today)


def is_credit_code(number: str) -> bool:
    """Whether a number in normal form is a credit code with the right check character."""
    return bool(_CREDIT.match(number)) and credit_check_character(number[:17]) == number[17]


def make_resident_id(area: str, born: dt.date, serial: int) -> str:
    """A valid number for the made-up county: six digits of area, birth date, serial 0..999."""
    body = f"{area[:6]}{born:%Y%m%d}{serial:03d}"
    return body + resident_check_character(body)


def make_credit_code(kind: str, area: str, organisation: str) -> str:
    """A valid credit code of kind (91 company, 11 body, N2 collective), six digits of area, nine of body."""
    body = f"{kind}{area[:6]}{organisation}"
    return body + credit_check_character(body)
