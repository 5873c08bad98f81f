"""Two stewards take a delivery back: one asks and says why, another one approves, and the worker does it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.intake.actions.orders import ReasonNeeded, defer, place_order, require_answering
from steelyard.web.intake.models import Order, OrderKind, OrderState
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User


class SecondStewardNeeded(WebError):
    text = _("Another steward must approve what you asked for.")


class NotAsked(WebError):
    text = _("Nothing waits for approval here any more. Load the page again.")


@transaction.atomic
def ask_withdrawal(interface: str, delivery: UUID, *, by: User, reason: str) -> Order:
    """Ask that a delivery be withdrawn.  Raises NotAllowed, ReasonNeeded, AlreadyOrdered."""
    require_answering(by, interface)
    if not reason.strip():
        raise ReasonNeeded
    made = place_order(
        OrderKind.WITHDRAW, interface, by=by, delivery=delivery, state=OrderState.ASKED, reason=reason.strip()[:400]
    )
    record.write("delivery.withdrawal_asked", by=by, subject=made, delivery=str(delivery))
    return made


@transaction.atomic
def approve_withdrawal(order: Order, *, by: User) -> Order:
    """Approve it, and let the worker do it.  Raises NotAllowed, SecondStewardNeeded, NotAsked."""
    asked = _asked(order, by)
    if asked.by == by:
        raise SecondStewardNeeded
    asked.second, asked.state = by, OrderState.WAITING
    asked.save(update_fields=["second", "state"])
    record.write("delivery.withdrawal_approved", by=by, subject=asked, delivery=str(asked.delivery))
    defer(asked)
    return asked


@transaction.atomic
def decline_withdrawal(order: Order, *, by: User) -> Order:
    """Leave the delivery as it is; who asked may also drop it himself.  Raises NotAllowed, NotAsked."""
    asked = _asked(order, by)
    asked.second, asked.state, asked.finished = by, OrderState.DECLINED, clock.now()
    asked.save(update_fields=["second", "state", "finished"])
    record.write("delivery.withdrawal_declined", by=by, subject=asked, delivery=str(asked.delivery))
    return asked


def _asked(order: Order, by: User) -> Order:
    require_answering(by, order.interface)
    found = Order.objects.select_for_update().filter(
        pk=order.pk, kind=OrderKind.WITHDRAW, state=OrderState.ASKED
    ).first()  # fmt: skip
    if found is None:
        raise NotAsked
    return found
