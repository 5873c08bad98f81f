"""Pages of one delivery: its ledger, what rests on it, and what a steward does about it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.intake import actions, delivery_facts, queries, runs
from steelyard.web.intake.above import given
from steelyard.web.intake.catalogue_files import contracts, department_name, interfaces
from steelyard.web.intake.guards import answers_for, for_readers, sees
from steelyard.web.intake.models import Order
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
        "orders": Order.objects.filter(delivery=delivery).select_related("by"),
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
