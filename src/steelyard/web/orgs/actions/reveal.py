"""Open a masked value: for a purpose, with a reason, for a while, and on the record."""

import datetime as dt

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


class QuotaSpent(NotAllowed):
    text = _("You have opened as many names today as one person may.")


@transaction.atomic
def reveal(user: User, subject_key: str, *, purpose: str, reason: str, case_no: str = "") -> Reveal:
    """Open one person's name for this user for twenty minutes.

    Raises NotAllowed without a role that works on cases, a purpose, a reason and, for case work, a case.
    """
    if not user.has_role(*MAY_REVEAL) or purpose not in PURPOSES:
        raise NotAllowed
    if len(reason.strip()) < 4 or (purpose != "data_quality" and not case_no):
        raise NotAllowed(_("Say why you need the name, and for which case."))
    today = clock.now() - dt.timedelta(hours=24)
    if Reveal.objects.filter(user=user, at__gt=today).count() >= DAILY_QUOTA:
        raise QuotaSpent
    opened = Reveal.objects.create(
        user=user, subject_key=subject_key, purpose=purpose, reason=reason.strip()[:400],
        case_no=case_no, until=clock.now() + OPEN_FOR,
    )  # fmt: skip
    record.write("person.revealed", by=user, subject=subject_key, purpose=purpose, case_no=case_no, reason=reason[:400])
    return opened
