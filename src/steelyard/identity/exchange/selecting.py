"""What is to be given away: a subject and its neighbourhood, the related parties of officials, or listed subjects."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from steelyard.identity.exchange.shapes import TIERS

BRIDGE_MARK = ":"
"""Stands in the name of a node that is no subject but something shared."""
MOST_TIES = 2000
"""Ties listed of one subject; more are counted as cut."""
MOST_USERS = 50
"""Of a thing that more subjects share nobody is tied by it."""


class Tie(Protocol):
    """A tie as ``identity.ties`` tells it."""

    a: Any
    b: Any
    kind: Any
    basis: Any
    role: Any
    degree: Any
    share: Any
    from_date: Any
    to_date: Any
    confidence: Any
    tier: Any
    dataset: Any
    delivery: Any
    file: Any
    row: Any


class Ties(Protocol):
    """What an export needs of the ties in force."""

    def neighbours(self, node: str, kinds: Collection[str] = (), as_of: dt.date | None = None, limit: int = 100) -> Any:
        """Of a subject or a shared thing: ``ties``, and how many in ``total``."""

    def related(self, official: str, as_of: dt.date | None = None, hops: int | None = None) -> Any:
        """Of an official: ``parties`` with ``steps`` of ``ties``, and ``cuts``."""

    def name_of(self, node: str) -> str:
        """The key a subject goes by."""


@dataclass(frozen=True)
class Told:
    """A tie between two subjects; where they share a thing, what both rows say of it together."""

    a: str
    b: str
    kind: str
    basis: str
    role: str | None
    degree: int | None
    share: float | None
    from_date: dt.date | None
    to_date: dt.date | None
    confidence: float | None
    tier: str
    dataset: str
    delivery: str
    file: str
    row: int


@dataclass
class Selection:
    """Subjects and what ties them."""

    keys: set[str] = field(default_factory=set)
    ties: set[Told] = field(default_factory=set)
    cut: dict[str, int] = field(default_factory=dict)
    """Why something near is not in it, and how often."""

    def note_cut(self, why: str) -> None:
        self.cut[why] = self.cut.get(why, 0) + 1


def neighbourhood(ties: Ties, keys: Iterable[str], hops: int, as_of: dt.date | None = None) -> Selection:
    """Subjects, everybody within ``hops`` ties of them, and the ties on the way."""
    found = Selection({ties.name_of(key) for key in keys})
    edge, done = set(found.keys), set[str]()
    for _ in range(hops):
        told = {tie for key in sorted(edge) for tie in _around(ties, key, as_of, found)}
        found.ties |= told
        found.keys |= {end for tie in told for end in (tie.a, tie.b)}
        done |= edge
        edge = found.keys - done
    return found


def among(ties: Ties, keys: Iterable[str], as_of: dt.date | None = None) -> Selection:
    """Listed subjects and the ties between them, of nobody else."""
    found = Selection({ties.name_of(key) for key in keys})
    for key in sorted(found.keys):
        found.ties |= {tie for tie in _around(ties, key, as_of, found) if {tie.a, tie.b} <= found.keys}
    return found


def related_parties(ties: Ties, officials: Iterable[str], as_of: dt.date | None = None) -> Selection:
    """Officials, their related parties, and the ties of every path to them."""
    found = Selection()
    for official in sorted(set(officials)):
        known = ties.related(official, as_of)
        found.keys.add(known.official_id)
        for party in known.parties:
            for step in party.steps:
                found.ties.add(_told(step.ties[0]) if len(step.ties) == 1 else _shared(step.ties[0], step.ties[1]))
        for _ in known.cuts:
            found.note_cut("path through a hub")
    found.keys |= {end for tie in found.ties for end in (tie.a, tie.b)}
    return found


def _around(ties: Ties, key: str, as_of: dt.date | None, found: Selection) -> Iterable[Told]:
    near = ties.neighbours(key, as_of=as_of, limit=MOST_TIES)
    for _ in range(len(near.ties), near.total):
        found.note_cut("ties of a subject with very many")
    for tie in near.ties:
        if BRIDGE_MARK not in tie.a + tie.b:
            yield _told(tie)
            continue
        users = ties.neighbours(tie.b, [tie.kind], as_of, MOST_USERS + 1)
        if users.total > MOST_USERS:
            found.note_cut(f"{tie.kind} shared by more than {MOST_USERS}")
            continue
        for other in users.ties:
            if other.a != key and _overlap(tie, other):
                yield _shared(tie, other)


def _told(tie: Tie) -> Told:
    return Told(**{name: getattr(tie, name) for name in Told.__dataclass_fields__})


def _shared(one: Tie, other: Tie) -> Told:
    """Two who share a thing, always told the same way round; the thing itself is not named."""
    first, second = sorted((one, other), key=lambda tie: (tie.a, tie.dataset, tie.delivery, tie.file, tie.row))
    sure = [tie.confidence for tie in (one, other) if tie.confidence is not None]
    begin, end = _period(one, other)
    return Told(
        first.a, second.a, one.kind, "shared", None, None, None, begin, end, min(sure, default=None),
        max((one.tier, other.tier), key=TIERS.index), first.dataset, first.delivery, first.file, first.row,
    )  # fmt: skip


def _period(one: Tie, other: Tie) -> tuple[dt.date | None, dt.date | None]:
    begins: Sequence[dt.date] = [tie.from_date for tie in (one, other) if tie.from_date]
    ends: Sequence[dt.date] = [tie.to_date for tie in (one, other) if tie.to_date]
    return max(begins, default=None), min(ends, default=None)


def _overlap(one: Tie, other: Tie) -> bool:
    begin, end = _period(one, other)
    return begin is None or end is None or begin <= end
