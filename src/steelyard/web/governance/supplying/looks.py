"""Who looked at what: rows of ``access_audit``, made from the record of looks and acts."""

from collections.abc import Mapping
from dataclasses import dataclass

from steelyard.web.audit.models import AuditEvent
from steelyard.web.governance.supplying.handling import number
from steelyard.web.governance.supplying.rows import OwnRow, body, person
from steelyard.web.orgs.models import Body, User


@dataclass(frozen=True)
class Look:
    """What one kind of event is to those who watch access."""

    action: str
    object_type: str
    field_group: str = "basic"
    is_task: bool = False
    """Whether the page opens only to whom the object was given: the object itself is the task."""


LOOKS: Mapping[str, Look] = {
    "alert.seen": Look("read", "alert"),
    "case.seen": Look("read", "matter"),
    "case.dossier": Look("export", "matter", "case"),
    "person.revealed": Look("read", "person"),
    "appeal.contact_opened": Look("read", "appeal", "reporter", is_task=True),
    "delivery.row_read": Look("read", "matter"),
    "quarantine.exported": Look("export", "matter"),
    "identity_question.read": Look("read", "matter"),
    "identity_pair.read": Look("read", "matter"),
}
"""Names stand masked on the pages of alerts and cases: looking there is no look at sensitive fields."""


def events_after(last: int, before: object, at_most: int) -> list[AuditEvent]:
    """Looks that are not in the pool yet, the oldest first.

    ``before``: younger ones wait, for one with a smaller number may still be being written.
    """
    found = AuditEvent.objects.filter(pk__gt=last, action__in=LOOKS, user_id__isnull=False, at__lt=before)
    return list(found.order_by("pk")[:at_most])


def rows(events: list[AuditEvent]) -> list[OwnRow]:
    users = User.objects.in_bulk({event.user_id for event in events})
    bodies = Body.objects.in_bulk({event.body_id for event in events if event.body_id})
    return [_row(event, users.get(event.user_id or 0), bodies.get(event.body_id or 0)) for event in events]


def _row(event: AuditEvent, user: User | None, where: Body | None) -> OwnRow:
    look = LOOKS[event.action]
    seen = number(int(event.object_id)) if look.object_type == "alert" else event.object_id
    values = {
        "log_id": f"G{event.pk}", "user_person_id_no": person(user), "org_code": body(where),
        "object_type": look.object_type, "object_id": seen or event.case_no, "field_group": look.field_group,
        "action": look.action, "time": event.at, "task_id": event.case_no or (seen if look.is_task else None),
    }  # fmt: skip
    return OwnRow("access_audit", f"G{event.pk}", values)
