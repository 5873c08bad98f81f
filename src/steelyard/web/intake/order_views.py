"""What was asked of the worker, and what became of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from steelyard.web.intake.guards import for_readers, sees
from steelyard.web.intake.models import Order
from steelyard.web.orgs.models import User
from steelyard.web.orgs.views import signed_in


def _order(viewer: User, pk: int) -> Order:
    found = Order.objects.select_related("by").filter(pk=pk).first()
    if found is None or not sees(viewer, found.interface):
        raise Http404
    return found


@for_readers
def order_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One order; the page asks again by itself until it is finished."""
    viewer = signed_in(request)
    found = _order(viewer, pk)
    template = "intake/order_state.html" if request.headers.get("HX-Request") else "intake/order_detail.html"
    return render(request, template, {"order": found})
