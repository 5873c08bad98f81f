"""What stewards ask the worker to do with the pool: fetch now, replay, correct a row."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from steelyard.sources import Interface
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.intake.guards import answers_for
from steelyard.web.intake.models import Order, OrderKind, OrderState
from steelyard.web.orgs import clock, keyring
from steelyard.web.orgs.models import User

FULFIL = "intake.fulfil"
"""The job that does what was ordered, asked by name: it calls these verbs."""


class NotFetched(WebError):
    text = _("This interface is not fetched: its department sends rows, or a file is put in by hand.")


class AlreadyOrdered(WebError):
    text = _("This was asked for already and is not finished.")


class ReasonNeeded(WebError):
    text = _("Say why; the reason stays with the delivery.")


class NothingCorrected(WebError):
    text = _("Nothing was changed. Give the right value of at least one column.")


def require_answering(by: User, interface: str) -> None:
    """Raises NotAllowed for all but a steward who answers for the interface."""
    if not answers_for(by, interface):
        raise NotAllowed


def place_order(kind: OrderKind, interface: str, *, by: User, delivery: UUID | None = None, **more: Any) -> Order:
    """Write down a wish.  Raises AlreadyOrdered where the same one is under way."""
    under_way = (OrderState.ASKED, OrderState.WAITING)
    standing = Order.objects.filter(kind=kind, interface=interface, delivery=delivery, state__in=under_way)
    if kind != OrderKind.CORRECT and standing.exists():
        raise AlreadyOrdered
    return Order.objects.create(kind=kind, interface=interface, delivery=delivery, by=by, at=clock.now(), **more)


def defer(order: Order) -> None:
    """Let the worker take it."""
    queue = "fetch" if order.kind == OrderKind.FETCH else "ingest"
    app.configure_task(FULFIL, queue=queue, lock=f"interface {order.interface}", allow_unknown=True).defer(
        order_id=order.pk
    )


@transaction.atomic
def fetch_now(interface: Interface, *, by: User) -> Order:
    """Ask for rows outside the schedule.  Raises NotAllowed, NotFetched, AlreadyOrdered."""
    require_answering(by, interface.id)
    if interface.connector in ("push", "import"):
        raise NotFetched
    made = place_order(OrderKind.FETCH, interface.id, by=by)
    record.write("interface.fetch_asked", by=by, subject=made, interface=interface.id)
    defer(made)
    return made


@transaction.atomic
def replay(interface: str, delivery: UUID, *, by: User) -> Order:
    """Let the rows held back of a delivery be checked again, after the contract or the mapping was changed.

    Raises NotAllowed, AlreadyOrdered.
    """
    require_answering(by, interface)
    made = place_order(OrderKind.REPLAY, interface, by=by, delivery=delivery)
    record.write("delivery.replay_asked", by=by, subject=made, delivery=str(delivery))
    defer(made)
    return made


@transaction.atomic
def correct(interface: str, delivery: UUID, row: int, values: Mapping[str, str], *, by: User, reason: str) -> Order:
    """Replay one row held back with corrected values; the delivered line itself stays as it came.

    ``row``: number of its entry in quarantine.  ``values``: corrected values by the file's own column names;
    columns that are missing keep what was delivered.  Raises NotAllowed, ReasonNeeded, NothingCorrected.
    """
    require_answering(by, interface)
    if not reason.strip():
        raise ReasonNeeded
    if not values:
        raise NothingCorrected
    made = place_order(OrderKind.CORRECT, interface, by=by, delivery=delivery, reason=reason.strip()[:400])
    made.sealed = keyring.seal(json.dumps({"row": row, "values": dict(values)}), place=sealed_for(made.pk))
    made.save(update_fields=["sealed"])
    record.write("quarantine.corrected", by=by, subject=made, delivery=str(delivery), columns=sorted(values), row=row)
    defer(made)
    return made


def sealed_for(order_id: int) -> str:
    """What a corrected row is bound to."""
    return f"intake_order:sealed:{order_id}"


@transaction.atomic
def finish(order: Order, state: OrderState, *, message: str = "", result: Mapping[str, Any] | None = None) -> None:
    """Keep what became of an order; the worker's verb."""
    order.state, order.message, order.result, order.finished = state, message, dict(result or {}), clock.now()
    order.sealed = ""
    order.save(update_fields=["state", "message", "result", "finished", "sealed"])
    record.write(f"order.{state}", by=None, subject=order, kind=order.kind, interface=order.interface)
