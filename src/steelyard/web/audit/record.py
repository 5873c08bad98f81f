"""Writes the record, in the transaction of what is recorded."""

from typing import Any, Protocol

from steelyard.web.audit.models import AuditEvent


class Actor(Protocol):
    """Who acts: a signed-in user."""

    pk: Any
    username: str
    body_id: int | None


def write(
    action: str,
    *,
    by: Actor | None,
    subject: object | None = None,
    purpose: str = "",
    case_no: str = "",
    **details: Any,
) -> None:
    """Add one event.  ``by`` is None for the system and for people without an account."""
    AuditEvent.objects.create(
        user_id=by.pk if by else None,
        username=by.username if by else "",
        body_id=by.body_id if by else None,
        action=action,
        object_type=_type_of(subject),
        object_id=str(getattr(subject, "pk", subject or ""))[:80],
        purpose=purpose,
        case_no=case_no,
        details=details,
    )


def _type_of(subject: object | None) -> str:
    meta = getattr(subject, "_meta", None)
    return str(meta.label_lower) if meta else ""
