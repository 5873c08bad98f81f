"""What the desk does with a report.  A desk that only took part earlier looks on."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs.models import Body, User
from steelyard.web.people.actions.reporter import send_message
from steelyard.web.people.actions.steps import move, record_step
from steelyard.web.people.joining import check_link
from steelyard.web.people.models import Appeal
from steelyard.web.people.queries import actors_of
from steelyard.web.powers.flow import flow


class SayIt(WebError):
    """Words are needed here."""

    text = _("Write the answer: what was found, what was done, and the evidence.")


def _held(appeal: Appeal, by: User) -> Appeal:
    """The row, locked, where it lies with the user's body.  Raises NotAllowed."""
    found: Appeal | None = Appeal.objects.visible_to(by).select_for_update().filter(pk=appeal.pk).first()
    if found is None or found.receiver_id != by.body_id:
        raise NotAllowed(_("This report lies with another office now."))
    return found


@transaction.atomic
def accept(appeal: Appeal, *, by: User) -> Appeal:
    """Accept the report and take it in hand."""
    appeal = _held(appeal, by)
    actors = actors_of(by)
    move(appeal, "accept", actors, by=by)
    move(appeal, "assign", actors, by=by)
    move(appeal, "start", actors, by=by)
    record.write("appeal.accepted", by=by, subject=appeal)
    return appeal


@transaction.atomic
def refuse(appeal: Appeal, *, by: User, reason_code: str, address: str) -> Appeal:
    """Not accepted: with the reason and an address that can help."""
    appeal = _held(appeal, by)
    reasons = flow("appeal").data["refusal_reasons"]
    if reason_code not in reasons or not address.strip():
        raise WebError(_("Give the reason and the address of the office that can help."))
    words = reasons[reason_code]
    move(appeal, "refuse", actors_of(by), by=by, note=f"{words['zh']} / {words['en']} → {address}")
    record.write("appeal.refused", by=by, subject=appeal, reason=reason_code)
    return appeal


@transaction.atomic
def hand_over(appeal: Appeal, *, by: User, body: Body, reason: str) -> Appeal:
    """Give the matter to another body; this one keeps sight of it.  An accusation is never handed down."""
    appeal = _held(appeal, by)
    if appeal.door == "accusation":
        raise NotAllowed(_("A sealed report is not handed to another office."))
    if body.pk == appeal.receiver_id or body not in possible_receivers(appeal):
        raise NotAllowed(_("This office cannot receive the report."))
    if not reason.strip():
        raise SayIt(_("Say why it goes to the other office."))
    appeal.participants = [*appeal.participants, appeal.receiver_id]
    appeal.receiver = body
    move(appeal, "hand_over", actors_of(by), by=by, note=reason)
    record.write("appeal.handed_over", by=by, subject=appeal, body=body.code)
    return appeal


def possible_receivers(appeal: Appeal) -> list[Body]:
    """Offices of the village's town, county and city with somebody at the desk."""
    code = appeal.village_id
    areas = [code[:9] + "000", code[:6] + "000000", code[:4] + "00000000"]
    staffed = Body.objects.filter(
        area_id__in=areas, org_type__in=["petitions", "discipline"],
        users__is_active=True, users__posts__role__in=["appeal_desk", "clue_office"],
    ).select_related("area")  # fmt: skip
    return list(staffed.exclude(pk=appeal.receiver_id).distinct().order_by("level", "name"))


@transaction.atomic
def ask(appeal: Appeal, *, by: User, text: str, once: str) -> None:
    """Ask the reporter, who answers by receipt."""
    appeal = _held(appeal, by)
    if not text.strip():
        raise SayIt(_("Write the question."))
    send_message(appeal, text, once=once, by=by)
    record.write("appeal.asked", by=by, subject=appeal)


@transaction.atomic
def answer(appeal: Appeal, *, by: User, text: str) -> Appeal:
    """Answer; the reporter is asked to rate."""
    appeal = _held(appeal, by)
    if not text.strip():
        raise SayIt
    actors = actors_of(by)
    if appeal.state == "assigned":
        move(appeal, "start", actors, by=by)
    move(appeal, "reply", actors, by=by, note=text)
    _ask_for_rating(appeal, by=by)
    record.write("appeal.answered", by=by, subject=appeal)
    return appeal


def _ask_for_rating(appeal: Appeal, *, by: User | None = None) -> None:
    move(appeal, "check", {"system"}, by=by)
    move(appeal, "ask_rating", {"system"}, by=by)


@transaction.atomic
def conclude(appeal: Appeal, *, by: User, text: str) -> Appeal:
    """The written end after the last round."""
    appeal = _held(appeal, by)
    if not text.strip():
        raise SayIt
    move(appeal, "conclude", actors_of(by), by=by, note=text)
    record.write("appeal.concluded", by=by, subject=appeal)
    return appeal


@transaction.atomic
def link(appeal: Appeal, *, by: User, alert_id: int | None, case_no: str) -> Appeal:
    """Join the report to an alert and its case; their end will be its answer.  Raises NotLinkedHere."""
    appeal = _held(appeal, by)
    if case_no:
        check_link(appeal, case_no, by)
    appeal.alert_id, appeal.case_no = alert_id, case_no
    appeal.save(update_fields=["alert_id", "case_no"])
    record_step(appeal, "link", by=by)
    record.write("appeal.linked", by=by, subject=appeal, case_no=case_no, alert=alert_id)
    return appeal


@transaction.atomic
def unlink(appeal: Appeal) -> Appeal:
    """A case that may not answer this report: the desk is told that the number cannot be linked.  A job's verb."""
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    appeal.case_no = ""
    appeal.save(update_fields=["case_no"])
    record_step(appeal, "link_refused")
    return appeal


@transaction.atomic
def answer_from_case(appeal: Appeal, *, outcome: str) -> Appeal:
    """The linked case is closed: tell the reporter and ask for a rating.  A job's verb."""
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if appeal.state == "assigned":
        move(appeal, "start", {"desk"})
    move(appeal, "reply", {"system"}, note=outcome)
    _ask_for_rating(appeal)
    return appeal
