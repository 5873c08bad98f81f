"""Back-tests on the pages of models: ask for one, watch it, read what it says."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.workbench import backtests, life, shelf
from steelyard.web.workbench.backtests import ask, report_of
from steelyard.web.workbench.life_views import backtest_form, life_page, model_or_404
from steelyard.web.workbench.models import APPROVERS, OWNERS


@require_POST
@needs_role(*OWNERS)
def backtest_ask(request: HttpRequest, model_id: str) -> HttpResponse:
    """Ask for a back-test; the page then shows how far it has come."""
    model = model_or_404(model_id)
    form = backtest_form(model, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            ask(model, against=said["against"], first=said["first"], last=said["last"], step=said["step"],
                by=signed_in(request))  # fmt: skip
        except WebError as error:
            form.add_error(None, str(error))
        else:
            return redirect(reverse("model_life", args=[model.id]) + "#backtests")
    return life_page(request, model, status=422, backtest=form)


@require_GET
@needs_role(*APPROVERS)
def backtest_list(request: HttpRequest, model_id: str) -> HttpResponse:
    """Reports of a model and what is under way; asked again while something is."""
    model, viewer = model_or_404(model_id), signed_in(request)
    if not life.may_read(viewer):
        raise Http404
    context: dict[str, Any] = {
        "model": model, "backtests": life.backtests_of(model.id),
        "running": backtests.unfinished(viewer, model.id), "waits": backtests.under_way(model.id),
    }  # fmt: skip
    return render(request, "workbench/backtest_list.html", context)


@require_GET
@needs_role(*APPROVERS)
def backtest_report(request: HttpRequest, number: int) -> HttpResponse:
    """One report: totals, what it says of the viewer's area, and the confirmed alerts that would be lost."""
    found = report_of(number, signed_in(request))
    if found is None:
        raise Http404
    codes = [line.area for line in found.lines] + [one.area for one in found.lost]
    context = {"report": found, "model": shelf.model_or_none(found.model), "names": life.area_names(codes)}
    return render(request, "workbench/backtest_report.html", context)
