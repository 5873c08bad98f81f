"""What reviewers say of pairs: written down here, carried to the engine by the worker."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.subjects import reviews
from steelyard.web.subjects.access import JUDGES
from steelyard.web.subjects.models import Act, Saying, State, Verdict
from steelyard.web.subjects.reviews import Item

CARRY = "subjects.carry"
"""The job that does what was said, asked by name: it calls these verbs."""


class NoSuchPair(WebError):
    text = _("There is no such pair, or it is not yours to judge.")


class ReasonNeeded(WebError):
    text = _("Say why, in a few words; the reason stays with the judgement.")


class AlreadySaid(WebError):
    text = _("Somebody has said it already. Load the page again.")


class AnotherPersonNeeded(NotAllowed):
    text = _("Another person must sign what you judged.")


@transaction.atomic
def judge(number: int, *, verdict: str, reason: str, seen: Mapping[str, Any], by: User) -> Saying:
    """Say of an open pair that it is the same, different or unsure.

    Raises NotAllowed without the post, NoSuchPair, ReasonNeeded, AlreadySaid.
    """
    found = _item(number, by)
    if verdict not in Verdict.values or len(reason.strip()) < 2:
        raise ReasonNeeded
    if found.state != reviews.OPEN:
        raise AlreadySaid
    return _say(found, Act.JUDGE, by, verdict=verdict, reason=reason, seen=dict(seen))


@transaction.atomic
def sign(number: int, *, by: User) -> Saying:
    """Agree as the second person.  Raises NotAllowed, NoSuchPair, AlreadySaid, AnotherPersonNeeded."""
    found = _item(number, by)
    if not found.waits_for_second:
        raise AlreadySaid
    if is_first(found, by):
        raise AnotherPersonNeeded
    return _say(found, Act.SECOND, by, judgement=found.judgement, verdict=found.verdict or "")


@transaction.atomic
def take_back(number: int, *, reason: str, by: User) -> Saying:
    """Take the judgement in force back.  Raises NotAllowed, NoSuchPair, ReasonNeeded, AlreadySaid."""
    found = _item(number, by)
    if len(reason.strip()) < 2:
        raise ReasonNeeded
    if found.judgement is None:
        raise AlreadySaid
    return _say(found, Act.UNDO, by, judgement=found.judgement, verdict=found.verdict or "", reason=reason)


def is_first(found: Item, user: User) -> bool:
    """Whether the user is the person who judged, under this account or another."""
    if found.said_by == user.username:
        return True
    first = User.objects.filter(username=found.said_by).first()
    return bool(first and first.subject_key and first.subject_key == user.subject_key)


def finish(said: Saying, state: State, *, message: str = "", result: Mapping[str, Any] | None = None) -> None:
    """Keep what became of it; the worker's verb."""
    said.state, said.message, said.result, said.finished = state, message, dict(result or {}), clock.now()
    said.save(update_fields=["state", "message", "result", "finished", "judgement"])
    record.write(f"identity_pair.{state}", by=None, subject=f"pair/{said.item}", act=said.act, saying=said.pk)


def _item(number: int, by: User) -> Item:
    if not by.has_role(*JUDGES):
        raise NotAllowed
    found = reviews.item(by, number)
    if found is None:
        raise NoSuchPair
    return found


def _say(found: Item, act: Act, by: User, **more: Any) -> Saying:
    reason = str(more.pop("reason", "")).strip()[:400]
    try:
        # In a savepoint: the refused row would otherwise take the caller's transaction with it.
        with transaction.atomic():
            made = Saying.objects.create(act=act, item=found.id, by=by, reason=reason, at=clock.now(), **more)
    except IntegrityError as error:
        raise AlreadySaid from error
    record.write(f"identity_pair.{act}", by=by, subject=f"pair/{found.id}", verdict=made.verdict, reason=reason)
    # The lock of everything that lets models look: two runs of one model must not meet.
    app.configure_task(CARRY, queue="models", lock="models", allow_unknown=True).defer(saying_id=made.pk)
    return made
