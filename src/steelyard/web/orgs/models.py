"""Areas, bodies, people with accounts, and the posts they hold."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Substr
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.scope import NO_SCOPE, Scope
from steelyard.web.orgs.words import CASE_ROLES, DIGITS, NEED_IDENTITY, End, Identity, Level, Line, Role


def in_language(zh: str, en: str) -> str:
    """The text in the reader's language; the other one where it is missing."""
    wanted = en if (get_language() or "").startswith("en") else zh
    return wanted or zh or en


class Area(models.Model):
    """An administrative area of one of the five levels; its code has twelve digits."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=400)
    name_en = models.CharField(max_length=400, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def prefix(self) -> str:
        """The digits that all codes inside this area begin with."""
        return self.code[: DIGITS[Level(self.level)]]


class Body(models.Model):
    """An office, an enterprise or a village organisation."""

    code = models.CharField(max_length=400, unique=True)
    """Unified social credit code; for a body of a foreign publisher its own identifier."""
    subject_key = models.CharField(max_length=36, blank=True, db_index=True)
    """Who the body is in the data pool."""
    name = models.CharField(max_length=400)
    name_en = models.CharField(max_length=400, blank=True)
    org_type = models.CharField(max_length=40, db_index=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    end = models.CharField(max_length=12, choices=End.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="bodies")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    """Superior body; for an enterprise its owner, not the office of its area."""

    class Meta:
        indexes = [models.Index(fields=["org_type", "area"])]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Lines on which the body sees the matters of its area."""
        if self.end == End.DISCIPLINE:
            return (Line.SUPERVISORY, Line.REGULATORY)
        return (Line.REGULATORY,) if self.end == End.SUPERVISION else ()


class UserManager(BaseUserManager["User"]):
    """Creates accounts; there is no superuser."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with an account.  Rights come from posts alone, read at each request."""

    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    subject_key = models.CharField(max_length=36, blank=True, db_index=True)
    """Who this person is in the data pool; drives recusal."""
    identity = models.CharField(max_length=10, choices=Identity.choices, blank=True, default=Identity.UNASKED)
    """Whether the number of the person was looked up in the register; the number itself is not kept."""
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(db_default=models.Func(function="public.app_now"))

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles of the posts in force today; those that need recusal rest until it is known who the person is."""
        held = frozenset(self.posts.in_force().values_list("role", flat=True))
        return held if self.is_identified else held - NEED_IDENTITY

    @property
    def is_identified(self) -> bool:
        """Whether recusal can work: the person's key is known, or the register has no such person."""
        return bool(self.subject_key) or self.identity == Identity.ABSENT

    def has_role(self, *roles: str) -> bool:
        return bool(self.roles & set(roles))

    @cached_property
    def scope(self) -> Scope:
        """Which rows of alerts and cases the person answers for."""
        if self.body is None or not self.is_active:
            return NO_SCOPE
        works_on_cases = bool(self.roles & CASE_ROLES)
        return Scope(
            user_id=self.pk,
            body_id=self.body_id,
            level=Level(self.body.level) if works_on_cases else None,
            area=self.body.area.prefix if works_on_cases else "",
            lines=tuple(str(line) for line in self.body.lines) if works_on_cases else (),
            roles=self.roles,
        )


class PostQuerySet(models.QuerySet["Post"]):
    def in_force(self) -> "PostQuerySet":
        today = models.Func(function="public.app_today", output_field=models.DateField())
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gte=today), since__lte=today)


class Post(models.Model):
    """One role of one person, in force between two days."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=30, choices=Role.choices)
    since = models.DateField(db_default=models.Func(function="public.app_today"))
    until = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "since"], name="orgs_post_once"),
            # Three administrators stay three persons; the check for two rows is a trigger.
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="orgs_post_period",
            ),
        ]


class Kin(models.Model):
    """Persons whom a user must stay away from: himself, declared kin, and those found in the pool."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kin")
    subject_key = models.CharField(max_length=36, db_index=True)
    reason = models.CharField(
        max_length=20, choices=[("self", _("self")), ("kin", _("kin")), ("head", _("head of body"))]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "subject_key"], name="orgs_kin_once")]


class Reveal(models.Model):
    """A masked value opened for a purpose, for a while."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reveals")
    subject_key = models.CharField(max_length=36)
    purpose = models.CharField(max_length=40)
    reason = models.CharField(max_length=400)
    case_no = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    until = models.DateTimeField()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> "ApiTokenQuerySet":
        now = models.Func(function="public.app_now", output_field=models.DateTimeField())
        return self.filter(until__gt=now).select_related("user__body__area")


class ApiToken(models.Model):
    """A machine's key to the API, stored as a digest; it acts for one user until a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()

    objects = ApiTokenQuerySet.as_manager()


def level_column(digits: int) -> models.GeneratedField:
    """The first digits of the area code, as a stored column."""
    return models.GeneratedField(
        expression=Substr("area_code", 1, digits),
        output_field=models.CharField(max_length=digits),
        db_persist=True,
    )


class TenantRow(models.Model):
    """A row that belongs to an area and a line: who sees it is decided by equal columns.

    The level columns are generated from the area code, so that each level's list is one index look-up.
    """

    area_code = models.CharField(max_length=12)
    province = level_column(2)
    city = level_column(4)
    county = level_column(6)
    town = level_column(9)
    village = level_column(12)
    line = models.CharField(max_length=12, choices=Line.choices)
    participants = ArrayField(models.BigIntegerField(), default=list)
    """Bodies (ids) that took part: they keep sight of the row also outside their area."""
    recused = ArrayField(models.BigIntegerField(), default=list)
    """Users (ids) from whom the row is hidden: the person concerned, kin, heads of the unit."""

    class Meta:
        abstract = True
