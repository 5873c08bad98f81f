from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.alerts.models import GRADES
from steelyard.web.alerts.titles import titles
from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.cases import acting, actions, pages, queries
from steelyard.web.cases.context import Context, alerts_of
from steelyard.web.cases.forms import MoveForm
from steelyard.web.cases.models import Case
from steelyard.web.cases.uploads import Unclean, clean_upload
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import CASE_ROLES

PER_PAGE = 25


@needs_role(*CASE_ROLES)
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases of one's scope, what is due first at the top."""
    user = signed_in(request)
    filters = queries.Filters.read(request.GET)
    page = Paginator(queries.listed(user, filters), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "filters": filters, "grades": GRADES, "states": queries.state_choices(),
        "rows": pages.rows(user, page), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "cases/case_list.html", context)


@needs_role(*CASE_ROLES)
def case_detail(request: HttpRequest, no: str) -> HttpResponse:
    """One case: what to do first, then everything it rests on."""
    case = _visible(request, no)
    user = signed_in(request)
    record.write("case.seen", by=user, subject=case, case_no=case.no)
    return render(request, "cases/case_detail.html", pages.detail(case, user) | {"here": request.get_full_path()})


@needs_role(*CASE_ROLES)
def case_dossier(request: HttpRequest, no: str) -> HttpResponse:
    """The whole case on paper; printing it is on the record."""
    case = _visible(request, no)
    user = signed_in(request)
    record.write("case.dossier", by=user, subject=case, case_no=case.no)
    return render(request, "cases/case_dossier.html", pages.detail(case, user) | {"files": case.files.order_by("at")})


@needs_role(*CASE_ROLES)
def case_act(request: HttpRequest, no: str, move: str) -> HttpResponse:
    """The form of one move, and making it."""
    case = _visible(request, no)
    user = signed_in(request)
    offer = next((one for one in acting.offers(case, user) if one.move.name == move), None)
    if offer is None:
        raise Http404
    if request.method != "POST":
        form = MoveForm(Context(case, offer.move, offer.actor, user))
        return _form_page(request, case, offer, form, 200)
    verb = actions.ask_signature if "second_signature" in offer.move.needs else actions.act
    try:
        verb(case, move, by=user, data=request.POST, files=request.FILES, version=_version(request))
    except actions.Incomplete as error:
        return _form_page(request, case, offer, error.form, 422)
    except actions.Conflict as error:
        form = MoveForm(Context(case, offer.move, offer.actor, user), request.POST, request.FILES)
        messages.error(request, str(error))
        return _form_page(request, case, offer, form, 409)
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done, and on the record."))
    return redirect("case_detail", no=no)


def _version(request: HttpRequest) -> int:
    """The last step that the person saw.  Raises NoVersion where the page does not say it."""
    given = request.POST.get("version", "")
    if not given.isascii() or not given.isdecimal() or len(given) > 9:
        raise actions.NoVersion
    return int(given)


def _form_page(request: HttpRequest, case: Case, offer: acting.Offer, form: MoveForm, status: int) -> HttpResponse:
    user = signed_in(request)
    fresh = queries.case_by_no(user, case.no) or case
    context: dict[str, Any] = {
        "case": fresh, "offer": offer, "form": form, "titles": titles(user, alerts_of(fresh)).values(),
        "state": queries.state_title(fresh), "groups": pages.groups(form), "said": [], "explained": [],
    }  # fmt: skip
    if {"verdict_per_alert", "opinion", "measures_done", "inspection_record"} & set(offer.move.needs):
        context |= {"said": pages.said_before(fresh, user), "explained": pages.explained(fresh)}
    return render(request, "cases/case_act.html", context, status=status)


@require_POST
@needs_role(*CASE_ROLES)
def case_attach(request: HttpRequest, no: str) -> HttpResponse:
    """Add files outside a move."""
    case = _visible(request, no)
    try:
        files = [clean_upload(one) for one in request.FILES.getlist("files")[:10]]
        actions.attach_files(case, files, by=signed_in(request))
    except (WebError, Unclean, ValidationError) as error:
        messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    else:
        messages.success(request, _("Done, and on the record."))
    return redirect("case_detail", no=no)


@require_POST
@needs_role(*CASE_ROLES)
def case_ask_signature(request: HttpRequest, no: str, move: str) -> HttpResponse:
    """A signature is asked for a filled form; this leads to it."""
    case = _visible(request, no)
    return redirect("case_act", no=case.no, move=move)


@require_POST
@needs_role(*CASE_ROLES)
def case_decide(request: HttpRequest, no: str, pk: int) -> HttpResponse:
    """Agree to a colleague's request, or refuse it."""
    case = _visible(request, no)
    asked = case.requests.filter(pk=pk).first()
    if asked is None:
        raise Http404
    granted = request.POST.get("granted") == "1"
    return _try(request, no, lambda: actions.decide(asked, by=signed_in(request), granted=granted))


@require_POST
@needs_role(*CASE_ROLES)
def ledger_take_back(request: HttpRequest, no: str, pk: int) -> HttpResponse:
    case = _visible(request, no)
    entry = case.ledger.filter(pk=pk).first()
    if entry is None:
        raise Http404
    reason = request.POST.get("reason", "")
    return _try(request, no, lambda: actions.take_back(entry, by=signed_in(request), reason=reason))


def _try(request: HttpRequest, no: str, verb: Any) -> HttpResponse:
    try:
        verb()
    except WebError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done, and on the record."))
    return redirect("case_detail", no=no)


def _visible(request: HttpRequest, no: str) -> Case:
    case = queries.case_by_no(signed_in(request), no)
    if case is None:
        raise Http404
    return case
