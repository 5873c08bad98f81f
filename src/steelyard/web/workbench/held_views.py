"""The page of what waits for a person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.detect import guards
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.models import Area, User
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Role
from steelyard.web.workbench import held, shelf
from steelyard.web.workbench.models import HeldDecision, HeldVerb

READERS = (*held.DECIDERS, Role.STEWARD)


@needs_role(*READERS)
def held_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and what was decided lately."""
    viewer = signed_in(request)
    decided = list(reversed(held.batches(viewer, held.DECIDED)))[:20]
    return render(request, "workbench/held_list.html", {
        "waiting": [_line(batch) for batch in held.batches(viewer)],
        "decided": [_line(batch) for batch in decided],
        "people": _names([*decided]),
    })  # fmt: skip


@needs_role(*READERS)
def held_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One batch: how many, where, of which grade, a sample; and the decision."""
    viewer = signed_in(request)
    batch = _batch(viewer, number)
    own = held.own_area(viewer) or ""
    areas = {code: grades for code, grades in sorted(batch.by_area.items()) if code.startswith(own)}
    names = {area.code: str(area) for area in Area.objects.filter(code__in=areas)}
    return render(request, "workbench/held_detail.html", {
        **_line(batch),
        "areas": [(names.get(code, code), code, grades, sum(grades.values())) for code, grades in areas.items()],
        "grades": sorted({grade for grades in areas.values() for grade in grades}),
        "mine": batch.within(own, ()),
        "sample": held.sample(viewer, batch),
        "decisions": HeldDecision.objects.filter(batch=number).select_related("by"),
        "may_decide": viewer.has_role(*held.DECIDERS) and batch.state == "held",
        "limits": guards.Limits(),
        "people": _names([batch]),
    })  # fmt: skip


@needs_role(*held.DECIDERS)
@require_POST
def held_decide(request: HttpRequest, number: int) -> HttpResponse:
    """A decision; the worker carries it out."""
    viewer = signed_in(request)
    batch = _batch(viewer, number)
    verb = HeldVerb.DISCARD if request.POST.get("verb") == HeldVerb.DISCARD else HeldVerb.RELEASE
    area = request.POST.get("area", "").strip()
    try:
        held.decide(
            batch, verb, by=viewer, reason=request.POST.get("reason", ""), area=area if area.isdecimal() else "",
            grades=[one for one in request.POST.getlist("grade") if one],
        )  # fmt: skip
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Decided. The worker carries it out; look again in a moment."))
    return redirect("held_detail", number)


def _batch(viewer: User, number: int) -> guards.HeldBatch:
    found = held.batch_or_none(viewer, number)
    if found is None:
        raise Http404
    return found


def _line(batch: guards.HeldBatch) -> dict[str, Any]:
    return {"batch": batch, "model": shelf.model_or_none(batch.model) if batch.model else None,
            "dataset": shelf.dataset_title(batch.dataset) if batch.dataset else ""}  # fmt: skip


def _names(batches: list[guards.HeldBatch]) -> dict[str, str]:
    logins = {name for batch in batches for name in (batch.decided_by, batch.asked_by) if name}
    return {user.username: str(user) for user in User.objects.filter(username__in=logins)}
