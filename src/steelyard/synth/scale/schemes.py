"""Kinds of planted wrongs and look-alikes with tenders: which tenders they take, by number."""

from collections.abc import Mapping, Sequence

from steelyard.kit.sqltext import literal

SHORT_PERIOD, AGENCY_HURRY, SINGLE_BID, NEAR_PRICE, SAME_PRICE, ALL_REJECTED, LOWEST_REJECTED = range(7)
ONE_MANAGER = 8
FUNDER = 9
ITEM_FACTOR, STEPPED_PRICES, SAME_PAYER, COMPANION = 10, 11, 12, 13
LINKED, SAME_PHONE, SAME_DEVICE, SAME_IP = 20, 21, 22, 23
FAILED_TWICE, AGREED_SCORES, BLACKLISTED, UNQUALIFIED = 24, 26, 27, 28
CHANGED, DEVIATING, LOSER_SUBS, CLOSED_LIST = 29, 30, 31, 32
# What is in order although it looks like one of them.
MEETS_OFTEN, MINORITY, HALF_ALIKE, SITE_AFTER_SITE, TWO_FUNDED, TWENTY_DAYS = range(14, 20)
(ONE_OFFERED, FIXED_PRICE, AVERAGED, THREE_REJECTED, FIFTEEN_DAYS, OTHER_HOUR, VIRTUAL, LEFT_THE_LIST, TENTH_MORE,
 ROUNDED, ELSEWHERE, FEW_LEVELS, ONE_RETRY, FRAMEWORK, BY_PLATFORM, NO_NUMBER, EXACT_GRADE) = range(33, 50)  # fmt: skip

SPANS: Mapping[int, int] = {
    **dict.fromkeys(
        (SHORT_PERIOD, AGENCY_HURRY, SINGLE_BID, NEAR_PRICE, SAME_PRICE, ALL_REJECTED, LOWEST_REJECTED, ITEM_FACTOR,
         STEPPED_PRICES, SAME_PAYER, LINKED, SAME_PHONE, SAME_DEVICE, SAME_IP, AGREED_SCORES, BLACKLISTED,
         UNQUALIFIED, CHANGED, DEVIATING, LOSER_SUBS, MINORITY, HALF_ALIKE, TWENTY_DAYS, ONE_OFFERED, FIXED_PRICE,
         AVERAGED, THREE_REJECTED, FIFTEEN_DAYS, OTHER_HOUR, VIRTUAL, LEFT_THE_LIST, TENTH_MORE, ROUNDED, ELSEWHERE,
         FEW_LEVELS, BY_PLATFORM, NO_NUMBER, EXACT_GRADE), 1),
    ONE_MANAGER: 2, FUNDER: 3, COMPANION: 7, FAILED_TWICE: 2, CLOSED_LIST: 4,
    MEETS_OFTEN: 7, SITE_AFTER_SITE: 2, TWO_FUNDED: 2, ONE_RETRY: 2, FRAMEWORK: 4,
}  # fmt: skip
"""How many tenders one wrong of the kind takes, one after another."""

VILLAGE_WRONGS: Mapping[str, int] = {
    "former employer": 7, "expired lease": 11, "large arrears": 17, "relative owes": 23, "small arrears": 29,
    "sued supplier": 37, "two posts": 1, "son keeps the books": 6, "brother keeps the books": 13, "was accountant": 18,
    "nothing recorded": 2,
}  # fmt: skip
"""Which village out of ``village_every`` has the wrong (the number divided down where there are fewer)."""


def span_sql(kind: str) -> str:
    """SQL of the span of a kind; 0 for a number that is no kind."""
    cases = " ".join(f"WHEN {number} THEN {span}" for number, span in SPANS.items())
    return f"CASE {kind} {cases} ELSE 0 END"


def here(wrong: str, village_every: int) -> str:
    """SQL: whether the village ``v`` has a wrong of ``VILLAGE_WRONGS``."""
    return at(VILLAGE_WRONGS[wrong], village_every)


def recorded(ago: str, village_every: int) -> str:
    """SQL: days since something of ``ago`` days ago was recorded; a silent village has recorded nothing since long.

    There all is allowed at one go, long before it is needed.
    """
    return f"({ago}) + CASE WHEN {here('nothing recorded', village_every)} AND ({ago}) < 200 THEN 240 ELSE 0 END"


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
