"""The work on alerts: who must do what by when, with its log, questions, verdicts, money and files."""

import uuid
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from steelyard.web.alerts.models import Alert, CaseworkQuerySet, Verdict
from steelyard.web.orgs.models import Body, TenantRow, User


def app_now() -> models.Func:
    return models.Func(function="public.app_now")


class WorkflowRelease(models.Model):
    """A workflow file as released: what a case was opened under stays in force for it."""

    key = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    initial = models.CharField(max_length=40)
    final = ArrayField(models.CharField(max_length=40))
    grades = ArrayField(models.CharField(max_length=10))
    released_at = models.DateTimeField(db_default=app_now())
    current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(current=True), name="cases_one_current_workflow")
        ]


class Flow(models.Model):
    """One allowed move of a released workflow, for the trigger that guards the cases."""

    workflow = models.ForeignKey(WorkflowRelease, on_delete=models.PROTECT, related_name="flows")
    name = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    actors = ArrayField(models.CharField(max_length=40))
    sets = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        db_table = "cases_flow"
        constraints = [models.UniqueConstraint(fields=["workflow", "name", "from_state"], name="cases_flow_once")]


class CaseQuerySet(CaseworkQuerySet):
    """Reads of cases."""

    def open(self) -> "CaseQuerySet":
        return self.filter(closed_at__isnull=True)


class Case(TenantRow):
    """A piece of work on one or more alerts.  Never a verdict of its own; it shows those of its alerts."""

    workflow = models.ForeignKey(WorkflowRelease, on_delete=models.PROTECT, related_name="cases")
    no = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=0)
    """Number of the last step; two people cannot take the same one."""
    episode = models.PositiveSmallIntegerField(default=1)
    grade = models.CharField(max_length=10)
    domain = models.CharField(max_length=60)
    model_id = models.CharField(max_length=120)
    group_key = models.CharField(max_length=200)
    """What further alerts must share to be worked on here."""
    subject_keys = ArrayField(models.CharField(max_length=40), default=list)

    end = models.CharField(max_length=12, blank=True)
    route_rule = models.CharField(max_length=60, blank=True)
    staffing_gap = models.BooleanField(default=False)
    """Nobody in the responsible body can act; the dispatcher must find somebody."""
    assignee_body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="cases_held")
    assignee = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="cases_held")
    reviewer_body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="cases_reviewed")
    second_body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="cases_endorsed")
    copies = ArrayField(models.BigIntegerField(), default=list)
    excluded = ArrayField(models.BigIntegerField(), default=list)
    """Users who handled an earlier episode and may not handle this one."""

    opened_at = models.DateTimeField(db_default=app_now())
    entered_at = models.DateTimeField(db_default=app_now())
    due = models.DateTimeField(null=True)
    mark = models.CharField(max_length=12, blank=True)
    """overdue, supervised or listed; lateness never changes the state."""
    paused_left = models.DurationField(null=True)
    """What was left of the limit when the clock stopped."""
    closed_at = models.DateTimeField(null=True)
    inspection_due = models.DateField(null=True)
    cleared_by_data = models.BooleanField(default=False)
    explanation_absent = models.BooleanField(default=False)
    deferral = models.CharField(max_length=1000, blank=True)
    tip_off_risk = models.BooleanField(default=False)
    plan_until = models.DateField(null=True)
    plan = models.CharField(max_length=1000, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    reopen_cause = models.CharField(max_length=40, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["province", "-opened_at"]),
            models.Index(fields=["city", "-opened_at"]),
            models.Index(fields=["county", "-opened_at"]),
            models.Index(fields=["town", "-opened_at"]),
            models.Index(fields=["group_key"]),
            models.Index(fields=["due"], condition=models.Q(closed_at__isnull=True), name="cases_due_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["group_key"], condition=models.Q(closed_at__isnull=True), name="cases_one_open_group"
            )
        ]

    def __str__(self) -> str:
        return self.no

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CaseAlert(models.Model):
    """An alert worked on in a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="links")
    attached_at = models.DateTimeField(db_default=app_now())
    detached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alert"], condition=models.Q(detached_at__isnull=True), name="cases_alert_in_one_case"
            )
        ]


class Step(models.Model):
    """One row of the case log: who did what in which part.  Never altered."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    no = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=app_now())
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    actor = models.CharField(max_length=40)
    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT)
    move = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    episode = models.PositiveSmallIntegerField()
    payload = models.JSONField(default=dict)
    payload_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["no"]
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="cases_step_once")]


