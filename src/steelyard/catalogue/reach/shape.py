"""The shape of one SELECT with every common table expanded where it is mentioned: what reach is derived from.

A body is a ``Leaf`` (a mention of a table), a ``Block`` (a SELECT) or a ``Union`` of bodies.  Two mentions of one
common table are two bodies.  Columns that nothing above reads are left out, and with them the windows behind them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from steelyard.catalogue.reach.conditions import Name


@dataclass(eq=False)
class Leaf:
    """A mention of a dataset, a derived relation or a reserved relation."""

    table: str
    alias: str
    line: int
    columns: tuple[str, ...]
    required: frozenset[str]
    """Columns that are never null."""
    mention: int
    """Which of the text's mentions of tables it is."""
    path: str
    place: "Place | None" = None


@dataclass(eq=False)
class Source:
    """A body in FROM or JOIN."""

    alias: str
    body: "Body"
    outer: bool
    """Whether a row of the block can stand without one of this source."""
    on: tuple[exp.Expr, ...]


@dataclass(eq=False)
class Sub:
    """A query inside an expression of a block."""

    body: "Body"
    source: Source | None
    """The source in whose ON it stands."""


@dataclass(eq=False)
class Block:
    """One SELECT."""

    path: str
    around: "Block | None"
    """The block whose columns it may read, where it is a query inside an expression."""
    again: "Callable[[str], Block]"
    """Builds the same block anew below another path."""
    sources: dict[str, Source] = field(default_factory=dict)
    where: tuple[exp.Expr, ...] = ()
    subs: list[Sub] = field(default_factory=list)
    names: tuple[str, ...] = ()
    outputs: dict[str, Name] = field(default_factory=dict)
    """Outputs that are plain columns, or group keys where the block aggregates."""
    exits: frozenset[str] = frozenset()
    """Outputs on which all rows agree that make one row of the block: by grouping, or in every window."""
    held: frozenset[Name] = frozenset()
    """Columns that are not null in any row of the block."""
    place: "Place | None" = None

    @property
    def inner(self) -> list[Source]:
        return [source for source in self.sources.values() if not source.outer]

    def resolve(self, alias: str) -> "tuple[Block, Source] | None":
        """The source an alias means, here or around."""
        block: Block | None = self
        while block is not None:
            if alias in block.sources:
                return block, block.sources[alias]
            block = block.around
        return None


@dataclass(eq=False)
class Union:
    """UNION ALL of bodies, column by column."""

    path: str
    names: tuple[str, ...]
    branches: list["Body"] = field(default_factory=list)
    place: "Place | None" = None


Body = Leaf | Block | Union


@dataclass(frozen=True, eq=False)
class Place:
    """Where a body stands: as a branch of a union, or in a block as a source or inside an expression."""

    owner: Block | Union
    source: Source | None = None
    sub: Sub | None = None


def names_of(body: Body) -> tuple[str, ...]:
    return body.columns if isinstance(body, Leaf) else body.names


def leaves_of(body: Body) -> list[Leaf]:
    """All mentions below, in the order of the text."""
    if isinstance(body, Leaf):
        return [body]
    if isinstance(body, Union):
        return [leaf for branch in body.branches for leaf in leaves_of(branch)]
    inside = [source.body for source in body.sources.values()] + [sub.body for sub in body.subs]
    return [leaf for one in inside for leaf in leaves_of(one)]


def filled_column(body: Body, column: str) -> bool:
    """Whether a column of a body is never null."""
    if isinstance(body, Leaf):
        return column in body.required
    if isinstance(body, Union):
        at = body.names.index(column)
        return all(filled_column(branch, names_of(branch)[at]) for branch in body.branches)
    name = body.outputs.get(column)
    if name is None:
        return False
    source = body.sources[name[0]]
    return name in body.held or (not source.outer and filled_column(source.body, name[1]))


def null_extended(body: Body, column: str) -> bool:
    """Whether a plain column of a body may come from the null-extended side of an outer join."""
    if isinstance(body, Leaf):
        return False
    if isinstance(body, Union):
        at = body.names.index(column)
        return any(null_extended(branch, names_of(branch)[at]) for branch in body.branches)
    name = body.outputs.get(column)
    if name is None:
        return False
    source = body.sources[name[0]]
    return source.outer or null_extended(source.body, name[1])
