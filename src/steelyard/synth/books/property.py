"""Houses and compensation: what the land register and the offices for resettlement hold."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.synth.books.folk import Folk
from steelyard.synth.books.land import Fields
from steelyard.synth.books.registers import (
    chosen,
    days_before,
    numbers,
    same,
    subjects,
    whole,
    yuan,
)
from steelyard.synth.books.relief import Relieved
from steelyard.synth.ledger import Columns, Yuan
from steelyard.synth.places import CITY, COUNTY

Mask = NDArray[np.bool_]
HOMES, HOMES_IN_THE_CITY, PREMISES = 5_000, 1_800, 900
HOMESTEADS = 1_500
ACQUIRED_VILLAGES, PAID_A_VILLAGE = 24, 45
PRICE_A_METRE = (4_200, 9_800)


def property_books(folk: Folk, fields: Fields, relieved: Relieved) -> None:
    """Enter all books of houses and land taken for public works."""
    able = ~np.isin(folk.people.household, relieved.households())
    _homes(folk, able)
    _homes_in_the_city(folk, able)
    _homesteads(folk)
    _compensated(folk, fields)


def _homes(folk: Folk, able: Mask) -> None:
    """Flats of grown people who are not on relief, and premises of firms in the county."""
    chance = folk.county.chance("book of homes")
    owner = folk.some(chance, np.nonzero(able & folk.grown & (folk.people.age >= 25))[0], HOMES)
    firms = [firm for firm in folk.county.firms.firms if firm.status == "active"]
    people, of_firms = folk.named(owner), subjects(firms, chance.below(len(firms), PREMISES))
    count = HOMES + PREMISES
    area = np.concatenate((chance.between(62, 150, HOMES), chance.between(80, 2_400, PREMISES)))
    usage = np.concatenate((np.zeros(HOMES, dtype=np.int64), chance.between(1, 2, PREMISES)))
    register = Columns(
        plain={
            "property_no": _certificates("清源", count),
            "location": _addresses("清源县城关", count),
            "area_code": same(COUNTY, count),
            "area": whole(area),
            "usage": chosen(("residential", "commercial", "industrial"), usage),
            "reg_date": days_before(folk.until, chance.between(15, 3_600, count)),
            "price": yuan(area * chance.between(*PRICE_A_METRE, count) * 100),
        },
        subjects={
            "owner_id": (
                pa.concat_arrays([people[0], of_firms[0]]),
                pa.concat_arrays([people[1], of_firms[1]]),
            )
        },
    )
    folk.county.books.keep("natural-resources/real-estate", "real_estate", register)


def _homes_in_the_city(folk: Folk, able: Mask) -> None:
    chance = folk.county.chance("book of homes in the city")
    owner = folk.some(chance, np.nonzero(able & folk.quiet & (folk.people.age >= 28))[0], HOMES_IN_THE_CITY)
    area = chance.between(70, 140, HOMES_IN_THE_CITY)
    register = Columns(
        plain={
            "property_no": _certificates("衡州市", HOMES_IN_THE_CITY),
            "location": _addresses("衡州市江滨区", HOMES_IN_THE_CITY),
            "area_code": same(CITY, HOMES_IN_THE_CITY),
            "area": whole(area),
            "usage": same("residential", HOMES_IN_THE_CITY),
            "reg_date": days_before(folk.until, chance.between(15, 3_600, HOMES_IN_THE_CITY)),
            "price": yuan(area * chance.between(9_000, 16_000, HOMES_IN_THE_CITY) * 100),
        },
        subjects={"owner_id": folk.named(owner)},
    )
    folk.county.books.keep("natural-resources/real-estate-city", "real_estate", register)


def _certificates(place: str, count: int) -> pa.StringArray:
    return numbers(f"示({place})不动产权", np.arange(1, count + 1), 7)


def _addresses(place: str, count: int) -> pa.StringArray:
    at = np.arange(count)
    text: pa.StringArray = pc.binary_join_element_wise(
        place, whole(at // 60 + 1), "号", whole(at % 6 + 1), "幢", whole(at // 6 % 10 + 1), "室", ""
    )
    return text


def _homesteads(folk: Folk) -> None:
    """One household one homestead, within the measure of the rules."""
    chance, people = folk.county.chance("book of homesteads"), folk.people
    index = folk.some(chance, folk.heads[folk.quiet[folk.heads]], HOMESTEADS)
    register = Columns(
        plain={
            "homestead_id": numbers("ZJD", np.arange(len(index)), 6),
            "household_id": folk.household(index),
            "village_code": folk.village(index),
            "area": whole(chance.between(70, 120, len(index))),
            "approve_date": days_before(folk.until, chance.between(20, 2_400, len(index))),
            "status": chosen(("已批准", "已竣工"), people.household[index] % 2),
        },
        subjects={"person_id": folk.named(index)},
    )
    folk.county.books.keep("natural-resources/homesteads", "homestead", register)


def _compensated(folk: Folk, fields: Fields) -> None:
    """Works take land in some villages: the households that contract the parcels are paid by the measure."""
    chance = folk.county.chance("book of compensation")
    villages = chance.some(folk.county.places.villages, ACQUIRED_VILLAGES)
    codes = np.array(fields.village.to_pylist())
    paid = 0
    for village in villages:
        here = np.nonzero(codes == village.code)[0]
        rate, day = chance.number(52, 61) * 100_000, folk.day(chance.number(40, 1_300))
        surveyor = folk.county_staff("agriculture")
        for place in here[:PAID_A_VILLAGE].tolist():
            head = int(fields.head[place])
            area = int(fields.area[place]) * chance.number(20, 100) // 100
            paid += 1
            folk.county.books.enter(
                "natural-resources/compensation", "compensation", comp_id=f"ZDBC{paid:06d}", village_code=village.code,
                person_id=folk.people.who(head), parcel_id=fields.number[place].as_py(), comp_type="land",
                area=f"{area // 10}.{area % 10}", amount=Yuan(area * rate // 10), pay_date=day,
                account_no=folk.account(np.array([head]))[0].as_py(), surveyor_id=surveyor,
            )  # fmt: skip
