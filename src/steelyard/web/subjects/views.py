from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Role
from steelyard.web.subjects import actions, queries
from steelyard.web.subjects.forms import HandlingForm
from steelyard.web.subjects.models import Outcome

ROWS_A_PAGE = 50


@needs_role(Role.STEWARD)
def identity_questions(request: HttpRequest) -> HttpResponse:
    """Numbers that could not be used and numbers under two names; names and numbers are covered."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("dataset", "reason", "state")}
    wanted = queries.Wanted(**chosen)
    total = queries.questions(wanted, limit=0)[1]
    page = Paginator(range(total), ROWS_A_PAGE).get_page(request.GET.get("page"))
    listed, _total = queries.questions(wanted, limit=ROWS_A_PAGE, offset=max(0, page.start_index() - 1))
    context = {
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "page": page,
        "total": total,
        "listed": listed,
        "choices": queries.choices(),
        "states": [(queries.OPEN, _("not dealt with")), *Outcome.choices],
    }
    return render(request, "subjects/identity_questions.html", context)


@needs_role(Role.STEWARD)
def identity_question(request: HttpRequest, number: int) -> HttpResponse:
    """One question: what stood where, why it could not be used, and what was done about it."""
    found = queries.question(number)
    if found is None:
        raise Http404
    by, form = signed_in(request), HandlingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.deal_with(number, outcome=data["outcome"], note=data["note"], by=by)
        except WebError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Done, and on the record."))
            return redirect("identity_question", number=number)
    record.write("identity_question.read", by=by, subject=f"identity_question/{number}")
    context = {"question": found, "history": queries.history(number), "form": form}
    return render(request, "subjects/identity_question.html", context, status=422 if form.errors else 200)
