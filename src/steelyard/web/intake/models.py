"""What people and machines hand in through the web; the worker lands it, this half has no right on the pool."""

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
