"""Who may see the line of a file that a piece of evidence rests on.  Rooms above know whose evidence it is."""

from collections.abc import Callable
from uuid import UUID

from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role

Rule = Callable[[User, UUID, int], bool]
_rules: list[Rule] = []


def supply(rule: Rule) -> None:
    """Called once at start: ``rule(user, delivery, row)`` says whether the row is evidence the user may see."""
    _rules[:] = [rule]


def may_see_row(user: User, delivery: UUID, row: int) -> bool:
    """Stewards see where any row comes from; everybody else the rows beneath their own alerts."""
    return user.has_role(Role.STEWARD) or any(rule(user, delivery, row) for rule in _rules)
