"""What villagers read, and what they report."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import Area, Body, User
from steelyard.web.people.queries import AppealQuerySet


class PublishedRow(models.Model):
    """One row of the data pool as the public may read it: the fields of the published list, nothing else."""

    village = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    dataset = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    fields = models.JSONField()
    pool_version = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["village", "dataset"])]


class BlockedRow(models.Model):
    """A row that was not published because a personal number stood in it."""

    village_code = models.CharField(max_length=12)
    dataset = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    column = models.CharField(max_length=40)
    pool_version = models.BigIntegerField()


class Publication(models.Model):
    """One filling of the public pages."""

    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    pool_version = models.BigIntegerField()
    published = models.IntegerField()
    blocked = models.IntegerField()


class Statistic(models.Model):
    """A published figure with its denominator; small cells are already empty here."""

    name = models.CharField(max_length=30, unique=True)
    numerator = models.IntegerField(null=True)
    denominator = models.IntegerField(null=True)
    """Both null: fewer than five, so not shown."""
    as_of = models.DateField()


class Door(models.TextChoices):
    """The two doors behind the one entrance."""

    MATTER = "matter", _("A matter")
    ACCUSATION = "accusation", _("An accusation")


class IdentityLevel(models.TextChoices):
    """How much of himself the reporter shows; only he moves it."""

    ANONYMOUS = "anonymous", _("Anonymous")
    CONFIDENTIAL = "confidential", _("Name for the custodian alone")
    REAL_NAME = "real_name", _("Real name")


class Solved(models.TextChoices):
    YES = "yes", _("Solved")
    PARTLY = "partly", _("Partly solved")
    NO = "no", _("Not solved")


class Appeal(models.Model):
    """One report.  Texts are sealed; the key is random, so that a gap in numbers tells nobody anything."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12, unique=True)
    door = models.CharField(max_length=12, choices=Door.choices)
    state = models.CharField(max_length=30, default="submitted")
    category = models.CharField(max_length=20)
    village = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    matter_kind = models.CharField(max_length=40, blank=True)
    matter_key = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    contact = models.TextField(blank=True)
    identity = models.CharField(max_length=12, choices=IdentityLevel.choices)
    may_publish = models.BooleanField(default=False)
    receiver = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    participants = ArrayField(models.BigIntegerField(), default=list)
    """Bodies (ids) that had the matter earlier: they keep sight of it, without acting."""
    recused = ArrayField(models.BigIntegerField(), default=list)
    round = models.IntegerField(default=0)
    """How often it was handled again."""
    receipt_digest = models.CharField(max_length=64, unique=True)
    draft_digest = models.CharField(max_length=64, unique=True)
    filed = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    due = models.DateField(null=True)
    alert_id = models.BigIntegerField(null=True, db_index=True)
    case_no = models.CharField(max_length=40, blank=True, db_index=True)
    """Number of the case whose end answers the report."""

    objects: ClassVar[AppealQuerySet] = AppealQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["receiver", "state"])]

    def __str__(self) -> str:
        return self.number


class AppealStep(models.Model):
    """One change of state.  ``note`` is sealed and is read by the reporter too."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=30)
    state = models.CharField(max_length=30)
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="+")
    held_by = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="+")
    """Body the report lay with at this step: a body that handed it on reads its own time only."""
    place = models.CharField(max_length=32)
    note = models.TextField(blank=True)


class Message(models.Model):
    """A question or an answer between desk and reporter, sealed; added, never changed."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Null: the reporter."""
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    held_by = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="+")
    """Body the report lay with when this was written."""
    once = models.CharField(max_length=64)
    """Made with the form: a form sent twice makes one message."""
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appeal", "once"], name="people_message_once")]


class Rating(models.Model):
    """What the reporter says of one round; the handler cannot touch it.

    Nor read it, once the report lies with another body.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="ratings")
    round = models.IntegerField()
    stars = models.IntegerField()
    solved = models.CharField(max_length=8, choices=Solved.choices)
    reason = models.TextField(blank=True)
    rated_body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "round"], name="people_rated_once_a_round"),
            models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="people_stars"),
        ]


class Photo(models.Model):
    """A picture rebuilt from its pixels and sealed; it belongs to a draft, and through it to the report."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft_digest = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()
    kind = models.CharField(max_length=20)
    width = models.IntegerField()
    height = models.IntegerField()
    added = models.DateTimeField(db_default=models.Func(function="public.app_now"))
