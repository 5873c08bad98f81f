"""Changes in the company register, reference prices, judgments and petitions."""

import datetime as dt

import numpy as np

from steelyard.synth.books.folk import Folk
from steelyard.synth.ledger import Value, Yuan
from steelyard.synth.places import COUNTY
from steelyard.synth.wording import GOODS, price_of

CHANGED = 2_200
PRICE_MONTHS = 24
MATERIALS = (
    *((code, name, unit, price_of(code)) for code, name, unit in GOODS),
    ("B11", "热轧带肋钢筋", "吨", 380_000), ("B12", "商品混凝土C30", "方", 46_000), ("B13", "中砂", "方", 18_500),
    ("B14", "标准砖", "千块", 52_000), ("B15", "沥青混凝土", "吨", 48_000), ("B16", "PVC管", "米", 3_600),
    ("L01", "普工", "工日", 15_000), ("L02", "泥水工", "工日", 24_000), ("L03", "木工", "工日", 25_000),
)  # fmt: skip
JUDGED, PETITIONS, FROM_THE_CITY = 60, 640, 170
CATEGORIES = ("project", "labour", "asset", "subsidy", "finance", "style", "other")


def registry(folk: Folk) -> None:
    """Enter the books of register, prices, court and petitions."""
    _changes(folk)
    _prices(folk)
    _judgments(folk)
    _petitions(folk)


def _changes(folk: Folk) -> None:
    """Shops move and raise their capital; what stands after is what the register says today."""
    chance = folk.county.chance("book of changes")
    firms = [firm for firm in folk.county.firms.of_kind("shop", "factory") if firm.status == "active"]
    for place in range(CHANGED):
        firm = firms[place % len(firms)]
        after_days = chance.number(200, 2_000)
        changes: tuple[tuple[str, str, str], ...] = (
            ("address", f"清源县城关老街{place % 400 + 1}号", firm.address),
            ("capital", str(firm.capital // 2), str(firm.capital)),
        )
        item, before, after = changes[place % 2]
        when = firm.registered + dt.timedelta(days=after_days)
        folk.county.books.enter(
            "market-supervision/changes", "company_change", change_id=f"BG{place:06d}", company_id=firm, item=item,
            before_value=before, after_value=after, change_date=min(when, folk.until),
        )  # fmt: skip


def _prices(folk: Folk) -> None:
    """Materials, month by month, a little up and down."""
    chance = folk.county.chance("book of prices")
    month = folk.until.replace(day=1)
    for _ in range(PRICE_MONTHS):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        for code, name, unit, fen in MATERIALS:
            folk.county.books.enter(
                "development-reform/price-reference", "price_reference", item_code=code, item_name=name,
                area_code=COUNTY, month=month, unit=unit, ref_price=Yuan(fen * chance.number(94, 106) // 100),
            )  # fmt: skip


def _judgments(folk: Folk) -> None:
    """Villagers whom no office, no tender and no branch of the Party knows."""
    chance, people = folk.county.chance("book of judgments"), folk.people
    fit = folk.quiet & ~folk.comrades & (people.age >= 20) & (people.age < 60)
    index = folk.some(chance, np.nonzero(fit)[0], JUDGED)
    folk.quiet[index] = False
    for place, at in enumerate(index.tolist()):
        day = folk.day(chance.number(60, 1_800))
        folk.county.books.enter(
            "court/judgments", "criminal_judgment", case_no=f"({day.year})示9921刑初{place:05d}号",
            subject_id=people.who(at), crime=chance.one(("fraud", "other")), judgment_date=day,
            effective_date=day + dt.timedelta(days=11),
        )  # fmt: skip


def _petitions(folk: Folk) -> None:
    """Villagers write to the county, and some to the city, which passes the letter on."""
    chance = folk.county.chance("book of petitions")
    villages = folk.county.places.villages
    for place in range(PETITIONS + FROM_THE_CITY):
        village = chance.one(villages)
        writer = folk.people.who(chance.one(folk.people.of_village(village.index, 30, 80)))
        row: dict[str, Value] = {
            "petition_id": f"XF{place:06d}", "person_id": writer, "area_code": village.code,
            "category": chance.one(CATEGORIES), "filed_date": folk.day(chance.number(3, 900)), "status": "已办结",
        }  # fmt: skip
        interface = "petitions/county" if place < PETITIONS else "petitions/city"
        folk.county.books.add(interface, "petition", row)
