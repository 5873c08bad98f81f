"""Asking something of a model, and what others say to it: written down here, carried to the engine by the worker."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from steelyard.catalogue import SupervisionModel
from steelyard.detect import local_values
from steelyard.detect.parameters import SaidInBoth, prefix
from steelyard.detect.releases import PHASES
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.words import Level
from steelyard.web.workbench import shelf
from steelyard.web.workbench.models import APPROVERS, OWNERS, Kind, Motion, Says, State, Word

CARRY = "workbench.carry"
"""The job that works out, and carries out, what was asked; named, for it calls these verbs."""


class NoSuchModel(WebError):
    text = _("There is no such model.")


class NoSuchMotion(WebError):
    text = _("There is no such request, or it is not in your area.")


class ReasonNeeded(WebError):
    text = _("Say why, in a few words; the reason stays with the decision.")


class NotYourArea(NotAllowed):
    text = _("The area lies outside your own.")


class NotYourLevel(NotAllowed):
    text = _("This limit may only be changed by a higher level: %(names)s.")


class WrongInput(WebError):
    text = _("That cannot be asked: %(why)s")


class SaidAlready(WebError):
    text = _("You have said it already, or it is decided. Load the page again.")


class AnotherPersonNeeded(NotAllowed):
    text = _("Another person must agree to what you asked.")


class NotShownYet(WebError):
    text = _("What the phase needs is not shown yet: %(gates)s")


@transaction.atomic
def ask_release(
    model_id: str, *, phase: str, area: str, since: dt.date, reason: str, by: User, declared: Mapping[str, Any]
) -> Motion:
    """Ask that a model enter a phase in an area.

    ``declared``: privacy_read, backtest_read, sign_losses (true or false), successor (text).
    Raises NotAllowed, NoSuchModel, ReasonNeeded, NotYourArea, WrongInput.
    """
    model = _model(model_id)
    if phase not in PHASES:
        raise WrongInput(WrongInput.text % {"why": phase})
    asked = {"phase": phase, "since": since.isoformat(), **declared}
    return _ask(Kind.RELEASE, model, area, asked, reason, by)


@transaction.atomic
def ask_value(
    model_id: str, *, area: str, values: Mapping[str, str], since: dt.date, until: dt.date | None, reason: str,
    by: User,
) -> Motion:  # fmt: skip
    """Ask for a local limit.  Raises as ask_release, and NotYourLevel."""
    model = _model(model_id)
    try:
        read = local_values.read_values(model, values)
    except SaidInBoth as error:
        raise WrongInput(WrongInput.text % {"why": in_language(*error.words)}) from error
    _level_allows(model, read, by)
    asked = {"values": read, "since": since.isoformat(), "until": until.isoformat() if until else None}
    return _ask(Kind.VALUE, model, area, asked, reason, by)


@transaction.atomic
def ask_end(model_id: str, value: local_values.LocalValue, *, on: dt.date, reason: str, by: User) -> Motion:
    """Ask that a local limit end.  Raises as ask_value."""
    model = _model(model_id)
    _level_allows(model, value.values, by)
    return _ask(Kind.END, model, value.area, {"ends": value.id, "on": on.isoformat()}, reason, by)


@transaction.atomic
def answer_sweep(model_id: str, *, campaign: int, area: str, opened: bool, reason: str, by: User) -> Motion:
    """Open a sweep campaign or leave it be; one person's word, for nothing is decided about anybody by it."""
    return _ask(Kind.SWEEP, _model(model_id), area, {"campaign": campaign, "open": opened}, reason, by)


def _model(model_id: str) -> SupervisionModel:
    found = shelf.model_or_none(model_id)
    if found is None:
        raise NoSuchModel
    return found


def _level_allows(model: SupervisionModel, values: Mapping[str, Any], by: User) -> None:
    known = {name: value for name, value in values.items() if name in model.parameters}
    refused = local_values.above_their_level(model, known, str(by.scope.level or ""))
    if refused:
        raise NotYourLevel(NotYourLevel.text % {"names": ", ".join(refused)})


