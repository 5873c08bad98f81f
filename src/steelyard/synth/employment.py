"""Who was insured by whom, month by month: the last year for everybody, earlier months where a file has them."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.synth.chance import Chance
from steelyard.synth.firms import Firm, Register
from steelyard.synth.ledger import Columns
from steelyard.synth.people import People, Person

Whole = NDArray[np.int64]
STAFF = {"shop": (0, 5), "factory": (4, 26), "dispatch": (40, 90), "village": (2, 9), "sub": (4, 14)}
USUAL_STAFF = (6, 18)
MONTHS_DELIVERED = 12
DECEMBERS = 2
"""Earlier Decembers in which the staff of factories is told too: subsidies are granted by them."""


@dataclass
class Spell:
    """Months for which a firm paid somebody's insurance, first and last included."""

    person: Person
    firm: Firm
    first: dt.date
    last: dt.date
    kind: str = "pension"


@dataclass
class Employment:
    """Ordinary employees as numbers, and spells that somebody must be able to name."""

    worker: Whole
    firm: Whole
    joined: Whole
    left: Whole
    base: Whole
    last_month: int
    spells: list[Spell] = field(default_factory=list)

    def insure(self, person: Person, firm: Firm, first: dt.date, last: dt.date, kind: str = "pension") -> None:
        """The firm pays a person's insurance from the month of ``first`` to that of ``last``."""
        self.spells.append(Spell(person, firm, first, last, kind))


def employ(seed: int, people: People, register: Register, until: dt.date) -> Employment:
    """Give every firm its staff; nobody works for two firms."""
    chance = Chance(seed, "employment")
    workers: list[int] = []
    firms: list[int] = []
    for place, firm in enumerate(register.firms):
        if firm.status != "active":
            continue
        low, high = STAFF.get(firm.kind, USUAL_STAFF)
        for _ in range(chance.number(low, high)):
            person = people.next_worker()
            firm.staff.append(person)
            workers.append(person.index)
            firms.append(place)
    count = len(workers)
    last = month_number(until) - 1
    joined = last - chance.between(1, 110, count)
    leaver = chance.hits(0.12, count)
    left = np.where(leaver, last - chance.below(10, count), last)
    return Employment(
        worker=np.array(workers, dtype=np.int64),
        firm=np.array(firms, dtype=np.int64),
        joined=joined,
        left=left,
        base=chance.between(38, 120, count) * 100,
        last_month=last,
    )


def month_number(day: dt.date) -> int:
    """Months since the year 0: comparable, and a month apart is one apart."""
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}-01"


def insurance_months(work: Employment, people: People, register: Register) -> dict[int, Columns]:
    """The contributions by month delivered; key 0 holds what is told of the months before the last twelve."""
    numbers = pa.array([firm.number for firm in register.firms])
    names = pa.array([firm.name for firm in register.firms])
    spelled = _spelled(work, register)
    delivered: dict[int, Columns] = {}
    first = work.last_month - MONTHS_DELIVERED + 1
    for month in range(first, work.last_month + 1):
        rows = np.nonzero((work.joined <= month) & (work.left >= month))[0]
        extra = spelled[spelled[:, 2] == month]
        worker = np.concatenate((work.worker[rows], extra[:, 0]))
        firm = np.concatenate((work.firm[rows], extra[:, 1]))
        base = np.concatenate((work.base[rows], np.full(len(extra), 4200)))
        kind = np.concatenate((np.zeros(len(rows), dtype=np.int64), extra[:, 3]))
        delivered[month] = _columns(people, numbers, names, worker, firm, base, kind, np.full(len(worker), month))
    old = np.concatenate((spelled[spelled[:, 2] < first], *(_december(work, register, at) for at in _earlier(first))))
    delivered[0] = _columns(people, numbers, names, old[:, 0], old[:, 1], np.full(len(old), 3600), old[:, 3], old[:, 2])
    return delivered


def insured_of(work: Employment, register: Register, month: int) -> Whole:
    """How many people each firm insured in a month, in the order of the register."""
    at_work = (work.joined <= month) & (work.left >= month)
    return np.bincount(work.firm[at_work], minlength=len(register.firms)).astype(np.int64)


def _earlier(first: int) -> list[int]:
    """The Decembers before the months delivered whole."""
    latest = first - 1 - (first % 12)
    return [latest - 12 * back for back in range(DECEMBERS)]


def _december(work: Employment, register: Register, month: int) -> Whole:
    """Those whom factories insured in a month, as rows of spells."""
    factory = np.array([firm.kind == "factory" for firm in register.firms])
    rows = np.nonzero(factory[work.firm] & (work.joined <= month) & (work.left >= month))[0]
    pension = np.zeros(len(rows), dtype=np.int64)
    return np.column_stack((work.worker[rows], work.firm[rows], np.full(len(rows), month), pension))


KINDS = ("pension", "unemployment", "injury", "medical", "maternity")


def _spelled(work: Employment, register: Register) -> Whole:
    place = {firm.number: index for index, firm in enumerate(register.firms)}
    rows = {
        (spell.person.index, place[spell.firm.number], month, KINDS.index(spell.kind))
        for spell in work.spells
        for month in range(month_number(spell.first), month_number(spell.last) + 1)
        if month <= work.last_month
    }
    return np.array(sorted(rows), dtype=np.int64).reshape(-1, 4)


def _columns(
    people: People, numbers: pa.StringArray, names: pa.StringArray,
    worker: Whole, firm: Whole, base: Whole, kind: Whole, month: Whole,
) -> Columns:  # fmt: skip
    months = sorted({int(value) for value in month})
    place = np.searchsorted(months, month)
    number = pa.array(people.number[worker]).cast(pa.string())
    return Columns(
        plain={
            "month": pa.array([month_text(value) for value in months], pa.string()).take(pa.array(place)),
            "ins_type": pa.array(KINDS).take(pa.array(kind)),
            "base": pa.array(base).cast(pa.string()),
        },
        subjects={
            "person_id": (number, people.name.take(pa.array(worker))),
            "company_id": (numbers.take(pa.array(firm)), names.take(pa.array(firm))),
        },
    )
