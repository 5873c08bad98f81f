"""What every page shows: the menu, the language, a moved clock."""

from typing import Any

from django.http import HttpRequest

from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.site.navigation import menu_for


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of the base templates."""
    user = getattr(request, "user", None)
    signed_in = isinstance(user, User) and user.is_authenticated
    return {
        "menu": menu_for(user, request.path) if signed_in and isinstance(user, User) else [],
        "clock_offset": clock.offset(),
        "here": request.get_full_path(),
    }
