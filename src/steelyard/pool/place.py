"""Where a landing works, what it works on, and what became of each dataset."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from steelyard.contracts import Contract
from steelyard.pool import tables
from steelyard.pool.conform import Conformed, Flaw
from steelyard.pool.covering import Cover
from steelyard.pool.keys import Keys
from steelyard.pool.raw import RawFile
from steelyard.pool.receipts import Receipt
from steelyard.pool.settling import Settled
from steelyard.sources import Interface

Watch = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
STEPS = ("reading", "checking", "writing", "done")


def unwatched(what: str, done: int, total: int) -> None:
    """Nobody looks on."""


@dataclass(frozen=True)
class Place:
    """Where a landing works."""

    raw: Path
    pool: Path
    secrets: Path
    contracts: Mapping[str, Contract]
    keys: Keys
    watch: Watch = unwatched

    def step(self, interface: Interface, number: int) -> None:
        """Say which step a delivery of an interface is at."""
        self.watch(f"{interface.id}: {STEPS[number]}", number, len(STEPS) - 1)

    def cover(self, interface: Interface, dataset: str) -> Cover:
        """How rows of a dataset are covered that came through an interface."""
        feed = next(feed for feed in interface.feeds if feed.dataset == dataset)
        return Cover.of(self.contracts[dataset], feed)

    def files(self, dataset: str, version: int | None) -> tuple[str, ...]:
        """The Parquet files of a table at a version; none where it has none."""
        return () if version is None else tables.files_of(str(self.pool / dataset), version)


@dataclass(frozen=True)
class Received:
    """A delivery that is recorded and waits to be worked through."""

    id: str
    seq: int
    interface: Interface
    received_on: dt.date
    files: Sequence[RawFile]
    kind: str = "delivery"
    """delivery; replay or correction: rows sent again, whose absence says nothing."""
    period: str = ""
    """The business period, such as 2025-06; empty where nobody says."""


@dataclass(frozen=True)
class Result:
    """What became of one dataset of a delivery."""

    contract: Contract
    conformed: Conformed
    settled: Settled | None = None
    merged: tables.Merged | None = None

    def receipt(self) -> Receipt:
        """The account of every row."""
        made, merged, settled = self.conformed, self.merged, self.settled
        if merged is None or settled is None:  # the whole delivery was refused, this dataset with it
            return Receipt(self.contract.dataset, made.received, 0, 0, made.received, 0)
        return Receipt(
            self.contract.dataset, made.received, merged.admitted + settled.deleted,
            merged.unchanged + settled.deletes - settled.deleted, made.quarantined,
            made.superseded + settled.late, merged.removed - settled.deleted, merged.corrected,
        )  # fmt: skip

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """Bad rows, and rows that gave way."""
        return (*self.conformed.flaws, *(self.settled.flaws if self.settled else ()))
