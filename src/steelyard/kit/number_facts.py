"""What a number can be, what is wrong with it, and what it tells besides."""

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from steelyard.kit import check_digits, contact_numbers, identifiers
from steelyard.kit import number_shapes as shapes

FAULTS = (
    "empty",
    "covered",
    "destroyed",
    "letter-for-digit",
    "length",
    "characters",
    "no-such-day",
    "birth-too-early",
    "future-birth",
    "check-character",
)
"""Why a number is neither a resident number nor a credit code, in the order in which it is asked."""
MEANT_AS_CREDIT = "9|.{0,16}[A-HJKMNP-WYZ]"
"""How a number begins that is hardly a person's: letters that nobody takes for a digit, or a company's 9."""
_FOREIGN_CARD = "9"
_SEPARATE = ("81", "82", "83")
_LETTERS = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class NumberFacts:
    """One number, looked at."""

    normal: str
    """Form for comparison, of the first kind it can be."""
    kinds: tuple[str, ...]
    """What it can be, the strongest check first; empty where nothing fits."""
    fault: str | None
    """One of FAULTS where it is neither a resident number nor a credit code, as which it was meant."""
    born: dt.date | None = None
    sex: str | None = None
    """m or f."""
    area: str | None = None
    """Six digits of the place of registration."""
    flags: tuple[str, ...] = ()
    """old-form, born-before-1900, unknown-area, permanent-residence-card, hk-macao-taiwan-resident: never reasons."""

    @property
    def kind(self) -> str | None:
        """The first of ``kinds``."""
        return self.kinds[0] if self.kinds else None


def classify(number: str, *, today: dt.date, areas: Collection[str] | None = None) -> NumberFacts:
    """Kinds, fault and facts of a number as given.

    ``areas``: known codes of six digits; without it the area is not looked up.
    """
    fitting = [(kind, form) for kind, form in _forms(number) if _VALID[kind](form, today)]
    kinds = tuple(kind for kind, _ in fitting)
    form = fitting[0][1] if fitting else identifiers.normal(number)
    if not kinds or kinds[0] != "resident":
        return NumberFacts(form, kinds, None if "credit" in kinds else fault(number, today=today))
    return _of_resident(form, kinds, areas)


def fault(number: str, *, today: dt.date) -> str | None:
    """Why a number, meant as a resident number or a credit code, is none; None where it is one."""
    plain = identifiers.normal(number)
    if identifiers.is_resident_id(plain, today=today) or identifiers.is_credit_code(plain):
        return None
    if not plain:
        return "empty"
    if re.search(shapes.COVERED, plain):
        return "covered"
    if re.fullmatch(shapes.SCIENTIFIC, plain):
        return "destroyed"
    return _fault_of_resident(plain, today) if meant_as_resident(plain) else _fault_of_credit(plain)


def meant_as_resident(plain: str) -> bool:
    """Whether a number in normal form looks like a person's rather than a company's."""
    return not re.match(MEANT_AS_CREDIT, plain)


def _fault_of_resident(plain: str, today: dt.date) -> str:
    mended = plain.translate(_LETTERS)
    if mended != plain and re.fullmatch(f"{shapes.RESIDENT_LETTERS}|{shapes.OLD_RESIDENT}", mended):
        return "letter-for-digit"
    if len(plain) not in (15, 18):
        return "length"
    if not re.fullmatch(f"{shapes.RESIDENT_LETTERS}|{shapes.OLD_RESIDENT}", plain):
        return "characters"
    if len(plain) == 18 and plain.endswith("000"):
        # A spreadsheet keeps fifteen digits and fills up with zeros.
        return "destroyed"
    written = plain[6:14] if len(plain) == 18 else f"19{plain[6:12]}"
    if not re.fullmatch(shapes.DAY, written):
        return "no-such-day"
    if written < shapes.EARLIEST_BIRTH:
        return "birth-too-early"
    return "future-birth" if written > f"{today:%Y%m%d}" else "check-character"


def _fault_of_credit(plain: str) -> str:
    mended = plain.translate(_LETTERS)
    if mended != plain and re.search("[OI]", plain) and re.fullmatch(shapes.CREDIT, _credit_mended(plain)):
        return "letter-for-digit"
    if len(plain) != 18:
        return "length"
    if not re.fullmatch(shapes.CREDIT, plain):
        return "characters"
    return "destroyed" if plain.isdigit() and plain.endswith("000") else "check-character"


def _credit_mended(plain: str) -> str:
    # L is a letter of the credit code's own alphabet.
    return plain.replace("O", "0").replace("I", "1")


def _of_resident(form: str, kinds: tuple[str, ...], areas: Collection[str] | None) -> NumberFacts:
    full = identifiers.expand(form) if len(form) == 15 else form
    born = identifiers.birth_date(full)
    told = {
        "old-form": len(form) == 15,
        "born-before-1900": full[6:14] < shapes.PLAIN_BIRTH,
        "unknown-area": areas is not None and full[:6] not in areas,
        "permanent-residence-card": full[0] == _FOREIGN_CARD,
        "hk-macao-taiwan-resident": full.startswith(_SEPARATE),
    }
    flags = tuple(name for name, holds in told.items() if holds)
    return NumberFacts(full, kinds, None, born, "m" if int(full[16]) % 2 else "f", full[:6], flags)


def _forms(number: str) -> list[tuple[str, str]]:
    """Every kind with the number in that kind's form."""
    plain = identifiers.normal(number)
    return [(kind, FORMS[kind](number) if kind in FORMS else plain) for kind in _VALID]


def _shaped(pattern: str) -> Callable[[str, dt.date], bool]:
    compiled = re.compile(pattern)
    return lambda form, _: compiled.fullmatch(form) is not None


def _checked(pattern: str, check: Callable[[str], str]) -> Callable[[str, dt.date], bool]:
    compiled = re.compile(pattern)
    return lambda form, _: compiled.fullmatch(form) is not None and check(form[:-1]) == form[-1]


FORMS: dict[str, Callable[[str], str]] = {
    "organisation": contact_numbers.card,
    "bank-card": contact_numbers.card,
    "mobile": contact_numbers.phone,
    "landline": contact_numbers.phone,
    "service": contact_numbers.phone,
    "plate": contact_numbers.plate,
}
"""Kinds with a normal form of their own; all others share ``identifiers.normal``."""
SHAPES = {
    "mobile": shapes.MOBILE,
    "landline": shapes.LANDLINE,
    "service": shapes.SERVICE,
    "plate": shapes.PLATE,
    "passport": shapes.PASSPORT,
    "hk-macao-return": shapes.HK_MACAO_RETURN,
    "hk-macao-permit": shapes.HK_MACAO_PERMIT,
    "taiwan-return": shapes.TAIWAN_RETURN,
    "taiwan-permit": shapes.TAIWAN_PERMIT,
    "foreigner": shapes.FOREIGNER,
}
"""Kinds known by their shape alone."""
_VALID: dict[str, Callable[[str, dt.date], bool]] = {
    "resident": lambda form, today: identifiers.is_resident_id(form, today=today),
    "credit": lambda form, _: identifiers.is_credit_code(form),
    "organisation": _checked(shapes.ORGANISATION, check_digits.organisation_check),
    "registration": _checked(shapes.REGISTRATION, check_digits.registration_check),
    "bank-card": lambda form, _: re.fullmatch(shapes.BANK_CARD, form) is not None and check_digits.luhn(form),
    **{kind: _shaped(pattern) for kind, pattern in SHAPES.items()},
}
KINDS = tuple(_VALID)
"""Every kind of number, the strongest check first."""
