"""People who answer for a command must have accounts here, and posts that include it."""

from collections.abc import Collection

from steelyard.cli.web import start_django
from steelyard.engines.postgres import Role
from steelyard.kit.errors import SteelyardError


class NoAccount(SteelyardError):
    """Who asks and who approves must be two people with accounts here."""


class NotTheirs(SteelyardError):
    """Whoever answers for a command needs a post that includes it, and must not be concerned himself."""


def require_accounts(options: str, *names: str) -> None:
    """``options``: how the command calls the two.  Raises NoAccount."""
    start_django(Role.WORKER)
    from steelyard.web.orgs.models import User  # Django must be started first

    known = set(User.objects.filter(username__in=names, is_active=True).values_list("username", flat=True))
    strange = [name for name in names if name and name not in known]
    if strange:
        raise NoAccount(f"there is no account {', '.join(strange)}: {options} name two people with accounts")


def require_judges(*names: str, keys: Collection[str]) -> None:
    """Whoever says who is who must be a steward or analyst, and neither of the subjects nor a relative of theirs.

    Raises NoAccount, NotTheirs.
    """
    require_accounts("--by", *names)
    from steelyard.web.subjects.access import JUDGES  # Django must be started first

    _require_posts(names, JUDGES)
    _require_strangers(names, keys)


def require_openers(options: str, *names: str, keys: Collection[str]) -> None:
    """Whoever answers for uncovered names must be somebody who may open a subject's page, and not be concerned.

    Raises NoAccount, NotTheirs.
    """
    require_accounts(options, *names)
    from steelyard.web.subjects.access import OPENERS  # Django must be started first

    _require_posts(names, OPENERS)
    _require_strangers(names, keys)


def require_stewards(options: str, *names: str) -> None:
    """What is done to the pool itself is answered for by data stewards.  Raises NoAccount, NotTheirs."""
    require_accounts(options, *names)
    from steelyard.web.orgs.words import Role as Post  # Django must be started first

    _require_posts([name for name in names if name], (Post.STEWARD,))


def require_analysts(options: str, *names: str) -> None:
    """What models say is let out by analysts.  Raises NoAccount, NotTheirs."""
    require_accounts(options, *names)
    from steelyard.web.orgs.words import Role as Post  # Django must be started first

    _require_posts([name for name in names if name], (Post.ANALYST,))


def _require_posts(names: Collection[str], posts: Collection[str]) -> None:
    from steelyard.web.orgs.models import User  # Django must be started first

    for user in User.objects.filter(username__in=names):
        if not user.has_role(*posts):
            raise NotTheirs(f"{user.username} has no post for this; one of these is needed: {', '.join(posts)}")


def _require_strangers(names: Collection[str], keys: Collection[str]) -> None:
    from steelyard.web.orgs.actions import users_to_keep_away  # Django must be started first
    from steelyard.web.orgs.models import User

    away = users_to_keep_away(keys)
    near = User.objects.filter(username__in=names, pk__in=away).values_list("username", flat=True)
    if near:
        raise NotTheirs(f"{', '.join(near)} must not answer for this: it concerns them or a relative; name another")
