"""Figures for Prometheus, read from the database when they are asked for: every process tells the same.

Labels are ids of the catalogue and words of the code; no figure counts or names a person.
"""

import hmac
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from steelyard.web.orgs.engine_link import reader


@dataclass(frozen=True)
class Figure:
    """One metric: a query whose rows are its labels and, last, its value."""

    name: str
    help: str
    labels: tuple[str, ...]
    sql: str
    engine: bool = True
    """Read as the reader of schema ``engine``; else from the site's own tables."""
    needs: str = ""
    """A table without which there is nothing to tell."""


_RECENT = "at > now() - interval '30 days'"
_QUANTILES = (("0.5", 0.5), ("0.95", 0.95), ("0.99", 0.99))
_EVENT_STEPS = ("waited", "conformed", "units", "evaluated", "committed", "alerted", "total")


def _percentiles(columns: str, value: str, source: str) -> str:
    """One row a group and quantile."""
    listed = ", ".join(f"('{name}', {share}::float8)" for name, share in _QUANTILES)
    group = f" GROUP BY {columns}, q.name, q.share"
    return (
        f"SELECT {columns}, q.name, percentile_cont(q.share) WITHIN GROUP (ORDER BY {value}) "
        f"FROM {source}, (VALUES {listed}) AS q(name, share){group}"
    )


_STEPS = " UNION ALL ".join(
    f"SELECT '{step}' AS step, {step} AS ms FROM engine.event_trace "
    f"WHERE received_at > now() - interval '1 hour' AND {step} IS NOT NULL"
    for step in _EVENT_STEPS
)

FIGURES: Sequence[Figure] = (
    Figure(
        "steelyard_jobs", "Background jobs by queue and state; finished ones are not counted.", ("queue", "state"),
        "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs "
        "WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2",
        engine=False,
    ),
    Figure(
        "steelyard_jobs_oldest_seconds", "Age of the oldest job that may run and has not begun.", ("queue",),
        "SELECT j.queue_name, extract(epoch FROM now() - min(greatest(e.at, coalesce(j.scheduled_at, e.at)))) "
        "FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred' "
        "WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now()) GROUP BY 1",
        engine=False,
    ),
    Figure(
        "steelyard_inbox_rows", "Pushed rows that are in no table yet.", (),
        "SELECT coalesce(sum(row_count), 0) FROM engine.inbox WHERE finished_at IS NULL",
    ),
    Figure(
        "steelyard_inbox_oldest_seconds", "Age of the oldest pushed row that is in no table yet.", (),
        "SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0) FROM engine.inbox WHERE finished_at IS NULL",
    ),
    Figure(
        "steelyard_deliveries", "Deliveries by what became of them.", ("state",),
        "SELECT state, count(*) FROM engine.delivery GROUP BY 1",
    ),
    Figure(
        "steelyard_deliveries_oldest_unfinished_seconds", "Age of the oldest delivery that is still being landed.", (),
        "SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0) FROM engine.delivery "
        "WHERE state = 'received'",
    ),
    Figure(
        "steelyard_interface_incidents", "Open incidents of interfaces.", ("kind",),
        "SELECT kind, count(*) FROM engine.interface_incident WHERE closed_at IS NULL GROUP BY 1",
    ),
    Figure(
        "steelyard_pool_version", "Number of the newest pool version.", (),
        "SELECT coalesce(max(number), 0) FROM engine.pool_version",
    ),
    Figure(
        "steelyard_run_age_seconds", "Time since the last run of models ended.", (),
        "SELECT extract(epoch FROM now() - max(finished_at)) FROM engine.run HAVING max(finished_at) IS NOT NULL",
    ),
    Figure(
        "steelyard_run_seconds", "Wall time of the last run of models.", (),
        "SELECT sum(wall_ms) / 1000.0 FROM engine.run_model WHERE run = (SELECT max(run) FROM engine.run_model) "
        "HAVING count(*) > 0",
    ),
    Figure(
        "steelyard_run_lag_versions", "Pool versions that the last run has not seen.", (),
        "SELECT (SELECT coalesce(max(number), 0) FROM engine.pool_version) - max(pool_version) FROM engine.run "
        "HAVING count(*) > 0",
    ),
    Figure(
        "steelyard_model_run_seconds", "Wall time of a model's full runs of the last 30 days.", ("model", "quantile"),
        _percentiles(
            "model", "wall_ms / 1000.0",
            f"(SELECT model, wall_ms FROM engine.run_model WHERE scope = 'full' AND {_RECENT}) AS r",
        ),
    ),
    Figure(
        "steelyard_model_failed", "1 where the newest run of a model failed.", ("model",),
        "SELECT DISTINCT ON (model) model, (failure <> '')::int FROM engine.run_model ORDER BY model, run DESC",
    ),
    Figure(
        "steelyard_findings", "Findings that stand.", ("model", "grade"),
        "SELECT model, grade, count(*) FROM engine.finding WHERE state <> 'vanished' GROUP BY 1, 2",
    ),
    Figure(
        "steelyard_held_batches", "Batches that wait for a person.", ("kind",),
        "SELECT kind, count(*) FROM engine.held_batch WHERE state = 'held' GROUP BY 1",
    ),
    Figure(
        "steelyard_not_evaluable", "Areas in which a model could not be evaluated.", ("model",),
        "SELECT model, count(*) FILTER (WHERE state NOT IN ('ready', 'partly', 'thin')) FROM engine.readiness AS r "
        "WHERE (model, run) IN (SELECT model, max(run) FROM engine.readiness GROUP BY model) GROUP BY 1",
    ),
    Figure(
        "steelyard_reconcile_differences", "Differences the nightly full run found in the last 7 days.", (),
        "SELECT count(*) FROM engine.reconcile_incident WHERE found_at > now() - interval '7 days'",
        needs="engine.reconcile_incident",
    ),
    Figure(
        "steelyard_signs", "What detectors of drift say of a model; unknown: too little to tell.",
        ("detector", "model", "state"),
        "SELECT detector, model, state, count(*) FROM engine.sign GROUP BY 1, 2, 3", needs="engine.sign",
    ),
    Figure(
        "steelyard_probation_seconds", "How long a model has been on probation; people have ten working days.",
        ("model",),
        "SELECT model, extract(epoch FROM now() - min(decided_at)) FROM (SELECT DISTINCT ON (model, area_prefix) "
        "model, phase, decided_at FROM engine.release WHERE NOT beside ORDER BY model, area_prefix, id DESC) AS r "
        "WHERE phase = 'probation' GROUP BY 1",
    ),
    Figure(
        "steelyard_signs_age_seconds", "Time since a detector last looked at any model.", ("detector",),
        "SELECT d, extract(epoch FROM now() - (SELECT max(at) FROM engine.sign WHERE detector = d)) "
        "FROM unnest(ARRAY['shape', 'silence', 'canary']) AS d", needs="engine.sign",
    ),
    Figure(
        "steelyard_event_seconds", "From push to alert, by step, in the last hour.", ("step", "quantile"),
        _percentiles("step", "ms / 1000.0", f"({_STEPS}) AS s"), needs="engine.event_trace",
    ),
    Figure(
        "steelyard_events", "Pushes of the last hour that became alerts or were found to be none.", (),
        "SELECT count(*) FROM engine.event_trace WHERE received_at > now() - interval '1 hour' AND total IS NOT NULL",
        needs="engine.event_trace",
    ),
)  # fmt: skip


