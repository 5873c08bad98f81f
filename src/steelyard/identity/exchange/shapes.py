"""What is exchanged: parties and the links between them, as every format carries them or a part of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

KINDS = ("person", "company", "org")
TIERS = ("H", "T1", "T2", "T3", "source")
"""The surest first."""


@dataclass(frozen=True)
class Party:
    """A subject as others see it."""

    id: str
    """A pseudonym, a key, or the publisher's own identifier; never an identity number."""
    kind: str
    """person, company or org."""
    name: str
    tier: str
    number_kind: str = ""
    """resident or credit; empty where no number is shown."""
    number: str = ""


@dataclass(frozen=True)
class Link:
    """A tie as others see it, directed from ``a`` to ``b`` where its kind is."""

    id: str
    kind: str
    a: str
    b: str
    basis: str = ""
    role: str | None = None
    degree: int | None = None
    share: float | None = None
    """0 to 1, at most eight digits behind the point; where ``most`` is told, the least."""
    most: float | None = None
    """The upper end of a range of shares."""
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    confidence: float | None = None
    tier: str = "source"
    dataset: str = ""
    proof: str = ""
    """What its publisher finds the delivered row by."""


@dataclass(frozen=True)
class Bundle:
    """All that one file says."""

    publisher: str
    made_on: dt.date
    parties: tuple[Party, ...]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, publisher: str, made_on: dt.date, parties: Iterable[Party], links: Iterable[Link]) -> "Bundle":
        """Sorted by identifier, so that the same selection is the same file."""
        return cls(
            publisher, made_on, tuple(sorted(parties, key=lambda one: one.id)),
            tuple(sorted(links, key=lambda one: one.id)),
        )  # fmt: skip


@dataclass
class Read:
    """What was read of a file, each thing with its line, and what of it nobody here can keep."""

    parties: list[tuple[int, Party]] = field(default_factory=list)
    links: list[tuple[int, Link]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    publisher: str = ""
    made_on: dt.date | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    """Names of the files of parties and of links, where they are two."""

    def leave_out(self, what: str) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + 1

    def bundle(self) -> Bundle:
        """Everything read, without its places."""
        return Bundle.of(
            self.publisher, self.made_on or dt.date.min, (one for _, one in self.parties),
            (one for _, one in self.links),
        )  # fmt: skip
