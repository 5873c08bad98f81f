"""What the rooms above know about a model.  They hand it down; this room does not import them."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from steelyard.detect.verdicts import Precision, Verdicts
from steelyard.web.orgs.models import User


@dataclass(frozen=True)
class Standing:
    """Alerts of one model that a viewer may see."""

    open: int = 0
    raised: int = 0
    true: int = 0
    decided: int = 0
    """Verdicts that speak for or against the model; duplicates and wrong data are not among them."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share found true, in per cent; None without a verdict."""
        bounds = Precision(self.true, self.decided).interval
        return (100 * bounds[0], 100 * bounds[1]) if bounds else None


@dataclass(frozen=True)
class RecentAlert:
    """One line of a model's page."""

    url: str
    title: str
    grade: str
    raised: dt.datetime


class Source(Protocol):
    """A room that counts alerts under a viewer's rights."""

    def standings(self, viewer: User) -> Mapping[str, Standing]: ...

    def recent(self, viewer: User, model_id: str, limit: int) -> Iterable[RecentAlert]: ...

    def alerts(self, viewer: User, fingerprints: Collection[str]) -> Mapping[str, RecentAlert]: ...

    def verdicts(self, model_id: str, version: str) -> Verdicts: ...

    def confirmed(self, model_id: str) -> Collection[str]: ...

    def rulings(self, model_id: str) -> Mapping[str, str]: ...

    def judged(self, model_id: str, area: str, since: dt.datetime) -> Sequence[bool]: ...


_sources: list[Source] = []


def supply(source: Source) -> None:
    """Called once at start by a room above."""
    _sources[:] = [source]


def standings(viewer: User) -> Mapping[str, Standing]:
    """Model id to figures; models without alerts are absent."""
    return _sources[0].standings(viewer) if _sources else {}


def verdicts(model_id: str, version: str) -> Verdicts:
    """What people found out of all alerts of one model's versions that begin so (``1.2``), whoever may see them."""
    return _sources[0].verdicts(model_id, version) if _sources else Verdicts()


def confirmed(model_id: str) -> Collection[str]:
    """Fingerprints of the alerts of a model that people found true."""
    return _sources[0].confirmed(model_id) if _sources else ()


def rulings(model_id: str) -> Mapping[str, str]:
    """Verdicts by fingerprint, of the alerts of a model that people decided."""
    return _sources[0].rulings(model_id) if _sources else {}


def judged(model_id: str, area: str, since: dt.datetime) -> Sequence[bool]:
    """Whether alerts raised in an area since then were true, in the order of decision; as precision counts them."""
    return _sources[0].judged(model_id, area, since) if _sources else ()


def recent(viewer: User, model_id: str, limit: int = 10) -> list[RecentAlert]:
    return list(_sources[0].recent(viewer, model_id, limit)) if _sources else []


def alerts(viewer: User, fingerprints: Collection[str]) -> Mapping[str, RecentAlert]:
    """Of alerts by fingerprint those that a viewer may see, the newest of each."""
    return _sources[0].alerts(viewer, fingerprints) if _sources and fingerprints else {}
