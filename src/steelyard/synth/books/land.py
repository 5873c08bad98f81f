"""Land of the households: contracts, survey, what grows, who rents it, and who belongs to the collective."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steelyard.synth.books.folk import Folk
from steelyard.synth.books.registers import (
    Whole,
    chosen,
    days_before,
    numbers,
    same,
    subjects,
    tenths,
    whole,
    yuan,
)
from steelyard.synth.ledger import Columns, Yuan

SHARE_WITH_LAND = 0.25
SURVEYED = 4
"""One parcel in so many is surveyed from above each year."""
DECLARED = 6_000
TRANSFERRED = 3_000
MACHINES = 800
CROPS = ("早稻", "晚稻", "小麦", "油菜", "玉米")
MACHINE_MODELS = ("履带式拖拉机", "联合收割机", "微耕机", "植保无人机", "插秧机")
MEMBERS_SHARE = 0.12


@dataclass
class Fields:
    """The parcels of the county: each has a household's head, a village and tenths of a mu."""

    head: Whole
    area: Whole
    number: pa.StringArray
    village: pa.StringArray


def parcels(folk: Folk) -> Fields:
    """Every fourth household has one parcel."""
    chance = folk.county.chance("book of parcels")
    head = folk.heads[chance.hits(SHARE_WITH_LAND, len(folk.heads))]
    village = folk.village(head)
    number: pa.StringArray = pc.binary_join_element_wise(
        village, numbers("", folk.people.household[head] % 341 + 1, 5), ""
    )
    return Fields(head, chance.between(6, 78, len(head)), number, village)


def land(folk: Folk, fields: Fields) -> None:
    """Enter all books of the land."""
    _contracts(folk, fields)
    _survey(folk, fields)
    _declared(folk, fields)
    _transferred(folk, fields)
    _machines(folk)
    _members(folk)


def _contracts(folk: Folk, fields: Fields) -> None:
    count = len(fields.head)
    register = Columns(
        plain={
            "parcel_id": fields.number,
            "household_id": folk.household(fields.head),
            "area": tenths(fields.area),
            "village_code": fields.village,
            "from_date": same("1998-10-01", count),
            "to_date": same("2028-09-30", count),
        },
        subjects={"person_id": folk.named(fields.head)},
    )
    folk.county.books.keep("agriculture/land-contracts", "land_contract", register)


def _survey(folk: Folk, fields: Fields) -> None:
    """Two years; what is planted is never more than the parcel."""
    chance = folk.county.chance("book of surveys")
    index = np.arange(0, len(fields.head), SURVEYED)
    both = np.concatenate((index, index))
    year = np.repeat([folk.until.year - 2, folk.until.year - 1], len(index))
    planted = fields.area[both] * chance.between(80, 100, len(both)) // 100
    register = Columns(
        plain={
            "parcel_id": fields.number.take(pa.array(both)),
            "year": whole(year),
            "land_class": chosen(("paddy", "dry", "irrigated"), np.concatenate((index, index)) % 3),
            "planted_area": tenths(planted),
            "crop_class": chosen(CROPS, chance.below(len(CROPS), len(both))),
        },
        subjects={},
    )
    folk.county.books.keep("natural-resources/parcel-survey", "parcel_survey", register)


def _declared(folk: Folk, fields: Fields) -> None:
    """Farmers declare no more than they plant; the village's bookkeeper measures."""
    chance = folk.county.chance("book of crops")
    index = np.sort(chance.order(len(fields.head))[:DECLARED])
    register = Columns(
        plain={
            "declare_id": numbers("ZZSB", np.arange(DECLARED)),
            "parcel_id": fields.number.take(pa.array(index)),
            "year": whole(np.full(DECLARED, folk.until.year - 1)),
            "crop": chosen(CROPS, chance.below(len(CROPS), DECLARED)),
            "declared_area": tenths(fields.area[index] * chance.between(60, 80, DECLARED) // 100),
        },
        subjects={
            "person_id": folk.named(fields.head[index]),
            "surveyor_id": folk.officers(fields.head[index], "accountant"),
        },
    )
    folk.county.books.keep("agriculture/farm-declarations", "crop_declaration", register)


def _transferred(folk: Folk, fields: Fields) -> None:
    """Firms of the county rent parcels for some years, at most the whole parcel."""
    chance = folk.county.chance("book of transfers")
    index = np.sort(chance.order(len(fields.head))[:TRANSFERRED])
    farms = folk.county.firms.of_kind("factory")
    area = fields.area[index] * chance.between(50, 100, TRANSFERRED) // 100
    began = chance.between(200, 1_400, TRANSFERRED)
    register = Columns(
        plain={
            "transfer_id": numbers("TDLZ", np.arange(TRANSFERRED)),
            "parcel_id": fields.number.take(pa.array(index)),
            "village_code": fields.village.take(pa.array(index)),
            "area": tenths(area),
            "rent": yuan(area * chance.between(5_000, 9_000, TRANSFERRED)),
            "start_date": days_before(folk.until, began),
            "end_date": days_before(folk.until, began - 365 * chance.between(5, 10, TRANSFERRED)),
        },
        subjects={"to_party_id": subjects(farms, chance.below(len(farms), TRANSFERRED))},
    )
    folk.county.books.keep("agriculture/land-transfers", "land_transfer", register)


def _machines(folk: Folk) -> None:
    """Each machine has a number of its own and one buyer."""
    chance, people = folk.county.chance("book of machines"), folk.people
    buyers = folk.some(chance, np.nonzero(folk.quiet & (people.age >= 22) & (people.age < 66))[0], MACHINES)
    dealers = folk.county.firms.of_kind("goods")[:12]
    for place, index in enumerate(buyers.tolist()):
        folk.county.books.enter(
            "agriculture/farm-declarations", "farm_machine", record_id=f"NJGZ{place:06d}",
            machine_no=f"CC{chance.number(0, 9)}{place * 37:08d}", person_id=people.who(index),
            model=chance.one(MACHINE_MODELS), buy_date=folk.day(chance.number(20, 900)),
            subsidy=Yuan(chance.number(8, 300) * 10_000), dealer_id=chance.one(dealers),
        )  # fmt: skip


def shareholders(folk: Folk) -> tuple[Whole, Whole]:
    """Members of the collectives, with tenths of a share."""
    chance = folk.county.chance("book of members")
    index = folk.heads[chance.hits(MEMBERS_SHARE, len(folk.heads))]
    # Old sisters keep the shares their parents had.
    sisters = [one for one in folk.people.twins if folk.people.alive[one]]
    index = np.union1d(index, np.array(sisters, dtype=index.dtype))
    return index, chance.between(5, 60, len(index))


def _members(folk: Folk) -> None:
    """Heads of households hold shares of their village's collective."""
    index, shares = shareholders(folk)
    register = Columns(
        plain={
            "village_code": folk.village(index),
            "shares": tenths(shares),
            "from_date": same("2016-12-31", len(index)),
            "to_date": pa.nulls(len(index), pa.string()),
        },
        subjects={"person_id": folk.named(index)},
    )
    folk.county.books.keep("agriculture/members", "collective_member", register)
