"""What a supplier is told: every row of a delivery is accounted for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Receipt:
    """One dataset of one delivery: received = admitted + unchanged + quarantined + superseded."""

    dataset: str
    received: int
    admitted: int
    unchanged: int
    quarantined: int
    superseded: int
    removed: int = 0
    """Rows of earlier deliveries that a snapshot no longer holds."""
    corrected: int = 0
    """Of the admitted rows those that took the place of an older version."""

    def repeated(self) -> "Receipt":
        """The receipt when the same content comes again: what was admitted then is unchanged now."""
        return Receipt(
            self.dataset, self.received, 0, self.unchanged + self.admitted, self.quarantined, self.superseded
        )


@dataclass(frozen=True)
class Landing:
    """The answer to one handing over."""

    delivery: str
    interface: str
    state: str
    """accepted, refused or withdrawn."""
    receipts: tuple[Receipt, ...]
    message: str = ""
    signals: tuple[Mapping[str, Any], ...] = ()
    repeated: bool = False
    """True where the same content had been delivered before and nothing was done."""
    pool_version: int | None = None
    """The version this landing made, None where it changed nothing."""

    def total(self, what: str) -> int:
        """Sum of one count over all datasets."""
        return sum(getattr(receipt, what) for receipt in self.receipts)


@dataclass(frozen=True)
class Delivery:
    """A handing over, as the intake pages list it."""

    id: str
    seq: int
    interface: str
    supplier: str
    received_on: dt.date
    received_at: dt.datetime
    state: str
    message: str
    signals: tuple[Mapping[str, Any], ...] = ()
    files: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = field(default=())
