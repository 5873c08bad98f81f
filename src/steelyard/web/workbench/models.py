"""What people ask of a model, and what others say to it; the worker carries it to the engine."""

from typing import Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Left, Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role
from steelyard.web.workbench.drafts.models import DraftRun, DraftText, ModelDraft  # noqa: F401 - Django finds tables here

OWNERS = (Role.ANALYST,)
"""Who asks: those who keep models."""
APPROVERS = (Role.SUPERVISOR, Role.SECOND_REVIEWER, Role.ANALYST)
"""Who may agree to what somebody else asks."""


class Kind(models.TextChoices):
    """What is asked."""

    RELEASE = "release", _("a phase")
    VALUE = "value", _("a local limit")
    END = "end", _("the end of a local limit")
    SWEEP = "sweep", _("a sweep campaign")


class State(models.TextChoices):
    """How far it has come."""

    LOOKING = "looking", _("being worked out")
    SHOWN = "shown", _("worked out, not submitted yet")
    OPEN = "open", pgettext_lazy("motion", "waits for others to agree")
    DONE = "done", _("decided")
    REFUSED = "refused", _("refused")
    DROPPED = "dropped", _("dropped")
    FAILED = "failed", _("could not be done")


UNDER_WAY = (State.LOOKING, State.SHOWN, State.OPEN)


class Says(models.TextChoices):
    """What somebody says to a motion."""

    SUBMIT = "submit", _("submits")
    AGREE = "agree", _("agrees")
    REFUSE = "refuse", _("refuses")
    DROP = "drop", _("drops")


class MotionQuerySet(models.QuerySet["Motion"]):
    def visible_to(self, user: object) -> Self:
        """Motions about areas in the user's scope, or around it, for those who ask and agree."""
        if not isinstance(user, User) or not user.has_role(*APPROVERS) or user.scope.level is None:
            return self.none()
        own = user.scope.area
        inside = Q(area__startswith=own)
        return self.annotate(beginning=Left(Value(own), Length(F("area")))).filter(inside | Q(beginning=F("area")))


class Motion(models.Model):
    """Something asked about one model in one area.  Who asked and what never changes; only the worker moves it on."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    model_id = models.CharField(max_length=120, db_index=True)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    area = models.CharField(max_length=12, blank=True)
    """Leading digits of the area's code; empty is everywhere."""
    asked = models.JSONField(default=dict)
    """By kind: phase, since, until, declarations; values; the local value that ends; the campaign and its answer."""
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Empty: the machine asks, because something drifts."""
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKING)
    effect = models.JSONField(default=dict)
    """What the worker found before anybody agreed: gates with their figures, or what a limit would change."""
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    finished = models.DateTimeField(null=True)

    objects = MotionQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="workbench_motion_has_a_reason")]

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


class Word(models.Model):
    """What one person says to a motion, once.  Rows are added."""

    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="words")
    says = models.CharField(max_length=10, choices=Says.choices)
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["motion", "by", "says"], name="workbench_one_word_each"),
            models.CheckConstraint(condition=~Q(says="refuse") | ~Q(note=""), name="workbench_refusal_has_a_reason"),
        ]


class HeldVerb(models.TextChoices):
    """What is decided of something that a run did not do unasked."""

    RELEASE = "release", pgettext_lazy("held", "let it go")
    DISCARD = "discard", pgettext_lazy("held", "discard it")


class HeldDecision(models.Model):
    """What one analyst decides of a held batch.  Rows are added; only the worker writes what became of them."""

    batch = models.BigIntegerField(db_index=True)
    """Number in ``engine.held_batch``."""
    verb = models.CharField(max_length=10, choices=HeldVerb.choices)
    area = models.CharField(max_length=12, blank=True)
    """Leading digits of the areas whose findings go; empty is all."""
    grades = models.JSONField(default=list)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    finished = models.DateTimeField(null=True)
    message = models.CharField(max_length=400, blank=True)
    """Why it could not be done, or that a second person is needed."""

    class Meta:
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="workbench_held_has_a_reason")]


class BacktestState(models.TextChoices):
    """How far a back-test has come."""

    WAITING = "waiting", pgettext_lazy("back-test", "waits for the worker")
    DONE = "done", pgettext_lazy("back-test", "done")
    FAILED = "failed", pgettext_lazy("back-test", "could not be done")


class BacktestQuerySet(models.QuerySet["BacktestRun"]):
    def visible_to(self, user: object) -> Self:
        """For those who ask and agree what becomes of models."""
        allowed = isinstance(user, User) and user.has_role(*APPROVERS) and user.scope.level is not None
        return self if allowed else self.none()


class BacktestRun(models.Model):
    """A back-test somebody asked for on a model's page.  Only the worker moves it on; the report lies in the engine."""

    model_id = models.CharField(max_length=120, db_index=True)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    against_sha = models.CharField(max_length=64)
    """Text it is set against; its own where nothing else was kept here."""
    first = models.DateField()
    last = models.DateField()
    step = models.CharField(max_length=5)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    state = models.CharField(max_length=10, choices=BacktestState.choices, default=BacktestState.WAITING)
    done = models.PositiveIntegerField(default=0)
    """Days looked at."""
    days = models.PositiveIntegerField()
    report = models.BigIntegerField(null=True)
    """Number in ``engine.model_report``."""
    message = models.CharField(max_length=400, blank=True)
    finished = models.DateTimeField(null=True)

    objects = BacktestQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="workbench_backtest_begins_before_it_ends")
        ]
