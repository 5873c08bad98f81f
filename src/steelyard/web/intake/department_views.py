"""Score cards: how each department delivered in a month; made to be printed."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from steelyard.web.intake.catalogue_files import department_name, departments
from steelyard.web.intake.guards import departments_of, for_readers
from steelyard.web.intake.models import ScoreCard
from steelyard.web.orgs import clock
from steelyard.web.orgs.views import signed_in

MONTHS = 12
SHARES = (("on_time", _("On time")), ("complete", _("Complete")), ("held_back", _("Rows held back")))


def _month(request: HttpRequest) -> dt.date:
    """The month asked for, else the present one."""
    try:
        return dt.date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return clock.today().replace(day=1)


def _months() -> list[dt.date]:
    return list(ScoreCard.objects.order_by("-month").values_list("month", flat=True).distinct()[:MONTHS])


@for_readers
def department_list(request: HttpRequest) -> HttpResponse:
    """One line a department: on time, complete, refused, held back, found false."""
    own, month = departments_of(signed_in(request)), _month(request)
    cards = ScoreCard.objects.filter(month=month).order_by("department")
    seen = [one for one in cards if own is None or one.department in own]
    context = {
        "cards": [(one, department_name(one.department)) for one in seen],
        "month": month,
        "months": _months(),
        "made_at": max((one.made_at for one in seen), default=None),
    }
    return render(request, "intake/department_list.html", context)


@for_readers
def department_card(request: HttpRequest, department: str) -> HttpResponse:
    """One department in one month, beside the months before."""
    own, month = departments_of(signed_in(request)), _month(request)
    history = list(ScoreCard.objects.filter(department=department, month__lte=month).order_by("-month")[:MONTHS])
    known = department in departments() or bool(history)
    if not known or (own is not None and department not in own):
        raise Http404
    card = history[0] if history and history[0].month == month else None
    context = {
        "department": department,
        "name": department_name(department),
        "card": card,
        "month": month,
        "months": _months(),
        "history": history,
        "chart": _chart(history[::-1]) if len(history) > 1 else None,
        "today": clock.today(),
    }
    return render(request, "intake/department_card.html", context)


def _chart(history: list[ScoreCard]) -> dict[str, Any]:
    """Shares by month as a chart's option; a month with nothing to divide by has no point."""

    def share(card: ScoreCard, name: str) -> float | None:
        n, of = card.figures[name]
        return round(100 * n / of, 1) if of else None

    return {
        "xAxis": {"type": "category", "data": [f"{one.month:%Y-%m}" for one in history]},
        "yAxis": {"type": "value", "min": 0, "max": 100, "name": "%"},
        "series": [
            {"type": "line", "name": str(label), "data": [share(one, name) for one in history]}
            for name, label in SHARES
        ],
    }
