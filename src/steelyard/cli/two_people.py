"""People who answer for a command must have accounts here."""

from steelyard.cli.web import start_django
from steelyard.engines.postgres import Role
from steelyard.kit.errors import SteelyardError


class NoAccount(SteelyardError):
    """Who asks and who approves must be two people with accounts here."""


def require_accounts(options: str, *names: str) -> None:
    """``options``: how the command calls the two.  Raises NoAccount."""
    start_django(Role.WORKER)
    from steelyard.web.orgs.models import User  # Django must be started first

    known = set(User.objects.filter(username__in=names, is_active=True).values_list("username", flat=True))
    strange = [name for name in names if name and name not in known]
    if strange:
        raise NoAccount(f"there is no account {', '.join(strange)}: {options} name two people with accounts")
