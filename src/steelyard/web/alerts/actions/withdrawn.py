"""Data withdrawn: what rests on a delivery that was taken back is marked, and people look at it again."""

from typing import Any

import psycopg
from django.db import transaction

from steelyard.web.alerts.actions.pull import keep_revision
from steelyard.web.alerts.models import WITHDRAWN, Alert, AlertQuerySet, AlertState, PullMark
from steelyard.web.audit import record

OVERLAP_US = 3_600_000_000
"""Withdrawals are read again for an hour, in microseconds: one that began earlier may be committed later."""


def resting_alerts(delivery: str) -> AlertQuerySet:
    """Alerts whose frozen evidence names a row of the delivery, but those that were discarded."""
    source = [{"sources": [{"delivery": delivery}]}]
    return Alert.objects.filter(evidence__contains=source).exclude(state=AlertState.DISCARDED).order_by("pk")


def note_withdrawn(connection: "psycopg.Connection[Any]") -> int:
    """Mark the alerts that rest on deliveries withdrawn since the last time, each once.  Returns how many.

    ``connection``: may read schema ``engine``.  Call before findings are taken over, which bring other evidence.
    """
    mark = PullMark.objects.get_or_create(name="withdrawals")[0]
    listed = connection.execute(
        "SELECT d.id::text, d.withdrawn_why, (extract(epoch FROM d.withdrawn_at) * 1000000)::bigint, "
        "coalesce((SELECT max(v.number) FROM engine.pool_version v WHERE v.delivery = d.id), 0) "
        "FROM engine.delivery d WHERE d.state = 'withdrawn' "
        "AND extract(epoch FROM d.withdrawn_at) * 1000000 > %s ORDER BY d.withdrawn_at",
        [mark.last_seq - OVERLAP_US],
    ).fetchall()
    marked = 0
    for delivery, why, at, version in listed:
        with transaction.atomic():
            marked += sum(_mark(alert, delivery, why, version) for alert in resting_alerts(delivery))
            PullMark.objects.filter(pk=mark.pk, last_seq__lt=at).update(last_seq=at)
    return marked


def _mark(alert: Alert, delivery: str, why: str, version: int) -> bool:
    if alert.revisions.filter(kind=WITHDRAWN, delivery=delivery, episode=alert.episode).exists():
        return False
    keep_revision(alert, WITHDRAWN, delivery=delivery, note=why[:400], pool_version=version or alert.pool_version)
    record.write("alert.data_withdrawn", by=None, subject=alert, delivery=delivery)
    return True
