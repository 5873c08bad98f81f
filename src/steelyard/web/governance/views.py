"""Loopholes: what alerts had in common, what is done about it, and whether it helped."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.cases.models import Case
from steelyard.web.governance import actions
from steelyard.web.governance.forms import form_for
from steelyard.web.governance.models import Loophole
from steelyard.web.governance.queries import analysis_of, effect_of, loopholes
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import in_language
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Role
from steelyard.web.powers.flow import flow

READERS = (Role.GOVERNANCE, Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.ANALYST, Role.DISPATCHER)
OPENERS = (Role.GOVERNANCE, Role.REVIEWER, Role.SECOND_REVIEWER)


def _words(name: str, code: str) -> str:
    found = flow("loophole").data[name].get(code)
    return in_language(found["zh"], found["en"]) if found else code


@needs_role(*READERS)
def loophole_list(request: HttpRequest) -> HttpResponse:
    """Those with the nearest deadline first; closed ones stay visible, declined ones too."""
    user, today = signed_in(request), clock.today()
    state = request.GET.get("state", "")
    found = loopholes(user).filter(state=state) if state in flow("loophole").states else loopholes(user)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    rows = [
        {"loophole": one, "state": _words("states", one.state), "late": bool(one.due and one.due < today)}
        for one in page
    ]
    states = [(name, _words("states", name)) for name in flow("loophole").states]
    context = {"rows": rows, "page": page, "states": states, "state": state, "may_open": user.has_role(*OPENERS)}
    return render(request, "governance/loophole_list.html", context)


@needs_role(*READERS)
def loophole_detail(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, get_object_or_404(loopholes(signed_in(request)), number=number))


def _page(request: HttpRequest, loophole: Loophole, *, status: int = 200, **more: Any) -> HttpResponse:
    user, today = signed_in(request), clock.today()
    chart = flow("loophole")
    ways = chart.open_to(loophole.state, user.roles & set(actions.ACTORS))
    failed: tuple[str, Form] | None = more.pop("failed", None)
    context = {
        "loophole": loophole, "state": _words("states", loophole.state), "cause": _words("causes", loophole.cause),
        "proposal": _words("proposals", loophole.proposal_kind), "sheet": analysis_of(loophole, user),
        "effect": effect_of(loophole, user, today), "late": bool(loophole.due and loophole.due < today),
        "steps": [(step, _words("states", step.state)) for step in loophole.steps.select_related("by").order_by("pk")],
        "ways": [
            (way.name, in_language(way.title["zh"], way.title["en"]),
             failed[1] if failed and failed[0] == way.name else form_for(way))
            for way in ways
        ],
    }  # fmt: skip
    return render(request, "governance/loophole_detail.html", context | more, status=status)


@require_POST
@needs_role(*READERS)
def loophole_step(request: HttpRequest, number: str, name: str) -> HttpResponse:
    user = signed_in(request)
    loophole = get_object_or_404(loopholes(user), number=number)
    way = flow("loophole").transitions.get(name)
    if way is None:
        raise Http404
    form = form_for(way, request.POST)
    if not form.is_valid():
        return _page(request, loophole, status=422, failed=(name, form))
    try:
        actions.advance(loophole, name, actions.Given(**form.cleaned_data), by=user)
    except WebError as error:
        return _page(request, loophole, status=422, error=str(error), failed=(name, form))
    messages.success(request, _("Done, and on the record."))
    return redirect("loophole_detail", number=loophole.number)


@require_POST
@needs_role(*OPENERS)
def loophole_open(request: HttpRequest) -> HttpResponse:
    """Open the loophole of a case one can see."""
    user = signed_in(request)
    case = Case.objects.visible_to(user).filter(no=request.POST.get("case_no", "").strip()).first()
    if case is None:
        messages.error(request, _("There is no case of this number, or it is not yours to see."))
        return redirect("loophole_list")
    made = actions.open_loophole(case, by=user)
    return redirect("loophole_detail", number=made.number)
