"""Who sees which part of the pool.  What is not one's own looks like what does not exist."""

from collections.abc import Callable, Iterable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from steelyard.web.intake.catalogue_files import departments, interfaces
from steelyard.web.orgs.departments import of_body
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Role

READERS = frozenset(
    {
        Role.STEWARD, Role.ANALYST, Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.GOVERNANCE,
        Role.DISPATCHER,
    }
)  # fmt: skip
View = Callable[..., HttpResponse]


def departments_of(user: User) -> frozenset[str] | None:
    """Departments whose deliveries the user sees; None: all.

    A steward sees his own department's; other readers of the pool, and the platform's stewards, see everything.
    """
    if not user.has_role(*READERS):
        return frozenset()
    if user.has_role(*(READERS - {Role.STEWARD})):
        return None
    return steward_of(user)


def steward_of(user: User) -> frozenset[str] | None:
    """Departments the user is the steward of; None: the platform's, who answers for all of them."""
    if not user.has_role(Role.STEWARD) or user.body is None:
        return frozenset()
    own = of_body(user.body)
    return None if own is None else own & departments()


def sees(user: User, interface: str) -> bool:
    """Whether the interface is among those whose deliveries the user sees."""
    return _within(departments_of(user), user, interface)


def answers_for(user: User, interface: str) -> bool:
    """Whether the user is a steward who may act on the interface."""
    return _within(steward_of(user), user, interface)


def _within(own: frozenset[str] | None, user: User, interface: str) -> bool:
    if own is None:
        return True
    known = interfaces().get(interface)
    area = known.area if known else ""
    # A department's interface of one county is not the business of its twin in the next county.
    inside = bool(not area or (user.body and area.startswith(user.body.area.prefix)))
    return inside and interface.rsplit("/", 1)[0] in own


def only_seen(user: User, listed: Iterable[str]) -> list[str]:
    """The interfaces of ``listed`` that the user sees."""
    own = departments_of(user)
    return [one for one in listed if _within(own, user, one)]


def for_readers(view: View) -> View:
    """Pages of the pool: strangers are asked to sign in, others find nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.has_role(*READERS):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(guarded)
