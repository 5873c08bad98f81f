"""How long pushes take to become alerts: percentiles of every step, by interface."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.detect import Backlog, Latency, backlog, latencies
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.guards import departments_of, for_readers, only_seen
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.views import signed_in

PERIODS = {"hour": dt.timedelta(hours=1), "day": dt.timedelta(days=1)}
WORDS: dict[str, str | Promise] = {
    "waited": _("Received until picked up"),
    "conformed": _("Checked and keyed"),
    "units": _("Touched units found"),
    "evaluated": _("Models evaluated"),
    "committed": _("Findings committed"),
    "alerted": _("Alerts committed"),
    "total": _("Received until alert"),
}
AIM_MS = (500, 2_000)
"""What is promised of the whole way: half of the pushes, and ninety-nine of a hundred."""


@dataclass(frozen=True)
class Step:
    """A line of the table of steps."""

    word: str | Promise
    took: Latency
    whole: bool


@dataclass(frozen=True)
class Line:
    """A line of the table of interfaces."""

    id: str
    title: Mapping[str, str]
    took: Latency


@for_readers
def push_latency(request: HttpRequest) -> HttpResponse:
    """Every step from push to alert with its percentiles, over the last hour or day."""
    period = request.GET.get("period", "")
    period = period if period in PERIODS else "hour"
    with reader() as connection:
        found, waiting = latencies(connection, PERIODS[period]), backlog(connection)
    return render(request, "intake/push_latency.html", _told(request, period, found, waiting))


def _told(request: HttpRequest, period: str, found: list[Latency], waiting: Backlog) -> dict[str, object]:
    viewer = signed_in(request)
    totals = {one.interface: one for one in found if one.step == "total" and one.interface}
    seen = only_seen(viewer, totals)
    chosen = request.GET.get("interface", "")
    chosen = chosen if chosen in seen else ""
    # A department's steward is told of the department's own pushes; the whole way is the platform's.
    whole = departments_of(viewer) is None
    by_step = {one.step: one for one in found if one.interface == chosen} if chosen or whole else {}
    known = interfaces()
    return {
        "period": period,
        "chosen": chosen,
        "steps": [Step(word, by_step[name], name == "total") for name, word in WORDS.items() if name in by_step],
        "lines": sorted(
            (Line(one, known[one].title if one in known else {}, totals[one]) for one in seen),
            key=lambda line: -line.took.p99,
        ),
        "backlog": waiting if whole else None,
        "aim": AIM_MS,
    }
