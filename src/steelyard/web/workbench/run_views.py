"""Runs with what every model cost, and models by how well they are."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from steelyard.detect import history
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.views import needs_role
from steelyard.web.orgs.words import Role
from steelyard.web.workbench import health, life, shelf

READERS = (Role.STEWARD, Role.ANALYST, Role.SUPERVISOR, Role.SECOND_REVIEWER)
CHARTED = 8


@needs_role(*READERS)
def run_list(request: HttpRequest) -> HttpResponse:
    """The newest runs, and which models their time goes to."""
    model = request.GET.get("model", "")
    with reader() as connection:
        runs, habits = history.runs(connection, model=model), history.habits(connection)
        rows = health.dataset_rows(connection)
    chosen = shelf.model_or_none(model) if model else None
    slowest = habits[:CHARTED]
    return render(request, "workbench/run_list.html", {
        "runs": runs,
        "chosen": chosen,
        "habit": next((one for one in habits if chosen and one.model == chosen.id), None),
        "bars": [(_model(one.model), one, _width(one, slowest)) for one in slowest],
        "share": round(100 * history.share_of_slowest(habits, 3)),
        "models": len(habits),
        "advised": health.advised([one for one in habits if not chosen or one.model == chosen.id], rows),
    })  # fmt: skip


@needs_role(*READERS)
def run_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One run, its models with their cost, the slowest first."""
    with reader() as connection:
        found = history.one_run(connection, number)
    if found is None:
        raise Http404
    run, listed = found
    return render(request, "workbench/run_detail.html", {
        "run": run,
        "lines": [(_model(one.model), one) for one in listed],
        "slowest": listed[0] if listed else None,
        "share": round(100 * listed[0].wall_ms / run.wall_ms) if listed and run.wall_ms else 0,
    })  # fmt: skip


@needs_role(*READERS)
def model_health(request: HttpRequest) -> HttpResponse:
    """Every model, the worst first; of one county where it is asked for."""
    area = request.GET.get("area", "")
    areas = health.areas()
    area = area if area in dict(areas) else ""
    lines = health.lines(area)
    return render(request, "workbench/model_health.html", {
        "lines": lines, "areas": areas, "area": area, "wrong": sum(line.wrong for line in lines),
        "names": life.area_names(
            [one.area_code for line in lines for one in line.signs] + [one.area for line in lines for one in line.terms]
        ),
    })  # fmt: skip


def _model(model: str) -> Any:
    return shelf.model_or_none(model) or {"id": model, "title": {"zh": model, "en": model}}


def _width(one: history.Habit, listed: list[history.Habit]) -> str:
    most = max((each.p95_ms for each in listed), default=0)
    return f"{100 * one.p95_ms / most:.1f}" if most else "0"