class Figures(Collector):
    """All figures, as of now."""

    def collect(self) -> Iterator[Metric]:
        began = time.monotonic()
        with reader() as engine, connection.cursor() as own:
            for figure in FIGURES:
                place = engine if figure.engine else own
                yield _family(figure, _rows(place, figure))
        took = GaugeMetricFamily("steelyard_scrape_seconds", "Time it took to read all this.")
        took.add_metric([], time.monotonic() - began)
        yield took


def _rows(place: Any, figure: Figure) -> Iterable[Sequence[Any]]:
    if figure.needs and not _one(place, "SELECT to_regclass(%s)", [figure.needs]):
        return []
    found = place.execute(figure.sql)
    # Django's cursor hands back itself or nothing, psycopg's connection a cursor.
    rows: Iterable[Sequence[Any]] = (found or place).fetchall()
    return rows


def _one(place: Any, sql: str, values: Sequence[Any]) -> Any:
    row = (place.execute(sql, values) or place).fetchone()
    return row[0] if row else None


def _family(figure: Figure, rows: Iterable[Sequence[Any]]) -> Metric:
    family = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
    for row in rows:
        if row[-1] is not None:
            family.add_metric([str(value) for value in row[:-1]], float(row[-1]))
    return family


def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has the token; without one in the settings there is no such page."""
    token = settings.STEELYARD_METRICS_TOKEN
    if not token:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(given.encode(), token.encode()):
        return HttpResponse("Send a header: Authorization: Bearer TOKEN\n", status=401, content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def table() -> Iterator[Mapping[str, str]]:
    """What the reference says of every figure."""
    for figure in FIGURES:
        yield {"name": figure.name, "labels": ", ".join(figure.labels), "help": figure.help}
