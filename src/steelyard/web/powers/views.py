"""Village matters: what I must do now, the rail of steps, and the gates."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Role
from steelyard.web.powers import actions, forms
from steelyard.web.powers.actions.gates import deposit_left
from steelyard.web.powers.models import Matter
from steelyard.web.powers.process import StepView, may_do, process, steps_of
from steelyard.web.powers.queries import matters

READERS = (Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.VILLAGE_SUPERVISION, Role.HANDLER, Role.REVIEWER,
           Role.SECOND_REVIEWER, Role.SUPERVISOR)  # fmt: skip


@needs_role(*READERS)
def matter_list(request: HttpRequest) -> HttpResponse:
    """Matters that wait for me first."""
    user = signed_in(request)
    page = Paginator(matters(user), 30).get_page(request.GET.get("page"))
    rows = [{"matter": matter, "next": _next(matter), "mine": _mine(matter, user)} for matter in page]
    context = {"rows": sorted(rows, key=lambda row: not row["mine"]), "page": page,
               "may_start": _may_start(user)}  # fmt: skip
    return render(request, "powers/matter_list.html", context)


def _may_start(user: User) -> bool:
    """Matters are started by the clerk of a village, in his village."""
    return user.has_role(Role.VILLAGE_CLERK) and user.body is not None and user.body.level == "village"


def _next(matter: Matter) -> StepView | None:
    return next((step for step in steps_of(matter) if step.is_open), None)


def _mine(matter: Matter, user: User) -> bool:
    step = _next(matter)
    return step is not None and may_do(matter, step.id, user)


@needs_role(Role.VILLAGE_CLERK)
def matter_new(request: HttpRequest) -> HttpResponse:
    form = forms.LeaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            matter = actions.start_lease(actions.NewLease(**form.cleaned_data), by=signed_in(request))
        except WebError as error:
            form.add_error(None, str(error))
        else:
            return redirect("matter_detail", number=matter.number)
    return render(request, "powers/matter_new.html", {"form": form}, status=422 if form.errors else 200)


def _matter(request: HttpRequest, number: str) -> Matter:
    return get_object_or_404(matters(signed_in(request)), number=number)


def _form_of(kind: str, data: Any = None) -> Form:
    kinds: dict[str, type[Form]] = {"decision": forms.MeetingForm, "contract": forms.ContractForm}
    return kinds.get(kind, forms.StepForm)(data, initial={"day": clock.today()})


@needs_role(*READERS)
def matter_detail(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _matter(request, number))


def _page(request: HttpRequest, matter: Matter, *, status: int = 200, **more: Any) -> HttpResponse:
    user, steps = signed_in(request), steps_of(matter)
    mine = next((step for step in steps if step.is_open and may_do(matter, step.id, user)), None)
    refused = [
        (event, [process(matter.process)["conditions"][name] for name in event.missing])
        for event in matter.refusals.select_related("by").order_by("-pk")
    ]
    context = {
        "matter": matter, "steps": steps, "mine": mine, "form": _form_of(mine.kind) if mine else None,
        "titles": {step.id: step.title for step in steps}, "plan": matter.plan.order_by("due_date"),
        "payments": matter.payments.select_related("by").order_by("pk"), "refused": refused,
        "payment_form": forms.PaymentForm() if may_do(matter, "payment", user) else None,
        "contract_form": _form_of("contract") if may_do(matter, "contract", user) and not _signed(matter) else None,
        "deposit_left": deposit_left(matter), "waiting": matter.events.filter(handed_over__isnull=True).count(),
        "events": matter.events.count(),
    }  # fmt: skip
    return render(request, "powers/matter_detail.html", context | more, status=status)


def _signed(matter: Matter) -> bool:
    return matter.steps.filter(step="contract").exists()


@require_POST
@needs_role(*READERS)
def matter_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    matter = _matter(request, number)
    kind = next((view.kind for view in steps_of(matter) if view.id == step), "")
    form = _form_of(kind, request.POST)
    if not form.is_valid():
        return _page(request, matter, status=422, form=form)
    try:
        actions.take_step(matter, step, actions.StepGiven(**form.cleaned_data), by=signed_in(request))
    except WebError as error:
        form.add_error(None, str(error))
        return _page(request, matter, status=422, form=form, error=str(error))
    messages.success(request, _("Done, and on the record."))
    return redirect("matter_detail", number=matter.number)


@require_POST
@needs_role(*READERS)
def matter_contract(request: HttpRequest, number: str) -> HttpResponse:
    matter, form = _matter(request, number), forms.ContractForm(request.POST)
    if not form.is_valid():
        return _page(request, matter, status=422, contract_form=form)
    data = form.cleaned_data
    return _through_gate(request, matter, lambda by: actions.sign_contract(
        matter, by=by, day=data["day"], document=data["document"]
    ))  # fmt: skip


@require_POST
@needs_role(*READERS)
def matter_payment(request: HttpRequest, number: str) -> HttpResponse:
    matter, form = _matter(request, number), forms.PaymentForm(request.POST)
    if not form.is_valid():
        return _page(request, matter, status=422, payment_form=form)
    data = form.cleaned_data
    amount = data["amount"]
    return _through_gate(request, matter, lambda by: actions.request_payment(
        matter, by=by, amount=Decimal(amount), payee=data["payee"], purpose=data["purpose"]
    ), amount=amount)  # fmt: skip


def _through_gate(request: HttpRequest, matter: Matter, act: Any, **shown: Any) -> HttpResponse:
    try:
        missing = act(signed_in(request))
    except WebError as error:
        return _page(request, matter, status=422, error=str(error))
    if missing:
        return render(request, "powers/gate_refused.html", {"matter": matter, "missing": missing} | shown, status=409)
    messages.success(request, _("Done, and on the record."))
    return redirect("matter_detail", number=matter.number)
