"""What a person sees: the same rule twice, as a filter for speed and as row security for safety."""

from dataclasses import dataclass, field

from django.db import connection, models

from steelyard.web.audit.rowguard import setting
from steelyard.web.orgs.words import Level


@dataclass(frozen=True)
class Scope:
    """One person's share of the tenant rows."""

    user_id: int | None
    body_id: int | None
    level: Level | None
    area: str
    """Digits that the codes of the area begin with."""
    lines: tuple[str, ...]
    roles: frozenset[str] = field(default=frozenset())

    def as_filter(self) -> models.Q:
        """Equality on the level's column, or a part taken; never a row one is recused from."""
        seen = models.Q(pk__in=[])
        if self.level is not None:
            seen |= models.Q(**{str(self.level): self.area}, line__in=self.lines)
        if self.body_id is not None:
            seen |= models.Q(participants__contains=[self.body_id])
        return seen & ~models.Q(recused__contains=[self.user_id])

    def apply(self) -> None:
        """Tell the database who asks, for this transaction only.

        The session form of ``set_config`` would leak into the next request of a pooled connection.
        """
        values = {
            "user": str(self.user_id or ""),
            "body": str(self.body_id or ""),
            "level": str(self.level or ""),
            "area": self.area,
            "lines": ",".join(self.lines),
            "roles": ",".join(sorted(self.roles)),
        }
        told = ", ".join("set_config(%s, %s, true)" for _ in values)
        given = [part for name, value in values.items() for part in (f"app.{name}", value)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {told}", given)


NO_SCOPE = Scope(user_id=None, body_id=None, level=None, area="", lines=())


class TenantQuerySet(models.QuerySet):  # type: ignore[type-arg]  # parametrised by the rooms
    """Every read of a tenant table starts here."""

    def visible_to(self, user: object) -> "TenantQuerySet":
        """Rows of the user's scope; nobody and an account without a post see none."""
        scope = getattr(user, "scope", NO_SCOPE)
        if scope.user_id is None:
            return self.none()
        return self.filter(scope.as_filter())


def tenant_policy() -> str:
    """The same rule for row security, over the columns of a TenantRow."""
    level, area = setting("level"), setting("area")
    return f"""
      ((CASE {level}
          WHEN 'province' THEN province WHEN 'city' THEN city WHEN 'county' THEN county
          WHEN 'town' THEN town WHEN 'village' THEN village END = {area}
        AND line = ANY (string_to_array({setting("lines")}, ',')))
       OR {setting("body", "bigint")} = ANY (participants))
      AND {setting("user", "bigint")} IS NOT NULL
      AND NOT ({setting("user", "bigint")} = ANY (recused))
    """


def child_policy(parent: str, column: str) -> str:
    """Row security of a table that hangs on a tenant row: seen where its parent is seen."""
    return f"EXISTS (SELECT 1 FROM {parent} AS parent WHERE parent.id = {column})"
