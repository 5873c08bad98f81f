"""Notices as the first page shows them: what kind, how many, and a way to where it waits."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.web.cases import queries as cases
from steelyard.web.cases.models import Notice
from steelyard.web.intake import queries as intake
from steelyard.web.intake.conditions import BY_CODE
from steelyard.web.intake.models import Alarm, AlarmEvent
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.screens.waiting import address

WORDS: dict[str, str | Promise] = {
    "your_turn": _("A case waits for your step"),
    "question": _("You have been asked questions"),
    "reminded": _("You have been reminded of a case"),
    "due_soon": _("A case is soon due"),
    "overdue": _("A case has passed its day"),
    "supervised": _("A late case is now under supervision"),
    "listed": _("A late case is on the list of the level above"),
    "grade_rose": _("The grade of a case has risen"),
    "gap": _("A case has nobody who can take it"),
}


EVENTS: dict[str, str | Promise] = {
    AlarmEvent.OPENED: _("An interface needs you: %(condition)s"),
    AlarmEvent.ESCALATED: _("An interface has needed somebody for days: %(condition)s"),
    AlarmEvent.CLOSED: _("Over: an interface was %(condition)s"),
}


@dataclass(frozen=True)
class Shown:
    """One unread notice."""

    pk: UUID
    text: str | Promise
    about: str
    at: dt.datetime | None


def unread(viewer: User, most: int = 8) -> list[Shown]:
    """The newest first.  A notice names no person and no sum."""
    found = [
        Shown(one.pk, WORDS.get(one.kind, _("Something has changed")), one.case_no, one.at)
        for one in cases.notices(viewer, limit=most)
    ]
    found += [
        Shown(one.pk, _alarm(one), intake.interface_title(one.interface), one.at)
        for one in intake.alarms(viewer, limit=most)
    ]
    return sorted(found, key=lambda one: one.at or clock.now(), reverse=True)[:most]


def _alarm(alarm: Alarm) -> str:
    words = {"condition": BY_CODE[alarm.kind].word if alarm.kind in BY_CODE else alarm.kind}
    return str(EVENTS[alarm.event]) % words


@transaction.atomic
def follow(viewer: User, pk: UUID) -> str:
    """The page behind one of the viewer's own notices, which is read from now on; empty for others' notices."""
    found = Notice.objects.filter(user=viewer, pk=pk).first()
    if found is None:
        return _follow_alarm(viewer, pk)
    if found.read_at is None:
        Notice.objects.filter(user=viewer, pk=pk).update(read_at=clock.now())
    if found.sheet_id:
        return address("question_sheet", found.sheet_id)
    return address("case_detail", found.case_no) if found.case_no else ""


def _follow_alarm(viewer: User, pk: UUID) -> str:
    alarm = Alarm.objects.filter(user=viewer, pk=pk).first()
    if alarm is None:
        return ""
    if alarm.read_at is None:
        Alarm.objects.filter(user=viewer, pk=pk).update(read_at=clock.now())
    return address("interface_detail", alarm.interface)
