"""What the pages of subjects ask of rooms above them: alerts about a subject; and that these look again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from steelyard.web.orgs.models import User


@dataclass(frozen=True)
class Concerning:
    """An alert about a subject, as the viewer may see it."""

    url: str
    title: str
    grade: str


class Above(Protocol):
    """Given once at start by the room that knows alerts."""

    def concerning(self, viewer: User, keys: Collection[str], limit: int) -> Sequence[Concerning]:
        """Alerts the viewer may see that are about one of the subjects, newest first."""


class _Nobody:
    def concerning(self, viewer: User, keys: Collection[str], limit: int) -> Sequence[Concerning]:
        return ()


_given: list[Above] = [_Nobody()]


def supply(above: Above) -> None:
    """Called once at start."""
    _given[:] = [above]


def given() -> Above:
    return _given[0]
