"""The step itself: what is new or changed goes to the pool, and is remembered as gone."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from steelyard.pool.timetable import CLOCK
from steelyard.web.governance.models import SuppliedRow, SupplyMark
from steelyard.web.governance.supplying import handling, looks, proposals
from steelyard.web.governance.supplying.rows import OwnRow
from steelyard.web.orgs import clock

HANDLING, LOOKS = "handling", "looks"
"""Marks: up to when cases were looked at, and the number of the last look supplied."""
OVERLAP = dt.timedelta(days=1)
"""A case that moved while the last step ran is looked at again; what did not change is not sent."""
SETTLED = dt.timedelta(minutes=5)
"""No transaction that writes the record takes so long."""


class Push(Protocol):
    """Takes rows of one dataset under an idempotency key, like a department's push."""

    def __call__(self, dataset: str, key: str, rows: list[dict[str, Any]]) -> object: ...


def supply(push: Push, *, at_most: int = 5_000) -> int:
    """Hand the platform's own records to the pool; returns how many rows went.

    Safe to run twice and to break off: rows are remembered after they landed, and landing takes a row once.
    """
    began = clock.now()
    mark = SupplyMark.objects.get_or_create(name=HANDLING)[0]
    since = mark.at - OVERLAP if mark.at else None
    sent = _send(push, [*handling.rows(since), *proposals.rows()], at_most)
    SupplyMark.objects.filter(name=HANDLING).update(at=began)
    sent += _send_looks(push, began - SETTLED, at_most)
    _say_we_are_here(push)
    return sent


def _send(push: Push, rows: Iterable[OwnRow], at_most: int) -> int:
    sent = 0
    for dataset, found in groupby(sorted(rows, key=lambda row: row.dataset), key=lambda row: row.dataset):
        for batch in _batches(_changed(dataset, list(found)), at_most):
            _push(push, dataset, batch)
            SuppliedRow.objects.bulk_create(
                [SuppliedRow(dataset=dataset, record=row.record, digest=row.digest) for row in batch],
                update_conflicts=True, unique_fields=["dataset", "record"], update_fields=["digest"],
            )  # fmt: skip
            sent += len(batch)
    return sent


def _changed(dataset: str, rows: Sequence[OwnRow]) -> list[OwnRow]:
    """Rows that the pool does not have as they are now."""
    asked = [row.record for row in rows]
    known = dict(SuppliedRow.objects.filter(dataset=dataset, record__in=asked).values_list("record", "digest"))
    return [row for row in rows if known.get(row.record) != row.digest]


def _send_looks(push: Push, before: dt.datetime, at_most: int) -> int:
    mark = SupplyMark.objects.get_or_create(name=LOOKS)[0]
    sent = 0
    while events := looks.events_after(mark.last, before, at_most):
        _push(push, "access_audit", looks.rows(events))
        mark.last, mark.at = events[-1].pk, before
        mark.save(update_fields=["last", "at"])
        sent += len(events)
    return sent


def _push(push: Push, dataset: str, batch: Sequence[OwnRow]) -> None:
    """The key names the very rows: the same ones sent again after a failure are taken once."""
    named = hashlib.sha256("".join(row.record + row.digest for row in batch).encode()).hexdigest()
    push(dataset, f"own {dataset} {named[:32]}", [row.plain for row in batch])
    newest = {"at": clock.now(), "row": batch[-1].plain}
    SupplyMark.objects.update_or_create(name=dataset, defaults=newest)


def _say_we_are_here(push: Push) -> None:
    """On a day without news the newest row goes once more: it changes nothing, and the feed is seen to live."""
    today = clock.today()
    for mark in SupplyMark.objects.filter(row__isnull=False).order_by("name"):
        if mark.row and mark.at and mark.at.astimezone(CLOCK).date() < today:
            push(mark.name, f"own {mark.name} {today}", [mark.row])
            SupplyMark.objects.filter(pk=mark.pk).update(at=clock.now())


def _batches(rows: Sequence[OwnRow], at_most: int) -> Iterator[Sequence[OwnRow]]:
    return (rows[at : at + at_most] for at in range(0, len(rows), at_most))
