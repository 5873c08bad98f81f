"""Who may open the page of a subject, and what of it he sees."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver

from steelyard.web.audit import record
from steelyard.web.orgs.actions import users_to_keep_away
from steelyard.web.orgs.departments import of_body
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role

OPENERS = (
    Role.STEWARD, Role.ANALYST, Role.HANDLER, Role.REVIEWER, Role.SECOND_REVIEWER, Role.INSPECTOR,
)  # fmt: skip
"""Roles that may open somebody's page, for a purpose."""
JUDGES = (Role.STEWARD, Role.ANALYST)
"""Roles that may say whether two are one."""


@dataclass(frozen=True)
class Sight:
    """What rows a viewer may see."""

    area: str
    """Digits that the areas of his begin with."""
    departments: frozenset[str] | None
    """None: all."""

    @classmethod
    def of(cls, viewer: User) -> "Sight":
        """A steward sees his own department's rows; whoever works on cases sees all of his area's."""
        assert viewer.body is not None
        narrow = viewer.has_role(Role.STEWARD) and not viewer.has_role(*(set(OPENERS) - {Role.STEWARD}))
        return cls(viewer.body.area.prefix, of_body(viewer.body) if narrow else None)

    def of_department(self, department: str) -> bool:
        return self.departments is None or department in self.departments

    def of_area(self, code: str) -> bool:
        return code.startswith(self.area)


def is_kept_away(viewer: User, keys: Collection[str]) -> bool:
    """Whether one of the subjects is the viewer himself or a relative of his."""
    return viewer.pk in users_to_keep_away(keys)


def refused(request: HttpRequest, action: str, subject: str, why: str) -> HttpResponse:
    """The page of what does not exist, and a note of who asked; raising it would take the note back."""
    assert isinstance(request.user, User)
    record.write(action, by=request.user, subject=subject, why=why)
    answer: HttpResponse = get_resolver().resolve_error_handler(404)(request)
    return answer
