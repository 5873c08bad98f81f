"""What stewards do about doubts of identity, why a subject's page was opened, and what people say of pairs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import User


class Outcome(models.TextChoices):
    """What was done."""

    NOTED = "noted", _("noted")
    SENT_BACK = "sent_back", _("sent back to the department")
    RESOLVED = "resolved", _("resolved")


class Handling(models.Model):
    """One act on one question of the engine's queue.  Rows are added; the newest says where the question stands."""

    question = models.BigIntegerField(db_index=True)
    """Number in ``engine.identity_question``."""
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    note = models.CharField(max_length=400)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    class Meta:
        ordering = ("-pk",)


class Opening(models.Model):
    """A page about somebody, opened by one person for a purpose and for a while."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    matter = models.CharField(max_length=60)
    """Key of the subject, or ``pair/`` and the number of a question."""
    reason = models.CharField(max_length=400, blank=True)
    case_no = models.CharField(max_length=40, blank=True)
    shown = ArrayField(models.CharField(max_length=80), default=list)
    """Nodes of the tie graph shown so far: only these may be expanded."""
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    until = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["user", "matter"])]


class Act(models.TextChoices):
    """What a reviewer does."""

    JUDGE = "judge", _("judges")
    SECOND = "second", _("signs as the second")
    UNDO = "undo", _("takes back")


class Verdict(models.TextChoices):
    """What a reviewer says of a pair."""

    SAME = "same", _("the same")
    DIFFERENT = "different", _("different")
    UNSURE = "unsure", _("unsure")


class State(models.TextChoices):
    """How far the worker has come with it."""

    WAITING = "waiting", _("waits for the worker")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be done")


class Saying(models.Model):
    """What somebody says of a pair; the worker carries it to the engine, on which this half has no right."""

    act = models.CharField(max_length=10, choices=Act.choices)
    item = models.BigIntegerField(db_index=True)
    """Number in ``engine.review_item``."""
    judgement = models.BigIntegerField(null=True, db_index=True)
    """Number in ``engine.judgement``: the one signed or taken back, or the one made."""
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    seen = models.JSONField(default=dict)
    """The evidence as it was shown, covered."""
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    """What changed: models that looked again, and what they found."""
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(state="waiting"), name="subjects_one_saying_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(act="second") | ~models.Q(reason=""), name="subjects_saying_has_a_reason"
            ),
        ]
