"""The pages of a model's life: where it runs, what is asked of it, and what others say to that."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.catalogue import SupervisionModel
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.workbench import backtests, life, motions, shelf
from steelyard.web.workbench.life_forms import BacktestForm, EndForm, ReleaseForm, SweepForm, ValueForm, first_values
from steelyard.web.workbench.models import APPROVERS, OWNERS, Motion, Says

VERBS: dict[str, Callable[..., object]] = {
    Says.SUBMIT: motions.submit, Says.AGREE: motions.agree, Says.REFUSE: motions.refuse, Says.DROP: motions.drop,
}  # fmt: skip


@needs_role(*APPROVERS)
def model_life(request: HttpRequest, model_id: str) -> HttpResponse:
    """Where a model runs, what was decided, and the forms of those who keep models."""
    return life_page(request, model_or_404(model_id))


def model_or_404(model_id: str) -> SupervisionModel:
    """Raises Http404."""
    found = shelf.model_or_none(model_id)
    if found is None:
        raise Http404
    return found


@require_POST
@needs_role(*OWNERS)
def release_ask(request: HttpRequest, model_id: str) -> HttpResponse:
    """Ask for a phase."""
    model, form = model_or_404(model_id), ReleaseForm(request.POST)

    def ask(by: User) -> Motion:
        said = form.cleaned_data
        return motions.ask_release(
            model.id, phase=said["phase"], area=said["area"], since=said["since"], reason=said["reason"], by=by,
            declared=form.declared(),
        )  # fmt: skip

    return _ask(request, model, form, ask, "release")


@require_POST
@needs_role(*OWNERS)
def value_ask(request: HttpRequest, model_id: str) -> HttpResponse:
    """Ask for a local limit; what it would change is worked out first."""
    model = model_or_404(model_id)
    form = ValueForm(model, request.POST)

    def ask(by: User) -> Motion:
        said = form.cleaned_data
        return motions.ask_value(
            model.id, area=said["area"], values=form.values(), since=said["since"], until=said["until"],
            reason=said["reason"], by=by,
        )  # fmt: skip

    return _ask(request, model, form, ask, "value")


@require_POST
@needs_role(*OWNERS)
def value_end(request: HttpRequest, model_id: str) -> HttpResponse:
    """Ask that a local limit end."""
    model, form = model_or_404(model_id), EndForm(request.POST)

    def ask(by: User) -> Motion:
        held = {one.id: one for one in life.life_of(model, by).values}
        if form.cleaned_data["value"] not in held:
            raise motions.NoSuchMotion
        said = form.cleaned_data
        return motions.ask_end(model.id, held[said["value"]], on=said["on"], reason=said["reason"], by=by)

    return _ask(request, model, form, ask, "end")


@require_POST
@needs_role(*APPROVERS)
def sweep_answer(request: HttpRequest, model_id: str) -> HttpResponse:
    """Open a sweep campaign, or leave it be."""
    model, form = model_or_404(model_id), SweepForm(request.POST)

    def ask(by: User) -> Motion:
        waiting = {one.id: one for one in life.life_of(model, by).campaigns if one.opened is None}
        said = form.cleaned_data
        if said["campaign"] not in waiting:
            raise motions.NoSuchMotion
        return motions.answer_sweep(
            model.id, campaign=said["campaign"], area=waiting[said["campaign"]].area, opened=said["answer"] == "open",
            reason=said["reason"], by=by,
        )  # fmt: skip

    return _ask(request, model, form, ask, "sweep")


def _ask(
    request: HttpRequest, model: SupervisionModel, form: forms.Form, ask: Callable[[User], Motion], name: str
) -> HttpResponse:
    if form.is_valid():
        try:
            made = ask(signed_in(request))
        except WebError as error:
            form.add_error(None, str(error))
        else:
            return redirect("motion_detail", pk=made.pk)
    return life_page(request, model, status=422, **{name: form})


def life_page(request: HttpRequest, model: SupervisionModel, status: int = 200, **filled: forms.Form) -> HttpResponse:
    """A model's life, with forms as somebody filled them."""
    viewer = signed_in(request)
    if not life.may_read(viewer):
        raise Http404
    found = life.life_of(model, viewer)
    start = first_values(clock.today(), viewer.scope.area)
    codes = [one.area for one in (*found.scopes, *found.history)]
    codes += [one.area for one in found.values] + [one.area for one in found.campaigns]
    codes += [one.area for one in found.beside.listed] + [found.beside.area] if found.beside else []
    under_way = life.under_way(viewer, model.id)
    context: dict[str, Any] = {
        "model": model, "life": found, "names": life.area_names([*codes, *(one.area for one in under_way)]),
        "under_way": under_way, "may_ask": life.may_ask(viewer),
        "release": filled.get("release") or ReleaseForm(initial=start),
        "value": filled.get("value") or ValueForm(model, initial=start),
        "backtest": filled.get("backtest") or backtest_form(model), "backtests": found.backtests,
        "running": backtests.unfinished(viewer, model.id), "waits": backtests.under_way(model.id),
        "broken": [error for form in filled.values() for error in _errors(form)], "filled": set(filled),
        "labels": _labels(model),
    }  # fmt: skip
    return render(request, "workbench/model_life.html", context, status=status)


