"""Work that a village pays by the day: who worked when, at what rate, who wrote it down, and how it was allowed."""

from steelyard.synth.scale import labour_wrongs as wrongs
from steelyard.synth.scale import schemes
from steelyard.synth.scale.acts import either, joined
from steelyard.synth.scale.labour_wrongs import ACTS, CLERK, CREW, ON_BOARD
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.prices import price
from steelyard.synth.scale.size import PERSONS, TENDERS, Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each

MATTERS = 17
"""The last of them is the day on which the board was elected, two and a half years ago."""
ELECTION = MATTERS - 1
HANDS, DAYS = 6, 2
"""Of a matter."""
ON_SITES = 4
"""Days on which somebody of the village works on a site."""


def tables(size: Size) -> list[Made]:
    return [_labour(size)]


def planted(size: Size) -> list[Planted]:
    return wrongs.planted(size)


def look_alikes(size: Size) -> list[LookAlike]:
    return wrongs.look_alikes(size)


def people_named(size: Size) -> str:
    return wrongs.people_named(size)


def _own(column: str, ordinary: str) -> str:
    return either(ACTS, column, ordinary)


def matters(size: Size) -> str:
    """SQL: matters; ``first``: day of the first work, ``crew``: numbers of who worked, each on ``days`` days.

    ``share``: of a day; ``factor``: on the price of the bulletin; ``place``: the village whose books it is in;
    ``approved``, ``shown``, ``paid``: days, null for never.
    """
    begun = f"""SELECT *, {_own("first", _first())} AS first, {_own("crew", _crew())} AS crew,
            {_own("days", f"CASE n WHEN {ELECTION} THEN 1 ELSE {DAYS} END")} AS days,
            {_own("kind", f"CASE WHEN n = {ELECTION} THEN 'election_day' WHEN n % 4 = 1 THEN 'L02' ELSE 'L01' END")}
                AS kind,
            {_own("factor", "0.9 + 0.01 * pick(1241, id, 20)")} AS factor, {_own("share", "1")} AS share,
            {_own("recorder", str(CLERK))} AS recorder, {_own("place", "v")} AS place,
            {_own("matter", "numbered('LW', id)")} AS matter, {_own("account", "''")} AS account
        FROM {joined(each("n", MATTERS), ACTS, size)}"""
    paid = f"SELECT *, {_own('paid', 'first + CAST(days AS INTEGER) + 12')} AS paid FROM ({begun})"
    return f"""(SELECT *, {_own("approved", "first - 7")} AS approved, {_own("shown", "paid - 10")} AS shown,
            {_own("shown_until", "CASE pick(1243, id, 3) WHEN 0 THEN paid END")} AS shown_until FROM ({paid}))"""


def _first() -> str:
    """Six weeks apart for two years; the board was elected five days after its term began."""
    return f"before(CASE n WHEN {ELECTION} THEN 895 ELSE 40 + 45 * n + pick(1240, id, 20) END)"


def _crew() -> str:
    """Six hands out of twenty-four; among them now and then the clerk's child, or one of the board without a salary."""
    hand = f"{CREW.start} + n % 4 * {HANDS}"
    fifth = f"CASE n % 5 WHEN 0 THEN {ON_BOARD[0]} ELSE {hand} + 4 END"
    sixth = f"CASE n % 3 WHEN 0 THEN {relative(2, 1)} ELSE {hand} + 5 END"
    hands = ", ".join([*(f"{hand} + {slot}" for slot in range(HANDS - 2)), fifth, sixth])
    board = ", ".join(str(FIRST_OFFICIAL + seat) for seat in range(HANDS))
    return f"CASE n WHEN {ELECTION} THEN [{board}] ELSE [{hands}] END"


def _labour(size: Size) -> Made:
    """A row a day; couples among the hands have one account in three of ten households."""
    daily = f"yuan(COALESCE({price('kind', 'first')}, 150) * CASE kind WHEN 'election_day' THEN 1 ELSE factor END)"
    together = f"worker BETWEEN {CREW.start} AND {CREW.stop - 1} AND pick(1242, who // 3, 10) < 3"
    return Made(
        "village_labour", MATTERS * HANDS * DAYS,
        f"""SELECT numbered('YG', (id * 8 + slot) * 64 + d) AS record_id, village_code(place) AS village_code,
            matter AS matter_id, person_key(who) AS person_id, first + CAST(d AS INTEGER) AS work_date,
            CAST(share AS DECIMAL(18, 6)) AS days, daily AS unit_price, yuan(daily * share) AS amount,
            person_key(v * {PERSONS} + recorder) AS recorder_id, paid AS pay_date,
            CASE WHEN account <> '' THEN account WHEN {together} THEN '62172' || (who // 3)
                ELSE '62170' || who END AS account_no, kind AS work_type
        FROM (SELECT *, v * {PERSONS} + worker AS who, {daily} AS daily
            FROM (SELECT *, CAST(crew[1 + slot] AS BIGINT) AS worker
                FROM {matters(size)}, range(8) AS s(slot) WHERE slot < len(crew))), range(60) AS w(d)
        WHERE d < days""",
    )  # fmt: skip


def approvals(size: Size) -> str:
    """SQL: approvals of matters, as the table of approvals has them; a silent village has them from long before."""
    silent = schemes.here("nothing recorded", size.village_every).replace("v %", "place %")
    day = f"approved - CASE WHEN {silent} AND approved > before(200) THEN 240 ELSE 0 END"
    applicant, head = (f"person_key(v * {PERSONS} + {FIRST_OFFICIAL + seat})" for seat in (4, 1))
    return f"""SELECT numbered('SL', id), village_code(place), 'labour', matter, 'committee', {applicant}, {head},
        'village_head', at_hour({day}, 9), at_hour({day}, 14), 'pass'
        FROM {matters(size)} WHERE approved IS NOT NULL AND matter IS NOT NULL"""


def disclosures(size: Size) -> str:
    """SQL: what was shown of matters, as the table of disclosures has it, some of it taken down again."""
    return f"""SELECT numbered('GL', id) AS disclosure_id, village_code(place) AS village_code,
        'labour' AS matter_type, matter AS matter_id, 'village_affairs' AS category, shown AS publish_date,
        '村务公开栏' AS channel, shown_until AS end_date
        FROM {matters(size)} WHERE shown IS NOT NULL AND matter IS NOT NULL"""


def on_sites(size: Size) -> str:
    """SQL: days on sites of people of the village: between its own matters, and in a planted wrong during one."""
    return f"""SELECT numbered('KL', id), numbered('BD', v * {TENDERS}), person_key(v * {PERSONS} + worker), 'worker',
        NULL, at_hour(day, 7), 'KQJ' || (v % 5000), NULL, NULL
        FROM (SELECT v, id * {DAYS} AS id, first + 20 AS day, {CREW.start} + n AS worker
            FROM {matters(size)} WHERE act = '' AND n < {ON_SITES}
            UNION ALL SELECT v, id * {DAYS} + d, first + CAST(d AS INTEGER), crew[1]
            FROM {matters(size)}, range({DAYS}) AS o(d) WHERE act = 'on two sites')"""
