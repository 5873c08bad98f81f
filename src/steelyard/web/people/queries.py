"""All reads of reports.  What the public reads is in ``pages``."""

from typing import Any

from django.db import connection, models

from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role

ACTORS = {Role.APPEAL_DESK: "desk", Role.CLUE_OFFICE: "clue_office"}


class AppealQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: object) -> "AppealQuerySet":
        """Reports of the user's own body: matters for both desks, accusations for the clue office alone."""
        if not isinstance(user, User) or user.body_id is None:
            return self.none()
        roles = user.roles & {str(role) for role in ACTORS}
        if not roles:
            return self.none()
        mine = models.Q(receiver_id=user.body_id) | models.Q(participants__contains=[user.body_id])
        door = models.Q() if Role.CLUE_OFFICE in roles else models.Q(door="matter")
        return self.filter(mine, door).exclude(recused__contains=[user.pk])

    def of_receipt(self, digest: str) -> "AppealQuerySet":
        """The report of one receipt; the database shows it only after ``show_receipt``."""
        return self.filter(receipt_digest=digest)


def actors_of(user: User) -> set[str]:
    """The user's part in the workflow."""
    return {actor for role, actor in ACTORS.items() if role in user.roles}


def _tell(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", value])


def show_receipt(digest: str) -> None:
    """Let row security show the one report of this receipt, for this transaction."""
    _tell("receipt", digest)


def show_draft(digest: str) -> None:
    """Let row security show the pictures of this draft, for this transaction."""
    _tell("draft", digest)
