"""Pushes as departments make them: overdue rent raises alerts, rent due later and new leases none."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.engines.duck import Duck, connect, rows
from steelyard.pool import Pool
from steelyard.sources import Interface

RENTS, LEASES = "rent_receivable", "village_contract"
SAMPLE = 4_000
LANDED_ROWS = 20_000


@dataclass(frozen=True)
class Shot:
    """One push to be made."""

    interface: Interface
    key: str
    rows: list[dict[str, str]]
    raises: bool
    """Whether a model has something to say about it."""


class Load:
    """Pushes over what a pool holds; the same seed over the same pool gives the same."""

    def __init__(self, pool: Pool, today: dt.date, seed: int) -> None:
        self.pool, self.today, self.seed = pool, today, seed
        self.chance = random.Random(seed)  # noqa: S311  # repeatable, no secret
        self.rents, self.deeds = _feeding(pool, RENTS), _feeding(pool, LEASES)
        self.version = pool.current().number
        with connect(memory_mb=1024) as duck:
            self.leases = _some(pool, duck, LEASES, "contract_id, village_code", "status <> 'void'")

    def shots(self) -> Iterator[Shot]:
        """For ever: half of them raise an alert or change one, a quarter is rent due later, a quarter new leases."""
        number = 0
        while True:
            number += 1
            key, kind = f"bench-{self.seed}-{number}", self.chance.randrange(4)
            if kind == 3:
                yield Shot(self.deeds, key, [_named(self.deeds, LEASES, self._lease(key))], raises=False)
            else:
                yield Shot(self.rents, key, [_named(self.rents, RENTS, self._rent(raises=kind < 2))], raises=kind < 2)

    def _rent(self, *, raises: bool) -> dict[str, str]:
        lease = self.chance.choice(self.leases)
        days = self.chance.randrange(400, 3_000)
        due = self.today - dt.timedelta(days=days) if raises else self.today + dt.timedelta(days=days)
        amount = str(self.chance.randrange(50_000, 900_000))
        return {**lease, "due_date": due.isoformat(), "amount_due": amount}

    def _lease(self, key: str) -> dict[str, str]:
        """A new lease that runs for years: nobody has anything to say about it."""
        village = self.chance.choice(self.leases)["village_code"]
        begins = self.today - dt.timedelta(days=self.chance.randrange(10, 300))
        ends = begins + dt.timedelta(days=3_650)
        return {
            "contract_id": f"BENCH-{key}", "village_code": village, "sign_date": begins.isoformat(),
            "start_date": begins.isoformat(), "end_date": ends.isoformat(), "status": "active",
        }  # fmt: skip

    def landed(self, number: int) -> list[dict[str, str]]:
        """Rows of one ordinary delivery: rent that is due later."""
        chance = random.Random(f"{self.seed} landed {number}")  # noqa: S311  # as above
        made = []
        for at in range(LANDED_ROWS):
            due = self.today + dt.timedelta(days=4_000 + (number * LANDED_ROWS + at) % 20_000)
            made.append({**chance.choice(self.leases), "due_date": due.isoformat(), "amount_due": "100"})
        return [_named(self.rents, RENTS, row) for row in made]


def _feeding(pool: Pool, dataset: str) -> Interface:
    """An interface that feeds the dataset and no other, one through which others push where there is any."""
    found = [one for one in pool.interfaces.values() if [feed.dataset for feed in one.feeds] == [dataset]]
    return min(found, key=lambda one: (one.connector != "push", one.id))


def _some(pool: Pool, duck: Duck, dataset: str, columns: str, condition: str) -> list[dict[str, str]]:
    pool.register(duck, dataset)
    sql = f"SELECT {columns} FROM {dataset} WHERE coalesce({condition}, true)"
    found = rows(duck, f"SELECT * FROM ({sql}) USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (7)")
    return [{name: str(value) for name, value in row.items()} for row in found if None not in row.values()]


def _named(interface: Interface, dataset: str, row: Mapping[str, Any]) -> dict[str, str]:
    """A row under the names the department gives its columns."""
    feed = next(one for one in interface.feeds if one.dataset == dataset)
    return {feed.columns[name].columns[0]: str(value) for name, value in row.items() if name in feed.columns}
