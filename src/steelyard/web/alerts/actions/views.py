"""Filters that a person keeps."""

from django.utils.translation import gettext_lazy as _

from steelyard.web.alerts.models import SavedView
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.models import User

MOST = 30


def save_view(user: User, name: str, query: str) -> SavedView:
    """Keep a filter under a name; the same name again replaces it."""
    if not name.strip() or SavedView.objects.filter(user=user).count() >= MOST:
        raise WebError(_("Give the view a name; at most 30 are kept."))
    view, _made = SavedView.objects.update_or_create(user=user, name=name.strip()[:60], defaults={"query": query[:600]})
    return view


def forget_view(user: User, pk: int) -> None:
    SavedView.objects.filter(user=user, pk=pk).delete()
