"""What the pages of the pool ask of rooms above them: which alerts rest on a delivery, which were found false."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from steelyard.web.orgs.models import User


@dataclass(frozen=True)
class Resting:
    """An alert with evidence from a delivery, as the viewer may see it."""

    url: str
    title: str
    grade: str


class Above(Protocol):
    """Given once at start by the room that knows alerts."""

    def resting(self, viewer: User, delivery: UUID, limit: int) -> Sequence[Resting]:
        """Alerts the viewer may see whose evidence names the delivery, newest first."""

    def false_data(self, first: dt.date, last: dt.date) -> Iterable[frozenset[str]]:
        """For each alert closed as false data from ``first`` to ``last``: the deliveries its evidence names."""


class _Nobody:
    def resting(self, viewer: User, delivery: UUID, limit: int) -> Sequence[Resting]:
        return ()

    def false_data(self, first: dt.date, last: dt.date) -> Iterable[frozenset[str]]:
        return ()


_given: list[Above] = [_Nobody()]


def supply(above: Above) -> None:
    """Called once at start."""
    _given[:] = [above]


def given() -> Above:
    return _given[0]
