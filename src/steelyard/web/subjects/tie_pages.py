"""Ties of a subject as one viewer may see them: as lists, as a graph, and as ways between two in words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steelyard.identity import ties
from steelyard.identity.ties import Between, Hub, NotBuilt, Path, Step, Tie, Ties
from steelyard.identity.ties.words import role_words
from steelyard.web.orgs.models import Kin, User, in_language
from steelyard.web.orgs.names import shown_names
from steelyard.web.subjects.pool_link import term

MOST_TIES = 60
"""Ties of one node that are shown at once."""
MOST_SHARERS = 10
MOST_PATHS = 8
BRIDGE_MARK = ":"
SURE = ("T1", "H")


@dataclass(frozen=True)
class TieLine:
    """One tie in words."""

    other: str
    """Node at the other end; of a shared thing the thing."""
    name: str
    told: str
    tier: str
    sure: bool
    from_date: dt.date | None
    to_date: dt.date | None
    dataset: str
    file: str
    line: int
    is_subject: bool


@dataclass(frozen=True)
class Group:
    """Ties of one kind."""

    kind: str
    title: str
    weak: bool
    lines: tuple[TieLine, ...]
    hub: int
    """How many ties there are where the node is a hub of the kind, through which no way leads; else 0."""


@dataclass(frozen=True)
class Seen:
    """The ties of a node."""

    built: bool
    groups: tuple[Group, ...] = ()
    total: int = 0
    listed: int = 0
    hidden: int = 0
    """Ties that are not shown because they lead to the viewer or his."""
    as_of: str = ""


@dataclass(frozen=True)
class Way:
    """One way between two, in words."""

    words: str
    tier: str
    sure: bool
    weak: bool
    strength: float
    period: str
    steps: tuple[TieLine, ...]


@dataclass(frozen=True)
class Ways:
    """Ways between two."""

    ways: tuple[Way, ...]
    cuts: tuple[tuple[str, str, int], ...]
    """Hubs that were met: name, kind, how many ties."""
    complete: bool
    hidden: int


@contextmanager
def kept() -> Iterator[Ties | None]:
    """The ties in force; None before any were built."""
    try:
        found = ties.current(settings.STEELYARD_HOME)
    except NotBuilt:
        yield None
        return
    try:
        yield found
    finally:
        found.close()


def language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def kind_title(kind: str) -> str:
    known = ties.KINDS[kind]
    return in_language(known.zh, known.en)


def kinds() -> list[tuple[str, str]]:
    return [(kind, kind_title(kind)) for kind in ties.KINDS]


class Namer:
    """Names of nodes as the viewer may read them; shared things are named by their kind."""

    def __init__(self, viewer: User, nodes: Iterable[str]) -> None:
        listed = set(nodes)
        self._kept = set(Kin.objects.filter(user=viewer, subject_key__in=listed).values_list("subject_key", flat=True))
        self._names = shown_names(viewer, [node for node in listed if BRIDGE_MARK not in node])

    def may_see(self, *nodes: str) -> bool:
        """Whether none of the nodes is the viewer or a relative of his."""
        return not self._kept & set(nodes)

    def __call__(self, node: str) -> str:
        if BRIDGE_MARK in node:
            kind = node.partition(BRIDGE_MARK)[0]
            return kind_title(kind) if kind in ties.KINDS else _("something shared")
        known = self._names.get(node)
        return known.text if known and known.text else _("not named")

    def kind(self, node: str) -> str:
        if BRIDGE_MARK in node:
            return "bridge"
        known = self._names.get(node)
        return known.kind if known else "company"


def by_kind(
    viewer: User, node: str, wanted: Collection[str] = (), as_of: dt.date | None = None
) -> Seen:  # fmt: skip
    """The ties of a node grouped by kind; a shared thing leads on to those who share it."""
    with kept() as found:
        if found is None:
            return Seen(False)
        around = found.neighbours(node, wanted, as_of, MOST_TIES)
        listed = _once(around.ties, around.node)
        shared = _sharers(found, listed, around.node, as_of)
        name = Namer(viewer, {end for tie in listed for end in (tie.a, tie.b)} | {
            end for ends in shared.values() for end in ends})  # fmt: skip
        grouped: dict[str, list[TieLine]] = defaultdict(list)
        hidden = 0
        for tie in listed:
            other = tie.b if tie.a == around.node else tie.a
            for end in shared.get(other, [other]):
                if name.may_see(end):
                    grouped[tie.kind].append(_line(tie, around.node, end, name))
                else:
                    hidden += 1
        hubs = {hub.kind: hub.count for hub in around.hubs}
        groups = [
            Group(kind, kind_title(kind), ties.KINDS[kind].weak, tuple(grouped.get(kind, ())), hubs.get(kind, 0))
            for kind in ties.KINDS
            if kind in grouped or kind in hubs
        ]
        return Seen(True, tuple(groups), around.total, len(around.ties), hidden, found.made.as_of)


def _once(listed: Sequence[Tie], node: str) -> list[Tie]:
    """Ties without the mirrors of those that go both ways, as kinship does; told from the node where one begins."""
    found: dict[object, Tie] = {}
    for tie in listed:
        both = frozenset((tie.a, tie.b)) if not ties.KINDS[tie.kind].directed else (tie.a, tie.b)
        mark = (both, tie.kind, tie.basis, tie.from_date, tie.to_date, tie.delivery, tie.file, tie.row)
        if mark not in found or tie.a == node:
            found[mark] = tie
    return list(found.values())


def _sharers(
    found: Ties, listed: Sequence[Tie], node: str, as_of: dt.date | None
) -> dict[str, list[str]]:  # fmt: skip
    """Who else has a shared thing, by the thing; itself where it is nobody else's or too many people's."""
    shared: dict[str, list[str]] = {}
    for tie in listed:
        thing = tie.b if tie.a == node else tie.a
        if BRIDGE_MARK not in thing or thing in shared:
            continue
        around = found.neighbours(thing, [tie.kind], as_of, MOST_SHARERS + 1)
        others = sorted({end for one in around.ties for end in (one.a, one.b)} - {thing, node})
        shared[thing] = others[:MOST_SHARERS] or [thing]
    return shared


def _line(tie: Tie, node: str, other: str, name: Namer) -> TieLine:
    step = Step(node, tie.b if tie.a == node else tie.a, tie.kind, (tie,))
    return TieLine(
        other, name(other), _role(step), tie.tier, tie.tier in SURE, tie.from_date, tie.to_date,
        tie.dataset, tie.file, tie.row, BRIDGE_MARK not in other,
    )  # fmt: skip


def graph(
    viewer: User, node: str, wanted: Collection[str] = (), as_of: dt.date | None = None
) -> dict[str, Any]:  # fmt: skip
    """``{nodes, edges, hubs, hidden, total}`` around a node, for the drawing."""
    with kept() as found:
        if found is None:
            return {"nodes": [], "edges": [], "hubs": [], "hidden": 0, "total": 0}
        around = found.neighbours(node, wanted, as_of, MOST_TIES)
        listed = _once(around.ties, around.node)
        name = Namer(viewer, {around.node} | {end for tie in listed for end in (tie.a, tie.b)})
        shown = [tie for tie in listed if name.may_see(tie.a, tie.b)]
        nodes = {around.node, *(end for tie in shown for end in (tie.a, tie.b))}
        return {
            "nodes": [_node(one, name) for one in sorted(nodes)],
            "edges": [_edge(tie, name) for tie in shown],
            "hubs": [_hub(hub, name) for hub in around.hubs],
            "hidden": len(listed) - len(shown),
            "total": around.total,
        }


def ways(
    viewer: User, one: str, other: str, wanted: Collection[str] = (), as_of: dt.date | None = None
) -> tuple[Ways, dict[str, Any]]:  # fmt: skip
    """The ways between two: in words, and as a graph."""
    nothing = {"nodes": [], "edges": [], "hubs": [], "hidden": 0, "total": 0}
    with kept() as found:
        if found is None:
            return Ways((), (), True, 0), nothing
        between = found.paths_between(one, other, as_of, limit=MOST_PATHS, kinds=wanted)
    name = Namer(viewer, _nodes(between) | {one, other})
    seen = [path for path in between.paths if name.may_see(*path.nodes)]
    paths = _told_once(seen)
    told = tuple(
        Way(
            ties.in_words(path.steps, name, language()), path.min_tier, path.min_tier in SURE, path.weak,
            path.strength, ties.period_words(path.from_date, path.to_date, language()),
            tuple(_line(tie, tie.a, tie.b, name) for step in path.steps for tie in step.ties),
        )
        for path in paths
    )  # fmt: skip
    listed = _once([tie for path in paths for step in path.steps for tie in step.ties], one)
    cuts = [cut for cut in between.cuts if name.may_see(cut.node)]
    drawn = {
        "nodes": [_node(node, name) for node in sorted({node for path in paths for node in path.nodes})],
        "edges": [_edge(tie, name) for tie in listed],
        "hubs": [_hub(cut, name) for cut in cuts], "hidden": len(between.paths) - len(seen), "total": len(listed),
    }  # fmt: skip
    met = tuple((name(cut.node), kind_title(cut.kind), cut.count) for cut in cuts)
    return Ways(told, met, between.complete, len(between.paths) - len(seen)), drawn


def _told_once(paths: Sequence[Path]) -> list[Path]:
    """Ways without those that only read a tie of theirs from its other end; the one that names more roles stays."""
    found: dict[object, Path] = {}
    for path in paths:
        rows = tuple((tie.kind, tie.delivery, tie.file, tie.row) for step in path.steps for tie in step.ties)
        mark = (path.nodes, rows, path.from_date, path.to_date)
        if mark not in found or _roles(path) > _roles(found[mark]):
            found[mark] = path
    return list(found.values())


def _roles(path: Path) -> int:
    return sum(step.role is not None for step in path.steps)


def _nodes(between: Between) -> set[str]:
    return {node for path in between.paths for node in path.nodes} | {cut.node for cut in between.cuts}


def _node(node: str, name: Namer) -> dict[str, Any]:
    return {"id": node, "label": name(node), "kind": name.kind(node)}


def _role(step: Step) -> str:
    """The role in the reader's language; posts have their words in the vocabulary of positions."""
    told = role_words(step, language())
    return term("position", told) if told == step.role else told


def _edge(tie: Tie, name: Namer) -> dict[str, Any]:
    step = Step(tie.a, tie.b, tie.kind, (tie,))
    return {
        "id": f"{tie.a}|{tie.b}|{tie.kind}|{tie.basis}|{tie.from_date or ''}", "source": tie.a, "target": tie.b,
        "kind": tie.kind, "label": _role(step), "tier": tie.tier,
        "from": str(tie.from_date or ""), "to": str(tie.to_date or ""),
    }  # fmt: skip


def _hub(hub: Hub, name: Namer) -> dict[str, Any]:
    return {"node": hub.node, "label": name(hub.node), "kind": kind_title(hub.kind), "count": hub.count}
