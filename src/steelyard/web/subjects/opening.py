"""A page about somebody opens for a purpose, for a while, and on the record."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.actions import is_own_case
from steelyard.web.orgs.models import User
from steelyard.web.subjects.models import Opening

OPEN_FOR = dt.timedelta(minutes=30)
DAILY_QUOTA = 60
MOST_SHOWN = 600


class PurposeNeeded(WebError):
    text = _("Say what you need it for, in a few words, or give the number of your case.")


class NotYourCase(NotAllowed):
    text = _("This is no open case of yours about this subject.")


class QuotaSpent(NotAllowed):
    text = _("You have opened as many pages about people today as one person may.")


@transaction.atomic
def open_for(
    user: User, matter: str, *, reason: str, case_no: str = "", keys: Collection[str] = ()
) -> Opening:  # fmt: skip
    """Open a page.  ``keys``: the subjects it is about.  Raises PurposeNeeded, NotYourCase, QuotaSpent."""
    reason, case_no = reason.strip()[:400], case_no.strip()
    if len(reason) < 4 and not case_no:
        raise PurposeNeeded
    if case_no and not any(is_own_case(user, key, case_no) for key in keys):
        raise NotYourCase
    # Two requests at once must not both count the same pages.
    User.objects.select_for_update().get(pk=user.pk)
    since = clock.now() - dt.timedelta(hours=24)
    if Opening.objects.filter(user=user, at__gt=since).count() >= DAILY_QUOTA:
        raise QuotaSpent
    made = Opening.objects.create(
        user=user, matter=matter, reason=reason, case_no=case_no, at=clock.now(), until=clock.now() + OPEN_FOR
    )
    record.write(
        "subject.opened", by=user, subject=matter, purpose="case" if case_no else "stated", case_no=case_no,
        reason=reason,
    )  # fmt: skip
    return made


def in_force(user: User, matter: str) -> Opening | None:
    """The user's opening of a page that has not run out."""
    return Opening.objects.filter(user=user, matter=matter, until__gt=clock.now()).first()


def note_look(opening: Opening, action: str, **details: object) -> None:
    """Keep that the page was looked at under an opening."""
    record.write(
        action, by=opening.user, subject=opening.matter, purpose="case" if opening.case_no else "stated",
        case_no=opening.case_no, reason=opening.reason, **details,
    )  # fmt: skip


def note_shown(opening: Opening, nodes: Collection[str]) -> None:
    """Remember nodes of the tie graph that were shown, so that they may be expanded."""
    fresh = [node for node in nodes if node not in opening.shown]
    if fresh:
        opening.shown = [*opening.shown, *fresh][:MOST_SHOWN]
        opening.save(update_fields=["shown"])


def record_pair(user: User, item: int, opened: Opening | None) -> None:
    """Keep that a pair was looked at; without an opening nothing but what differs was uncovered."""
    if opened:
        note_look(opened, "identity_pair.read")
    else:
        record.write("identity_pair.read", by=user, subject=f"pair/{item}")
