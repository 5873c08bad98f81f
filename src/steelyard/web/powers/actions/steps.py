"""Taking one step of a matter: by the right role, in order, with the numbers that make it count."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.powers.actions.outbox import write_row
from steelyard.web.powers.models import Matter, MatterStep
from steelyard.web.powers.process import may_do, process, steps_of

LONGEST_BACK_DAYS = 7
STEPS_OF_APPROVAL = {"supervision": "supervision", "secretary": "secretary", "town": "town"}


class OutOfOrder(WebError):
    """An earlier step is missing."""

    text = _("An earlier step is missing.")


class DoesNotAddUp(WebError):
    """The numbers of a meeting do not add up, or there was no quorum."""

    text = _("The numbers of the meeting do not add up.")


@dataclass(frozen=True)
class StepGiven:
    """What is entered for one step."""

    day: dt.date
    eligible: int | None = None
    attended: int | None = None
    votes_for: int | None = None
    document: str = ""
    note: str = ""


@transaction.atomic
def take_step(matter: Matter, step_id: str, given: StepGiven, *, by: User) -> MatterStep:
    """Record one step and put its row into the outbox.

    Raises NotAllowed, OutOfOrder, DoesNotAddUp.  The contract is not taken here: it passes the seal gate.
    """
    matter = locked(matter, by)
    view = next((step for step in steps_of(matter) if step.id == step_id), None)
    if view is None or view.kind not in ("decision", "disclosure", "approval") or not may_do(matter, step_id, by):
        raise NotAllowed
    if not view.is_open:
        raise OutOfOrder
    _check_day(matter, given)
    if view.kind == "decision":
        _check_meeting(matter, step_id, given)
    if view.kind == "approval" and matter.steps.filter(by=by, step__in=STEPS_OF_APPROVAL).exists():
        raise NotAllowed(_("One person does not approve twice."))
    step = add_step(matter, step_id, given, by)
    _WRITERS[view.kind](matter, step, given)
    record.write("powers.step", by=by, subject=matter, step=step_id)
    return step


def locked(matter: Matter, by: User) -> Matter:
    """The row, locked, where the user sees it.  Raises NotAllowed."""
    found: Matter | None = Matter.objects.visible_to(by).select_for_update().filter(pk=matter.pk).first()
    if found is None:
        raise NotAllowed
    return found


def add_step(matter: Matter, step_id: str, given: StepGiven, by: User) -> MatterStep:
    assert by.body is not None  # who may do a step belongs to an office
    return MatterStep.objects.create(
        matter=matter, step=step_id, by=by, body=by.body, day=given.day, eligible=given.eligible,
        attended=given.attended, votes_for=given.votes_for, document=given.document, note=given.note,
        reference=f"{matter.number}-{step_id}",
    )  # fmt: skip


def _check_day(matter: Matter, given: StepGiven) -> None:
    today = clock.today()
    if given.day > today:
        raise DoesNotAddUp(_("The day lies in the future."))
    if (today - given.day).days > LONGEST_BACK_DAYS and not given.note.strip():
        raise DoesNotAddUp(_("More than seven days back: say in the note why it is entered so late."))
    earlier = matter.steps.order_by("-day").values_list("day", flat=True).first()
    if earlier and given.day < earlier:
        raise DoesNotAddUp(_("The day lies before that of an earlier step."))


def _check_meeting(matter: Matter, step_id: str, given: StepGiven) -> None:
    counts = (given.eligible, given.attended, given.votes_for)
    if None in counts or not given.document.strip():
        raise DoesNotAddUp(_("Fill in who was entitled, who came, who was in favour, and the number of the minutes."))
    eligible, attended, votes = (int(count or 0) for count in counts)
    if not 0 <= votes <= attended <= eligible or eligible == 0:
        raise DoesNotAddUp(_("In favour is at most present, present is at most entitled."))
    rules = next(step for step in process(matter.process)["steps"] if step["id"] == step_id).get("quorum")
    if rules and (attended < rules["attended"] * eligible or votes <= rules["votes"] * attended):
        raise DoesNotAddUp(_("There was no quorum or no majority: this decision does not count."))


def _write_decision(matter: Matter, step: MatterStep, given: StepGiven) -> None:
    write_row(matter, "village_decision", {
        "decision_id": matter.number, "matter_type": "contract", "matter_id": matter.number, "step": step.step,
        "step_date": given.day, "eligible": given.eligible, "attended": given.attended,
        "votes_for": given.votes_for, "minutes_no": given.document,
    })  # fmt: skip


def _write_disclosure(matter: Matter, step: MatterStep, given: StepGiven) -> None:
    write_row(matter, "village_disclosure", {
        "disclosure_id": step.reference, "matter_type": "contract", "matter_id": matter.number,
        "category": "village_affairs", "publish_date": given.day, "channel": given.document or "village board",
    })  # fmt: skip


def _write_approval(matter: Matter, step: MatterStep, given: StepGiven) -> None:
    write_row(matter, "village_approval", {
        "approval_id": step.reference, "matter_type": "contract", "matter_id": matter.number,
        "step": STEPS_OF_APPROVAL[step.step], "approver_role": step.step, "submit_time": matter.started,
        "approve_time": clock.now(), "result": "pass",
    })  # fmt: skip


_WRITERS = {"decision": _write_decision, "disclosure": _write_disclosure, "approval": _write_approval}
