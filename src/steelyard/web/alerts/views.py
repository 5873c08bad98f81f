from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.alerts import actions, evidence, queries, ties, work
from steelyard.web.alerts.models import GRADES, Alert, AlertState, Verdict
from steelyard.web.alerts.titles import areas_named, titles
from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.actions import purposes_of
from steelyard.web.orgs.models import in_language
from steelyard.web.orgs.names import shown_names
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import CASE_ROLES
from steelyard.web.workbench.shelf import model_or_none, term

PER_PAGE = 25


@needs_role(*CASE_ROLES)
def alert_list(request: HttpRequest) -> HttpResponse:
    """Alerts of one's scope, filtered by what stands in the address."""
    user = signed_in(request)
    filters = queries.Filters.read(request.GET)
    page = Paginator(queries.listed(user, filters), PER_PAGE).get_page(request.GET.get("page"))
    shown = titles(user, page)
    areas = areas_named(alert.area_code for alert in page)
    models = [(name, _model_title(name)) for name in queries.models_in_use(user)]
    context = {
        "page": page, "filters": filters, "titles": shown, "areas": areas, "models": models, "grades": GRADES,
        "states": AlertState.choices, "verdicts": Verdict.choices, "views": queries.saved_views(user),
        "query": request.GET.urlencode(), "held": queries.held_batches(user),
    }  # fmt: skip
    return render(request, "alerts/alert_list.html", context)


@needs_role(*CASE_ROLES)
def alert_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: what happened, why it was raised, what could be innocent, what to do next."""
    user = signed_in(request)
    alert = _visible(request, pk)
    record.write("alert.seen", by=user, subject=alert, case_no=alert.case_no)
    found = ties.graph(user, alert)
    model = model_or_none(alert.model_id)
    context = {
        "alert": alert, "title": alert.title(user), "area": areas_named([alert.area_code]).get(alert.area_code, ""),
        "tables": evidence.tables(user, alert.evidence, alert.model_id),
        "graph": found, "tie_list": ties.as_list(found),
        "model": model, "model_title": _model_title(alert.model_id), "domain": term("domain", alert.domain),
        "laws": [law for law in model.legal_basis if law.status != "unverified"] if model else [],
        "replay": alert.replays.order_by("-pk").first(), "revisions": alert.revisions.order_by("no"),
        "work": work.on(alert, user),
        "purposes": purposes_of(user).items(),
        "subjects": shown_names(user, alert.subject_keys), "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "alerts/alert_detail.html", context)


@require_POST
@needs_role(*CASE_ROLES)
def alert_flag(request: HttpRequest, pk: int) -> HttpResponse:
    """\"This model needs tuning\"."""
    alert = _visible(request, pk)
    try:
        actions.flag_model(alert, by=signed_in(request), text=request.POST.get("text", ""))
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The model's owner has your note."))
    return redirect("alert_detail", pk=pk)


@require_POST
@needs_role(*CASE_ROLES)
def alert_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """\"As it was seen then\"."""
    alert = _visible(request, pk)
    try:
        actions.ask_replay(alert, by=signed_in(request))
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is being computed again; the outcome appears here."))
    return redirect("alert_detail", pk=pk)


@needs_role("analyst", "dispatcher")
def alert_held(request: HttpRequest) -> HttpResponse:
    """Batches that a run held back, model by model; a person releases or discards each."""
    user = signed_in(request)
    if request.method == "POST":
        verb = actions.release_held if request.POST.get("verb") == "release" else actions.discard_held
        try:
            count = verb(request.POST.get("model", ""), by=user, reason=request.POST.get("reason", ""))
        except WebError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(count)s alerts moved on.") % {"count": count})
        return redirect("alert_held")
    batches = [(name, _model_title(name), count) for name, count in queries.held_batches(user)]
    return render(request, "alerts/alert_held.html", {"batches": batches})


@require_POST
@needs_role(*CASE_ROLES)
def view_save(request: HttpRequest) -> HttpResponse:
    query = request.POST.get("query", "")
    try:
        actions.save_view(signed_in(request), request.POST.get("name", ""), query)
    except WebError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('alert_list')}?{query}")


@require_POST
@needs_role(*CASE_ROLES)
def view_forget(request: HttpRequest, pk: int) -> HttpResponse:
    actions.forget_view(signed_in(request), pk)
    return redirect("alert_list")


def _visible(request: HttpRequest, pk: int) -> Alert:
    alert: Alert | None = queries.alerts.visible_to(signed_in(request)).filter(pk=pk).first()
    if alert is None:
        raise Http404
    return alert


def _model_title(name: str) -> str:
    model = model_or_none(name)
    return in_language(model.title.zh, model.title.en) if model else name
