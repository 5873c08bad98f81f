"""Tell stewards of incidents: once when one opens, once when it stands too long, once when it closes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from steelyard.web.intake import runs
from steelyard.web.intake.catalogue_files import calendar
from steelyard.web.intake.guards import answers_for, steward_of
from steelyard.web.intake.models import Alarm, AlarmEvent
from steelyard.web.orgs.models import Post, User
from steelyard.web.orgs.words import Role

ESCALATE_AFTER = 3
"""Working days for which an incident may stand before the platform's steward is told."""
LOOK_BACK = dt.timedelta(days=2)
"""How long a closed incident is still looked at: a worker that slept over a weekend says so at most late."""


@transaction.atomic
def raise_alarms(now: dt.datetime) -> int:
    """Leave every notice about incidents that is due and not left yet.  Returns how many were new.

    The department's stewards are told, where it has none the platform's.
    """
    stewards = _stewards()
    wanted: list[Alarm] = []
    for one in runs.incidents_since(now - LOOK_BACK):
        own = [user for user in stewards if _is_own(user, one["interface"])]
        told = own or [user for user in stewards if steward_of(user) is None]
        wanted += _notices(told, one, AlarmEvent.OPENED, now)
        wanted += _notices(told, one, AlarmEvent.CLOSED, now) if one["closed_at"] else []
        if not one["closed_at"] and calendar().days_between(one["opened_at"], now) > ESCALATE_AFTER:
            above = [user for user in stewards if steward_of(user) is None]
            wanted += _notices(above, one, AlarmEvent.ESCALATED, now)
    before = Alarm.objects.count()
    Alarm.objects.bulk_create(wanted, ignore_conflicts=True)
    return Alarm.objects.count() - before


def _stewards() -> list[User]:
    held = Post.objects.in_force().filter(role=Role.STEWARD, user__is_active=True).values("user")
    return list(User.objects.filter(pk__in=held).select_related("body__area"))


def _is_own(user: User, interface: str) -> bool:
    return steward_of(user) is not None and answers_for(user, interface)


def _notices(users: Iterable[User], incident: Mapping[str, Any], event: AlarmEvent, now: dt.datetime) -> list[Alarm]:
    return [
        Alarm(
            user=user, interface=incident["interface"], incident=incident["id"], kind=incident["kind"], event=event,
            at=now,
        )
        for user in users
    ]  # fmt: skip
