"""A span for how long each job waited, and one in it for the job; only where traces are exported.

The job that brings pushes to their alerts goes on with the trace of the push that has waited longest.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from steelyard.kit import tracing


def job_spans(run: Callable[[], Any], context: Any, _worker: Any) -> Any:
    """Wraps every job.  What a job was given is not told: it may name somebody."""
    if not tracing.on():
        return run()
    job = context.job
    about: dict[str, Any] = {"queue": job.queue, "task": job.task_name, "job": job.id or 0}
    with tracing.under(_begun_by(job.task_name)):
        with tracing.span("wait", since=_deferred(job.id) or job.scheduled_at, **about):
            waited = tracing.here()
        with tracing.under(waited), tracing.span("job", **about):
            return run()


def _begun_by(task: str) -> tracing.Origin | None:
    """The push a job was asked for by; None where it serves something else."""
    from steelyard.detect import traces  # Django has been started by the worker
    from steelyard.web.alerts.jobs import TAKE
    from steelyard.web.orgs.engine_link import reader

    if task != TAKE:
        return None
    with reader() as connection:
        return traces.oldest(connection)


def _deferred(number: int | None) -> dt.datetime | None:
    """When a job began to wait: when it was deferred, or may start where that is later."""
    from django.db import connection  # Django has been started by the worker

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = %s AND e.type IN ('deferred', 'scheduled')",
            [number],
        )
        row = cursor.fetchone()
    return row[0] if row else None
