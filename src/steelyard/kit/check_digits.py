"""Check digits of the older registers: organisation codes, business registration numbers, bank cards."""

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_CHECK = "0X987654321"
"""The ninth character by the weighted sum modulo 11 (GB 11714-1997)."""
DOUBLED = "0516273849"
"""A digit's value when Luhn doubles it is its place in this text, from 0."""


def organisation_check(body: str) -> str:
    """The ninth character for the first eight (0-9 and A-Z)."""
    return ORGANISATION_CHECK[sum(int(c, 36) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True)) % 11]


def registration_check(body: str) -> str:
    """The 15th digit for the first 14 (GS 15-2006, ISO 7064 MOD 11,10)."""
    product = 10
    for digit in body:
        product = ((product + int(digit) - 1) % 10 + 1) * 2 % 11
    return str((11 - product) % 10)


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of those before."""
    singles, doubled = number[::-1][::2], number[::-1][1::2]
    return (sum(map(int, singles)) + sum(map(DOUBLED.index, doubled))) % 10 == 0
