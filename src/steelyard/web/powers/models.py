"""Village matters run step by step, and the gates they must pass."""

from typing import ClassVar

from django.db import models

from steelyard.web.orgs.models import Body, TenantRow, User
from steelyard.web.orgs.scope import TenantQuerySet


class AllowedStep(models.Model):
    """One change of state that a workflow file allows; an empty source stands for a new row."""

    flow = models.CharField(max_length=30)
    source = models.CharField(max_length=30, blank=True)
    target = models.CharField(max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "source", "target"], name="powers_allowed_once")]


class Matter(TenantRow):
    """The letting of one asset of one village.  The village's and the township's offices are participants."""

    number = models.CharField(max_length=40, unique=True)
    process = models.CharField(max_length=20, default="lease")
    process_version = models.CharField(max_length=20)
    asset_id = models.CharField(max_length=60)
    asset_title = models.CharField(max_length=120)
    contract_type = models.CharField(max_length=20, default="lease")
    party_name = models.CharField(max_length=120)
    party_number = models.CharField(max_length=300)
    """Resident number or credit code, sealed."""
    start_date = models.DateField()
    end_date = models.DateField()
    annual_rent = models.DecimalField(max_digits=18, decimal_places=2)
    deposit = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    linked_sum = models.DecimalField(max_digits=18, decimal_places=2)
    """Yearly rent together with the linked matters: what the tier is computed from."""
    tier = models.IntegerField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    objects: ClassVar[TenantQuerySet] = TenantQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(end_date__gt=models.F("start_date")), name="powers_lease_term"),
            models.CheckConstraint(condition=models.Q(annual_rent__gt=0), name="powers_lease_rent"),
        ]

    def __str__(self) -> str:
        return self.number


class MatterStep(models.Model):
    """One thing that one role did once.  Rows are added, never changed."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=30)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    day = models.DateField()
    eligible = models.IntegerField(null=True)
    attended = models.IntegerField(null=True)
    votes_for = models.IntegerField(null=True)
    document = models.CharField(max_length=80, blank=True)
    """Number of the minutes, of the contract text or of the notice."""
    note = models.CharField(max_length=400, blank=True)
    reference = models.CharField(max_length=60, unique=True)
    """The key under which the row goes to the data pool."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attended__isnull=True)
                | (models.Q(attended__lte=models.F("eligible")) & models.Q(votes_for__lte=models.F("attended"))),
                name="powers_votes_add_up",
            ),
            models.UniqueConstraint(fields=["matter", "step"], name="powers_step_once"),
        ]


class PlannedRent(models.Model):
    """What the lessee will owe on a day: made from the contract."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="plan")
    due_date = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "due_date"], name="powers_rent_once")]


class Payment(models.Model):
    """Money that the payment gate let pass."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    payee = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    reference = models.CharField(max_length=60, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="powers_payment_positive")]


class GateEvent(models.Model):
    """An action that a gate refused: who asked for what, and what was missing."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="refusals")
    gate = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    missing = models.JSONField()
    """Names of the conditions that did not hold, in the order of the process file."""
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))


class PowersEvent(models.Model):
    """A row for the data pool, written in the transaction of the act and handed over by a job."""

    dataset = models.CharField(max_length=40)
    row = models.JSONField()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="events")
    created = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    handed_over = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["handed_over", "id"])]
