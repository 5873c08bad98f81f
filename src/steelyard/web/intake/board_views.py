"""The interface board, one interface, and what a steward does with it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.sources import Interface
from steelyard.web.audit.errors import WebError
from steelyard.web.intake import actions, queries, runs
from steelyard.web.intake.board import Board, BoardLine, Department, board, board_lines
from steelyard.web.intake.catalogue_files import contracts, department_name, interfaces
from steelyard.web.intake.conditions import BY_CODE
from steelyard.web.intake.guards import answers_for, for_readers, sees
from steelyard.web.intake.models import Order
from steelyard.web.orgs import clock
from steelyard.web.orgs.views import signed_in
from steelyard.web.orgs.words import Role

ATTENTION = frozenset({"bad", "odd", "rest"})
"""Tones of the conditions that are listed unless the reader asks for others."""


@for_readers
def pool_status(request: HttpRequest) -> HttpResponse:
    """The interface board: which interface is late, failing, refused, drifting, thin, never connected or healthy."""
    viewer, now = signed_in(request), clock.now()
    whole = board(viewer, now)
    department, state = request.GET.get("department", ""), request.GET.get("state") or "attention"
    listed = _narrowed(whole, department, state)
    villages, expected = queries.village_coverage()
    context = {
        "board": whole,
        "now": now,
        "listed": listed,
        "listed_n": sum(len(one.lines) for one in listed),
        "attention_n": sum(_wanted(line, "attention") for line in whole.lines),
        "all_n": len(whole.lines),
        "state": state,
        "state_words": BY_CODE.get(state),
        "department": department,
        "here": f"?{urlencode({'department': department})}&state=" if department else "?state=",
        "pool": queries.pool_state(),
        "delivering": sum(1 for line in whole.lines if line.line.deliveries),
        "totals": queries.totals([line.line for line in whole.lines]),
        "datasets_n": len(queries.pool_state().datasets),
        "expected_datasets": len(contracts()),
        "villages": villages,
        "expected_villages": expected,
        "is_steward": viewer.has_role(Role.STEWARD),
        "uploads": queries.uploads(viewer, 5),
    }
    return render(request, "intake/pool_status.html", context)


def _wanted(line: BoardLine, state: str) -> bool:
    if state == "attention":
        return line.state.tone in ATTENTION
    return state not in BY_CODE or any(condition.code == state for condition in line.conditions)


def _narrowed(whole: Board, department: str, state: str) -> list[Department]:
    found = [
        Department(one.code, one.name, [line for line in one.lines if _wanted(line, state)])
        for one in whole.departments
        if department in ("", one.code)
    ]
    return [one for one in found if one.lines]


@for_readers
def interface_detail(request: HttpRequest, interface: str) -> HttpResponse:
    """One interface: its condition, its runs, what it delivers, and what became of its deliveries."""
    viewer, now = signed_in(request), clock.now()
    line = next(iter(board_lines(now, interface)), None)
    if line is None or not sees(viewer, interface):
        raise Http404
    described = queries.interface_of(interface)
    acts = answers_for(viewer, interface)
    context = {
        "board_line": line,
        "line": line.line,
        "department": department_name(line.line.department),
        "described": described,
        "feeds": [(feed.dataset, contracts().get(feed.dataset)) for feed in described.feeds] if described else [],
        "deliveries": queries.deliveries_of(interface),
        "runs": runs.runs_of(interface),
        "incidents": runs.incidents_of(interface),
        "orders": Order.objects.filter(interface=interface).select_related("by")[:5],
        "takes_files": acts and bool(described and described.connector == "file" and described.pattern),
        "may_act": acts and described is not None,
        "is_fetched": described is not None and described.connector not in ("push", "import"),
        "now": now,
    }
    return render(request, "intake/interface_detail.html", context)


def _acted_on(request: HttpRequest, interface: str) -> Interface:
    """The interface a steward acts on; for others there is none."""
    known = interfaces().get(interface)
    if known is None or not answers_for(signed_in(request), interface):
        raise Http404
    return known


@require_POST
@for_readers
def interface_fetch(request: HttpRequest, interface: str) -> HttpResponse:
    """Ask for rows now."""
    known = _acted_on(request, interface)
    try:
        made = actions.fetch_now(known, by=signed_in(request))
    except WebError as error:
        messages.error(request, str(error))
        return redirect("interface_detail", interface=interface)
    return redirect("order_detail", pk=made.pk)


@require_POST
@for_readers
def interface_pause(request: HttpRequest, interface: str) -> HttpResponse:
    """Stop the scheduled fetching, with a reason."""
    known = _acted_on(request, interface)
    try:
        actions.pause(known, by=signed_in(request), reason=request.POST.get("reason", ""))
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Paused, and on the record."))
    return redirect("interface_detail", interface=interface)


@require_POST
@for_readers
def interface_resume(request: HttpRequest, interface: str) -> HttpResponse:
    """Go on with the scheduled fetching."""
    known = _acted_on(request, interface)
    try:
        actions.resume(known, by=signed_in(request))
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The schedule asks for rows again."))
    return redirect("interface_detail", interface=interface)
