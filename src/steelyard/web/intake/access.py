"""Who may see the line of a file that a piece of evidence rests on.  Rooms above know whose evidence it is."""

from collections.abc import Callable
from uuid import UUID

from steelyard.web.intake import queries
from steelyard.web.intake.guards import answers_for
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role

Rule = Callable[[User, UUID, int, str | None], str | None]
_rules: list[Rule] = []


def supply(rule: Rule) -> None:
    """Called once at start: ``rule(user, delivery, row, file)`` names the file whose row is evidence for the user.

    ``file`` None: whichever file the evidence names.  None where no such row is evidence the user may see.
    """
    _rules[:] = [rule]


def may_see_pool_rows(user: User, delivery: UUID) -> bool:
    """Stewards see where any row of their departments comes from."""
    found = queries.delivery(delivery) if user.has_role(Role.STEWARD) else None
    return found is not None and answers_for(user, found["interface"])


def file_shown(user: User, delivery: UUID, row: int, file: str | None) -> str | None:
    """The file of the delivery whose row the user may see: for everybody but stewards, beneath an own alert."""
    found = (rule(user, delivery, row, file) for rule in _rules)
    return next((name for name in found if name is not None), None)
