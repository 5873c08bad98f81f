from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from steelyard.catalogue import SupervisionModel
from steelyard.catalogue.handbook import Here, Speech
from steelyard.kit import durations
from steelyard.pool import prefix
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Level, Line
from steelyard.web.workbench import figures, life, listing, measured, queries, run_views, shelf
from steelyard.web.workbench.drafts.models import may_write

LEVEL_NAMES = dict(Level.choices)
SHOWN_PLACES = 40


@needs_role(*queries.READERS)
def model_list(request: HttpRequest) -> HttpResponse:
    """The catalogue by matter: what each model looks for and needs, whether it can look here, how often it is right."""
    viewer = signed_in(request)
    filters = listing.Filters.read(request.GET, viewer)
    found = listing.rows(viewer, filters)
    context = {
        "groups": listing.groups(found),
        "count": len(found),
        "opened": len(found) <= listing.FEW,
        "total": len(shelf.catalogue().models),
        "filters": filters,
        "choices": listing.choices(viewer),
        "lines": dict(Line.choices),
        "query": request.GET.urlencode(),
        "complaints": shelf.complaints(),
        "writes": may_write(request.user),
        "life_shown": life.may_read(viewer),
        "waiting": len(life.waiting_for(viewer)) if life.may_read(viewer) else 0,
    }
    return render(request, "workbench/model_list.html", context)


@needs_role(*queries.READERS)
def model_handbook(request: HttpRequest) -> HttpResponse:
    """What the list shows, as a book to print; the same filter stands in the address, or the ids of some models."""
    from steelyard.catalogue.handbook.pdf import Book, handbook  # setting type takes a second to load

    viewer = signed_in(request)
    filters = listing.Filters.read(request.GET, viewer)
    named = set(request.GET.getlist("id"))
    found = [row for row in listing.rows(viewer, filters) if not named or row.model.id in named]
    if not found:
        return redirect(f"{reverse('model_list')}?{request.GET.urlencode()}")
    today = clock.today()
    known = {
        row.model.id: Here(listing.readiness_in_words(row.readiness), listing.precision_in_words(row.standing))
        for row in found
    }
    book = Book(
        shelf.catalogue(), [row.model for row in found], in_language("zh", "en"), today,
        chosen=filters.in_words(viewer), here=known,
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="models-{today.isoformat()}.pdf"'}
    return HttpResponse(handbook(book), content_type="application/pdf", headers=headers)


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
        "data": _data_of(model, viewer),
        "readiness": ready,
        "places": sorted(ready.places, key=lambda place: (place.ready, place.area_code))[:SHOWN_PLACES],
        "more_places": max(0, len(ready.places) - SHOWN_PLACES),
        "innocent": [
            {"text": known, "verdict": shelf.term("verdict", str(known.get("verdict", "")))}
            for known in model.false_positives
        ],
        "acts": _who_acts(model),
        "key": [(column, _key_title(model, column)) for column in model.key],
        "snooze": _days(str(model.snooze.get("max") or "")),
        "checklist": model.disposal.get("checklist") or [],
        "examples": queries.worked_examples(model),
        "parameters": [(one, str(LEVEL_NAMES.get(one.change_by, one.change_by))) for one in model.parameters.values()],
        "show_sql": queries.may_see_sql(viewer),
        "standing": figures.standings(viewer).get(model.id, figures.Standing()),
        "recent": figures.recent(viewer, model.id),
        "tested": _tested(model, viewer),
        "life_shown": life.may_read(viewer),
        "phase": life.phases([model.id], viewer.scope.area)[model.id],
    }
    return render(request, "workbench/model_detail.html", context)


def _data_of(model: SupervisionModel, viewer: User) -> list[dict[str, Any]]:
    """What the model reads, and of each whether anything of it lies here."""
    counted = queries.delivered(prefix(viewer.scope.area))
    return [
        {
            "dataset": needs.dataset,
            "title": shelf.dataset_title(needs.dataset),
            "columns": [(column, shelf.column_title(needs.dataset, column)) for column in needs.needs],
            "optional": needs.optional,
            "days": _days(needs.freshness),
            "behind": [
                {"title": shelf.dataset_title(name), "dataset": name, "rows": counted.get(name, 0) if counted else None}
                for name in sorted(shelf.catalogue().base_datasets([needs.dataset]))
            ],
        }
        for needs in model.data.values()
    ]


def _tested(model: SupervisionModel, viewer: User) -> dict[str, Any] | None:
    """What it found of planted wrongs; None for whoever may be supervised and must not learn what is missed."""
    if not viewer.has_role(*run_views.READERS):
        return None
    found = measured.newest_of(model.id, measured.kept()[0])
    if found is None:
        return {}
    kept, tally = found
    return {"kept": kept, "world": measured.world(kept), "tally": tally, "was": kept.versions.get(model.id, "")}


def _days(period: str) -> int | None:
    read = durations.read(period)
    return read.about_days if read else None


def _key_title(model: SupervisionModel, column: str) -> str:
    """By the first dataset of the model that has the column."""
    titles = (shelf.column_title(name, column) for name in model.data)
    return next((title for title in titles if title != column), column)


def _who_acts(model: SupervisionModel) -> list[tuple[str, str, str]]:
    """(handler or reviewer, level, kind of body)."""
    speech = Speech(shelf.catalogue(), in_language("zh", "en"))
    said = [(part, model.disposal.get(part)) for part in ("handler", "reviewer")]
    return [
        (part, str(LEVEL_NAMES.get(str(one.get("level")), one.get("level", ""))), speech.body(str(one.get("role", ""))))
        for part, one in said
        if isinstance(one, dict)
    ]
