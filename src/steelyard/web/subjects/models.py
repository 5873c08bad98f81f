"""What a steward did about a question of identity.  Rows are added; the newest says where the question stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import User


class Outcome(models.TextChoices):
    """What was done."""

    NOTED = "noted", _("noted")
    SENT_BACK = "sent_back", _("sent back to the department")
    RESOLVED = "resolved", _("resolved")


class Handling(models.Model):
    """One act on one question of the engine's queue."""

    question = models.BigIntegerField(db_index=True)
    """Number in ``engine.identity_question``."""
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    note = models.CharField(max_length=400)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    class Meta:
        ordering = ("-pk",)
