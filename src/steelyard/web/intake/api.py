"""Records pushed by other systems: kept before the answer is given, landed by the worker."""

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.params.functions import Header

from steelyard.detect import traces
from steelyard.kit import tracing
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.intake import actions, receipts
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.senders import SenderAuth
from steelyard.web.orgs.models import User
from steelyard.web.orgs.token_auth import TokenAuth
from steelyard.web.orgs.views import signed_in

router = Router(tags=["push"])


class RowProblem(Schema):
    """What is wrong with one row; it is kept, and will stand in quarantine."""

    row: int
    dataset: str
    column: str
    rule: str
    value: str | None
    reason: str


class ReceiptOut(Schema):
    """What became of a push; ``quarantined`` and ``datasets`` stand once it is landed."""

    receipt: int
    interface: str
    idempotency_key: str
    received_at: dt.datetime
    rows: int
    stage: str
    problems: list[RowProblem]
    delivery: uuid.UUID | None
    quarantined: int | None
    message: str
    datasets: list[dict[str, Any]]


class Problem(Schema):
    """An error in the form of RFC 9457."""

    type: str
    title: str
    status: int
    detail: Any


ERRORS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}
ROWS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "properties": {
                        "rows": {"type": "array", "minItems": 1, "maxItems": 10_000, "items": {"type": "object"}}
                    },
                }
            }
        },
    }
}


def _out(push: receipts.PushReceipt) -> dict[str, Any]:
    return {
        "receipt": push.receipt, "interface": push.interface, "idempotency_key": push.idempotency_key,
        "received_at": push.received_at, "rows": push.rows, "stage": push.stage, "problems": push.problems,
        "delivery": push.delivery, "quarantined": receipts.quarantined(push), "message": push.refusal,
        "datasets": receipts.ledger(push),
    }  # fmt: skip


def _sender(request: HttpRequest) -> tuple[str, User | None]:
    """Who sends, and the account where it is one.  Raises NotAllowed without the steward's post."""
    found = request.auth  # type: ignore[attr-defined]  # set by the API's own authentication
    if isinstance(found, str):
        return found, None
    user = signed_in(request)
    actions.require_steward(user)
    return f"account:{user.pk}", user


@router.post(
    "/push/{path:interface}", response={202: ReceiptOut, 200: ReceiptOut, **ERRORS}, summary="Push rows",
    auth=SenderAuth(), openapi_extra=ROWS,
)  # fmt: skip
def push_rows(
    request: HttpRequest,
    interface: str,
    idempotency_key: str = Header(..., alias="Idempotency-Key", min_length=1, max_length=200),
) -> Status[dict[str, Any]]:
    """Up to 10,000 rows for one interface, signed by its key.  The same key and body give the first receipt (200).

    Where too much waits to be landed the answer is 429 with ``Retry-After``, and nothing is taken.
    Rows have the column names of the interface.  Problems of structure and type are answered by row at once.
    """
    known = interfaces().get(interface)
    if known is None:
        raise Http404
    sender, user = _sender(request)
    began = dt.datetime.now(dt.UTC)
    try:
        number, new = actions.push(known, idempotency_key, request.body, sender=sender, by=user)
    except (actions.TooMany, actions.NotUnderstood) as error:
        raise HttpError(422, str(error)) from error
    made = receipts.receipt(number, sender)
    if made is None:
        raise Http404
    if new:
        # The worker goes on with this trace: it works the same numbers out from the receipt.
        begins = traces.origin_of(made.receipt, made.received_at)
        with tracing.span("push", since=began, begins=begins, interface=interface, rows_read=made.rows):
            pass
    return Status(202 if new else 200, _out(made))


@router.get(
    "/push-receipts/{int:receipt}/{path:interface}", response={200: ReceiptOut, **ERRORS},
    summary="What became of a push", auth=[SenderAuth(), TokenAuth()],
)  # fmt: skip
def push_receipt(request: HttpRequest, receipt: int, interface: str) -> dict[str, Any]:
    """The receipt with its counts: received = admitted + unchanged + quarantined + superseded."""
    try:
        sender, _ = _sender(request)
    except NotAllowed as error:
        raise Http404 from error
    found = receipts.receipt(receipt, sender)
    if found is None or found.interface != interface:
        raise Http404
    return _out(found)
