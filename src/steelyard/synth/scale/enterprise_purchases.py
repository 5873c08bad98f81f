"""What state-owned enterprises buy, whom they ask, and what is wrong with that."""

from steelyard.synth.scale.enterprises import (
    CHIEF,
    CIRCLE,
    SUED_SUPPLIER,
    done,
    enterprise,
    leads,
    look_alike_at,
    person,
    planted_at,
    staff,
    trader,
    usual,
)
from steelyard.synth.scale.size import Size
from steelyard.synth.scale.table import LookAlike, Made, Planted, each

IDS = 128
"""Numbers a village has for purchases: ordinary ones, those of long ago, then those of wrongs and look-alikes."""
ORDINARY, LONG_AGO = 14, 2
BUYER, OLD_HAND, APPROVER = 13, 14, 3
"""Of the staff: who asks for what wrongs buy, who has bought for six years, and the manager who approves."""
_PROCUREMENT, _PERSONNEL = "soe-procurement/", "soe-personnel/"
HOUSEHOLD = "the director's household"
_PRICES = (1500, 2400, 4000, 5200, 7000, 800)
_COLUMNS = "n, s, ago, unit_price, qty, item, method, requester, approver, reason"
_ASKED = "n, j, s, mac, ip"
FIRST_OF_SIX_YEARS, SIX_YEARS = 68, 13

Bought = tuple[object, ...]


def tables(size: Size) -> list[Made]:
    return [_purchase(size), _quote(size)]


def _one(
    place: str, n: int, s: int, ago: int, worth: int, method: str = "quote", *, qty: int = 1, item: str = "",
    approver: int | None = APPROVER, requester: int = BUYER, reason: str | None = None,
) -> Bought:  # fmt: skip
    return place, n, s, ago, worth, qty, item or f"TZ{n}", method, requester, approver, reason


def _peers(place: str, n: int) -> list[Bought]:
    """Five of a thing nobody else buys, at what it costs; too small to be judged themselves."""
    return [_one(place, n + i, 35, 210 + 7 * i, 1000 + 10 * i, qty=8, item=f"ZB{n}") for i in range(5)]


def _six_years(place: str, n: int, sellers: tuple[int, ...]) -> list[Bought]:
    """By the old hand, one after another from these, and nobody wrote down who approved."""
    return [
        _one(place, n + i, sellers[i % len(sellers)], 100 + 170 * i, 40_000, requester=OLD_HAND, approver=None)
        for i in range(SIX_YEARS)
    ]


_UNUSUAL: list[Bought] = [
    *(_one("household", 20 + i, 38, 230 - 15 * i, 190_000, approver=CHIEF) for i in range(3)),
    _one("split in two", 23, 35, 340, 260_000), _one("split in two", 24, 35, 300, 260_000, requester=12),
    *(_one("call-offs", 25 + i, 35, 240 - 30 * i, 180_000, "framework") for i in range(4)),
    *(_one("single source", 30 + i, 35, 490 - 130 * i, 60_000, "single_source",
      reason="仅此一家可供") for i in range(4)),
    *(_one("patented part", 34 + i, 35, 230 - 130 * i, 80_000, "single_source", reason="专利配件") for i in range(2)),
    _one("far too dear", 36, 35, 200, 1_600, qty=20, item="ZB37"), *_peers("far too dear", 37),
    _one("too dear", 42, 35, 200, 1_300, qty=20, item="ZB43"), *_peers("too dear", 43),
    _one("small lot", 48, 35, 200, 1_600, qty=4, item="ZB49"), *_peers("small lot", 49),
    _one("banned seller", 54, 35, 200, 90_000), _one("off the list", 55, 35, 200, 90_000),
    _one("new seller", 56, 34, 150, 620_000, "open"), _one("shell", 57, 35, 150, 560_000, "open"),
    _one("young seller", 58, 34, 100, 640_000, "open"),
    _one("signed afterwards", 59, 37, 180, 85_000), _one("paid too much", 60, 37, 300, 100_000),
    _one("contract too high", 61, 37, 300, 100_000),
    _one("supplement", 62, 37, 300, 100_000),
    _one("one network card", 63, 38, 120, 70_000), _one("trading hall", 64, 38, 120, 70_000),
    _one("much sued", 65, SUED_SUPPLIER, 200, 90_000), _one("one claim", 97, 37, 200, 90_000),
    _one("cases withdrawn", 98, 37, 200, 90_000),
    _one("parent sells", 66, 37, 140, 75_000), _one("distant cousin", 67, 37, 140, 75_000),
    *_six_years("six years", FIRST_OF_SIX_YEARS, (39, 39, 39, 36)), *_six_years("three in turn", 81, (36, 38, 39)),
    _one("left last year", 94, 39, 200, 60_000), _one("left lately", 95, 39, 200, 60_000),
    _one("left long ago", 96, 39, 200, 60_000),
]  # fmt: skip
"""Place, number, seller, days since, price of one, how many, thing, method, who asked, who approved, reason given."""

