from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steelyard.web.alerts.titles import titles
from steelyard.web.cases import queries as cases
from steelyard.web.intake import queries as intake
from steelyard.web.intake.catalogue_files import contracts
from steelyard.web.intake.guards import READERS as POOL_READERS
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import CASE_ROLES, Role
from steelyard.web.screens import cartogram, figures, notices, waiting
from steelyard.web.screens import search as finding
from steelyard.web.screens.desk import desk
from steelyard.web.screens.shares import Share

OVERSEERS = frozenset({Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.DISPATCHER})
"""Who answers for what others do in the area."""


def my_work(request: HttpRequest) -> HttpResponse:
    """What to do now and until when; a stranger gets the way in for villagers."""
    if not isinstance(request.user, User):
        return render(request, "screens/landing.html")
    viewer = request.user
    sections = desk(viewer, clock.now())
    listed = frozenset[str]().union(*(section.numbers for section in sections)) - {""}
    context = {
        "sections": sections,
        "waiting": sum(section.count for section in sections),
        "late": sum(section.late for section in sections),
        "notices": [one for one in notices.unread(viewer) if one.about not in listed],
        "others": waiting.with_others(viewer) if viewer.roles & CASE_ROLES else [],
        "area": figures.loop(viewer) if viewer.roles & OVERSEERS else None,
        "today": clock.today(),
        "posts": [post.get_role_display() for post in viewer.posts.in_force()],
    }
    return render(request, "screens/my_work.html", context)


@login_required
def open_notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Follow a notice to where something waits; from then on it counts as read."""
    return redirect(notices.follow(signed_in(request), pk) or "my_work")


@needs_role(*CASE_ROLES)
def overview(request: HttpRequest) -> HttpResponse:
    """The whole of the viewer's area: rates before counts, and what could not be looked at as a class of its own."""
    viewer, today = signed_in(request), clock.today()
    names = {"red": _("Red"), "yellow": _("Yellow"), "blue": _("Blue")}
    months = figures.trend(viewer, today)
    blind, models = figures.not_evaluable(viewer)
    counties = cartogram.counties(viewer)
    chosen = next((one for one in counties if one.code == request.GET.get("county")), counties[0] if counties else None)
    lines = [line for line in intake.interface_lines() if line.described or line.deliveries]
    villages, expected = intake.village_coverage(viewer.scope.area)
    funnel, grades = figures.funnel(viewer), figures.by_grade(viewer)
    context = {
        "now": clock.now(),
        "pool": intake.pool_state(),
        "grades": grades,
        "open_alerts": sum(line.open for line in grades),
        "funnel": funnel,
        "steps": [
            (_("raised"), funnel.raised),
            (_("in a case"), funnel.in_case),
            (_("decided"), funnel.decided),
            (_("found true"), funnel.true),
        ],
        "loop": figures.loop(viewer),
        "unstaffed": list(waiting.unstaffed(viewer, clock.now())),
        "months": months,
        "trend": figures.trend_chart(months, names),
        "trend_n": sum(month.total for month in months),
        "one_run": len([month for month in months if month.total]) == 1,
        "models": figures.by_model(viewer),
        "blind": blind,
        "model_count": models,
        "evaluated": models - len([one for one in blind if not one.readiness.ready]),
        "counties": counties,
        "map": cartogram.cartogram(viewer, chosen) if chosen else None,
        "legend": [
            ("0", _("none")),
            ("1", "1"),
            ("2", "2–3"),
            ("3", _("4 and more")),
            (cartogram.UNSEEN, _("no data")),
        ],
        "coverage": Share(villages, expected),
        "delivering": sum(1 for line in lines if line.deliveries),
        "interfaces": len(lines),
        "datasets": len(intake.pool_state().datasets),
        "expected_datasets": len(contracts()),
        "sees_pool": bool(viewer.roles & POOL_READERS),
        "area": viewer.body.area if viewer.body else "",
    }
    return render(request, "screens/overview.html", context)


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Alerts, cases, villages and models that fit some words and that the viewer may see."""
    viewer, words = signed_in(request), request.GET.get("q", "").strip()[:80]
    if len(words) < finding.SHORTEST:
        return render(request, "screens/search.html", {"q": words, "too_short": True})
    found = finding.search(viewer, words)
    texts = titles(viewer, found.alerts)
    context = {
        "q": words,
        "found": found,
        "alerts": [(waiting.address("alert_detail", alert.pk), alert, texts[alert.pk]) for alert in found.alerts],
        "cases": [(waiting.address("case_detail", case.no), case, cases.state_title(case)) for case in found.cases],
        "villages": [(waiting.address("village_page", area.code), area) for area in found.villages],
        "most": finding.MOST,
    }
    return render(request, "screens/search.html", context)
