"""Drafts of models: who writes them, each version of their texts, and what was done with it."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import End, Role

AUTHORS = (Role.ANALYST,)


def may_write(user: object) -> bool:
    """Analysts of the ends that supervise: texts of models are closed to everybody else."""
    return (
        isinstance(user, User)
        and user.has_role(*AUTHORS)
        and user.body is not None
        and user.body.end in (End.SUPERVISION, End.DISCIPLINE)
    )


class Does(models.TextChoices):
    """What is done with a version of a draft."""

    CHECK = "check", _("check")
    CASES = "cases", _("run the cases")
    PLAN = "plan", _("estimate the cost")
    TRY = "try", _("run on data")
    CASE = "case", _("make a case of a row")
    SUBMIT = "submit", _("submit")


ON_DATA = (Does.PLAN, Does.TRY, Does.CASE)
"""These look at the pool, and need a reason."""


class RunState(models.TextChoices):
    """How far it has come."""

    WAITING = "waiting", pgettext_lazy("draft run", "waits for the worker")
    DONE = "done", pgettext_lazy("draft run", "done")
    REFUSED = "refused", pgettext_lazy("draft run", "refused")


class DraftQuerySet(models.QuerySet["ModelDraft"]):
    def visible_to(self, user: object) -> Self:
        """An author's own drafts."""
        return self.filter(by=user) if isinstance(user, User) and may_write(user) else self.none()


class ModelDraft(models.Model):
    """One model somebody writes."""

    model_id = models.CharField(max_length=125)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [models.UniqueConstraint(fields=["by", "model_id"], name="workbench_one_draft_a_model")]

    @property
    def newest(self) -> "DraftText":
        return self.texts.order_by("-number")[0]


class DraftText(models.Model):
    """The three texts as they were saved once.  Rows are added."""

    draft = models.ForeignKey(ModelDraft, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    files = models.JSONField()
    """model.yaml, model.sql and cases.yaml."""
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="workbench_one_text_a_number")]


class DraftRun(models.Model):
    """Something done with one version of a draft, and what it came to.  Values in it are covered."""

    text = models.ForeignKey(DraftText, on_delete=models.PROTECT, related_name="runs")
    does = models.CharField(max_length=10, choices=Does.choices)
    asked: Any = models.JSONField(default=dict)
    """By deed: sample, area; the run and row a case is made of."""
    purpose = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    answer: Any = models.JSONField(default=dict)
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(does__in=ON_DATA) | ~models.Q(purpose=""), name="workbench_look_has_a_purpose"
            )
        ]