_QUOTES = [
    ("one network card", 63, 0, 38, "MA-KY", None), ("one network card", 63, 1, 36, "MA-KY", None),
    ("trading hall", 64, 0, 38, None, "127.0.0.1"), ("trading hall", 64, 1, 36, None, "127.0.0.1"),
]  # fmt: skip
"""From one network card; and from the terminal of the trading hall, which delivers its own address as everybody's."""


def bought(size: Size) -> str:
    """SQL: every purchase: ``supplier`` (its number), ``ago`` (days since the award), ``unit_price``, ``worth``.

    Two purchases in a row are from one seller, a hundred days apart more or less, and together below the tender
    limit; two large ones were tendered.  Prices rise by three in a hundred a year.
    """
    goods = f"[{', '.join(str(price) for price in _PRICES)}][1 + pick(1402, id, {len(_PRICES)})]"
    return f"""(SELECT *, v * {IDS} + n AS id, yuan(unit_price * qty) AS worth FROM (
        SELECT v, n, {usual(f"n // 2 % {CIRCLE}")} AS supplier, ago, unit_price,
            CAST(ceil(target / unit_price) AS BIGINT) AS qty, 'SB' || pick(1402, id, {len(_PRICES)}) AS item,
            CASE WHEN n IN (3, 6) THEN 'open' WHEN n % 7 = 5 THEN 'single_source' ELSE 'quote' END AS method,
            5 + (n // 4 + v) % 8 AS requester, CASE WHEN n BETWEEN 8 AND 13 THEN 2 ELSE 1 END AS approver,
            CASE WHEN n % 7 = 5 THEN '原设备配套' END AS reason
        FROM (SELECT *, yuan({goods} * (0.92 + 0.01 * pick(1403, id, 17)) * (1.15 - 0.00008 * ago)) AS unit_price
            FROM (SELECT v, n, v * {IDS} + n AS id,
                CASE WHEN n < {ORDINARY} THEN 15 + n * 100 + pick(1401, v * {IDS} + n, 80)
                    ELSE 1880 + (n - {ORDINARY}) * 130 + pick(1401, v * {IDS} + n, 80) END AS ago,
                CASE WHEN n IN (3, 6) THEN 520000 + 1000 * pick(1406, v * {IDS} + n, 150)
                    WHEN n % 2 = 0 THEN 50000 + 1000 * pick(1406, v * {IDS} + n, 220)
                    ELSE 20000 + 1000 * pick(1406, v * {IDS} + n, 160) END AS target
                FROM {each("n", ORDINARY + LONG_AGO)}))
        UNION ALL SELECT v, n, {trader("s")}, ago, yuan(unit_price), qty, item, method, requester, approver, reason
        FROM {done(_COLUMNS, _UNUSUAL, size)}))"""


def _purchase(size: Size) -> Made:
    return Made(
        "soe_purchase", ORDINARY + LONG_AGO,
        f"""SELECT numbered('QG', id) AS purchase_id, company_key({enterprise()}) AS company_id, method,
            item AS item_code, '设备' AS item_name, CAST(qty AS DECIMAL(18, 6)) AS qty, yuan(worth * 1.1) AS budget,
            worth AS award_amount, unit_price, company_key(supplier) AS supplier_id,
            CASE WHEN method = 'single_source' THEN 1 ELSE 3 END AS bidder_count,
            before(ago + 20) AS announce_date, before(ago) AS award_date, reason AS single_source_reason,
            person_key({staff("requester")}) AS requester_id, person_key({staff("approver")}) AS approver_id
        FROM {bought(size)}""",
    )  # fmt: skip


def _quote(size: Size) -> Made:
    """Who won, and two more of the circle, dearer; one in five leaves no trace of the machine."""
    asked = usual(f"((n // 2 + j) % {CIRCLE})")
    return Made(
        "soe_quote", 30,
        f"""SELECT numbered('QG', v * {IDS} + n) AS purchase_id, company_key(firm) AS supplier_id, price,
            at_hour(before(ago + 3), 9) + to_minutes(61 * j) AS submit_time,
            CASE WHEN n < {ORDINARY} THEN concat_ws('.', 36 + firm // 16777216, firm // 65536 % 256, firm // 256 % 256,
                firm % 256) ELSE ip END AS ip,
            CASE WHEN n < {ORDINARY} AND pick(1407, firm, 5) > 0 THEN 'MA-' || lpad(CAST(firm AS VARCHAR), 8, '0')
                ELSE mac END AS mac,
            '139' || lpad(CAST(firm AS VARCHAR), 8, '0') AS contact_phone
        FROM (SELECT v, n, j, {asked} AS firm, yuan(worth * (1 + 0.04 * j)) AS price, ago, NULL AS ip, NULL AS mac
            FROM {bought(size)}, range(3) AS o(j) WHERE method = 'quote' AND n < {ORDINARY}
            UNION ALL SELECT v, n, j, {trader("s")}, yuan(70000 + 2000 * j), 120, ip, mac
            FROM {done(_ASKED, _QUOTES, size)})""",
    )  # fmt: skip


