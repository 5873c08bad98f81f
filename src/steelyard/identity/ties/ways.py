"""Ways between two nodes: ties around both are gathered until they meet, then walked."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from steelyard.engines.duck import Duck, quoted, rows
from steelyard.identity.ties.kinds import KINDS, TIER_OF
from steelyard.identity.ties.shapes import Path, Step, Tie

MOST_NODES = 5_000
"""A search that meets more nodes than this stops there and says so."""
MOST_WALKS = 200_000
Cut = tuple[int, str, int]


@dataclass(frozen=True)
class _Edge:
    number: int
    a: int
    b: int
    rank: int
    tie: Tie


class Ways:
    """One search.  Hubs and days are minded as for related parties."""

    def __init__(self, duck: Duck, kinds: Sequence[str], as_of: dt.date | None) -> None:
        self.duck, self.kinds, self.as_of = duck, kinds, as_of
        self.edges: dict[int, _Edge] = {}
        self.at: dict[int, list[_Edge]] = defaultdict(list)
        self.hubs: dict[tuple[int, str], int] = {}
        self.complete = True

    def between(self, start: int, end: int, hops: int, limit: int) -> tuple[tuple[Path, ...], set[Cut], bool]:
        """Paths, the hubs that were not passed, and whether everything was looked at."""
        # A shared thing is two ties but one hop, so that half a way may be as many ties as the hops.
        met = [self._gather({start}, hops), self._gather({end}, hops)]
        paths = []
        for ties in self._walks(start, end, hops):
            paths.append(ties)
            if len(paths) >= limit:
                break
        made = tuple(sorted((_path(start, ties) for ties in paths), key=lambda p: (len(p.steps), p.weak, -p.strength)))
        cuts = {(node, kind, count) for (node, kind), count in self.hubs.items() if node in met[0] | met[1]}
        return made, cuts, self.complete

    def _gather(self, frontier: set[int], levels: int) -> set[int]:
        """Load the ties around some nodes.  Returns the nodes met."""
        met = set(frontier)
        for _ in range(levels):
            if not frontier:
                break
            if len(met) > MOST_NODES:
                self.complete = False
                break
            reached = {node for edge in self._load(frontier) for node in (edge.a, edge.b)}
            frontier = reached - met
            met |= reached
        return met

    def _load(self, frontier: Iterable[int]) -> list[_Edge]:
        listed = ", ".join(str(node) for node in sorted(frontier))
        day = f"DATE '{self.as_of.isoformat()}'" if self.as_of else ""
        stood = (
            f"(from_date IS NULL OR from_date <= {day}) AND (to_date IS NULL OR to_date >= {day})" if day else "true"
        )
        found = []
        for node, kind, count in self.duck.execute(
            f'SELECT n, kind, count FROM "kept hub" WHERE n IN ({listed})'
        ).fetchall():
            if kind in self.kinds:
                self.hubs[node, kind] = count
        for kind in self.kinds:
            allowed = sorted(node for node in frontier if (node, kind) not in self.hubs)
            if not allowed:
                continue
            nodes = ", ".join(str(node) for node in allowed)
            found += rows(
                self.duck,
                f"SELECT * FROM {quoted(f'edge {kind}')} WHERE (an IN ({nodes}) OR bn IN ({nodes})) AND {stood}",
            )
        return [self._keep(row) for row in found]

    def _keep(self, row: dict[str, Any]) -> _Edge:
        if row["id"] not in self.edges:
            tie = Tie(
                **{name: row[name] for name in Tie.__dataclass_fields__ if name != "tier"}, tier=TIER_OF[row["rank"]]
            )
            edge = _Edge(row["id"], row["an"], row["bn"], row["rank"], tie)
            self.edges[edge.number] = edge
            self.at[edge.a].append(edge)
            self.at[edge.b].append(edge)
        return self.edges[row["id"]]

    def _walks(self, start: int, end: int, hops: int) -> Iterator[list[_Edge]]:
        """Walks without a node met twice that stood as a whole at one time, those of fewer hops first."""
        left = self._distances(end)
        work = 0
        waiting: list[tuple[int, list[_Edge], frozenset[int], int, dt.date | None, dt.date | None]]
        waiting = [(start, [], frozenset({start}), 0, None, None)]
        while waiting:
            node, ties, met, cost, begin, finish = waiting.pop(0)
            for edge in self.at[node]:
                work += 1
                if work > MOST_WALKS:
                    self.complete = False
                    return
                other = edge.b if edge.a == node else edge.a
                if edge.tie.kind == "kin" and edge.a != node:
                    continue  # Kin is kept in both directions; the other one is walked.
                half = 1 if KINDS[edge.tie.kind].bridge else 2
                spent = cost + half
                direct = node == start and other == end
                if other in met or ((node, edge.tie.kind) in self.hubs and not direct):
                    continue
                if spent + left.get(other, 99) > 2 * hops:
                    continue
                since, until = _later(begin, edge.tie.from_date), _sooner(finish, edge.tie.to_date)
                if since and until and since > until:
                    continue
                if other == end:
                    yield [*ties, edge]
                else:
                    waiting.append((other, [*ties, edge], met | {other}, spent, since, until))

    def _distances(self, end: int) -> dict[int, int]:
        """Half hops from every node met to the end, hubs not minded: never more than there really are."""
        found, frontier = {end: 0}, [end]
        while frontier:
            node = min(frontier, key=lambda one: found[one])
            frontier.remove(node)
            for edge in self.at[node]:
                other = edge.b if edge.a == node else edge.a
                cost = found[node] + (1 if KINDS[edge.tie.kind].bridge else 2)
                if cost < found.get(other, 99):
                    found[other] = cost
                    frontier.append(other)
        return found


def _later(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return max(one, other) if one and other else one or other


def _sooner(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return min(one, other) if one and other else one or other


def _path(start: int, edges: Sequence[_Edge]) -> Path:
    begin = finish = None
    strength, at = 1.0, start
    steps: list[Step] = []
    weak, rank, waiting = False, 0, list(edges)
    while waiting:
        first = waiting.pop(0)
        # A walk that begins or ends at a bridge has a lone tie there.
        shared = KINDS[first.tie.kind].bridge and first.a == at and bool(waiting)
        used = [first, waiting.pop(0)] if shared else [first]
        name = first.tie.a if first.a == at else first.tie.b
        last = used[-1]
        at = last.a if shared or last.b == at else last.b
        end = last.tie.a if at == last.a else last.tie.b
        steps.append(Step(name, end, first.tie.kind, tuple(edge.tie for edge in used)))
        strength *= min(edge.tie.confidence or 0.0 for edge in used)
        for edge in used:
            begin, finish = _later(begin, edge.tie.from_date), _sooner(finish, edge.tie.to_date)
            strength *= edge.tie.share if edge.tie.share is not None else 1.0
            rank = max(rank, edge.rank)
        weak = weak or KINDS[first.tie.kind].weak
    return Path(tuple(steps), begin, finish, TIER_OF[max(rank, 0)], strength, weak)