def _ask(kind: Kind, model: SupervisionModel, area: str, asked: Mapping[str, Any], reason: str, by: User) -> Motion:
    place = prefix(area)
    if not by.has_role(*(APPROVERS if kind == Kind.SWEEP else OWNERS)):
        raise NotAllowed
    if len(reason.strip()) < 4:
        raise ReasonNeeded
    if not answers_for(by, place):
        raise NotYourArea
    made = Motion.objects.create(
        kind=kind, model_id=model.id, version=model.version, sha256=model.sha256, area=place, asked=dict(asked),
        reason=reason.strip()[:400], by=by, at=clock.now(),
    )  # fmt: skip
    record.write(f"model.{kind}_asked", by=by, subject=model.id, motion=made.pk, area=place, reason=reason[:400])
    _carry_later(made)
    return made


@transaction.atomic
def submit(pk: int, *, by: User) -> Word:
    """Put what was worked out before others.  Raises NotShownYet, SaidAlready, NotAllowed."""
    found = _seen(pk, by)
    if found.by_id != by.pk:
        raise NotAllowed
    if found.state != State.SHOWN:
        raise SaidAlready
    if missing := open_gates(found):
        said = "; ".join(in_language(gate["zh"], gate["en"]) for gate in missing)
        raise NotShownYet(NotShownYet.text % {"gates": said})
    return _say(found, Says.SUBMIT, by)


@transaction.atomic
def agree(pk: int, *, note: str = "", by: User) -> Word:
    """Agree to what somebody else asked.  Raises AnotherPersonNeeded, NotYourArea, NotYourLevel, SaidAlready."""
    found = _seen(pk, by)
    if found.by_id is not None and (found.by_id == by.pk or same_person(found.by, by)):
        raise AnotherPersonNeeded
    if found.state != State.OPEN:
        raise SaidAlready
    if found.kind in (Kind.VALUE, Kind.END):
        if not answers_for(by, found.area):
            raise NotYourArea
        _level_allows(_model(found.model_id), found.asked.get("values") or found.effect.get("values") or {}, by)
    return _say(found, Says.AGREE, by, note)


@transaction.atomic
def refuse(pk: int, *, note: str, by: User) -> Word:
    """Say no; one no is enough.  Raises ReasonNeeded, SaidAlready."""
    found = _seen(pk, by)
    if len(note.strip()) < 4:
        raise ReasonNeeded
    if found.state != State.OPEN:
        raise SaidAlready
    return _say(found, Says.REFUSE, by, note)


@transaction.atomic
def drop(pk: int, *, by: User) -> Word:
    """Take back what one asked.  Raises NotAllowed, SaidAlready."""
    found = _seen(pk, by)
    if found.by_id != by.pk:
        raise NotAllowed
    if not found.under_way:
        raise SaidAlready
    return _say(found, Says.DROP, by)


def open_gates(motion: Motion) -> list[dict[str, Any]]:
    """Gates that were not met when they were worked out; that others agree comes later."""
    return [gate for gate in motion.effect.get("gates") or () if not gate["met"] and gate["id"] != "approvers"]


def answers_for(user: User, area: str) -> bool:
    """Whether an area lies in somebody's own; everywhere is the province's."""
    if user.scope.level is None:
        return False
    return area.startswith(user.scope.area) if area else user.scope.level == Level.PROVINCE


def same_person(one: User | None, other: User) -> bool:
    """Whether two accounts are one person's."""
    return bool(one and one.subject_key and one.subject_key == other.subject_key)


def _seen(pk: int, by: User) -> Motion:
    if not by.has_role(*APPROVERS):
        raise NotAllowed
    found: Motion | None = Motion.objects.visible_to(by).select_related("by").filter(pk=pk).first()
    if found is None:
        raise NoSuchMotion
    return found


def _say(found: Motion, says: Says, by: User, note: str = "") -> Word:
    try:
        # In a savepoint: the refused row would otherwise take the caller's transaction with it.
        with transaction.atomic():
            made = Word.objects.create(motion=found, says=says, by=by, note=note.strip()[:400], at=clock.now())
    except IntegrityError as error:
        raise SaidAlready from error
    record.write(f"model.motion_{says}", by=by, subject=found.model_id, motion=found.pk, note=made.note)
    _carry_later(found)
    return made


def _carry_later(motion: Motion) -> None:
    # The lock of everything that lets models look: two runs of one model must not meet.
    app.configure_task(CARRY, queue="models", lock="models", allow_unknown=True).defer(motion_id=motion.pk)
