"""Households, cars, penalties and Party members: what the police and the organisation department hold."""

import datetime as dt

import numpy as np
import pyarrow as pa

from steelyard.synth.books.folk import Folk
from steelyard.synth.books.registers import (
    Whole,
    chosen,
    days_before,
    numbers,
    only_where,
    same,
    subjects,
    yuan,
)
from steelyard.synth.ledger import Columns
from steelyard.synth.people import CHILD, SECOND, Person

RELATIONS = ("户主", "配偶", "子女", "子女", "父母", "父母")
PRIVATE_CARS = 5_000
FIRM_CARS = 900
VEHICLES = ("car", "car", "car", "car", "van", "truck", "motorcycle")
PARTY_MEMBERS = 8_000
IN_CUSTODY, PENALTIES = 240, 420
MATTERS = ("殴打他人", "赌博", "扰乱单位秩序", "盗窃", "酒后驾驶")


def residents(folk: Folk) -> None:
    """Enter all books about residents."""
    _households(folk)
    _cars(folk)
    _offenders(folk)
    _party(folk)


def _households(folk: Folk) -> None:
    """Everybody is a member of his household; children since birth, the dead until their death."""
    people = folk.people
    back = folk.county.chance("book of households").between(3_000, 8_400, len(people))
    since = np.datetime64(folk.until, "D") - back.astype("timedelta64[D]")
    child = (people.slot == CHILD) | (people.slot == SECOND)
    since = np.where(child, people.born.astype("datetime64[D]"), np.minimum(since, folk.died))
    town = people.village // 15
    for place, name in enumerate(folk.county.places.towns.values()):
        index = np.nonzero(town == place)[0]
        register = Columns(
            plain={
                "household_id": folk.household(index),
                "relation_to_head": chosen(RELATIONS, people.slot[index]),
                "from_date": pa.array(since[index]).cast(pa.string()),
                "to_date": only_where(~people.alive[index], pa.array(folk.died[index]).cast(pa.string())),
            },
            subjects={"person_id": folk.named(index)},
        )
        folk.county.books.keep("public-security/households", "household_member", register, member=name)


def _cars(folk: Folk) -> None:
    chance = folk.county.chance("book of cars")
    owner = folk.some(chance, np.nonzero(folk.grown & (folk.people.age < 75))[0], PRIVATE_CARS)
    folk.well_off[owner] = True
    firms = [firm for firm in folk.county.firms.firms if firm.status == "active"]
    at_firm = chance.below(len(firms), FIRM_CARS)
    private, of_firms = folk.named(owner), subjects(firms, at_firm)
    official = subjects(folk.departments, np.arange(len(folk.departments)))
    count = PRIVATE_CARS + FIRM_CARS + len(folk.departments)
    register = Columns(
        plain={
            "plate_no": plates(np.arange(count)),
            "reg_date": days_before(folk.until, chance.between(30, 2_300, count)),
            "price": yuan(chance.between(300, 3_800, count) * 10_000),
            "vehicle_type": chosen(VEHICLES, chance.below(len(VEHICLES), count)),
            "end_date": pa.nulls(count, pa.string()),
        },
        subjects={
            "owner_id": (
                pa.concat_arrays([private[0], of_firms[0], official[0]]),
                pa.concat_arrays([private[1], of_firms[1], official[1]]),
            )
        },
    )
    folk.county.books.keep("public-security/vehicles", "vehicle", register)


def plates(place: Whole) -> pa.StringArray:
    """Plate numbers of the county."""
    return numbers("示H", place, 5)


def official_plate(folk: Folk, place: int) -> str:
    """The car of one of the county's departments."""
    plate: str = plates(np.array([PRIVATE_CARS + FIRM_CARS + place]))[0].as_py()
    return plate


def _offenders(folk: Folk) -> None:
    """People no office knows; whoever was released is free again."""
    chance, people = folk.county.chance("book of offenders"), folk.people
    chosen_men = folk.some(chance, np.nonzero(folk.quiet & people.male & (people.age > 20) & (people.age < 58))[0], 660)
    folk.quiet[chosen_men] = False
    for place, index in enumerate(chosen_men.tolist()):
        if place < IN_CUSTODY:
            began = folk.day(chance.number(200, 1_900))
            until = began + dt.timedelta(days=chance.number(15, 900))
            folk.county.books.enter(
                "public-security/offenders", "custody", person_id=people.who(index), custody_from=began,
                custody_to=until, custody_type=chance.one(("行政拘留", "刑事拘留", "服刑")),
            )  # fmt: skip
        else:
            folk.county.books.enter(
                "public-security/offenders", "police_penalty", penalty_id=f"GACF{place:06d}",
                person_id=people.who(index), decision_date=folk.day(chance.number(10, 1_500)),
                matter=chance.one(MATTERS), penalty=chance.one(("警告", "罚款200元", "罚款500元")),
            )  # fmt: skip


def _party(folk: Folk) -> None:
    """Grown people of every village whom the police never fined; those in a village's office come first."""
    chance, people = folk.county.chance("book of the Party"), folk.people
    secretaries = [posts["party_secretary"].index for posts in folk.county.offices.running.values()]
    penalties = folk.county.books.rows("police_penalty")
    fined = [one.index for row in penalties if isinstance(one := row["person_id"], Person)]
    fit = folk.grown & (people.age > 24)
    fit[fined] = False
    others = folk.some(chance, np.nonzero(fit)[0], PARTY_MEMBERS)
    index = np.unique(np.concatenate((np.array(secretaries, dtype=np.int64), others)))
    folk.comrades[index] = True
    since = people.born[index].astype("datetime64[D]") + (chance.between(7_300, 8_700, len(index))).astype(
        "timedelta64[D]"
    )
    branches = [folk.county.places.body("village_committee", village.code) for village in folk.county.places.villages]
    register = Columns(
        plain={"join_date": pa.array(since).cast(pa.string()), "status": same("active", len(index))},
        subjects={"person_id": folk.named(index), "branch_org_id": subjects(branches, people.village[index])},
    )
    folk.county.books.keep("organisation/party-members", "party_member", register)
