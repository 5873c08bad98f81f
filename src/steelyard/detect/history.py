"""Runs and models over time: what each cost, in percentiles, for the pages that tell operators."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

Connection = psycopg.Connection[Any]
DAYS = 30


@dataclass(frozen=True)
class PastRun:
    """One run."""

    id: int
    started_at: dt.datetime
    finished_at: dt.datetime | None
    as_of: dt.date
    pool_version: int
    new_findings: int
    changed: int
    vanished: int
    unchanged: int
    not_evaluable: int
    failed: dict[str, str]
    models: int
    held: int
    wall_ms: int
    cpu_ms: int


@dataclass(frozen=True)
class ModelRun:
    """One model in one run."""

    run: int
    model: str
    model_version: str
    scope: str
    why: dict[str, str] | None
    rows_out: int
    new_findings: int
    changed: int
    vanished: int
    units: int | None
    rows_read: int | None
    columns_read: int
    wall_ms: int
    cpu_ms: int
    held: bool
    failure: str
    at: dt.datetime


@dataclass(frozen=True)
class Habit:
    """What a model usually costs."""

    model: str
    runs: int
    full: int
    """Runs in which it looked at everything."""
    p50_ms: float
    """Of its full runs, as the next one; 0 where it never ran in full."""
    p95_ms: float
    units_p95_ms: float
    """Of its runs of units alone."""
    wall_ms: int
    """All its runs together."""
    cpu_ms: int
    rows_read: int
    """In its newest full run."""
    failures: int
    last_run: int
    last_at: dt.datetime
    last_scope: str
    last_failure: str
    last_held: bool


_RUN = """
SELECT r.id, r.started_at, r.finished_at, r.as_of, r.pool_version, r.new_findings, r.changed, r.vanished, r.unchanged,
       r.not_evaluable, r.failed, count(m.model)::int AS models, count(*) FILTER (WHERE m.held)::int AS held,
       coalesce(sum(m.wall_ms), 0)::bigint AS wall_ms, coalesce(sum(m.cpu_ms), 0)::bigint AS cpu_ms
FROM engine.run AS r LEFT JOIN engine.run_model AS m ON m.run = r.id
WHERE {condition} GROUP BY r.id ORDER BY r.id DESC LIMIT %(limit)s
"""


def runs(connection: Connection, *, model: str = "", limit: int = 50) -> list[PastRun]:
    """The newest runs; ``model``: only those that looked at it."""
    condition = "%(model)s = '' OR EXISTS (SELECT 1 FROM engine.run_model o WHERE o.run = r.id AND o.model = %(model)s)"
    with connection.cursor(row_factory=class_row(PastRun)) as cursor:
        return cursor.execute(_RUN.format(condition=condition), {"model": model, "limit": limit}).fetchall()


def one_run(connection: Connection, number: int) -> tuple[PastRun, list[ModelRun]] | None:
    """A run and its models, the slowest first."""
    with connection.cursor(row_factory=class_row(PastRun)) as cursor:
        found = cursor.execute(_RUN.format(condition="r.id = %(run)s"), {"run": number, "limit": 1}).fetchone()
    if found is None:
        return None
    with connection.cursor(row_factory=class_row(ModelRun)) as cursor:
        listed = cursor.execute(
            "SELECT run, model, model_version, scope, why, rows_out, new_findings, changed, vanished, units, "
            "rows_read, columns_read, wall_ms, cpu_ms, held, failure, at FROM engine.run_model WHERE run = %s "
            "ORDER BY wall_ms DESC, model",
            [number],
        ).fetchall()
    return found, listed


_HABITS = """
WITH recent AS (SELECT * FROM engine.run_model WHERE at > now() - make_interval(days => %(days)s)),
     newest AS (SELECT DISTINCT ON (model) * FROM recent ORDER BY model, run DESC),
     newest_full AS (
         SELECT DISTINCT ON (model) model, rows_read FROM recent WHERE scope = 'full' ORDER BY model, run DESC
     )
SELECT r.model, count(*)::int AS runs, count(*) FILTER (WHERE r.scope = 'full')::int AS "full",
       coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.wall_ms) FILTER (WHERE r.scope = 'full'), 0) AS p50_ms,
       coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY r.wall_ms) FILTER (WHERE r.scope = 'full'), 0) AS p95_ms,
       coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY r.wall_ms) FILTER (WHERE r.scope = 'units'), 0)
           AS units_p95_ms,
       sum(r.wall_ms)::bigint AS wall_ms, sum(r.cpu_ms)::bigint AS cpu_ms, coalesce(max(f.rows_read), 0) AS rows_read,
       count(*) FILTER (WHERE r.failure <> '')::int AS failures, max(n.run) AS last_run, max(n.at) AS last_at,
       max(n.scope) AS last_scope, max(n.failure) AS last_failure, bool_or(n.held) AS last_held
FROM recent AS r JOIN newest AS n ON n.model = r.model LEFT JOIN newest_full AS f ON f.model = r.model
GROUP BY r.model ORDER BY p95_ms DESC, r.model
"""


def habits(connection: Connection, *, days: int = DAYS) -> list[Habit]:
    """What each model cost in the last days, the slowest first."""
    with connection.cursor(row_factory=class_row(Habit)) as cursor:
        return cursor.execute(_HABITS, {"days": days}).fetchall()


def share_of_slowest(listed: Sequence[Habit], number: int = 5) -> float:
    """The part of all time that the slowest models took; 0 where no time was spent."""
    spent = sorted((one.wall_ms for one in listed), reverse=True)
    return sum(spent[:number]) / sum(spent) if sum(spent) else 0.0
