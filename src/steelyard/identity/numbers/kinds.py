"""Other kinds of numbers as portable SQL: normal form and validity, as ``kit.number_facts`` gives them."""

from steelyard.identity.numbers.credit import is_credit
from steelyard.identity.numbers.resident import expanded, fits, is_resident, normal
from steelyard.kit import contact_numbers as contact
from steelyard.kit.check_digits import DOUBLED, ORGANISATION_CHECK, ORGANISATION_WEIGHTS
from steelyard.kit.number_facts import FORMS, KINDS, SHAPES
from steelyard.kit.number_shapes import BANK_CARD, ORGANISATION, REGISTRATION
from steelyard.kit.sqltext import literal

_LONGEST_CARD = 19
_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STATES = "123456789A"
"""The states 1 to 10 of a registration number's check."""


def normal_of(kind: str, number: str) -> str:
    """SQL: a number as delivered, in the normal form of its kind."""
    if kind not in FORMS:
        return normal(number)
    form = _phone if FORMS[kind] is contact.phone else _plate if FORMS[kind] is contact.plate else _card
    return form(f"({normal(number)})")


def is_kind(kind: str, number: str, today: str) -> str:
    """SQL: whether a number in the normal form of a kind is valid as that kind.  KeyError: no such kind."""
    if kind in SHAPES:
        return fits(number, SHAPES[kind])
    if kind == "resident":
        return is_resident(f"({expanded(number)})", today)
    checks = {"credit": is_credit, "organisation": _organisation, "registration": _registration, "bank-card": _luhn}
    return checks[kind](number)


def _replaced(text: str, pattern: str) -> str:
    return f"regexp_replace({text}, {literal(pattern)}, '', 'g')"


def _found(text: str, pattern: str) -> str:
    return f"regexp_matches({text}, {literal(pattern)})"


def _card(plain: str) -> str:
    return _replaced(plain, contact.CARD_MARKS)


def _plate(plain: str) -> str:
    return _replaced(plain, contact.PLATE_MARKS)


def _phone(plain: str) -> str:
    short = (
        f"CASE WHEN {_found(plain, contact.WITH_EXTENSION)} THEN {_replaced(plain, contact.EXTENSION)} "
        f"ELSE {_replaced(plain, contact.NAMED_EXTENSION)} END"
    )
    dialled = _replaced(f"({short})", contact.NOT_DIALLED)
    national = _replaced(dialled, contact.ABROAD_ZERO)
    return (
        f"CASE WHEN {_found(dialled, contact.ABROAD)} THEN "
        f"CASE WHEN {_found(national, contact.NATIONAL)} THEN {national} ELSE '0' || {national} END "
        f"WHEN {_found(dialled, contact.BARE_CODE)} THEN substr({dialled}, 3) "
        f"WHEN {_found(dialled, contact.ZERO_MOBILE)} THEN substr({dialled}, 2) ELSE {dialled} END"
    )


def _place(number: str, place: int, among: str) -> str:
    """SQL: the value of a character, its place among others from 0."""
    return f"(strpos('{among}', substr({number}, {place}, 1)) - 1)"


def _organisation(number: str) -> str:
    total = " + ".join(f"{w} * {_place(number, at, _VALUES)}" for at, w in enumerate(ORGANISATION_WEIGHTS, 1))
    check = f"substr('{ORGANISATION_CHECK}', CAST(({total}) % 11 AS INTEGER) + 1, 1)"
    return f"(CASE WHEN {fits(number, ORGANISATION)} THEN substr({number}, 9, 1) = {check} ELSE false END)"


def _registration(number: str) -> str:
    """ISO 7064 MOD 11,10 by a table of what two digits make of each state: seven steps instead of 28 brackets."""
    state = "'A'"
    for place in range(1, 15, 2):
        digits = f"CAST(substr({number}, {place}, 2) AS INTEGER)"
        state = f"substr('{_STEPS}', strpos('{_STATES}', {state}) * 100 + {digits} - 99, 1)"
    check = f"(11 - strpos('{_STATES}', {state})) % 10 = {_place(number, 15, _VALUES)}"
    return f"(CASE WHEN {fits(number, REGISTRATION)} THEN {check} ELSE false END)"


def _after(state: int, digits: str) -> int:
    for digit in digits:
        state = ((state + int(digit) - 1) % 10 + 1) * 2 % 11
    return state


def _luhn(number: str) -> str:
    # Zeros in front change no sum, and then every place stands still.
    padded = f"lpad({number}, {_LONGEST_CARD}, '0')"
    values = (_VALUES if (_LONGEST_CARD - place) % 2 == 0 else DOUBLED for place in range(1, _LONGEST_CARD + 1))
    total = " + ".join(_place(padded, place, among) for place, among in enumerate(values, 1))
    return f"(CASE WHEN {fits(number, BANK_CARD)} THEN ({total}) % 10 = 0 ELSE false END)"


def first_kind(forms: dict[str, str], today: str) -> str:
    """SQL: the first kind that a number can be, null where it is none.  ``forms``: kind to SQL of its normal form."""
    tests = " ".join(f"WHEN {is_kind(kind, forms[kind], today)} THEN '{kind}'" for kind in KINDS)
    return f"CASE {tests} END"


_STEPS = "".join(_STATES[_after(state, f"{digits:02d}") - 1] for state in range(1, 11) for digits in range(100))
