"""Routes: from the columns of one mention, by equal columns of others that must exist, to the columns of a unit."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from steelyard.catalogue.reach.closure import Closure, Point
from steelyard.catalogue.reach.route import Node, Route
from steelyard.catalogue.reach.shape import Leaf

LONGEST = 7
MOST = 6
TRIED = 3_000


@dataclass(frozen=True)
class _Tree:
    """Mentions joined so far, each with the place of the one it was joined to."""

    leaves: tuple[Leaf, ...]
    parents: tuple[int, ...]


class Search:
    """Over one closure.  ``wanted``: name of a unit column to its class."""

    def __init__(self, closure: Closure, wanted: Mapping[str, Point], *, all_of_them: bool) -> None:
        self._wanted = wanted
        self._all = all_of_them
        """Whether a route must know every name, or as many as its mentions happen to know."""
        self._columns: dict[Leaf, dict[Point, str]] = {leaf: {} for leaf in closure.leaves}
        self._origin = closure.origin
        for leaf in closure.leaves:
            for column in leaf.columns:
                self._columns[leaf].setdefault(closure.classes.find((leaf, column)), column)
        shared: dict[Point, list[Leaf]] = defaultdict(list)
        for leaf, columns in self._columns.items():
            for point in columns:
                shared[point].append(leaf)
        self._shared = {point: leaves for point, leaves in shared.items() if len(leaves) > 1}

    def met(self) -> set[Point]:
        """Classes that can be reached from the origin at all."""
        met = set(self._columns[self._origin])
        waiting, seen = list(met), {self._origin}
        while waiting:
            for leaf in self._shared.get(waiting.pop(), ()):
                if leaf not in seen:
                    seen.add(leaf)
                    waiting += [point for point in self._columns[leaf] if point not in met]
                    met |= set(self._columns[leaf])
        return met

    def routes(self) -> tuple[Route, ...]:
        """The shortest routes and those one mention longer, at most ``MOST``."""
        met = self.met()
        told = [point in met for point in self._wanted.values()]
        if not (all(told) if self._all else any(told)) or not told:
            return ()
        found: dict[Route, None] = {}
        level = [_Tree((self._origin,), (0,))]
        shortest, tried = LONGEST, 0
        while level and len(level[0].leaves) <= min(shortest + 1, LONGEST):
            following: dict[frozenset[tuple[str, str]], _Tree] = {}
            for tree in level:
                tried += 1
                if self._known(tree):
                    shortest = min(shortest, len(tree.leaves))
                    found.setdefault(self._route(tree))
                elif tried < TRIED:
                    for longer in self._longer(tree):
                        following.setdefault(_mark(longer), longer)
            level = list(following.values())
        return tuple(sorted(found, key=lambda route: (len(route.nodes), str(route))))[:MOST]

    def _known(self, tree: _Tree) -> bool:
        """Whether a tree tells the unit, and none of its leaves could be left out."""
        points = {point for leaf in tree.leaves for point in self._columns[leaf]}
        told = [point in points for point in self._wanted.values()]
        if not (all(told) if self._all else any(told)):
            return False
        return self._useful(tree)

    def _useful(self, tree: _Tree) -> bool:
        """Every leaf that nothing is joined to tells a column of the unit that no earlier one tells."""
        for place in range(1, len(tree.leaves)):
            if place in tree.parents:
                continue
            others = {p for at, leaf in enumerate(tree.leaves) if at != place for p in self._columns[leaf]}
            if not any(
                point in self._columns[tree.leaves[place]] and point not in others for point in self._wanted.values()
            ):
                return False
        return True

    def _longer(self, tree: _Tree) -> Iterator[_Tree]:
        for place, leaf in enumerate(tree.leaves):
            for point in self._columns[leaf]:
                for other in self._shared.get(point, ()):
                    if other not in tree.leaves:
                        yield _Tree((*tree.leaves, other), (*tree.parents, place))

    def _route(self, tree: _Tree) -> Route:
        nodes = [Node(tree.leaves[0].table)]
        for place, parent in list(enumerate(tree.parents))[1:]:
            own, other = self._columns[tree.leaves[place]], self._columns[tree.leaves[parent]]
            on = sorted((own[point], other[point]) for point in own if point in other)
            nodes.append(Node(tree.leaves[place].table, parent, tuple(on)))
        unit: list[tuple[int, str]] = []
        names: list[str] = []
        for name, point in self._wanted.items():
            for place, leaf in enumerate(tree.leaves):
                if point in self._columns[leaf]:
                    unit.append((place, self._columns[leaf][point]))
                    names.append(name)
                    break
        return Route(tuple(nodes), tuple(unit), tuple(names))


def _mark(tree: _Tree) -> frozenset[tuple[str, str]]:
    """The same leaves joined in the same way, in whatever order they were found."""
    return frozenset(
        (leaf.path, tree.leaves[parent].path) for leaf, parent in zip(tree.leaves, tree.parents, strict=True)
    )
