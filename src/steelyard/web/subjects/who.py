"""Reads of who is who: a subject with what was merged into it, and the records held to be it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from steelyard.web.orgs.engine_link import reader

Connection = psycopg.Connection[Any]
MOST_MENTIONS = 100


@dataclass(frozen=True)
class Subject:
    """Somebody as the engine knows him now."""

    key: str
    kind: str
    name: str
    tier: str
    merged: tuple[str, ...]
    """Keys of subjects that people found to be this one."""
    merged_on: tuple[dt.datetime, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key under which rows of the pool may name him."""
        return (self.key, *self.merged)


@dataclass(frozen=True)
class Mention:
    """A record without a usable number that is held to be the subject."""

    id: str
    name: str
    tier: str
    since: dt.datetime
    dataset: str
    delivery: Any
    file: str
    row: int
    reason: str
    number_masked: str
    method: str | None
    probability: float | None
    judgement: int | None


@dataclass(frozen=True)
class Place:
    """A row of the pool in which such a record stands."""

    dataset: str
    delivery: str
    file: str
    row: int


def subject(key: str) -> Subject | None:
    """The subject of a key; of a merged one, the subject it became."""
    with reader() as connection:
        standing = _standing(connection, key)
        found = connection.execute("SELECT key, kind, name, tier FROM engine.subject WHERE key = %s", [standing])
        row = found.fetchone()
        if row is None:
            return None
        merged = connection.execute(
            "SELECT a.old, g.made_at FROM engine.subject_alias a JOIN engine.identity_generation g ON g.id = a.since "
            "WHERE a.until IS NULL AND a.key = %s ORDER BY a.old",
            [standing],
        ).fetchall()
    found_key, kind, name, tier = row
    return Subject(found_key, kind, name, tier, tuple(one[0] for one in merged), tuple(one[1] for one in merged))


def _standing(connection: Connection, key: str) -> str:
    row = connection.execute("SELECT key FROM engine.subject_alias WHERE until IS NULL AND old = %s", [key]).fetchone()
    return str(row[0]) if row else key


def mentions(keys: Collection[str]) -> list[Mention]:
    """Records held to be one of the keys, the surest first."""
    with reader() as connection, connection.cursor(row_factory=class_row(Mention)) as cursor:
        return cursor.execute(
            "SELECT s.id::text, s.name, r.tier, g.made_at AS since, s.dataset, s.delivery, s.file, s.row, s.reason, "
            "s.number_masked, e.method, e.probability, j.id AS judgement "
            "FROM engine.resolution r JOIN engine.source_record s ON s.id = r.record "
            "JOIN engine.identity_generation g ON g.id = r.since "
            "LEFT JOIN LATERAL (SELECT method, probability FROM engine.link_edge e WHERE e.until IS NULL "
            "AND e.tier = r.tier AND 'r:' || s.id::text IN (e.a, e.b) "
            "ORDER BY e.probability DESC NULLS LAST LIMIT 1) e ON true "
            "LEFT JOIN LATERAL (SELECT max(id) AS id FROM engine.judgement j WHERE j.verdict = 'same' "
            "AND j.superseded_by IS NULL AND j.undone_at IS NULL AND 'r:' || s.id::text IN (j.a, j.b)) j ON true "
            "WHERE r.until IS NULL AND r.key = ANY(%s) ORDER BY r.tier, s.dataset, s.id LIMIT %s",
            [list(keys), MOST_MENTIONS],
        ).fetchall()


def places(keys: Collection[str]) -> Sequence[Place]:
    """Rows that name one of the keys without its number."""
    with reader() as connection, connection.cursor(row_factory=class_row(Place)) as cursor:
        return cursor.execute(
            "SELECT p.dataset, p.delivery::text, p.file, p.row FROM engine.resolution r "
            "JOIN engine.record_place p ON p.record = r.record WHERE r.until IS NULL AND r.key = ANY(%s) "
            "ORDER BY 1, 2, 3, 4 LIMIT 1000",
            [list(keys)],
        ).fetchall()