def backtest_form(model: SupervisionModel, said: Mapping[str, Any] | None = None) -> BacktestForm:
    """Over the last year where nothing was said."""
    kept = [
        (one.sha256, _("%(version)s, which runs") % {"version": one.version} if one.runs else one.version)
        for one in backtests.choices(model)
    ]
    last = clock.today()
    start = {"first": last.replace(day=1) - dt.timedelta(days=334), "last": last, "step": "month"}
    return BacktestForm(kept, said, start)


def _labels(model: SupervisionModel | None) -> dict[str, str]:
    """Names of the limits in the reader's language."""
    listed = model.parameters.items() if model else ()
    return {name: in_language(one.title.zh, one.title.en) for name, one in listed}


def _errors(form: forms.Form) -> list[str]:
    return [f"{form.fields[name].label or ''} {error}" if name in form.fields else str(error)
            for name, listed in form.errors.items() for error in listed]  # fmt: skip


@needs_role(*APPROVERS)
def motion_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person's word, and all that was asked."""
    viewer = signed_in(request)
    page = Paginator(Motion.objects.visible_to(viewer).select_related("by"), 30).get_page(request.GET.get("page"))
    mine = life.waiting_for(viewer)
    context = {
        "page": page, "mine": mine, "names": life.area_names(one.area for one in (*page, *mine)),
        "models": shelf.catalogue().models,
    }  # fmt: skip
    return render(request, "workbench/motion_list.html", context)


@needs_role(*APPROVERS)
def motion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: gates with figures or the effect of a limit, who said what, and what one may say oneself."""
    viewer = signed_in(request)
    found: Motion | None = Motion.objects.visible_to(viewer).select_related("by").filter(pk=pk).first()
    if found is None:
        raise Http404
    words = list(found.words.select_related("by"))
    said = {word.says for word in words if word.by_id == viewer.pk}
    context = {
        "motion": found, "model": shelf.model_or_none(found.model_id), "words": words,
        "names": life.area_names([found.area]), "labels": _labels(shelf.model_or_none(found.model_id)),
        "needed": life.approvals_needed(found),
        "agreed": sum(word.says == Says.AGREE for word in words), "open_gates": motions.open_gates(found),
        "mine": found.by_id == viewer.pk, "may_agree": life.may_agree(viewer, found) and Says.AGREE not in said,
        "waits": found.state == "looking" or (found.state == "shown" and Says.SUBMIT in said),
    }  # fmt: skip
    return render(request, "workbench/motion_detail.html", context)


@require_POST
@needs_role(*APPROVERS)
def motion_say(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit, agree, refuse or drop."""
    said = request.POST.get("says", "")
    more = {"note": request.POST.get("note", "")} if said in (Says.AGREE, Says.REFUSE) else {}
    try:
        verb = VERBS.get(said)
        if verb is None:
            raise Http404
        verb(pk, by=signed_in(request), **more)
    except motions.NoSuchMotion as error:
        raise Http404 from error
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Written down. The worker carries it out; what follows from it shows here."))
    return redirect("motion_detail", pk=pk)
