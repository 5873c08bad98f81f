"""Gaps in rules and systems that alerts led to, and what became of them."""

from typing import ClassVar

from django.db import models

from steelyard.web.orgs.models import Body, TenantRow, User, in_language
from steelyard.web.orgs.scope import TenantQuerySet
from steelyard.web.workbench.shelf import model_or_none


class Loophole(TenantRow):
    """One gap, from discovery to a measured remedy."""

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=30, default="detected")
    model_id = models.CharField(max_length=120, blank=True)
    case_no = models.CharField(max_length=40, blank=True)
    owner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    due = models.DateField(null=True)
    cause = models.CharField(max_length=40, blank=True)
    proposal_kind = models.CharField(max_length=40, blank=True)
    document = models.CharField(max_length=160, blank=True)
    """Rule or decision that closes the gap."""
    in_force_on = models.DateField(null=True)
    opened = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_no"], condition=~models.Q(case_no=""), name="governance_one_a_case")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def heading(self) -> str:
        """The title of its model in the reader's language; the stored title where the model is gone."""
        model = model_or_none(self.model_id)
        return in_language(model.title.zh, model.title.en) if model else self.title


class LoopholeStep(models.Model):
    """One change of state, with its text.  Rows are added, never changed."""

    loophole = models.ForeignKey(Loophole, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=30)
    state = models.CharField(max_length=30)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    text = models.TextField(blank=True)


class SuppliedRow(models.Model):
    """A row of our own records as the data pool last got it."""

    dataset = models.CharField(max_length=40)
    record = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "record"], name="governance_supplied_once")]


class SupplyMark(models.Model):
    """How far our own records have been handed to the pool."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    row = models.JSONField(null=True)
    """The newest row of a dataset, sent again on a day without news: silence would be taken for a broken feed."""
