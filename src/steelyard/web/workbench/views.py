from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from steelyard.catalogue import SupervisionModel
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Level, Line
from steelyard.web.workbench import figures, life, queries, shelf
from steelyard.web.workbench.drafts.models import may_write

GRADES = ("red", "yellow", "blue")
LEVEL_NAMES = dict(Level.choices)
SHOWN_PLACES = 40


@needs_role(*queries.READERS)
def model_list(request: HttpRequest) -> HttpResponse:
    """Every model, with what it looks for, whether it could be evaluated and how often it was right."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "field", "line", "grade", "state")}
    found = queries.models(words=chosen["q"], field_name=chosen["field"], line=chosen["line"], grade=chosen["grade"])
    ready = queries.readiness(model.id for model in found)
    viewer = signed_in(request)
    standings = figures.standings(viewer)
    rows = [
        {"model": model, "readiness": ready[model.id], "standing": standings.get(model.id, figures.Standing())}
        for model in found
        if not chosen["state"] or ready[model.id].state == chosen["state"]
    ]
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "total": len(shelf.catalogue().models),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "fields": queries.fields(),
        "lines": Line.choices,
        "grades": GRADES,
        "complaints": shelf.complaints(),
        "writes": may_write(request.user),
        "phases": life.phases((model.id for model in found), viewer.scope.area),
        "life_shown": life.may_read(viewer),
        "waiting": len(life.waiting_for(viewer)) if life.may_read(viewer) else 0,
    }
    return render(request, "workbench/model_list.html", context)


@needs_role(*queries.READERS)
def model_detail(request: HttpRequest, model_id: str) -> HttpResponse:
    """One model: what it looks for, on what law and data, what may be innocent, and what it found."""
    model = shelf.model_or_none(model_id)
    if model is None:
        raise Http404
    viewer = signed_in(request)
    ready = queries.readiness([model.id])[model.id]
    context: dict[str, Any] = {
        "model": model,
        "logic": queries.logic_of(model),
        "domain": shelf.term("domain", model.domain),
        "stage": shelf.term("stage", model.stage),
        "line": shelf.term("line", model.line),
        # A reference nobody has checked is not printed: people would act on it.
        "law": [
            {"ref": basis.ref, "status": shelf.term("legal_status", basis.status)}
            for basis in model.legal_basis
            if basis.status != "unverified"
        ],
        "data": _data_of(model),
        "readiness": ready,
        "places": sorted(ready.places, key=lambda place: (place.ready, place.area_code))[:SHOWN_PLACES],
        "more_places": max(0, len(ready.places) - SHOWN_PLACES),
        "innocent": [
            {"text": known, "verdict": shelf.term("verdict", str(known.get("verdict", "")))}
            for known in model.false_positives
        ],
        "checklist": model.disposal.get("checklist") or [],
        "examples": queries.worked_examples(model),
        "parameters": [(one, str(LEVEL_NAMES.get(one.change_by, one.change_by))) for one in model.parameters.values()],
        "show_sql": queries.may_see_sql(viewer),
        "standing": figures.standings(viewer).get(model.id, figures.Standing()),
        "recent": figures.recent(viewer, model.id),
        "life_shown": life.may_read(viewer),
        "phase": life.phases([model.id], viewer.scope.area)[model.id],
    }
    return render(request, "workbench/model_detail.html", context)


def _data_of(model: SupervisionModel) -> list[dict[str, Any]]:
    return [
        {
            "dataset": needs.dataset,
            "title": shelf.dataset_title(needs.dataset),
            "columns": [(column, shelf.column_title(needs.dataset, column)) for column in needs.needs],
            "optional": needs.optional,
        }
        for needs in model.data.values()
    ]
