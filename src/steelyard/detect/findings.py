"""Findings as they are stored: what is new, what changed, what the data no longer support."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from steelyard.catalogue import SupervisionModel
from steelyard.detect.standings import stood

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Finding:
    """One result row of a model, with the evidence frozen when it last changed."""

    seq: int
    """Grows with every change; read on from the last one seen."""
    fingerprint: str
    model: str
    model_version: str
    model_sha: str
    param_hash: str
    key: dict[str, Any]
    grade: str
    """After the cap of uncertain identities."""
    model_grade: str
    grade_reason: dict[str, str] | None
    area_code: str | None
    payload: dict[str, Any]
    """The output row; money and ratios as text, dates in ISO form."""
    subjects: dict[str, str]
    """Column to subject key; columns without a subject are absent."""
    identity_tier: str | None
    title: dict[str, str]
    """Templates in zh and en; placeholders are filled under the viewer's rights."""
    evidence: list[dict[str, Any]]
    state: str
    """new, changed or vanished."""
    first_pool_version: int
    last_pool_version: int
    as_of: dt.date

    @property
    def pool_version(self) -> int:
        """The pool version the finding was last seen in."""
        return self.last_pool_version


_COLUMNS = (
    "seq, fingerprint, model, model_version, model_sha, param_hash, key, grade, model_grade, grade_reason, "
    "area_code, payload, subjects, identity_tier, title, evidence, state, first_pool_version, "
    "last_pool_version, as_of"
)


def findings_since(connection: Connection, seq: int, limit: int = 500) -> list[Finding]:
    """Routed findings that changed after ``seq``, in the order of change; vanished ones among them.

    What is only watched, held back or waits in a sweep campaign is none of them.
    """
    with connection.cursor(row_factory=class_row(Finding)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM engine.finding WHERE standing = 'routed' AND seq > %s ORDER BY seq LIMIT %s",
            [seq, limit],
        ).fetchall()


def finding(connection: Connection, fingerprint: str) -> Finding | None:
    """One finding."""
    with connection.cursor(row_factory=class_row(Finding)) as cursor:
        return cursor.execute(f"SELECT {_COLUMNS} FROM engine.finding WHERE fingerprint = %s", [fingerprint]).fetchone()


