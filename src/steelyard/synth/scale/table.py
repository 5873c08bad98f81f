"""What a noun says of a table: how to make the rows of some villages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Made:
    """One dataset of the made-up province.

    ``sql``: a SELECT over the villages ``{first}`` up to but without ``{last}``; columns it does not name are null.
    """

    dataset: str
    per_village: float
    """About how many rows a village has: how many villages go into one file."""
    sql: str
    ordered: bool = False
    """Whether rows come in the order of the contract's ``cluster_by`` without being sorted."""


@dataclass(frozen=True)
class Planted:
    """One kind of wrong and the findings it must bring; a noun lists its own in ``planted(size)``."""

    model: str
    key: Mapping[str, str]
    """Column to SQL."""
    source: str
    """SQL of a FROM with its WHERE, over the villages ``{first}`` up to but without ``{last}``."""
    grade: str
    unordered: tuple[str, ...] = ()
    story: str = ""
    """The scheme it is part of; default: the model alone."""
    when: str = ""
    """SQL of the day on which the model could speak first; empty: not told."""


@dataclass(frozen=True)
class LookAlike:
    """What is in order although it looks like a wrong; a noun lists its own in ``look_alikes(size)``."""

    model: str
    key: Mapping[str, str]
    source: str
    why: str


def villages() -> str:
    """SQL: the villages of a piece."""
    return "(SELECT range AS v FROM range({first}, {last}))"


def each(name: str, count: int) -> str:
    """SQL: every village with the numbers 0 to ``count`` - 1 beside it, and ``id``, numbered through the province."""
    return (
        f"(SELECT range // {count} AS v, range % {count} AS {name}, range AS id "
        f"FROM range({{first}} * {count}, {{last}} * {count}))"
    )
