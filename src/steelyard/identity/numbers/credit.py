"""Validity of unified social credit codes (GB 32100-2015) as portable SQL: the same answers as ``kit.identifiers``."""

from steelyard.identity.numbers.resident import fits
from steelyard.kit.number_shapes import CREDIT, CREDIT_ALPHABET

_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_credit(number: str) -> str:
    """SQL: whether a number is a unified social credit code."""
    total = " + ".join(
        f"(strpos('{CREDIT_ALPHABET}', substr({number}, {place}, 1)) - 1) * {weight}"
        for place, weight in enumerate(_WEIGHTS, 1)
    )
    return (
        f"(CASE WHEN {fits(number, CREDIT)} THEN substr({number}, 18, 1) = "
        f"substr('{CREDIT_ALPHABET}', CAST((31 - ({total}) % 31) % 31 AS INTEGER) + 1, 1) ELSE false END)"
    )