def fingerprint(model: SupervisionModel, key: Mapping[str, Any]) -> str:
    """What makes a finding the same one: model, names of the key columns, and their values."""
    said = json.dumps([model.id, [[column, key[column]] for column in model.key]], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Stored:
    """What the store already says of a finding."""

    key: dict[str, Any]
    payload: dict[str, Any]
    grade: str
    area_code: str | None
    state: str
    evidence_subjects: list[str]
    unit: str | None
    """None: stored before units were."""
    guessed: str | None

    @property
    def shown(self) -> dict[str, Any]:
        """As it is shown to people who compare."""
        return {"key": self.key, "grade": self.grade, "payload": self.payload, "area_code": self.area_code}


def unit_text(values: Iterable[Any]) -> str:
    """The unit of a finding as it is stored."""
    return json.dumps(list(values), ensure_ascii=False)


def stored(connection: Connection, model: str, units: Sequence[str] | None = None) -> dict[str, Stored]:
    """Findings of a model by fingerprint: all, or those of some units."""
    rows = connection.execute(
        "SELECT fingerprint, key, payload, grade, area_code, state, evidence_subjects, unit, guessed "
        "FROM engine.finding WHERE model = %(model)s "
        + ("" if units is None else "AND (unit = ANY(%(units)s) OR unit IS NULL)"),
        {"model": model, "units": None if units is None else list(units)},
    ).fetchall()
    return {row[0]: Stored(*row[1:]) for row in rows}


def outside(connection: Connection, model: str, units: Sequence[str]) -> int:
    """How many standing findings a model has that are of none of the units."""
    row = connection.execute(
        "SELECT count(*) FROM engine.finding WHERE model = %s AND state <> 'vanished' AND unit <> ALL(%s)",
        [model, list(units)],
    ).fetchone()
    return int(row[0]) if row else 0


_UPSERT = """
INSERT INTO engine.finding AS f (
    fingerprint, model, model_version, model_sha, param_hash, key, grade, model_grade, grade_reason, area_code,
    payload, subjects, identity_tier, title, evidence, evidence_subjects, state, first_pool_version,
    last_pool_version, first_run, last_run, as_of, standing, campaign, unit, guessed
) VALUES (
    %(fingerprint)s, %(model)s, %(model_version)s, %(model_sha)s, %(param_hash)s, %(key)s, %(grade)s,
    %(model_grade)s, %(grade_reason)s, %(area_code)s, %(payload)s, %(subjects)s, %(identity_tier)s, %(title)s,
    %(evidence)s, %(evidence_subjects)s, %(state)s, %(pool_version)s, %(pool_version)s, %(run)s, %(run)s, %(as_of)s,
    %(standing)s, %(campaign)s, %(unit)s, %(guessed)s
) ON CONFLICT (fingerprint) DO UPDATE SET
    seq = nextval('engine.finding_seq'), model_version = excluded.model_version, model_sha = excluded.model_sha,
    param_hash = excluded.param_hash, grade = excluded.grade, model_grade = excluded.model_grade,
    grade_reason = excluded.grade_reason, area_code = excluded.area_code, payload = excluded.payload,
    subjects = excluded.subjects, identity_tier = excluded.identity_tier, title = excluded.title,
    evidence = excluded.evidence, evidence_subjects = excluded.evidence_subjects,
    state = excluded.state, last_pool_version = excluded.last_pool_version,
    last_run = excluded.last_run, as_of = excluded.as_of, unit = excluded.unit, guessed = excluded.guessed,
    standing = CASE f.standing WHEN 'shadow' THEN excluded.standing ELSE f.standing END,
    campaign = coalesce(f.campaign, excluded.campaign)
"""
# What was routed stays so: an alert is kept up to date whatever becomes of its model.
_JSON = ("key", "payload", "subjects", "title", "evidence", "grade_reason")


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or replace findings, each with a new ``seq``.

    A row may say its ``standing`` ('held'); else the releases and sweep campaigns of its day do.
    """
    if not rows:
        return
    rows = stood(connection, rows)
    with connection.cursor() as cursor:
        cursor.executemany(
            _UPSERT,
            [
                {
                    **row,
                    **{name: Jsonb(row[name]) if row[name] is not None else None for name in _JSON},
                }
                for row in rows
            ],
        )


def seen_again(
    connection: Connection, model: SupervisionModel, fingerprints: Iterable[str], *, param_hash: str, run: int,
    pool_version: int, as_of: dt.date,
) -> None:  # fmt: skip
    """Findings that are as they were: what they can be recomputed from moves on, ``seq`` does not."""
    connection.execute(
        "UPDATE engine.finding SET last_run = %s, last_pool_version = %s, as_of = %s, model_version = %s, "
        "model_sha = %s, param_hash = %s WHERE fingerprint = ANY(%s)",
        [run, pool_version, as_of, model.version, model.sha256, param_hash, list(fingerprints)],
    )


def note(connection: Connection, noted: Sequence[tuple[str, str, str | None]]) -> None:
    """What is known of findings that are as they were: fingerprint, unit, and the tier of a guess they rest on."""
    if noted:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE engine.finding SET unit = %s, guessed = %s WHERE fingerprint = %s",
                [(unit, guessed, name) for name, unit, guessed in noted],
            )


def gone(connection: Connection, fingerprints: Iterable[str], *, run: int, pool_version: int, as_of: dt.date) -> None:
    """Findings that the data no longer support; the alerts on them stay for people to decide."""
    connection.execute(
        "UPDATE engine.finding SET state = 'vanished', seq = nextval('engine.finding_seq'), last_run = %s, "
        "last_pool_version = %s, as_of = %s WHERE fingerprint = ANY(%s)",
        [run, pool_version, as_of, list(fingerprints)],
    )
