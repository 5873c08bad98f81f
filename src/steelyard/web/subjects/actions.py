"""What a steward does about a question: the pool itself is changed only by a new delivery."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role
from steelyard.web.subjects import queries
from steelyard.web.subjects.models import Handling, Outcome


class NoSuchQuestion(WebError):
    text = _("There is no such question.")


@transaction.atomic
def deal_with(number: int, *, outcome: str, note: str, by: User) -> Handling:
    """Say what was done about a question.

    Raises NotAllowed without the steward's post, NoSuchQuestion, WebError without a note.
    """
    if not by.has_role(Role.STEWARD):
        raise NotAllowed
    if outcome not in Outcome.values or len(note.strip()) < 2:
        raise WebError(_("Say what was done, in a few words."))
    if queries.question(number) is None:
        raise NoSuchQuestion
    made = Handling.objects.create(question=number, outcome=outcome, note=note.strip()[:400], by=by)
    record.write(f"identity_question.{outcome}", by=by, subject=f"identity_question/{number}", note=note.strip()[:400])
    return made
