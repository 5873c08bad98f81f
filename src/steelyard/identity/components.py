"""Clusters: which nodes are one, from edges, what people said, and numbers that cannot both be one person's."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from steelyard.identity.nodes import is_record

STRENGTH: Mapping[str, int] = {"H": 0, "T1": 1, "T2": 2, "T3": 3}
"""Tiers that join, the surest first."""
MOST = 20
"""A component in which more different things are told goes to a person whole."""


@dataclass(frozen=True)
class Edge:
    """Two nodes held to be one."""

    a: str
    b: str
    tier: str
    weight: float = 0.0

    @property
    def order(self) -> tuple[int, float, bool, str, str]:
        """The surest first; among equals those that lead to a number."""
        return STRENGTH[self.tier], -self.weight, is_record(self.b), self.a, self.b


@dataclass(frozen=True)
class Cluster:
    """Nodes that are one, the subjects with numbers among them, and how each record hangs on the first node."""

    anchor: str
    members: tuple[str, ...]
    subjects: tuple[str, ...]
    tiers: Mapping[str, str]
    """By record: the weakest tier between it and the anchor; of an anchor that is a record the surest it has."""


@dataclass
class Clusters:
    """What became of a set of nodes, and what a person must look at."""

    found: list[Cluster] = field(default_factory=list)
    two_numbers: list[tuple[str, str, Edge]] = field(default_factory=list)
    """Subjects with two numbers that an edge would have made one, and the edge."""
    large: list[tuple[str, ...]] = field(default_factory=list)
    """Components too large to be believed."""


def clustered(
    nodes: Iterable[str], edges: Collection[Edge], forbidden: Collection[tuple[str, str]],
    numbered: Collection[str], telling: Mapping[str, Hashable],
) -> Clusters:  # fmt: skip
    """Join what edges hold together, the surest edge first, and never what must stay apart.

    ``forbidden``: pairs people said are different; ``numbered``: subjects that have a number of their own;
    ``telling``: by record what it says: records that say the same count once.  The answer does not depend on order.
    """
    made = Clusters()
    kept = [edge for part in _parts(nodes, edges) for edge in _believed(part, edges, telling, made)]
    forest = _Forest(nodes, forbidden, frozenset(numbered))
    for edge in sorted(kept, key=lambda one: one.order):
        forest.join(edge, made)
    made.found = forest.clusters()
    return made


def _parts(nodes: Iterable[str], edges: Iterable[Edge]) -> list[set[str]]:
    group: dict[str, set[str]] = {node: {node} for node in nodes}
    for edge in edges:
        one, other = group[edge.a], group[edge.b]
        if one is other:
            continue
        small, large = sorted((one, other), key=len)
        large |= small
        for node in small:
            group[node] = large
    return list({id(part): part for part in group.values()}.values())


def _believed(
    part: set[str], edges: Iterable[Edge], telling: Mapping[str, Hashable], made: Clusters
) -> list[Edge]:  # fmt: skip
    inside = [edge for edge in edges if edge.a in part]
    said = {telling.get(node, node) for node in part if is_record(node)}
    if len(said) <= MOST or all(edge.tier == "H" for edge in inside):
        return inside
    made.large.append(tuple(sorted(part)))
    return [edge for edge in inside if edge.tier == "H"]


class _Forest:
    """Nodes on their way to clusters."""

    def __init__(self, nodes: Iterable[str], forbidden: Iterable[tuple[str, str]], numbered: frozenset[str]) -> None:
        self.part = {node: {node} for node in nodes}
        self.numbered = numbered
        self.apart: dict[str, set[str]] = defaultdict(set)
        for a, b in forbidden:
            self.apart[a].add(b)
            self.apart[b].add(a)
        self.branches: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def join(self, edge: Edge, made: Clusters) -> None:
        one, other = self.part[edge.a], self.part[edge.b]
        if one is other:
            return
        small, large = sorted((one, other), key=len)
        if any(self.apart[node] & large for node in small if node in self.apart):
            return
        mine, theirs = sorted(one & self.numbered), sorted(other & self.numbered)
        said = edge.tier == "H" and edge.a in self.numbered and edge.b in self.numbered
        if mine and theirs and not said:
            made.two_numbers.append((*sorted((mine[0], theirs[0])), edge))  # type: ignore[arg-type]
            return
        large |= small
        for node in small:
            self.part[node] = large
        self.branches[edge.a].append((edge.b, edge.tier))
        self.branches[edge.b].append((edge.a, edge.tier))

    def clusters(self) -> list[Cluster]:
        parts = {id(part): part for part in self.part.values()}.values()
        return sorted((self._cluster(part) for part in parts), key=lambda one: one.anchor)

    def _cluster(self, part: set[str]) -> Cluster:
        subjects = tuple(sorted(part & self.numbered))
        anchor = subjects[0] if subjects else min(part)
        return Cluster(anchor, tuple(sorted(part)), subjects, self._tiers(anchor, subjects))

    def _tiers(self, anchor: str, subjects: Sequence[str]) -> dict[str, str]:
        """Edges were added the surest first, so the way through the tree is the surest way there is."""
        # Subjects in one cluster are one by a person's word, so the way may begin at any of them.
        reached = dict.fromkeys(subjects or (anchor,), "H")
        waiting = list(reached)
        while waiting:
            node = waiting.pop()
            for other, tier in self.branches[node]:
                if other not in reached:
                    reached[other] = max(reached[node], tier, key=STRENGTH.__getitem__)
                    waiting.append(other)
        if not subjects and self.branches[anchor]:
            reached[anchor] = min((tier for _, tier in self.branches[anchor]), key=STRENGTH.__getitem__)
        return {node: tier for node, tier in reached.items() if is_record(node)}
