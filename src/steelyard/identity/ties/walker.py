"""The same walk as ``related``, written a second time over igraph: step by step, one official after the other.

Shares no line with the SQL, so that agreement of the two says something.  Used by the benchmark alone.
"""

from dataclasses import dataclass
from typing import Any

from steelyard.engines.duck import Duck, quoted
from steelyard.identity.ties.kinds import HUB
from steelyard.kit.errors import SteelyardError

KIND_NAMES = ("kin", "household", "office", "ownership", "agent", "employment", "guarantor", "phone", "address",
              "account", "email", "device")  # fmt: skip
_SHARED = ("phone", "address", "account", "email", "device")
_EVER, _NEVER = -(10**6), 10**6


class IgraphMissing(SteelyardError):
    """igraph is needed to compare with: pip install -r requirements-test.txt (make test does it)"""


@dataclass(frozen=True)
class _Reached:
    """Where a walk stands: the party, what it passed, and since and until when it all stood."""

    party: int
    hops: int
    passed: frozenset[int]
    share: float
    since: int
    until: int
    weak: bool = False


class Walker:
    """All ties in one igraph, with their figures in arrays beside it."""

    def __init__(self, duck: Duck) -> None:
        try:
            import igraph
        except ImportError as missing:
            raise IgraphMissing from missing
        import numpy

        columns: dict[str, list[Any]] = {name: [] for name in ("an", "bn", "kind", "degree", "share", "since", "until")}
        for code, kind in enumerate(KIND_NAMES):
            found = duck.execute(
                f"SELECT CAST(an AS BIGINT) AS an, CAST(bn AS BIGINT) AS bn, CAST({code} AS TINYINT) AS kind, "
                "coalesce(degree, 9) AS degree, coalesce(share, 1) AS share, "
                f"coalesce(from_date - DATE '2000-01-01', {_EVER})::INTEGER AS since, "
                f"coalesce(to_date - DATE '2000-01-01', {_NEVER})::INTEGER AS until FROM {quoted(f'edge {kind}')} "
                "WHERE confidence IS NOT NULL AND basis IS DISTINCT FROM 'post'"
            ).fetchnumpy()
            for name, parts in columns.items():
                parts.append(numpy.asarray(found[name]))
        arrays = {name: numpy.concatenate(parts) for name, parts in columns.items()}
        ends = numpy.stack([arrays.pop("an"), arrays.pop("bn")], axis=1)
        self.graph = igraph.Graph(n=int(ends.max()) + 1 if len(ends) else 1, edges=ends, directed=True)
        self.columns = arrays
        self.many: dict[tuple[int, int], bool] = {}

    def _ties(self, node: int, kind: str, mode: str) -> list[int]:
        """Ties of a kind from (out) or to (in) a node, none where it is a hub of this kind."""
        code = KIND_NAMES.index(kind)
        kinds = self.columns["kind"]
        if (node, code) not in self.many:
            edges = [edge for edge in self.graph.incident(node, mode="all") if kinds[edge] == code]
            others = {end for edge in edges for end in self.graph.es[edge].tuple} - {node}
            self.many[node, code] = len(others) > HUB
        if self.many[node, code]:
            return []
        return [edge for edge in self.graph.incident(node, mode=mode) if kinds[edge] == code]

    def _on(
        self, at: _Reached, edges: list[int], party: int, *, share: bool = False, weak: bool = False
    ) -> list[_Reached]:
        """The walk a step farther, unless it meets itself or never stood as a whole."""
        since = max([at.since, *(int(self.columns["since"][edge]) for edge in edges)])
        until = min([at.until, *(int(self.columns["until"][edge]) for edge in edges)])
        product = at.share * float(self.columns["share"][edges[0]]) if share else at.share
        if since > until or party in at.passed or party == at.party or product < 0.001:
            return []
        return [_Reached(party, at.hops + 1, at.passed | {at.party}, product, since, until, weak or at.weak)]

    def _over(self, at: _Reached, kind: str) -> list[_Reached]:
        """To everybody who shares a thing of a kind."""
        found = []
        for first in self._ties(at.party, kind, "out"):
            bridge = self.graph.es[first].target
            for second in self._ties(bridge, kind, "in"):
                found += self._on(at, [first, second], self.graph.es[second].source, weak=True)
        return found

    def reached(self, official: int, hops: int = 3) -> set[int]:
        """Every party of an official."""
        himself = _Reached(official, 0, frozenset(), 1.0, _EVER, _NEVER)
        near = [himself]
        for edge in self._ties(official, "kin", "out"):
            if self.columns["degree"][edge] <= 3:
                near += self._on(himself, [edge], self.graph.es[edge].target)
        near += self._over(himself, "household")
        controlled: list[_Reached] = []
        level = [one for at in near for one in self._first(at, hops)]
        for _ in range(3):
            controlled += level
            level = [
                one
                for at in level
                if at.hops < hops
                for edge in self._ties(at.party, "ownership", "out")
                for one in self._on(at, [edge], self.graph.es[edge].target, share=True)
            ]
        beyond = [one for at in near + controlled if not at.weak and at.hops < hops for one in self._hinted(at)]
        return {at.party for at in [*near, *controlled, *beyond]}

    def _first(self, at: _Reached, hops: int) -> list[_Reached]:
        if at.hops >= hops:
            return []
        return [
            one
            for kind in ("office", "ownership")
            for edge in self._ties(at.party, kind, "out")
            for one in self._on(at, [edge], self.graph.es[edge].target, share=kind == "ownership")
        ]

    def _hinted(self, at: _Reached) -> list[_Reached]:
        found = [one for kind in _SHARED for one in self._over(at, kind)]
        for kind, modes in (("agent", ("out", "in")), ("guarantor", ("out", "in")), ("employment", ("out",))):
            for mode in modes:
                for edge in self._ties(at.party, kind, mode):
                    tie = self.graph.es[edge]
                    end = tie.target if mode == "out" else tie.source
                    self._ties(end, kind, "all")
                    # A hint that ends at a hub of its kind is none.
                    if not self.many[end, KIND_NAMES.index(kind)]:
                        found += self._on(at, [edge], end)
        return found
