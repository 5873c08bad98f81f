"""Records pushed by other systems: kept before the answer is given, landed by the worker."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from ninja.params.functions import Header
from pydantic import Field

from steelyard.web.intake import actions
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.models import Push
from steelyard.web.orgs.views import signed_in
from steelyard.web.orgs.words import Role

router = Router(tags=["push"])


class Rows(Schema):
    """Rows as the interface describes them: its own column names, values as text or numbers."""

    rows: list[dict[str, Any]] = Field(min_length=1, max_length=actions.MAX_ROWS)


class ReceiptOut(Schema):
    """What became of a push; counts stand once it is landed."""

    receipt: int
    interface: str
    idempotency_key: str
    rows: int
    stage: str
    message: str
    delivery: uuid.UUID | None
    datasets: list[dict[str, Any]]


class Problem(Schema):
    """An error in the form of RFC 9457."""

    type: str
    title: str
    status: int
    detail: Any


def _out(push: Push) -> dict[str, Any]:
    return {
        "receipt": push.pk, "interface": push.interface, "idempotency_key": push.idempotency_key,
        "rows": len(push.rows), "stage": push.stage, "message": push.message, "delivery": push.delivery,
        "datasets": push.receipts,
    }  # fmt: skip


ERRORS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.post("/push/{path:interface}", response={202: ReceiptOut, 200: ReceiptOut, **ERRORS}, summary="Push rows")
def push_rows(
    request: HttpRequest,
    interface: str,
    body: Rows,
    idempotency_key: str = Header(..., alias="Idempotency-Key", min_length=1, max_length=200),
) -> Status[dict[str, Any]]:
    """Up to 10,000 rows for one interface.  The same key and rows again give the first receipt (200)."""
    known = interfaces().get(interface)
    if known is None:
        raise Http404
    made, new = actions.push(known, idempotency_key, body.rows, by=signed_in(request))
    return Status(202 if new else 200, _out(made))


@router.get("/push-receipts/{int:receipt}", response={200: ReceiptOut, **ERRORS}, summary="What became of a push")
def push_receipt(request: HttpRequest, receipt: int) -> dict[str, Any]:
    """The receipt with its counts: received = admitted + unchanged + quarantined + superseded."""
    viewer = signed_in(request)
    found = Push.objects.filter(pk=receipt, by=viewer).first() if viewer.has_role(Role.STEWARD) else None
    if found is None:
        raise Http404
    return _out(found)
