"""What goes wrong with what a village buys, by whom and why, and what only looks as if."""

from steelyard.synth.scale.acts import Act, done
from steelyard.synth.scale.companies import NEW_SHOP, WIFE
from steelyard.synth.scale.people import FIRST_OFFICIAL, relative
from steelyard.synth.scale.size import COMPANIES, PERSONS, Size
from steelyard.synth.scale.table import LookAlike, Planted

LETTERBOX, ALONE = 95, 100
"""A firm without staff or sales, and a trader without either who needs none."""
HELD, HOLDER, ASKED_TOO = 61, 68, 90
"""A shop of every village, the one that holds three tenths of it, and one that holds nothing."""
DEAR = 52
_LAST_YEAR = "make_date(year(before(0)) - 1, 5, 10)"


def _shop(slot: int | str) -> str:
    return f"v * {COMPANIES} + {slot}"


ACTS = (
    Act("wife's shop", 10, {"day": f"{_LAST_YEAR} + CAST(90 * k AS INTEGER)", "shop": _shop(WIFE), "price": "220"}, 2),
    Act("split in four", 12, {"ago": "100 + 14 * k", "shop": _shop(53), "price": "140"}, 4),
    Act("split in three", 17, {"ago": "150 + 14 * k", "shop": _shop(54), "price": "180"}, 3),
    Act("two asked", 22, {"ago": "120", "shop": _shop(55), "price": "240", "asked": "2"}),
    Act("asked his own", 27, {"ago": "130", "shop": _shop(HELD), "price": "260", "losers": f"""CASE j
        WHEN 1 THEN {_shop(HOLDER)} ELSE {_shop(ASKED_TOO)} END"""}),
    Act("same companions", 32, {"ago": "30 + 90 * k", "shop": _shop(56), "price": "230",
                                "losers": _shop("72 + 10 * j")}, 3),
    Act("void invoice", 37, {"ago": "140", "shop": _shop(57), "price": "70", "status": "'void'"}),
    Act("another's invoice", 42, {"ago": "145", "shop": _shop(57), "price": "75", "seller": _shop(71)}),
    Act("no invoice", 47, {"ago": "150", "shop": _shop(57), "price": "90", "no_invoice": "NULL"}),
    Act("one invoice twice", 52, {"ago": "155 + k", "shop": _shop(58), "price": "80", "invoice": "id - k"}, 2),
    Act("accepts what he buys", 13, {"ago": "160 + 70 * k", "shop": _shop(59), "price": "250", "buyer": "2",
                                     "acceptor": "2"}, 2),
    Act("never accepted", 18, {"ago": "100", "shop": _shop(59), "price": "250", "buyer": "1", "accepted": "NULL"}),
    Act("approved afterwards", 23, {"ago": "170", "shop": _shop(63), "price": "150", "approved_ago": "165"}),
    Act("never approved", 28, {"ago": "175", "shop": _shop(63), "price": "150", "approved": "false"}),
    Act("tool not entered", 33, {"ago": "90", "shop": _shop(65), "price": "3600", "qty": "1", "item": "'D05'"}),
    Act("dear tool not entered", 38, {"ago": "110", "shop": _shop(67), "price": "12600", "qty": "1",
                                      "item": "'D06'"}),
    Act("dear", 43, {"ago": "180", "shop": _shop(DEAR), "price": "320", "item": "'BG20'"}),
    Act("twice as dear", 48, {"ago": "185", "shop": _shop(DEAR), "price": "470", "item": "'BG21'"}),
    Act("letterbox", 53, {"ago": "190", "shop": _shop(LETTERBOX), "price": "280"}),
    Act("opened for this", 57, {"ago": "380", "shop": _shop(NEW_SHOP), "price": "280"}),
    Act("far too much", 3, {"day": "make_date(year(before(0)) - 1, 3, 25)", "shop": _shop(60), "price": "118",
                            "qty": "70", "item": "'BG03'"}),
    # and what is in order
    Act("the only shop", 55, {"ago": "195", "shop": _shop(WIFE), "price": "120"}),
    Act("monthly paper", 56, {"ago": "20 + 30 * k", "shop": _shop(53), "price": "70"}, 5),
    Act("few shops", 57, {"ago": "30 + 90 * k", "shop": _shop(56), "price": "230", "losers": _shop("72 + 10 * j")}, 2),
    Act("farmer's greens", 58, {"ago": "140", "shop": _shop(57), "price": "45", "no_invoice": "NULL"}),
    Act("one invoice for two", 59, {"ago": "155 + k", "shop": _shop(58), "price": "80", "invoice": "id - k",
                                    "billed": "1600"}, 2),
    Act("one man's posts", 55, {"ago": "160", "shop": _shop(59), "price": "150", "buyer": "6", "acceptor": "6"}),
    Act("petty cash", 56, {"ago": "175", "shop": _shop(63), "price": "90", "approved": "false"}),
    Act("bought lately", 57, {"ago": "20", "shop": _shop(65), "price": "3600", "qty": "1", "item": "'D07'"}),
    Act("better brand", 58, {"ago": "180", "shop": _shop(DEAR), "price": "250", "item": "'BG22'"}),
    Act("trader without staff", 59, {"ago": "190", "shop": _shop(ALONE), "price": "280"}),
    Act("after the flood", 5, {"day": "make_date(year(before(0)) - 1, 5, 8)", "shop": _shop(62), "price": "85",
                               "qty": "2", "item": "'BG05'"}),
)  # fmt: skip
_PURCHASE, _VILLAGE = {"purchase_id": "numbered('CG', id)"}, {"village_code": "village_code(v)"}


