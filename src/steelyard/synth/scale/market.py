"""Tenders and who bids in them: the relations the tables of tendering are made from."""

from steelyard.synth.scale import schemes
from steelyard.synth.scale.size import BIDDERS, COMPANIES, FIRMS, TENDERS, Size

OPENED_AFTER = 25
"""Days from the announcement to the deadline."""
AWARDED_AFTER = 45
"""A tender younger than this has no bids yet."""
DAYS = 1_800
"""Tenders of so many days."""
CLOSED_CIRCLE = 1_000_000
"""Bodies from this number on invite the same firms again and again; the number of the first tender is added."""


def tenders(size: Size) -> str:
    """SQL: the tenders of some villages, with what they share with tables that speak of them.

    ``kind`` and ``step``: of the wrong they belong to, -1 for none; ``t0``: its first tender, else the tender itself.
    """
    total, every, width = size.villages * TENDERS, size.every, size.width
    place = f"(range % {every} // {width})"
    fits = f"range % {width} < {schemes.span_sql(place)} AND range - range % {width} + {width} <= {total}"
    base = f"""SELECT range AS t, range // {TENDERS} AS v, range % {TENDERS} AS i,
            CASE WHEN {fits} THEN {place} ELSE -1 END AS kind,
            CASE WHEN {fits} THEN range % {width} ELSE 0 END AS step
        FROM range({{first}} * {TENDERS}, {{last}} * {TENDERS})"""
    dated = f"""SELECT *, t - step AS t0, county_of(v) AS k, villages_of(county_of(v)) * {FIRMS} AS firms,
            CASE WHEN kind = {schemes.SITE_AFTER_SITE} THEN 500 - step * 220
                WHEN kind >= 0 THEN 190 + pick(11, t - step, 100) - step * 10 ELSE pick(11, t, {DAYS}) END AS age
        FROM ({base})"""
    return f"""(SELECT *, numbered('ZB', t) AS tender_id, numbered('BD', t) AS section_id,
        county_code(k) AS area_code, before(age) AS announced,
        CASE kind WHEN {schemes.SHORT_PERIOD} THEN 10 WHEN {schemes.AGENCY_HURRY} THEN 17
            WHEN {schemes.FIFTEEN_DAYS} THEN 15 WHEN {schemes.TWENTY_DAYS} THEN 20
            ELSE {OPENED_AFTER} + pick(12, t, 6) END AS bid_days,
        CASE WHEN kind IN ({schemes.SHORT_PERIOD}, {schemes.ONE_OFFERED}) THEN 'negotiated'
            WHEN kind IN ({schemes.CLOSED_LIST}, {schemes.FRAMEWORK}, {schemes.FIFTEEN_DAYS}) THEN 'invited'
            WHEN kind >= 0 THEN 'open'
            WHEN pick(13, t, 100) < 80 THEN 'open' WHEN pick(13, t, 100) < 92 THEN 'invited'
            ELSE 'negotiated' END AS method,
        CASE WHEN kind = {schemes.FAILED_TWICE} OR kind = {schemes.ONE_RETRY} AND step = 0 THEN 'failed'
            WHEN kind >= 0 THEN 'awarded'
            WHEN age < {AWARDED_AFTER} THEN 'announced' WHEN pick(14, t, 100) < 2 THEN 'failed'
            WHEN pick(14, t, 100) < 4 THEN 'cancelled' ELSE 'awarded' END AS status,
        org_key(CASE WHEN kind IN ({schemes.CLOSED_LIST}, {schemes.FRAMEWORK}) THEN {CLOSED_CIRCLE} + t0
            ELSE k * 64 + pick(15, t, 40) END)
            AS owner_org_id,
        500000 + pick(16, t, 20000) * 1000 AS worth
        FROM ({dated}))"""


def shadow(number: int, tender: str = "t0") -> str:
    """SQL: the number of a firm that does nothing but what wrongs have it do, in the village of a tender."""
    return f"(({tender}) // {TENDERS} * {COMPANIES} + {FIRMS} + {number})"


def bidder(j: str) -> str:
    """SQL: the number of the company that is bidder ``j`` of a tender (a row of ``tenders``)."""
    stride = f"(1 + pick(22, {{of}}, greatest(1, firms // {BIDDERS} - 1)))"
    at = f"((pick(21, {{of}}, firms) + ({j}) * {stride}) % firms)"
    usual = f"((first_of(k) + {at} // {FIRMS}) * {COMPANIES} + {at} % {FIRMS})"
    turned = usual.replace(f"({j})", f"((({j}) + step) % {BIDDERS})").replace("{of}", "t0")
    return (
        f"CASE WHEN kind = {schemes.CLOSED_LIST} THEN {turned} "
        f"WHEN kind = {schemes.COMPANION} AND ({j}) = 0 THEN {shadow(1)} "
        f"WHEN kind = {schemes.COMPANION} AND ({j}) = 1 THEN {shadow(2)} "
        f"WHEN kind = {schemes.BLACKLISTED} AND ({j}) = 4 THEN {shadow(0)} "
        f"WHEN kind = {schemes.LEFT_THE_LIST} AND ({j}) = 4 THEN {shadow(3)} "
        f"WHEN kind = {schemes.MEETS_OFTEN} AND ({j}) < 2 THEN "
        f"CASE WHEN (step = 3) = (({j}) = 0) THEN {shadow(4)} ELSE {shadow(3)} END "
        f"WHEN kind = {schemes.FRAMEWORK} THEN {usual.replace('{of}', 't0')} "
        f"ELSE {usual.replace('{of}', 't')} END"
    )


def bids(size: Size) -> str:
    """SQL: every bid: the columns of its tender, ``j``, ``b`` (its number), ``firm``, ``price``, ``submitted``."""
    factor = f"""CASE WHEN kind = {schemes.STEPPED_PRICES} THEN 1 + 0.05 * j
        WHEN j = 0 OR kind = {schemes.FIXED_PRICE} THEN 1
        WHEN kind = {schemes.NEAR_PRICE} AND j = 1 THEN 1.001
        WHEN kind IN ({schemes.LOWEST_REJECTED}, {schemes.AVERAGED}) AND j = 5 THEN 0.95
        WHEN j = 1 THEN 1.05 + 0.0001 * pick(31, t, 200)
        WHEN kind = {schemes.SAME_PRICE} AND j = 4 THEN 1.18 + 0.0001 * pick(32, t * 8 + 3, 250)
        ELSE 1.09 + 0.03 * j + 0.0001 * pick(32, t * 8 + j, 250) END"""
    early = f"""CASE WHEN kind = {schemes.SAME_IP} AND j IN (1, 2) THEN 300 + 3 * j
        WHEN kind = {schemes.OTHER_HOUR} AND j IN (1, 2) THEN 300 + 200 * j
        ELSE 60 + pick(33, t * 8 + j, 2700) END"""
    return f"""(SELECT *, numbered('TB', b) AS bid_id, company_key(firm) AS bidder_id,
            yuan(worth * {factor}) AS price,
            at_hour(announced + CAST(bid_days AS INTEGER), 9) - to_minutes(CAST({early} AS BIGINT)) AS submitted
        FROM (SELECT t.*, j, t.t * 8 + j AS b, {bidder("j")} AS firm
            FROM {tenders(size)} AS t, range({BIDDERS}) AS n(j)
            WHERE age >= {AWARDED_AFTER} AND NOT (kind IN ({schemes.SINGLE_BID}, {schemes.ONE_OFFERED}) AND j > 0)
              AND NOT (status = 'failed' AND j > 1)))"""