class QuestionSheet(models.Model):
    """What the unit or person concerned sees: questions, released rows, a deadline; nothing else of the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sheets")
    addressee_body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="sheets")
    addressee = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="sheets")
    title = models.JSONField(default=dict)
    area_code = models.CharField(max_length=12)
    questions = models.JSONField(default=list)
    released = models.JSONField(default=list)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=app_now())
    due = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    """When the answer, or its absence, reached the case."""
    recused = ArrayField(models.BigIntegerField(), default=list)
    """Users of the addressed body who must not read it there."""

    class Meta:
        indexes = [models.Index(fields=["addressee_body"]), models.Index(fields=["addressee"])]


class Explanation(models.Model):
    """The answer on a question sheet."""

    sheet = models.ForeignKey(QuestionSheet, on_delete=models.PROTECT, related_name="explanations")
    text = models.TextField(max_length=8000)
    no_files_because = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=app_now())


class AlertVerdict(models.Model):
    """A verdict as somebody proposed or set it; the last one of the deciding stage counts."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verdicts")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="verdicts")
    step_no = models.PositiveIntegerField()
    actor = models.CharField(max_length=40)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=app_now())
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    root_cause = models.CharField(max_length=400, blank=True)


class ReviewAnswer(models.Model):
    """One of the four questions, answered as intended (at the verdict) or as done (at the remedy)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    step_no = models.PositiveIntegerField()
    stage = models.CharField(max_length=10, choices=[("intended", _("intended")), ("done", _("done"))])
    question = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=20)
    text = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=app_now())


class MeasureKind(models.TextChoices):
    """What a true verdict leads to."""

    RECTIFY = "rectify", _("put right")
    RECOVER = "recover", _("recover money")
    PENALTY = "penalty", _("penalty")
    TALK = "talk", _("reminder talk")
    PARTY = "party_discipline", _("Party discipline")
    ADMINISTRATIVE = "administrative_discipline", _("administrative discipline")
    CLUE = "transfer_clue", _("transfer of a clue")
    BLACKLIST = "blacklist", _("blacklist")
    REVISE_RULE = "revise_rule", _("revise a rule")
    CAMPAIGN = "campaign", _("special governance")
    REINSPECT = "reinspect", _("inspect again")


class Measure(models.Model):
    """A measure ordered, or reported as done."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    step_no = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=MeasureKind.choices)
    done = models.BooleanField(default=False)
    text = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=app_now())


class LedgerKind(models.TextChoices):
    """Kinds of money; avoided and new income are never added to recovered."""

    INVOLVED = "involved", _("involved")
    RECOVERABLE = "recoverable", _("recoverable")
    RECOVERED = "recovered", _("recovered")
    WRITTEN_OFF = "written_off", _("written off")
    FINED = "fined", _("fined")
    AVOIDED = "avoided", _("avoided")
    NEW_INCOME = "new_income", _("new income")


class LedgerEntry(models.Model):
    """One amount in yuan with its proof; corrected by a counter-entry, never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ledger")
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=12, choices=LedgerKind.choices)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    on = models.DateField()
    voucher = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=400, blank=True)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=app_now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voucher"], condition=~models.Q(voucher=""), name="cases_voucher_once"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0) | models.Q(corrects__isnull=False), name="cases_ledger_sign"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="recovered") | ~models.Q(voucher="") | models.Q(corrects__isnull=False),
                name="cases_recovered_needs_voucher",
            ),
        ]

    @property
    def yuan(self) -> Decimal:
        return self.amount


class Request(models.Model):
    """An act that somebody else must approve, such as more time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    action = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    """The filled form: what is agreed to is carried out word for word."""
    version = models.PositiveIntegerField(default=0)
    """The last step of the case when this was asked."""
    episode = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=app_now())
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)


class Inspection(models.Model):
    """What an inspector found on the ground."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inspections")
    step_no = models.PositiveIntegerField()
    on = models.DateField()
    text = models.CharField(max_length=4000)
    early_because = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=app_now())


class Clue(models.Model):
    """What was handed to the clue office, with its receipt and later its conclusion."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clues")
    receipt = models.CharField(max_length=60)
    to_body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(db_default=app_now())
    conclusion = models.CharField(max_length=20, blank=True)
    conclusion_text = models.CharField(max_length=2000, blank=True)
    punishment = models.CharField(max_length=400, blank=True)
    second_signature = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField(null=True)


class Attachment(models.Model):
    """A cleaned file; it lies under a random name and is only ever served as a download."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="files")
    sheet = models.ForeignKey(QuestionSheet, null=True, on_delete=models.PROTECT, related_name="files")
    step_no = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(db_default=app_now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) | models.Q(sheet__isnull=False), name="cases_file_belongs"
            )
        ]


class Notice(models.Model):
    """Something waits for a person.  Free of content: a kind and a number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    case_no = models.CharField(max_length=40, blank=True)
    sheet_id = models.BigIntegerField(null=True)
    step_no = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=None, null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "case_no", "step_no", "sheet_id"],
                name="cases_notice_once", nulls_distinct=False,
            )
        ]  # fmt: skip
