"""All reads of village matters."""

from django.db.models import QuerySet

from steelyard.web.orgs.models import User
from steelyard.web.powers.models import Matter


def matters(user: User) -> "QuerySet[Matter]":
    """Matters of the user's village or area, the newest first."""
    found: QuerySet[Matter] = Matter.objects.visible_to(user).select_related("started_by").order_by("-started", "-pk")
    return found
