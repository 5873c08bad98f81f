"""Pages of the datasets: the list, one dataset, and how filled its columns are."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from steelyard.contracts import Column
from steelyard.web.intake import cartogram, datasets, queries
from steelyard.web.intake.board import board_lines
from steelyard.web.intake.catalogue_files import contracts, department_name, interfaces, term, vocabulary_title
from steelyard.web.intake.guards import for_readers, sees
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.orgs.views import signed_in
from steelyard.web.orgs.words import Level


@for_readers
def dataset_list(request: HttpRequest) -> HttpResponse:
    """Every dataset with a contract: who owes it, how fresh it is, how many villages have rows."""
    viewer, today = signed_in(request), clock.today()
    held = {line.dataset: line for line in queries.dataset_lines()}
    fed = {feed.dataset for one in interfaces().values() for feed in one.feeds}
    department = request.GET.get("department", "")
    seen = [one for one in contracts().values() if datasets.sees_dataset(viewer, one.dataset)]
    rows: list[dict[str, Any]] = [
        {"contract": one, "line": held.get(one.dataset), "late": held[one.dataset].is_late(today)
         if one.dataset in held else False, "fed": one.dataset in fed}
        for one in sorted(seen, key=lambda one: (one.department, one.dataset))
        if department in ("", one.department)
    ]  # fmt: skip
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(department_name(row["contract"].department), []).append(row)
    context = {
        "grouped": grouped,
        "n": len(rows),
        "all_n": len(seen),
        "with_rows": sum(row["line"] is not None for row in rows),
        "departments": sorted({(one.department, department_name(one.department)) for one in seen}),
        "department": department,
        "expected_villages": len(queries.village_codes()),
    }
    return render(request, "intake/dataset_list.html", context)


@for_readers
def dataset_detail(request: HttpRequest, dataset: str) -> HttpResponse:
    """One dataset: its contract, its quality over the deliveries, where it has rows, and who needs it."""
    viewer, now = signed_in(request), clock.now()
    contract = contracts().get(dataset)
    if contract is None or not datasets.sees_dataset(viewer, dataset):
        raise Http404
    today = clock.today()
    line = next((one for one in queries.dataset_lines() if one.dataset == dataset), None)
    trend = datasets.trend(dataset)
    wanted = set(datasets.suppliers(dataset)) | {one["interface"] for one in trend}
    needing = sorted(datasets.needing(dataset, _own(viewer)), key=lambda one: not one.blind)
    context = {
        "contract": contract,
        "department": department_name(contract.department),
        "columns": [_column(column, name in contract.key) for name, column in contract.columns.items()],
        "line": line,
        "late": bool(line and line.is_late(today)),
        "limit_days": queries.limit_of(contract),
        "age": datasets.age_days(line.latest, today) if line else None,
        "suppliers": [one for one in board_lines(now) if one.id in wanted and sees(viewer, one.id)],
        "trend": trend[::-1],
        "trend_n": len(trend),
        "trend_chart": datasets.trend_chart(trend, _("Rows held back")) if trend else None,
        "reasons": datasets.reasons(dataset),
        "versions": datasets.versions(dataset),
        "needing": needing,
        "blind_n": sum(bool(one.blind) and not one.optional for one in needing),
        "now": now,
    } | _map(request, viewer, dataset)
    return render(request, "intake/dataset_detail.html", context)


def _column(column: Column, in_key: bool) -> dict[str, Any]:
    return {
        "column": column,
        "in_key": in_key,
        "unit": term("unit", column.unit) if column.unit else "",
        "vocabulary": vocabulary_title(column.vocabulary) if column.vocabulary else "",
        "terms": len(column.values),
        "register": column.subject or "",
    }


def _own(viewer: User) -> str:
    """The digits with which the codes of the viewer's own area begin."""
    return viewer.body.area.prefix if viewer.body else ""


def _map(request: HttpRequest, viewer: User, dataset: str) -> dict[str, Any]:
    """The cartogram of the chosen county; nothing where the dataset is not kept by area."""
    contract, held = contracts().get(dataset), cartogram.held_by_area(dataset)
    level = cartogram.level_of(contract, held)
    places = cartogram.places(level) if level else []
    if level is None or not places:
        return {"map": None, "level": level}
    own = _own(viewer)
    inside = [area for area in places if area.code.startswith(own) or own.startswith(area.prefix)] or places
    asked = request.GET.get("within", "")
    chosen = next((area for area in inside if area.code == asked), inside[0])
    return {
        "map": cartogram.cartogram(contract, level, chosen, held),
        "level": level,
        "level_word": Level(level).label,
        "places": inside,
    }


@for_readers
def dataset_completeness(request: HttpRequest, dataset: str) -> HttpResponse:
    """How filled the columns are that models need; counted when asked, for it reads the whole table."""
    contract = contracts().get(dataset)
    if contract is None or not datasets.sees_dataset(signed_in(request), dataset):
        raise Http404
    context = {"contract": contract, "filled": datasets.completeness(contract)}
    whole = not request.headers.get("HX-Request")
    return render(request, "intake/dataset_completeness_page.html" if whole else "intake/filled.html", context)
