"""Moves a report along its workflow; every change of state adds a row that stays."""

import secrets
from collections.abc import Iterable

from steelyard.web.orgs import clock, keyring
from steelyard.web.orgs.models import User
from steelyard.web.people.models import Appeal, AppealStep, Message
from steelyard.web.powers.flow import due_from, flow


def move(appeal: Appeal, name: str, actors: Iterable[str], *, by: User | None = None, note: str = "") -> None:
    """Take one transition.  Raises WrongState.  The deadline of the new state starts today."""
    chart = flow("appeal")
    way = chart.take(name, appeal.state, actors)
    appeal.state = way.target
    span = chart.states[way.target].get("deadline", {}).get(appeal.door)
    appeal.due = due_from(clock.today(), span)
    appeal.save(update_fields=["state", "due", "receiver", "participants", "recused", "round", "alert_id", "case_no"])
    record_step(appeal, name, by=by, note=note)


def record_step(appeal: Appeal, name: str, *, by: User | None = None, note: str = "") -> AppealStep:
    """Add a row to the history; it is read by the reporter too."""
    place = secrets.token_hex(16)
    return AppealStep.objects.create(
        appeal=appeal, name=name, state=appeal.state, by=by, body=by.body if by else None, place=place,
        held_by=appeal.receiver,
        note=keyring.seal(note, place=f"people_appealstep:note:{place}") if note else "",
    )  # fmt: skip


def note_of(step: AppealStep) -> str:
    return keyring.unseal(step.note, place=f"people_appealstep:note:{step.place}") if step.note else ""


def text_of(appeal: Appeal) -> str:
    return keyring.unseal(appeal.text, place=f"people_appeal:text:{appeal.pk}")


def contact_of(appeal: Appeal) -> str:
    return keyring.unseal(appeal.contact, place=f"people_appeal:contact:{appeal.pk}") if appeal.contact else ""


def message_text(message: Message) -> str:
    return keyring.unseal(message.text, place=f"people_message:text:{message.once}")
