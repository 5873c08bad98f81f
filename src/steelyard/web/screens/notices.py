"""Notices as the first page shows them: what kind, how many, and a way to where it waits."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.web.cases import queries as cases
from steelyard.web.cases.models import Notice
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


@dataclass(frozen=True)
class Shown:
    """One unread notice."""

    pk: UUID
    text: str | Promise
    about: str
    notice: Notice


def unread(viewer: User, most: int = 8) -> list[Shown]:
    """The newest first.  A notice names no person and no sum."""
    return [
        Shown(one.pk, WORDS.get(one.kind, _("Something has changed")), one.case_no, one)
        for one in cases.notices(viewer, limit=most)
    ]


@transaction.atomic
def follow(viewer: User, pk: UUID) -> str:
    """The page behind one of the viewer's own notices, which is read from now on; empty for others' notices."""
    found = Notice.objects.filter(user=viewer, pk=pk).first()
    if found is None:
        return ""
    if found.read_at is None:
        Notice.objects.filter(user=viewer, pk=pk).update(read_at=clock.now())
    if found.sheet_id:
        return address("question_sheet", found.sheet_id)
    return address("case_detail", found.case_no) if found.case_no else ""
