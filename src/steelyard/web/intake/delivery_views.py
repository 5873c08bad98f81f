"""Pages of one delivery: its ledger, what rests on it, and what a steward does about it."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.intake import actions, delivery_facts, queries, runs
from steelyard.web.intake.above import given
from steelyard.web.intake.catalogue_files import contracts, department_name, interfaces
from steelyard.web.intake.guards import answers_for, for_readers, sees
from steelyard.web.intake.models import Order, OrderKind, OrderState
from steelyard.web.orgs.models import User
from steelyard.web.orgs.views import signed_in
from steelyard.web.orgs.words import CASE_ROLES

SHOWN_ALERTS = 20


def _delivery(viewer: User, number: UUID) -> dict[str, object]:
    found = queries.delivery(number)
    if found is None or not sees(viewer, str(found["interface"])):
        raise Http404
    return found


@for_readers
def delivery_detail(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """One delivery: files, counts to the row, and why rows were held back."""
    viewer = signed_in(request)
    found = _delivery(viewer, delivery)
    name = str(found["interface"])
    context = {
        "delivery": found,
        "interface": interfaces().get(name),
        "run": runs.run_of_delivery(delivery),
        "orders": Order.objects.filter(delivery=delivery).select_related("by", "second"),
        "asked": _asked(delivery).select_related("by").first(),
        "may_act": answers_for(viewer, name),
        "held": sum(one["quarantined"] for one in queries.receipts_of(found)),
    }
    return render(request, "intake/delivery_detail.html", context)


@for_readers
def delivery_lineage(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Forward from a delivery: the datasets it fed, the models that read them, the alerts that rest on it."""
    viewer = signed_in(request)
    found = _delivery(viewer, delivery)
    fed = [str(one["dataset"]) for one in queries.receipts_of(found)]
    context = {
        "delivery": found,
        "department": department_name(str(found["supplier"])),
        "interface": interfaces().get(str(found["interface"])),
        "fed": [(dataset, contracts().get(dataset)) for dataset in fed],
        "models": delivery_facts.models_on(fed),
        "findings": delivery_facts.findings_on(delivery),
        "works_on_alerts": bool(viewer.roles & CASE_ROLES),
        "alerts": given().resting(viewer, delivery, SHOWN_ALERTS),
    }
    return render(request, "intake/delivery_lineage.html", context)


def _asked(delivery: UUID) -> QuerySet[Order]:
    """The wish to withdraw it that waits for a second steward."""
    return Order.objects.filter(delivery=delivery, kind=OrderKind.WITHDRAW, state=OrderState.ASKED)


def _acted_on(request: HttpRequest, delivery: UUID) -> str:
    """The interface of a delivery on which a steward acts; for others there is none."""
    name = str(_delivery(signed_in(request), delivery)["interface"])
    if not answers_for(signed_in(request), name):
        raise Http404
    return name


@require_POST
@for_readers
def delivery_replay(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Have the rows held back checked again."""
    name = _acted_on(request, delivery)
    try:
        made = actions.replay(name, delivery, by=signed_in(request))
    except WebError as error:
        messages.error(request, str(error))
        return redirect("delivery_detail", delivery=delivery)
    return redirect("order_detail", pk=made.pk)


@require_POST
@for_readers
def delivery_withdraw(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Ask that it be withdrawn; or, as another steward, approve or decline that."""
    name, viewer = _acted_on(request, delivery), signed_in(request)
    step, standing = request.POST.get("step", "ask"), _asked(delivery).first()
    try:
        if step == "ask":
            made = actions.ask_withdrawal(name, delivery, by=viewer, reason=request.POST.get("reason", ""))
        elif standing is None:
            raise actions.NotAsked
        else:
            act = actions.approve_withdrawal if step == "approve" else actions.decline_withdrawal
            made = act(standing, by=viewer)
    except WebError as error:
        messages.error(request, str(error))
        return redirect("delivery_detail", delivery=delivery)
    return redirect("order_detail", pk=made.pk)
