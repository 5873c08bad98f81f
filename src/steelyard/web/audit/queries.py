"""Reads of the record; for auditors alone."""

from django.db.models import QuerySet

from steelyard.web.audit.models import AuditEvent


def events(*, action: str = "", username: str = "") -> QuerySet[AuditEvent]:
    """Newest first, filtered by the beginning of the action and by the account."""
    found = AuditEvent.objects.order_by("-at", "-pk")
    if action:
        found = found.filter(action__startswith=action)
    return found.filter(username=username) if username else found
