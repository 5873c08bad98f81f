"""What belongs together: edges, less what people held apart, less what two numbers contradict."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from steelyard.identity.linkage.engine import Engine, scratch, splink_database

LARGEST = 20
"""More records than this are not held to be one by machine; a person is shown all of them."""
_RANK = {"H": 0, "T1": 1, "T2": 2, "T3": 3}
Pair = tuple[str, str]


@dataclass(frozen=True)
class Edge:
    """A link that may join; T1x and T4 are none."""

    a: str
    b: str
    tier: str
    weight: float = 0.0

    def order(self) -> tuple[int, float, str, str]:
        """From the strongest to the weakest, the same in every run."""
        # Rounded: engines differ in the last digits, and must not differ in what they cut.
        return (_RANK[self.tier], -round(self.weight, 6), self.a, self.b)


@dataclass(frozen=True)
class Report:
    """Something a person must see: ``contradiction``, ``different``, ``two-numbers`` or ``large``.

    ``pair``: the edge that was cut or not taken; none of a large group.
    """

    kind: str
    nodes: tuple[str, ...]
    pair: Pair | None = None
    tier: str | None = None


@dataclass(frozen=True)
class Group:
    """Nodes that are one, and the weakest tier on which that rests; the tier is none of a node alone."""

    nodes: tuple[str, ...]
    tier: str | None


@dataclass(frozen=True)
class Clusters:
    groups: tuple[Group, ...]
    reports: tuple[Report, ...] = ()

    def of(self) -> dict[str, Group]:
        """The group of every node."""
        return {node: group for group in self.groups for node in group.nodes}


@dataclass
class _Part:
    """A group as it grows; ``apart``: nodes it must never hold."""

    nodes: set[str]
    numbers: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    tier: str | None = None


def cluster(
    edges: Iterable[Mapping[str, Any]],
    forced: Iterable[Pair] = (),
    forbidden: Iterable[Pair] = (),
    numbers: Mapping[str, str] | None = None,
    largest: int = LARGEST,
) -> Clusters:
    """Groups of the nodes in ``edges`` and ``forced``; give all edges of the touched groups, and only theirs.

    ``edges``: mappings with a, b, tier, weight.  ``forced``, ``forbidden``: pairs that people said are the same, or
    are not.  ``numbers``: valid number by node.  Edges join from the strongest to the weakest; one that would bring two
    people together is left out and reported: so a group is cut at its weakest edge.  A group over ``largest`` nodes
    keeps only what people and numbers joined.
    """
    pairs = [Edge(min(pair), max(pair), "H") for pair in forced]
    pairs += [_edge(row) for row in edges if row["tier"] in _RANK]
    return _Clustering(pairs, forbidden, numbers or {}).run(largest)


def _edge(row: Mapping[str, Any]) -> Edge:
    a, b = sorted((row["a"], row["b"]))
    return Edge(a, b, row["tier"], row["weight"] or 0.0)


class _Clustering:
    def __init__(self, edges: list[Edge], forbidden: Iterable[Pair], numbers: Mapping[str, str]) -> None:
        self.edges = sorted(set(edges), key=Edge.order)
        self.numbers = numbers
        self.forbidden: dict[str, set[str]] = defaultdict(set)
        for a, b in forbidden:
            self.forbidden[a].add(b)
            self.forbidden[b].add(a)
        self.parts: dict[str, _Part] = {}
        self.reports: list[Report] = []

    def run(self, largest: int) -> Clusters:
        nodes = sorted({node for edge in self.edges for node in (edge.a, edge.b)})
        self._join(nodes, self.edges)
        for part in self._distinct():
            if len(part.nodes) > largest:
                self.reports.append(Report("large", tuple(sorted(part.nodes))))
                sure = [e for e in self.edges if e.tier in ("H", "T1") and {e.a, e.b} <= part.nodes]
                self._join(sorted(part.nodes), sure, silent=True)
        groups = [Group(tuple(sorted(part.nodes)), part.tier) for part in self._distinct()]
        return Clusters(
            tuple(sorted(groups, key=lambda group: group.nodes)),
            tuple(sorted(set(self.reports), key=lambda report: (report.kind, report.nodes))),
        )

    def _join(self, nodes: Iterable[str], edges: list[Edge], silent: bool = False) -> None:
        for node in nodes:
            known = {self.numbers[node]} if self.numbers.get(node) else set()
            self.parts[node] = _Part({node}, known, set(self.forbidden.get(node, ())))
        for edge in edges:
            one, other = self.parts[edge.a], self.parts[edge.b]
            if one is other:
                continue
            reason = _against(edge, one, other)
            if reason is None:
                self._merge(one, other, edge)
            elif not silent:
                self.reports.append(Report(reason, tuple(sorted(one.nodes | other.nodes)), (edge.a, edge.b), edge.tier))

    def _merge(self, one: _Part, other: _Part, edge: Edge) -> None:
        if len(one.nodes) < len(other.nodes):
            one, other = other, one
        tiers = [tier for tier in (one.tier, other.tier, edge.tier) if tier]
        one.nodes |= other.nodes
        one.numbers |= other.numbers
        one.apart |= other.apart
        one.tier = max(tiers, key=_RANK.__getitem__)
        for node in other.nodes:
            self.parts[node] = one

    def _distinct(self) -> Iterator[_Part]:
        yield from {id(part): part for _, part in sorted(self.parts.items())}.values()


def _against(edge: Edge, one: _Part, other: _Part) -> str | None:
    """Why two parts must not become one by this edge."""
    if one.apart & other.nodes or other.apart & one.nodes:
        return "contradiction" if edge.tier == "H" else "different"
    # Two numbers of one person exist, but only people can say so.
    if edge.tier != "H" and one.numbers and other.numbers and not one.numbers & other.numbers:
        return "two-numbers"
    return None


def cluster_all(
    engine: Engine,
    edges: pa.Table,
    forced: Iterable[Pair] = (),
    forbidden: Iterable[Pair] = (),
    numbers: Mapping[str, str] | None = None,
    largest: int = LARGEST,
) -> Clusters:
    """As ``cluster``, for a whole pool: connected components on the engine; in each the rules as above."""
    told = [dict(zip(("a", "b"), sorted(pair), strict=True), tier="H", weight=None) for pair in forced]
    joining = [row for row in edges.select(["a", "b", "tier", "weight"]).to_pylist() if row["tier"] in _RANK] + told
    component = _components(engine, joining)
    by_component: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in joining:
        by_component[component[row["a"]]].append(row)
    apart = [pair for pair in forbidden if component.get(pair[0]) == component.get(pair[1])]
    parts = [cluster(rows, (), apart, numbers, largest) for _, rows in sorted(by_component.items())]
    groups = sorted((group for part in parts for group in part.groups), key=lambda group: group.nodes)
    reports = sorted((report for part in parts for report in part.reports), key=lambda told: (told.kind, told.nodes))
    return Clusters(tuple(groups), tuple(reports))


def _components(engine: Engine, edges: list[dict[str, Any]]) -> dict[str, str]:
    if not edges:
        return {}
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    with scratch(engine, "nodes", "joins") as (nodes, joins), splink_database(engine) as database:
        listed = sorted({node for edge in edges for node in (edge["a"], edge["b"])})
        engine.load(nodes, pa.table({"node": pa.array(listed, pa.string())}))
        engine.load(joins, pa.table({"node_l": pa.array([edge["a"] for edge in edges], pa.string()),
                                     "node_r": pa.array([edge["b"] for edge in edges], pa.string())}))  # fmt: skip
        found = cluster_pairwise_predictions_at_threshold(
            database.register(nodes), database.register(joins), database, node_id_column_name="node"
        )
        rows = engine.fetch(f"SELECT node, cluster_id FROM {found.physical_name}").to_pylist()
    return {row["node"]: row["cluster_id"] for row in rows}
