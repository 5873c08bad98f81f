"""What must exist, and what must be equal, for a row of one mention to contribute to a result."""

from collections.abc import Iterable, Mapping

from sqlglot import exp

from steelyard.catalogue.reach.conditions import equalities
from steelyard.catalogue.reach.shape import Block, Body, Leaf, Source, Union, filled_column, names_of
from steelyard.catalogue.tree import RESERVED

Point = tuple[Body, str]
"""One column of one body."""


class Classes:
    """Columns that are equal."""

    def __init__(self) -> None:
        self._above: dict[Point, Point] = {}

    def find(self, point: Point) -> Point:
        while point in self._above:
            point = self._above[point]
        return point

    def merge(self, left: Point, right: Point) -> None:
        left, right = self.find(left), self.find(right)
        if left != right:
            self._above[left] = right


class Closure:
    """Seen from one mention: the other mentions that must have a row, and the classes of equal columns.

    ``choices``: of each union that may be passed through, by path, the branch taken.  ``copies``: whether a row may
    be followed to another row of the same partition, where a window lets it out by that way only.
    """

    def __init__(self, origin: Leaf, choices: Mapping[str, int], *, copies: bool) -> None:
        self.origin = origin
        self.classes = Classes()
        self.leaves: list[Leaf] = [origin]
        self.reserved: list[Leaf] = []
        self.closed: dict[str, Union] = {}
        """Unions that would have to be passed through, by path."""
        self.top: Body = origin
        self._choices, self._copies = choices, copies
        self._there: set[Source] = set()
        self._chain: dict[Body, Body | None] = {}
        """Bodies around the origin, each with the next towards it."""
        self._copied: dict[Block, Block] = {}
        self._climb()

    def _climb(self) -> None:
        body: Body = self.origin
        self._chain[body] = None
        while body.place is not None:
            self._chain[body.place.owner] = body
            body = body.place.owner
        self.top = body
        for body in list(self._chain):
            if isinstance(body, Union):
                self._pass(body, self._chain[body])
            elif isinstance(body, Block):
                self._stand(body)

    def _stand(self, block: Block) -> None:
        """In a block around the origin: every inner source has a row, and the source of the origin has."""
        inside = self._chain[block]
        place = inside.place if inside is not None else None
        self._copy(block)
        for source in block.inner:
            self._add(block, source)
        self._equate(block, block.where)
        if place is not None:
            own = place.source or (place.sub.source if place.sub is not None else None)
            if own is not None:
                self._add(block, own)

    def _copy(self, block: Block) -> None:
        """Another row of the same partition: it has all its columns, and shares what is never null of the exits."""
        shared = sorted(name for name in block.exits if filled_column(block, name))
        if not self._copies or not shared or block.exits == set(block.outputs):
            return
        other = block.again(f"{block.path}*")
        self._copied[block] = other
        self._descend(other)
        for name in block.outputs:
            if name in shared or name not in block.exits:
                self.classes.merge((block, name), (other, name))
        for name in shared:
            self._need((other, name))

    def _add(self, block: Block, source: Source) -> None:
        """A source that has a row: its columns leave the block, its condition holds."""
        if source in self._there:
            return
        self._there.add(source)
        if source.body not in self._chain:
            self._descend(source.body)
        leaving = block.exits if block in self._chain else block.outputs
        for name in sorted(leaving):
            alias, column = block.outputs[name]
            if alias == source.alias:
                self.classes.merge((block, name), (source.body, column))
        self._equate(block, source.on)

    def _descend(self, body: Body) -> None:
        if isinstance(body, Leaf):
            (self.reserved if body.table in RESERVED else self.leaves).append(body)
        elif isinstance(body, Block):
            for source in body.inner:
                self._add(body, source)
            self._equate(body, body.where)
        elif body.path in self._choices:
            branch = body.branches[self._choices[body.path]]
            self._pass(body, branch)
            self._descend(branch)
        else:
            self.closed[body.path] = body

    def _pass(self, union: Union, branch: Body | None) -> None:
        if branch is not None:
            for name, own in zip(union.names, names_of(branch), strict=True):
                self.classes.merge((union, name), (branch, own))

    def _equate(self, block: Block, parts: Iterable[exp.Expr]) -> None:
        for pair in equalities(parts):
            points: list[Point] = []
            for alias, column in pair:
                found = block.resolve(alias)
                if found is not None:
                    self._add(*found)
                    points.append((found[1].body, column))
            if len(points) == 2:
                self.classes.merge(points[0], points[1])
                for point in points:
                    self._need(point)

    def _need(self, point: Point) -> None:
        """A column that is not null: the source it comes from has a row, also beyond an outer join."""
        body, column = point
        if isinstance(body, Union):
            inside = self._chain.get(body)
            if inside is None and body.path in self._choices:
                inside = body.branches[self._choices[body.path]]
            if inside is not None:
                self._need((inside, names_of(inside)[body.names.index(column)]))
        elif isinstance(body, Block) and column in body.outputs:
            if body in self._copied:
                self._need((self._copied[body], column))
            if body not in self._chain or column in body.exits:
                alias, own = body.outputs[column]
                self._add(body, body.sources[alias])
                self._need((body.sources[alias].body, own))
