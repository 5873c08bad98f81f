"""Reads of the queue "same or not": pairs a person is asked about, each once, the most consequential first."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.masking import mask_name
from steelyard.web.orgs.models import Kin, User
from steelyard.web.subjects.access import Sight
from steelyard.web.subjects.models import Saying, State
from steelyard.web.subjects.pool_link import contracts

OPEN, SECOND, ANSWERED = "open", "second", "answered"
LISTS = (OPEN, SECOND, ANSWERED)
COUNTY_DIGITS = 6
"""Pairs that tell no area are a county's business or that of a level above it."""


@dataclass(frozen=True)
class Item:
    """A pair somebody is asked about."""

    id: int
    a: str
    b: str
    kind: str
    """pair, conflict, two-numbers, large or contradiction."""
    blocks_red: bool
    probability: float | None
    facts: Mapping[str, Any]
    asked_at: dt.datetime
    state: str
    evidence: Mapping[str, Any] | None
    tier: str | None
    method: str | None
    names: list[str]
    kinds: list[str]
    datasets: list[str]
    judgement: int | None
    verdict: str | None
    said_by: str | None
    said_at: dt.datetime | None
    reason: str | None
    needs_second: bool | None
    second_by: str | None

    @property
    def waits_for_second(self) -> bool:
        return bool(self.judgement and self.needs_second and not self.second_by)

    @property
    def covered_names(self) -> list[str]:
        """Of persons, and of who may be one, the first character."""
        pairs = zip(self.names, self.kinds, strict=True)
        return [name if kind in ("company", "org") else mask_name(name) for name, kind in pairs]

    @property
    def nodes(self) -> tuple[str, str]:
        return self.a, self.b


_RECORD = "CASE WHEN n.node LIKE 'r:%%' THEN substr(n.node, 3)::uuid END"
_SIDES = (
    "unnest(ARRAY[i.a, i.b]) WITH ORDINALITY AS n(node, place) "
    f"LEFT JOIN engine.source_record s ON s.id = {_RECORD} "
    "LEFT JOIN engine.resolution r ON r.record = s.id AND r.until IS NULL"
)
_MINE = f"""NOT EXISTS (SELECT 1 FROM {_SIDES} WHERE substr(n.node, 3) = ANY(%(kept)s)
    OR s.conflict_key = ANY(%(kept)s) OR r.key = ANY(%(kept)s)
    OR EXISTS (SELECT 1 FROM engine.link_edge x WHERE x.until IS NULL AND x.a = n.node AND x.b = ANY(%(kept_nodes)s))
    OR EXISTS (SELECT 1 FROM engine.link_edge x WHERE x.until IS NULL AND x.b = n.node AND x.a = ANY(%(kept_nodes)s)))
AND (EXISTS (SELECT 1 FROM {_SIDES} WHERE s.area_code LIKE %(area)s)
    OR (%(above)s AND NOT EXISTS (SELECT 1 FROM {_SIDES} WHERE s.area_code <> '')))
AND (%(datasets)s::text[] IS NULL OR EXISTS (SELECT 1 FROM {_SIDES} WHERE s.dataset = ANY(%(datasets)s)))"""
_STATE = {
    OPEN: "i.state = 'open' AND NOT i.id = ANY(%(said)s)",
    SECOND: "j.needs_second AND j.second_by IS NULL",
    ANSWERED: "i.state = 'answered' AND NOT (j.needs_second AND j.second_by IS NULL)",
}
_FROM = f"""FROM engine.review_item i LEFT JOIN engine.link_edge e ON e.id = i.edge
LEFT JOIN engine.judgement j ON j.id = i.judgement AND j.undone_at IS NULL AND j.superseded_by IS NULL
WHERE {_MINE} AND """
_ORDER = {
    OPEN: "i.blocks_red DESC, i.kind = 'pair', i.probability DESC NULLS LAST, i.id",
    SECOND: "i.blocks_red DESC, j.id",
    ANSWERED: "j.id DESC NULLS LAST, i.id DESC",
}
_NAMES = (
    "ARRAY(SELECT coalesce(s.name, (SELECT u.name FROM engine.subject u WHERE u.key = substr(n.node, 3)), '') "
    f"FROM {_SIDES} ORDER BY n.place)"
)
_KINDS = (
    "ARRAY(SELECT coalesce(s.kind, (SELECT u.kind FROM engine.subject u WHERE u.key = substr(n.node, 3)), '') "
    f"FROM {_SIDES} ORDER BY n.place)"
)
_DATASETS = f"ARRAY(SELECT coalesce(s.dataset, '') FROM {_SIDES} ORDER BY n.place)"
_CHOSEN = f"""SELECT i.id, i.a, i.b, i.kind, i.blocks_red, i.probability, i.facts, i.asked_at, i.state, e.evidence,
e.tier, e.method, {_NAMES} AS names, {_KINDS} AS kinds, {_DATASETS} AS datasets, j.id AS judgement,
j.verdict, j.said_by, j.said_at, j.reason, j.needs_second, j.second_by """


