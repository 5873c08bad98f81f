"""Rows for the data pool: written in the transaction of the act, handed over by a job, once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any, Protocol

from django.db import transaction

from steelyard.web.orgs import clock
from steelyard.web.powers.models import Matter, PowersEvent


class Push(Protocol):
    """Takes rows of one dataset under an idempotency key, like a department's push."""

    def __call__(self, dataset: str, key: str, rows: list[dict[str, Any]]) -> object: ...


def write_row(matter: Matter, dataset: str, row: Mapping[str, Any]) -> None:
    """Put one row of a platform dataset into the outbox; field names are those that an interface maps."""
    plain = {name: _text(value) for name, value in row.items() if value is not None}
    PowersEvent.objects.create(matter=matter, dataset=dataset, row=plain | {"village_code": matter.area_code})


def _text(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def hand_over(push: Push, *, at_most: int = 5_000) -> int:
    """Hand waiting rows to the pool.  Safe to run twice: the key names the rows, so the pool takes them once."""
    with transaction.atomic():
        waiting = list(
            PowersEvent.objects.select_for_update(skip_locked=True)
            .filter(handed_over__isnull=True)
            .order_by("dataset", "pk")[:at_most]
        )
        for dataset, rows in groupby(waiting, key=lambda event: event.dataset):
            _push_one(push, dataset, list(rows))
    return len(waiting)


def _push_one(push: Push, dataset: str, events: list[PowersEvent]) -> None:
    push(dataset, f"powers {dataset} {events[0].pk}-{events[-1].pk}", [event.row for event in events])
    _mark(events)


def _mark(events: Iterable[PowersEvent]) -> None:
    PowersEvent.objects.filter(pk__in=[event.pk for event in events]).update(handed_over=clock.now())
