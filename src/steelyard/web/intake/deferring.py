"""Jobs that are asked for many times and need to wait only once."""

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer


def once(job: JobDeferrer, **what: Any) -> None:
    """Defer a job unless the same one waits already; what the caller wrote before stands either way."""
    try:
        # In a savepoint: the refused job would otherwise take the caller's transaction with it.
        with transaction.atomic():
            job.defer(**what)
    except AlreadyEnqueued:
        return
