"""Kinds of planted wrongs with tenders: which tenders they take, by number."""

from collections.abc import Mapping, Sequence

from steelyard.kit.sqltext import literal

SHORT_PERIOD, AGENCY_HURRY, SINGLE_BID, NEAR_PRICE, SAME_PRICE, ALL_REJECTED, LOWEST_REJECTED = range(7)
ONE_MANAGER = 8
FUNDER = 9
ITEM_FACTOR, STEPPED_PRICES, SAME_PAYER, COMPANION = 10, 11, 12, 13
LINKED, SAME_PHONE, SAME_DEVICE, SAME_IP = 20, 21, 22, 23
FAILED_TWICE, AGREED_SCORES, BLACKLISTED, UNQUALIFIED = 24, 26, 27, 28
CHANGED, DEVIATING, LOSER_SUBS, CLOSED_LIST = 29, 30, 31, 32

SPANS: Mapping[int, int] = {
    **dict.fromkeys(
        (SHORT_PERIOD, AGENCY_HURRY, SINGLE_BID, NEAR_PRICE, SAME_PRICE, ALL_REJECTED, LOWEST_REJECTED, ITEM_FACTOR,
         STEPPED_PRICES, SAME_PAYER, LINKED, SAME_PHONE, SAME_DEVICE, SAME_IP, AGREED_SCORES, BLACKLISTED,
         UNQUALIFIED, CHANGED, DEVIATING, LOSER_SUBS), 1),
    ONE_MANAGER: 2, FUNDER: 3, COMPANION: 7, FAILED_TWICE: 2, CLOSED_LIST: 4,
}  # fmt: skip
"""How many tenders one wrong of the kind takes, one after another."""

VILLAGE_WRONGS: Mapping[str, int] = {
    "former employer": 7, "expired lease": 11, "large arrears": 17, "relative owes": 23, "small arrears": 29,
    "sued supplier": 37,
}  # fmt: skip
"""Which village out of ``village_every`` has the wrong (the number divided down where there are fewer)."""


def span_sql(kind: str) -> str:
    """SQL of the span of a kind; 0 for a number that is no kind."""
    cases = " ".join(f"WHEN {number} THEN {span}" for number, span in SPANS.items())
    return f"CASE {kind} {cases} ELSE 0 END"


def here(wrong: str, village_every: int) -> str:
    """SQL: whether the village ``v`` has a wrong of ``VILLAGE_WRONGS``."""
    return at(VILLAGE_WRONGS[wrong], village_every)


def at(place: int, village_every: int) -> str:
    """SQL: whether the village ``v`` is the one, out of so many, in which a wrong with this place (0 to 59) is done.

    Wrongs that touch no row of each other may share a place.
    """
    return f"v % {village_every} = {place * village_every // 60}"


def listed(columns: str, rows: Sequence[Sequence[object]], village_every: int) -> str:
    """SQL: rows beside ``v``, the villages they are done in; the first value of each is its place (0 to 59)."""
    values = ", ".join(f"({', '.join(_constant(value) for value in row)})" for row in rows)
    return (
        f"(SELECT v, {columns} FROM (SELECT range AS v FROM range({{first}}, {{last}})), "
        f"(VALUES {values}) AS x(place, {columns}) WHERE v % {village_every} = place * {village_every} // 60)"
    )


def _constant(value: object) -> str:
    if value is None:
        return "NULL"
    return literal(value) if isinstance(value, str) else str(value)
