"""What a model costs in a run: kept beside what it found, so that people see what is slow and why."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.detect.evaluable import Fills
from steelyard.kit import tracing

Connection = psycopg.Connection[Any]
KEPT_DAYS = 400
"""Longer than a year, so that a month can be compared with the same month before."""
KEPT_DAYS_OF_UNITS = 30
"""Of runs of units alone: there are many, and each says little."""


@dataclass
class Cost:
    """Of one model in one run; times are those of the whole process, for one model runs at a time."""

    scope: str = "none"
    """full, units (only what a change touched) or none (it could be evaluated nowhere)."""
    why: dict[str, str] | None = None
    """Why it was a full run, where one of units was possible."""
    rows_out: int = 0
    units: int | None = None
    rows_read: int | None = None
    """Rows of the datasets behind it; of a run of units, rows of its slices."""
    columns_read: int = 0
    wall_ms: int = 0
    cpu_ms: int = 0

    @contextmanager
    def measured(self, model: SupervisionModel) -> Iterator[None]:
        """Time a block, and have it traced where traces are exported."""
        wall, cpu = time.monotonic(), time.process_time()
        try:
            with tracing.span("evaluation", model=model.id, model_version=model.version, scope=self.scope) as say:
                yield
                say(rows_out=self.rows_out, rows_read=self.rows_read or 0, units=self.units or 0)
        finally:
            self.wall_ms += round((time.monotonic() - wall) * 1000)
            self.cpu_ms += round((time.process_time() - cpu) * 1000)


def begun(model: SupervisionModel, catalogue: Catalogue, fills: Fills) -> Cost:
    """A full run's cost before it runs."""
    datasets = catalogue.base_datasets(set(model.data))
    read = sum(fill.rows for name in datasets for fill in fills.get(name, {}).values())
    columns = sum(len(needs.needs) for needs in model.data.values())
    return Cost(scope="full", rows_read=read, columns_read=columns)


class Outcome(Protocol):
    """What is kept of an evaluation's outcome."""

    model: SupervisionModel
    cost: Cost
    held: list[Any]
    failure: str | None

    def counts(self) -> dict[str, int]: ...


def keep(connection: Connection, run: int, outcomes: Iterable[Outcome], kind: str = "batch") -> None:
    """One row a model; of a micro-batch only those that said something, for a hundred rows a second tell nothing."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine.run_model (run, model, model_version, scope, why, rows_out, new_findings, changed, "
            "vanished, units, rows_read, columns_read, wall_ms, cpu_ms, held, failure) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (model, run) DO NOTHING",
            [_row(run, outcome) for outcome in outcomes if kind != "event" or _says_something(outcome)],
        )
    if kind != "event":
        connection.execute(
            "DELETE FROM engine.run_model WHERE at < now() - make_interval(days => CASE scope WHEN 'units' THEN %s "
            "ELSE %s END)",
            [KEPT_DAYS_OF_UNITS, KEPT_DAYS],
        )


def _says_something(outcome: Outcome) -> bool:
    counts = outcome.counts()
    return bool(outcome.failure or outcome.held or counts["new"] or counts["changed"] or counts["vanished"])


def _row(run: int, outcome: Outcome) -> list[Any]:
    counts, cost = outcome.counts(), outcome.cost
    why = Jsonb(cost.why) if cost.why else None
    return [
        *(run, outcome.model.id, outcome.model.version, cost.scope, why, cost.rows_out),
        *(counts["new"], counts["changed"], counts["vanished"], cost.units, cost.rows_read, cost.columns_read),
        *(cost.wall_ms, cost.cpu_ms, bool(outcome.held), outcome.failure or ""),
    ]
