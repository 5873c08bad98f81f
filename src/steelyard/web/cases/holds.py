"""Why a person's data is still needed: what is open about him must be ended before he can be forgotten."""

from django.db.models import Q

from steelyard.web.alerts.models import Alert, AlertState
from steelyard.web.cases.models import Case


def hold_on(key: str) -> str:
    """The open case or alert that rests on a subject, in words for the one who wanted to erase; empty: none."""
    case = Case.objects.open().filter(subject_keys__contains=[key]).order_by("opened_at").first()
    if case is not None:
        return f"case {case.no} about this person is open; close it first"
    rests = Q(subject_keys__contains=[key]) | Q(evidence__icontains=key)
    alert = Alert.objects.filter(rests).exclude(state=AlertState.DECIDED).order_by("raised_at").first()
    return f"alert {alert.pk} rests on this person and is not decided; decide it first" if alert else ""
