"""What a model saw, kept for good: grade, story, frozen evidence, and later a verdict."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steelyard.web.alerts.titles import titles
from steelyard.web.orgs.models import TenantRow, User
from steelyard.web.orgs.scope import NO_SCOPE, TenantQuerySet

GRADES = ("red", "yellow", "blue")
"""From the gravest; what a grade is called is data, how it behaves hangs on these classes."""


def graver(one: str, other: str) -> str:
    """The graver of two grades."""
    return min(one, other, key=GRADES.index)


class AlertState(models.TextChoices):
    """Where an alert is; never how grave it is or what was found out."""

    SHADOW = "shadow", _("shadow")
    HELD = "held", _("held back")
    OPEN = "open", pgettext_lazy("alert", "open")
    IN_CASE = "in_case", _("in a case")
    DECIDED = "decided", _("decided")
    SNOOZED = "snoozed", _("snoozed")
    DISCARDED = "discarded", _("discarded")


class Verdict(models.TextChoices):
    """What people found out; a limit lies on the case, a verdict on the alert."""

    TRUE_VIOLATION = "true_violation", _("true: violation")
    TRUE_IRREGULARITY = "true_irregularity", _("true: irregularity")
    PARTLY_TRUE = "partly_true", _("partly true")
    FALSE_DATA = "false_data", _("false: data wrong")
    FALSE_LOGIC = "false_logic", _("false: model wrong")
    LEGITIMATE = "legitimate", _("lawful conduct")
    UNVERIFIABLE = "unverifiable", _("cannot be verified")
    DUPLICATE = "duplicate", _("duplicate")


TRUE_VERDICTS = (Verdict.TRUE_VIOLATION, Verdict.TRUE_IRREGULARITY, Verdict.PARTLY_TRUE)
NOT_SHOWN = (AlertState.SHADOW, AlertState.HELD, AlertState.DISCARDED)
"""Not yet, or never, the business of those who handle."""


LIMIT, ON_PROBATION = "limit", "probation"
"""Why an alert is held back: a run raised too many, or its model is on probation and the dispatcher looks first."""


class CaseworkQuerySet(TenantQuerySet):
    """Rows of the case zone: a part taken by one's body counts only for people who work on cases.

    Otherwise an auditor or a data steward would see what the office next door handles.
    """

    def visible_to(self, user: object) -> Self:
        if getattr(user, "scope", NO_SCOPE).level is None:
            return self.none()
        return super().visible_to(user)  # type: ignore[return-value]


class AlertQuerySet(CaseworkQuerySet):
    """Reads of alerts."""

    def visible_to(self, user: object) -> Self:
        """Alerts of the user's scope that were released; held and shadow ones are for those who keep models."""
        seen = super().visible_to(user)
        if isinstance(user, User) and user.has_role("analyst"):
            return seen
        if isinstance(user, User) and user.has_role("dispatcher"):
            return seen.exclude(Q(state__in=NOT_SHOWN) & ~Q(state=AlertState.HELD, held_for=ON_PROBATION))
        return seen.exclude(state__in=NOT_SHOWN)


class Alert(TenantRow):
    """The lasting record of one matter seen by one model; it has no assignee and no deadline."""

    fingerprint = models.CharField(max_length=64)
    episode = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="later")
    """The alert of the same matter that was closed long ago."""
    source = models.CharField(max_length=10, default="model")

    model_id = models.CharField(max_length=120)
    model_version = models.CharField(max_length=20)
    param_hash = models.CharField(max_length=64)
    domain = models.CharField(max_length=60)
    finding_seq = models.BigIntegerField()
    pool_version = models.BigIntegerField()
    as_of = models.DateField()

    grade = models.CharField(max_length=10)
    grade_model = models.CharField(max_length=10)
    """What the model said; ``grade`` is lower where identities are not sure enough for it."""
    grade_reason = models.JSONField(default=dict)
    """Why the grade was capped, {zh, en}; empty where it was not."""
    identity_tier = models.CharField(max_length=10, blank=True)

    title_zh = models.CharField(max_length=500)
    title_en = models.CharField(max_length=500)
    key = models.JSONField(default=dict)
    payload = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    evidence_hash = models.CharField(max_length=64)
    subjects = models.JSONField(default=dict)
    subject_keys = ArrayField(models.CharField(max_length=40), default=list)
    amount_involved = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    amount_kind = models.CharField(max_length=12, default="involved")

    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.OPEN)
    held_for = models.CharField(max_length=12, blank=True)
    """Why it is or was held back."""
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True)
    root_cause = models.CharField(max_length=400, blank=True)
    data_gone = models.BooleanField(default=False)
    """The finding vanished because data changed; people decide what that means."""
    raised_at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    decided_at = models.DateTimeField(null=True)
    snoozed_until = models.DateField(null=True)
    case_no = models.CharField(max_length=40, blank=True, db_index=True)
    """Number of the case that works on it, written by that room."""

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fingerprint", "episode"], name="alerts_once")]
        indexes = [
            models.Index(fields=["province", "-raised_at"]),
            models.Index(fields=["city", "-raised_at"]),
            models.Index(fields=["county", "-raised_at"]),
            models.Index(fields=["town", "-raised_at"]),
            models.Index(fields=["model_id", "-raised_at"]),
            models.Index(fields=["fingerprint"]),
        ]

    def title(self, viewer: User | None) -> str:
        """The story in one sentence, in the reader's language, persons masked as the viewer's rights say."""
        return titles(viewer, [self])[self.pk]

    @property
    def rests_on_withdrawn(self) -> bool:
        """Whether a delivery that its evidence names was withdrawn while it stood."""
        return self.revisions.filter(kind=WITHDRAWN, episode=self.episode).exists()

    @property
    def is_true(self) -> bool:
        return self.verdict in TRUE_VERDICTS


WITHDRAWN = "withdrawn"
"""Kind of the revision that says: data withdrawn."""


class Revision(models.Model):
    """What an alert rested on at one time: one row a change, never altered."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="revisions")
    no = models.PositiveIntegerField()
    episode = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    kind = models.CharField(max_length=20)
    """raised, changed, again, gone, withdrawn, moved, joined."""
    delivery = models.UUIDField(null=True)
    """The delivery that was withdrawn, where that is what happened."""
    note = models.CharField(max_length=400, blank=True)
    """Why it was."""
    grade = models.CharField(max_length=10)
    payload = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    finding_seq = models.BigIntegerField()
    pool_version = models.BigIntegerField()
    as_of = models.DateField()
    model_version = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "no"], name="alerts_revision_once")]


class PullMark(models.Model):
    """How far the findings have been taken over; written with the alerts they became."""

    name = models.CharField(max_length=20, primary_key=True)
    last_seq = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))


class SavedView(models.Model):
    """A filter of the list that one person keeps under a name."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="alerts_view_once")]


class ModelNote(models.Model):
    """\"This model needs tuning\": what a handler tells the model's owner about one alert."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="notes")
    model_id = models.CharField(max_length=120, db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    text = models.CharField(max_length=1000)


class Replay(models.Model):
    """One time that an alert's finding was computed again as it was seen then."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="replays")
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    asked_at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    done_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, blank=True)
    """As ``detect.Replay`` has it; ``failed`` where the job broke; empty while it waits."""
    said = models.JSONField(default=dict)
    """The outcome in words, {zh, en}."""
    differs = models.JSONField(default=list)
    """Where it differs: columns of the finding and sections of its evidence, without their values."""
