"""What the reporter does with the receipt, and what happens when he does nothing."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import clock, keyring
from steelyard.web.orgs.models import User
from steelyard.web.people import doors
from steelyard.web.people.actions.steps import move, text_of
from steelyard.web.people.models import Appeal, Message, Photo, Rating
from steelyard.web.powers.flow import flow

DRAFT_HOURS = 24


class SayWhatIsMissing(WebError):
    """Handling again without words repeats the first answer."""

    text = _("Say what is still missing, so that the next office knows where to begin.")


@transaction.atomic
def send_message(appeal: Appeal, text: str, *, once: str, by: User | None = None) -> None:
    """Add a message.  The same form sent twice makes one."""
    sealed = keyring.seal(text, place=f"people_message:text:{once}")
    try:
        with transaction.atomic():
            Message.objects.create(appeal=appeal, by=by, once=once, text=sealed, held_by=appeal.receiver)
    except IntegrityError:
        if not appeal.messages.filter(once=once).exists():
            raise


@transaction.atomic
def rate(appeal: Appeal, *, stars: int, solved: str, reason: str) -> Rating:
    """Rate the round once.  Few stars or "not solved" start the matter anew with a different body one level up.

    Raises WrongState where no rating is asked for, SayWhatIsMissing.
    """
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    rules = flow("appeal").data["rating"]
    satisfied = stars >= rules["satisfied_from"] and solved != "no"
    if not satisfied and not reason.strip():
        raise SayWhatIsMissing
    name = "rate_satisfied" if satisfied else "rate_dissatisfied"
    flow("appeal").take(name, appeal.state, {"reporter"})
    sealed = keyring.seal(reason, place=f"people_rating:{appeal.pk}:{appeal.round}") if reason else ""
    rating = Rating.objects.create(
        appeal=appeal, round=appeal.round, stars=stars, solved=solved, reason=sealed, rated_body=appeal.receiver
    )
    # Without the reason: this step is still read by the body that was rated.
    move(appeal, name, {"reporter"})
    if not satisfied:
        _handle_again(appeal, reason, limit=rules["rehandle_limit"])
    return rating


def _handle_again(appeal: Appeal, reason: str, *, limit: int) -> None:
    """Nobody can switch this off: the next body up gets the matter in the same transaction."""
    said = f"{text_of(appeal)}\n{reason}"
    receiver = doors.receiver_above(appeal.receiver, appeal.village, appeal.door, said)
    if appeal.receiver_id != receiver.body.pk:
        appeal.participants = [*appeal.participants, appeal.receiver_id]
    last = appeal.round >= limit
    appeal.round += 1
    appeal.receiver, appeal.recused = receiver.body, sorted({*appeal.recused, *receiver.recused})
    # The old case and alert stay with the round that they answered.
    appeal.case_no, appeal.alert_id = "", None
    move(appeal, "final" if last else "assign_again", {"system"})


def rating_reason(rating: Rating) -> str:
    place = f"people_rating:{rating.appeal_id}:{rating.round}"
    return keyring.unseal(rating.reason, place=place) if rating.reason else ""


def lapse_unrated() -> int:
    """Close what nobody rated in time.  It is never counted as satisfied.  A job's verb: sees every report."""
    late = Appeal.objects.filter(state="awaiting_rating", due__lt=clock.today())
    for appeal in late:
        with transaction.atomic():
            move(appeal, "lapse", {"system"})
    return len(late)


def sweep_drafts() -> int:
    """Delete pictures of reports that were never sent."""
    before = clock.now() - dt.timedelta(hours=DRAFT_HOURS)
    sent = Appeal.objects.filter(draft_digest=OuterRef("draft_digest"))
    return Photo.objects.filter(~Exists(sent), added__lt=before).delete()[0]