def listed(viewer: User, which: str, *, limit: int, offset: int = 0) -> tuple[list[Item], int]:
    """A page of one of the lists and how many there are; never a pair that may concern the viewer."""
    values = _values(viewer)
    with reader() as connection, connection.cursor(row_factory=class_row(Item)) as cursor:
        counted = connection.execute(f"SELECT count(*) {_FROM} {_STATE[which]}", values).fetchone()
        found = cursor.execute(
            f"{_CHOSEN} {_FROM} {_STATE[which]} ORDER BY {_ORDER[which]} LIMIT %(limit)s OFFSET %(offset)s",
            values | {"limit": limit, "offset": offset},
        ).fetchall()
    return found, int(counted[0]) if counted else 0


def counts(viewer: User) -> dict[str, int]:
    """How long each list is."""
    values = _values(viewer)
    with reader() as connection:
        found = {which: connection.execute(f"SELECT count(*) {_FROM} {_STATE[which]}", values) for which in LISTS}
        return {which: int(row[0]) if (row := cursor.fetchone()) else 0 for which, cursor in found.items()}


def item(viewer: User, number: int) -> Item | None:
    """One pair; None where there is none or the viewer may not see it."""
    with reader() as connection, connection.cursor(row_factory=class_row(Item)) as cursor:
        return cursor.execute(f"{_CHOSEN} {_FROM} i.id = %(id)s", _values(viewer) | {"id": number}).fetchone()


def exists(number: int) -> bool:
    with reader() as connection:
        return connection.execute("SELECT 1 FROM engine.review_item WHERE id = %s", [number]).fetchone() is not None


def waiting(number: int) -> Saying | None:
    """What somebody said of the pair that the worker has not carried out."""
    return Saying.objects.filter(item=number, state=State.WAITING).select_related("by").first()


def history(number: int) -> list[Saying]:
    """Everything people said of the pair here, the newest first."""
    return list(Saying.objects.filter(item=number).select_related("by"))


def _values(viewer: User) -> dict[str, Any]:
    sight, kept = Sight.of(viewer), _kept_from(viewer)
    own = sight.departments
    datasets = None if own is None else sorted(n for n, one in contracts().items() if one.department in own)
    return {
        "kept": sorted(kept), "kept_nodes": sorted(f"s:{key}" for key in kept), "area": f"{sight.area}%",
        "above": len(sight.area) <= COUNTY_DIGITS, "datasets": datasets,
        "said": list(Saying.objects.filter(state=State.WAITING).values_list("item", flat=True)),
    }  # fmt: skip


def _kept_from(viewer: User) -> Collection[str]:
    """Keys of the viewer and his relatives, under every key they had."""
    kept = set(Kin.objects.filter(user=viewer).values_list("subject_key", flat=True)) | {viewer.subject_key} - {""}
    with reader() as connection:
        merged = connection.execute(
            "SELECT old, key FROM engine.subject_alias WHERE until IS NULL AND (old = ANY(%(kept)s) "
            "OR key = ANY(%(kept)s) OR key IN (SELECT key FROM engine.subject_alias WHERE until IS NULL "
            "AND old = ANY(%(kept)s)))",
            {"kept": sorted(kept)},
        ).fetchall()
    return (kept | {key for pair in merged for key in pair}) - {""}
