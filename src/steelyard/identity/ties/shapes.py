"""Ties and paths as other rooms see them."""

import datetime as dt
from dataclasses import dataclass

BRIDGE_MARK = ":"
"""Stands in the name of a node that is no subject: ``phone:3fa1…``; the key of a subject has none."""


@dataclass(frozen=True)
class Tie:
    """One tie, directed from ``a`` to ``b`` where its kind is."""

    a: str
    b: str
    """Keys of subjects; of a bridge (phone, address …) its kind and a digest of the value."""
    kind: str
    basis: str
    """What of the kind it rests on: kinship, declared; legal_rep, officer, post …"""
    role: str | None
    degree: int | None
    share: float | None
    """0 to 1; None: not told, or nonsense."""
    from_date: dt.date | None
    to_date: dt.date | None
    confidence: float | None
    tier: str
    """The weaker tier of its ends, and of the link of its row where that named somebody without a number."""
    dataset: str
    delivery: str
    file: str
    row: int
    """The delivered row; of a merged period the last one."""


@dataclass(frozen=True)
class Hub:
    """A node with so many neighbours of a kind that no path leads through it by that kind."""

    node: str
    kind: str
    count: int


@dataclass(frozen=True)
class Step:
    """From one subject to the next: by one tie, or by two that share a bridge."""

    start: str
    end: str
    kind: str
    ties: tuple[Tie, ...]

    @property
    def bridge(self) -> str | None:
        """The thing shared."""
        if len(self.ties) < 2:
            return None
        return self.ties[0].b

    @property
    def role(self) -> str | None:
        """The word for the tie, as seen from ``start``; None where it is walked against its direction."""
        return self.ties[0].role if self.ties[0].a == self.start and len(self.ties) == 1 else None

    @property
    def against(self) -> bool:
        """Whether a directed tie is walked backwards."""
        return len(self.ties) == 1 and self.ties[0].a != self.start


@dataclass(frozen=True)
class Path:
    """A way from one subject to another that existed as a whole at one time."""

    steps: tuple[Step, ...]
    from_date: dt.date | None
    to_date: dt.date | None
    min_tier: str
    strength: float
    weak: bool

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node on the way, bridges included."""
        found = [self.steps[0].start] if self.steps else []
        for step in self.steps:
            found += [step.bridge, step.end] if step.bridge else [step.end]
        return tuple(found)


@dataclass(frozen=True)
class RelatedParty:
    """A party of an official over one path."""

    official_id: str
    party_id: str
    relation: str
    """self, relative, controls, relative_controls or shared."""
    hops: int
    levels: int
    """Companies on the path, the party included; 0: it is a person."""
    path: str
    """The chain of roles, as in the derived relation of this name."""
    steps: tuple[Step, ...]
    degree: int | None
    """0: the official himself; None where kinship is not told."""
    confidence: float
    share: float | None
    """The product of the shares on the path; None where only offices are on it."""
    strength: float
    min_tier: str
    n_paths: int
    """Paths from the official to this party, on the day asked for."""
    from_date: dt.date | None
    to_date: dt.date | None
    weak: bool
    """Whether a shared thing, a household, an agent, an employer or a guarantor is on the path: a hint."""


@dataclass(frozen=True)
class Relations:
    """What is known around an official."""

    official_id: str
    as_of: dt.date | None
    parties: tuple[RelatedParty, ...]
    """Strongest first; firm ones before weak ones."""
    cuts: tuple[Hub, ...]
    """Hubs that were met and not led through: behind them may be more."""


@dataclass(frozen=True)
class Neighbours:
    """The ties of one node."""

    node: str
    ties: tuple[Tie, ...]
    total: int
    """How many there are; more than listed where a limit cut them."""
    hubs: tuple[Hub, ...]
    """Kinds of which the node is a hub."""


@dataclass(frozen=True)
class Between:
    """Ways between two nodes, the shortest first."""

    paths: tuple[Path, ...]
    cuts: tuple[Hub, ...]
    complete: bool
    """False where the search was cut for its size."""


@dataclass(frozen=True)
class Holding:
    """What a holder has of a company in the end."""

    holder: str
    company: str
    share: float
    direct: float | None
    levels: int


@dataclass(frozen=True)
class Fault:
    """Something wrong with the data of ties."""

    fault: str
    kind: str
    node: str
    other: str | None
    figure: float | None
    dataset: str | None
    delivery: str | None
    file: str | None
    row: int | None
