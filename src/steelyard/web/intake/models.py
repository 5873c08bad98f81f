"""What people and machines hand in through the web; the worker lands it, this half has no right on the pool."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import User


class Stage(models.TextChoices):
    """How far a handing-in has come."""

    WAITING = "waiting", _("waiting to be landed")
    LANDED = "landed", _("landed")
    REFUSED = "refused", _("refused")


class HandedIn(models.Model):
    """What an upload and a push have in common."""

    interface = models.CharField(max_length=120, db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.WAITING)
    message = models.TextField(blank=True)
    """Why it was refused, in words for the sender."""
    delivery = models.UUIDField(null=True)
    receipts = models.JSONField(default=list)
    """One per dataset: received, admitted, unchanged, quarantined, superseded."""

    class Meta:
        abstract = True


class Upload(HandedIn):
    """A file that a steward put in for an interface; it lies in the inbox."""

    file_name = models.CharField(max_length=200)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    findings = models.JSONField(null=True)
    """What the evaluation after the landing said: new, changed, vanished, unchanged, not_evaluable."""

    class Meta:
        ordering = ("-pk",)


class Pause(models.Model):
    """An interface that is not asked for rows, from one act to the next."""

    interface = models.CharField(max_length=120)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interface"], condition=models.Q(ended__isnull=True), name="intake_paused_once"
            )
        ]


class OrderKind(models.TextChoices):
    """What the worker is asked to do with the pool."""

    FETCH = "fetch", _("fetch now")
    REPLAY = "replay", _("replay what was held back")
    CORRECT = "correct", _("correct a row and replay it")
    WITHDRAW = "withdraw", _("withdraw a delivery")


class OrderState(models.TextChoices):
    """How far an order has come."""

    ASKED = "asked", _("waits for a second steward")
    WAITING = "waiting", _("waits for the worker")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be done")
    DECLINED = "declined", _("declined")


class Order(models.Model):
    """One wish of a steward about the pool; the worker fulfils it, this half has no right on the pool."""

    kind = models.CharField(max_length=10, choices=OrderKind.choices)
    interface = models.CharField(max_length=120, db_index=True)
    delivery = models.UUIDField(null=True, db_index=True)
    reason = models.CharField(max_length=400, blank=True)
    sealed = models.TextField(blank=True)
    """The corrected row, encrypted: it may hold what identifies a person.  Emptied once it was used."""
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    second = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Who approved or declined it, where it takes two."""
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.WAITING)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    """Counts, and the delivery that was made."""
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            # One person may drop what he asked himself; nobody approves it himself.
            models.CheckConstraint(
                condition=~models.Q(kind="withdraw")
                | models.Q(state__in=["asked", "declined"])
                | (models.Q(second__isnull=False) & ~models.Q(second=models.F("by"))),
                name="intake_two_persons_withdraw",
            )
        ]


class AlarmEvent(models.TextChoices):
    """Why somebody is told of an incident."""

    OPENED = "opened", _("opened")
    ESCALATED = "escalated", _("escalated")
    CLOSED = "closed", _("closed")


class Alarm(models.Model):
    """A steward is told of an incident of an interface, once for each event.  Names no person and no value."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    interface = models.CharField(max_length=120)
    incident = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    event = models.CharField(max_length=10, choices=AlarmEvent.choices)
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "incident", "event"], name="intake_alarm_once")]


class ScoreCard(models.Model):
    """How one department delivered in one month, counted by the worker over everything."""

    department = models.CharField(max_length=60)
    month = models.DateField()
    """The first day of the month."""
    figures = models.JSONField()
    made_at = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "month"], name="intake_score_once")]
