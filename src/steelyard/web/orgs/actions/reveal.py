"""Open a masked value: for a purpose, with a reason, for a while, and on the record."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Reveal, User
from steelyard.web.orgs.words import Role

PURPOSES = {
    "disposal": _("Handling a case"),
    "review": _("Reviewing a case"),
    "inspection": _("Follow-up inspection"),
    "data_quality": _("Correcting data"),
}
OPEN_FOR = dt.timedelta(minutes=20)
DAILY_QUOTA = 20
MAY_REVEAL = (Role.HANDLER, Role.REVIEWER, Role.SECOND_REVIEWER, Role.INSPECTOR, Role.STEWARD)


MayOpen = Callable[[User, str, str], bool]
_may_open: list[MayOpen] = []


def register(may_open: MayOpen) -> None:
    """Let a room above say whether a user's open case of a number is about a subject."""
    if may_open not in _may_open:
        _may_open.append(may_open)


def is_own_case(user: User, subject_key: str, case_no: str) -> bool:
    """Whether the number is that of an open case of the user's about the subject."""
    return any(may(user, subject_key, case_no) for may in _may_open)


def purposes_of(user: User) -> dict[str, str]:
    """Purposes for which this user may open names: correcting data is the steward's, and his alone."""
    return {
        code: str(text) for code, text in PURPOSES.items() if (code == "data_quality") == user.has_role(Role.STEWARD)
    }


class QuotaSpent(NotAllowed):
    text = _("You have opened as many names today as one person may.")


@transaction.atomic
def reveal(user: User, subject_key: str, *, purpose: str, reason: str, case_no: str = "") -> Reveal:
    """Open one person's name for this user for twenty minutes.

    Raises NotAllowed without a role that works on cases, a purpose, a reason and, for case work, an open case that
    the user sees and that is about this person.
    """
    if not user.has_role(*MAY_REVEAL) or purpose not in purposes_of(user):
        raise NotAllowed
    if len(reason.strip()) < 4 or (purpose != "data_quality" and not case_no):
        raise NotAllowed(_("Say why you need the name, and for which case."))
    if purpose != "data_quality" and not is_own_case(user, subject_key, case_no):
        raise NotAllowed(_("This is no open case of yours about this person."))
    # Two requests at once must not both count the same names.
    User.objects.select_for_update().get(pk=user.pk)
    today = clock.now() - dt.timedelta(hours=24)
    if Reveal.objects.filter(user=user, at__gt=today).count() >= DAILY_QUOTA:
        raise QuotaSpent
    opened = Reveal.objects.create(
        user=user, subject_key=subject_key, purpose=purpose, reason=reason.strip()[:400],
        case_no=case_no, until=clock.now() + OPEN_FOR,
    )  # fmt: skip
    record.write("person.revealed", by=user, subject=subject_key, purpose=purpose, case_no=case_no, reason=reason[:400])
    return opened
