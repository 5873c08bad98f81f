"""Relief, disability, deaths and medical settlements."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.synth.books.folk import HOSPITALS, Folk
from steelyard.synth.books.registers import (
    Whole,
    chosen,
    days_before,
    numbers,
    same,
    subjects,
    yuan,
)
from steelyard.synth.firms import behind
from steelyard.synth.ledger import Columns, Yuan

ON_RELIEF = (
    ("subsistence", "低保", 2_400, 78_000),
    ("marginal", "低边", 1_100, 31_000),
    ("destitute", "特困", 500, 125_000),
)
"""Kind, name of its sheet, people, fen a month."""
DISABLED = 5_600
RELIEVED = 900
SETTLEMENTS = 8_000
LEVELS = ("1", "2", "3", "4")
CATEGORIES = ("肢体", "视力", "听力", "言语", "智力", "精神")


class Relieved:
    """Who is on relief and who has a certificate: subsidies are paid to these."""

    def __init__(self, folk: Folk) -> None:
        self._folk = folk
        chance = folk.county.chance("book of relief")
        fit = folk.quiet & (folk.people.age >= 18) & ~_with_means(folk)
        poor = folk.some(chance, np.nonzero(fit)[0], 4_000 + DISABLED)
        mixed = poor[chance.order(len(poor))]
        self.kinds: dict[str, Whole] = {}
        start = 0
        for kind, _sheet, count, _fen in ON_RELIEF:
            self.kinds[kind] = np.sort(mixed[start : start + count])
            start += count
        self.disabled = np.sort(mixed[start : start + DISABLED])
        self.level = chance.below(4, DISABLED)
        self.valid = ~chance.hits(0.04, DISABLED)

    def households(self) -> Whole:
        """Of all on relief."""
        on_relief = np.concatenate(list(self.kinds.values()))
        return np.unique(self._folk.people.household[on_relief])


def _with_means(folk: Folk) -> NDArray[np.bool_]:
    """Whoever lives with somebody who owns a car or a part of a firm: relief would be refused."""
    owners = folk.well_off.copy()
    owners[[person.index for firm in folk.county.firms.firms for person in behind(firm)]] = True
    means: NDArray[np.bool_] = np.isin(folk.people.household, folk.people.household[owners])
    return means


def relief(folk: Folk, relieved: Relieved) -> None:
    """Enter all books about those in need."""
    _low_income(folk, relieved)
    _certificates(folk, relieved)
    _temporary(folk)
    _deaths(folk)
    _settlements(folk)


def _low_income(folk: Folk, relieved: Relieved) -> None:
    chance = folk.county.chance("book of low income")
    for kind, sheet, _count, fen in ON_RELIEF:
        index = relieved.kinds[kind]
        officers = [folk.town_officer(code) for code in folk.village(index).to_pylist()]
        register = Columns(
            plain={
                "household_id": folk.household(index),
                "benefit_type": same(kind, len(index)),
                "village_code": folk.village(index),
                "from_date": days_before(folk.until, chance.between(120, 2_200, len(index))),
                "to_date": pa.nulls(len(index), pa.string()),
                "monthly_amount": yuan(np.full(len(index), fen)),
            },
            subjects={
                "person_id": folk.named(index),
                "approver_id": (
                    pa.array([one.number for one in officers]),
                    pa.array([one.name for one in officers]),
                ),
            },
        )
        folk.county.books.keep("civil-affairs/low-income", "low_income", register, member=sheet)


def _certificates(folk: Folk, relieved: Relieved) -> None:
    """The number of a certificate is the person's own with category and degree behind it."""
    index, level = relieved.disabled, relieved.level
    chance = folk.county.chance("book of certificates")
    category = chance.below(len(CATEGORIES), len(index))
    ending = numbers("", (category + 1) * 10 + level + 1, 2)
    ahead = folk.until.replace(month=1, day=1)
    register = Columns(
        plain={
            "cert_no": pc.binary_join_element_wise(folk.named(index)[0], ending, ""),
            "level": chosen(LEVELS, level),
            "category": chosen(CATEGORIES, category),
            "valid_to": days_before(ahead, np.where(relieved.valid, -chance.between(400, 3_000, len(index)), 90)),
            "status": chosen(("expired", "valid"), relieved.valid.astype(np.int64)),
        },
        subjects={"person_id": folk.named(index)},
    )
    folk.county.books.keep("disabled-federation/certificates", "disability", register)


def _temporary(folk: Folk) -> None:
    chance, people = folk.county.chance("book of temporary relief"), folk.people
    index = folk.some(chance, np.nonzero(folk.quiet & (people.age >= 20))[0], RELIEVED)
    for place, (at, code) in enumerate(zip(index.tolist(), folk.village(index).to_pylist(), strict=True)):
        folk.county.books.enter(
            "civil-affairs/temp-relief", "temp_relief", relief_id=f"LSJZ{place:06d}", person_id=people.who(at),
            village_code=code, reason=chance.one(("illness", "accident", "disaster", "education", "other")),
            amount=Yuan(chance.number(8, 60) * 10_000), pay_date=folk.day(chance.number(1, 700)),
            account_no=folk.account(np.array([at]))[0].as_py(), approver_id=folk.town_officer(code),
        )  # fmt: skip


def _deaths(folk: Folk) -> None:
    """Whoever the population register calls dead, registered within days."""
    index = np.nonzero(~folk.people.alive)[0]
    chance = folk.county.chance("book of death certificates")
    died = folk.died[index]
    told = np.minimum(died + chance.between(0, 12, len(index)).astype("timedelta64[D]"), np.datetime64(folk.until, "D"))
    register = Columns(
        plain={
            "death_date": pa.array(died).cast(pa.string()),
            "source": chosen(("医学证明", "火化登记"), chance.below(2, len(index))),
            "registered_date": pa.array(told).cast(pa.string()),
        },
        subjects={"person_id": folk.named(index)},
    )
    folk.county.books.keep("health/deaths", "death_record", register)


def _settlements(folk: Folk) -> None:
    chance = folk.county.chance("book of settlements")
    alive = np.nonzero(folk.people.alive)[0]
    index = alive[chance.below(len(alive), SETTLEMENTS)]
    back = chance.between(0, 360, SETTLEMENTS)
    # Nobody is treated before he is born.
    born = (np.datetime64(folk.until, "D") - folk.people.born[index].astype("datetime64[D]")).astype(np.int64)
    paid = yuan(chance.between(800, 450_000, SETTLEMENTS))
    register = Columns(
        plain={
            "record_id": numbers("YBJS", np.arange(SETTLEMENTS)),
            "settle_date": days_before(folk.until, np.minimum(back, np.maximum(born, 0))),
            "amount": paid,
        },
        subjects={
            "person_id": folk.named(index),
            "hospital_id": subjects(HOSPITALS, chance.below(len(HOSPITALS), SETTLEMENTS)),
        },
    )
    folk.county.books.keep("medical-insurance/settlements", "medical_insurance", register)