def purchase(n: int) -> dict[str, str]:
    return {"purchase_id": f"numbered('QG', v * {IDS} + {n})"}


def pair(s: int) -> dict[str, str]:
    """The enterprise of ``v`` and company ``s`` of the same village."""
    return {"company_id": f"company_key({enterprise()})", "supplier_id": f"company_key({trader(s)})"}


def planted(size: Size) -> list[Planted]:
    def one(name: str, place: str, key: dict[str, str], grade: str, day: int, story: str = "") -> Planted:
        return planted_at(size, _PROCUREMENT + name, place, key, grade, story=story, when=f"before({day})")

    quoters = {"company_id_a": f"company_key({trader(36)})", "company_id_b": f"company_key({trader(38)})"}
    linked = one("linked-quotes-soe", "one network card", purchase(63) | quoters, "red", 120)
    old_hand = {"company_id": f"company_key({enterprise()})", "person_id": f"person_key({staff(OLD_HAND)})"}
    chief = {"person_id": f"person_key({staff(CHIEF)})"}
    return [
        one("split-purchase-soe", "household", pair(38), "red", 200, HOUSEHOLD),
        one("related-party-supplier", "household", pair(38) | chief, "red", 230, HOUSEHOLD),
        one("split-purchase-soe", "split in two", pair(35), "yellow", 300),
        one("single-source-abuse", "single source", pair(35), "yellow", 230),
        one("price-drift", "far too dear", purchase(36), "red", 200),
        one("price-drift", "too dear", purchase(42), "yellow", 200),
        one("banned-supplier", "banned seller", pair(35), "red", 200),
        one("new-shell-supplier", "new seller", pair(34), "yellow", 150),
        one("new-shell-supplier", "shell", pair(35), "yellow", 150),
        one("contract-after-performance", "signed afterwards", {"contract_id": f"numbered('QH', v * {IDS} + 59)"},
            "yellow", 170),
        one("amount-over-purchase", "paid too much", purchase(60), "red", 230),
        one("amount-over-purchase", "contract too high", purchase(61), "yellow", 290),
        Planted(linked.model, linked.key, linked.source, "red", tuple(quoters), when=linked.when),
        one("defendant-supplier", "much sued", pair(SUED_SUPPLIER), "red", 200),
        one("defendant-supplier", "one claim", pair(37), "yellow", 200),
        one("related-party-supplier", "parent sells", pair(37) | {"person_id": f"person_key({staff(BUYER)})"}, "red",
            140),
        planted_at(size, _PERSONNEL + "key-post-no-rotation", "six years", old_hand, "blue", when="before(313)"),
        *(planted_at(size, _PERSONNEL + "leaver-supplier", place,
            {"person_id": f"person_key({person(leads(39))})", "supplier_id": f"company_key({trader(39)})"}, grade,
            when="before(200)") for place, grade in (("left last year", "red"), ("left lately", "yellow"))),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def one(name: str, place: str, key: dict[str, str], why: str) -> LookAlike:
        return look_alike_at(size, name if "/" in name else _PROCUREMENT + name, place, key, why)

    left = {"person_id": f"person_key({person(leads(39))})", "supplier_id": f"company_key({trader(39)})"}
    old_hand = {"company_id": f"company_key({enterprise()})", "person_id": f"person_key({staff(OLD_HAND)})"}
    quoters = {"company_id_a": f"company_key({trader(36)})", "company_id_b": f"company_key({trader(38)})"}
    return [
        one("split-purchase-soe", "call-offs", pair(35), "call-offs under a framework agreement"),
        one("single-source-abuse", "patented part", pair(35), "a patented part, bought twice in two years"),
        one("price-drift", "small lot", purchase(48), "a small lot, delivered at once"),
        one("banned-supplier", "off the list", pair(35), "off the list before the purchase"),
        one("new-shell-supplier", "young seller", pair(34),
            "young, but older than half a year and with returns of its own"),
        one("amount-over-purchase", "supplement", purchase(62), "a decision on a supplement covers the rise"),
        one("linked-quotes-soe", "trading hall", purchase(64) | quoters,
            "both quoted at the terminal of the trading hall"),
        one("defendant-supplier", "cases withdrawn", pair(37), "the cases were withdrawn or dismissed"),
        one("related-party-supplier", "distant cousin", pair(37) | {"person_id": f"person_key({staff(BUYER)})"},
            "a distant cousin, and hardly known to be one"),
        one(_PERSONNEL + "key-post-no-rotation", "three in turn", old_hand,
            "six years in the post, but from three sellers in turn"),
        one(_PERSONNEL + "leaver-supplier", "left long ago", left, "left more than three years before"),
    ]  # fmt: skip