def _supplier(slot: int) -> dict[str, str]:
    return {"supplier_id": f"company_key({_shop(slot)})"}


def _buyer(number: int) -> dict[str, str]:
    return {"buyer_id": f"person_key(v * {PERSONS} + {FIRST_OFFICIAL + number})"}


def _item(code: str) -> dict[str, str]:
    return _VILLAGE | {"item_code": f"'{code}'", "year": "year(before(0)) - 1"}


def planted(size: Size) -> list[Planted]:
    def act(name: str, model: str, key: dict[str, str], grade: str, ago: str = "", more: str = "true") -> Planted:
        source = f"{done(ACTS, name, size)} AND {more}"
        when = f"before({ago})" if ago else ""
        return Planted(f"village-procurement/{model}", key, source, grade, story=name, when=when)

    wife = _VILLAGE | _supplier(WIFE) | {"year": "year(before(0)) - 1"}
    return [
        act("wife's shop", "related-supplier", wife, "red", more="k = 0"),
        act("split in four", "split-purchase", _VILLAGE | _supplier(53), "red", "100", "k = 0"),
        act("split in three", "split-purchase", _VILLAGE | _supplier(54), "yellow", "150", "k = 0"),
        act("two asked", "fake-quotes", _PURCHASE, "yellow", "120"),
        act("asked his own", "fake-quotes", _PURCHASE, "red", "130"),
        act("same companions", "fake-quotes", _PURCHASE, "yellow", "30"),
        act("void invoice", "no-invoice-or-void", _PURCHASE, "yellow", "140"),
        act("another's invoice", "no-invoice-or-void", _PURCHASE, "yellow", "145"),
        act("no invoice", "no-invoice-or-void", _PURCHASE, "yellow", "150"),
        act("one invoice twice", "no-invoice-or-void", _PURCHASE, "yellow", "155"),
        act("accepts what he buys", "buyer-equals-acceptor", _VILLAGE | _buyer(2), "blue", "230", "k = 0"),
        act("never accepted", "buyer-equals-acceptor", _VILLAGE | _buyer(1), "blue", "39"),
        act("approved afterwards", "purchase-after-payment", _PURCHASE, "yellow", "170"),
        act("never approved", "purchase-after-payment", _PURCHASE, "yellow", "175"),
        act("tool not entered", "purchase-not-in-ledger", _PURCHASE, "blue", "57"),
        act("dear tool not entered", "purchase-not-in-ledger", _PURCHASE, "yellow", "77"),
        act("dear", "price-above-market", _PURCHASE, "yellow", "180"),
        act("twice as dear", "price-above-market", _PURCHASE, "red", "185"),
        act("letterbox", "dormant-supplier", _supplier(LETTERBOX), "yellow", "190"),
        act("opened for this", "dormant-supplier", _supplier(NEW_SHOP), "yellow", "380"),
        act("far too much", "abnormal-frequency", _item("BG03"), "yellow"),
    ]  # fmt: skip


def look_alikes(size: Size) -> list[LookAlike]:
    def act(name: str, model: str, key: dict[str, str], why: str) -> LookAlike:
        return LookAlike(f"village-procurement/{model}", key, f"{done(ACTS, name, size)} AND k = 0", why)

    shop = _VILLAGE | _supplier(WIFE) | {"year": "year(before(195))"}
    return [
        act("the only shop", "related-supplier", shop, "the only shop of the village, and small sums"),
        act("monthly paper", "split-purchase", _VILLAGE | _supplier(53), "paper every month, far below the limit"),
        act("few shops", "fake-quotes", _PURCHASE, "few shops: the same two were asked twice"),
        act("farmer's greens", "no-invoice-or-void", _PURCHASE, "greens a farmer grew himself, for little"),
        act("one invoice for two", "no-invoice-or-void", _PURCHASE, "one invoice over both of two purchases"),
        act("one man's posts", "buyer-equals-acceptor", _VILLAGE | _buyer(6), "one man for both posts, and small sums"),
        act("petty cash", "purchase-after-payment", _PURCHASE, "paid from the petty cash"),
        act("bought lately", "purchase-not-in-ledger", _PURCHASE, "the month for entering it is not over"),
        act("better brand", "price-above-market", _PURCHASE, "a better brand at a quarter more"),
        act("trader without staff", "dormant-supplier", _supplier(ALONE), "a trader who employs nobody"),
        act("after the flood", "abnormal-frequency", _item("BG05"), "somewhat more in the year of the flood"),
    ]  # fmt: skip


def people_named(size: Size) -> str:
    """SQL: whoever keeps shop in the village whose accounts his wife keeps."""
    where = done(ACTS, "wife's shop", size)
    return f"SELECT v * {PERSONS} + {relative(4, 0)} FROM {where}"


def companies_named(size: Size) -> str:
    """SQL: the shops that the wrongs favour, and those that were asked for show."""
    acts = (
        ("wife's shop", WIFE), ("split in four", 53), ("letterbox", LETTERBOX), ("twice as dear", DEAR),
        *(("asked his own", slot) for slot in (HELD, HOLDER, ASKED_TOO)),
    )  # fmt: skip
    return " UNION ".join(f"SELECT {_shop(slot)} FROM {done(ACTS, name, size)}" for name, slot in acts)
