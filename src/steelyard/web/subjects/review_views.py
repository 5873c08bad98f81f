"""The queue "same or not" and one pair of it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.models import User
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Role
from steelyard.web.subjects import comparing, judging, opening, reviews, weights
from steelyard.web.subjects.access import JUDGES, refused
from steelyard.web.subjects.comparing import Line
from steelyard.web.subjects.forms import PurposeForm, ReasonForm, VerdictForm
from steelyard.web.subjects.models import Saying
from steelyard.web.subjects.reviews import Item

PAIRS_A_PAGE = 30


@needs_role(*JUDGES)
def review_queue(request: HttpRequest) -> HttpResponse:
    """Pairs to be judged, those that wait for a second signature, and those answered."""
    viewer = signed_in(request)
    which = request.GET.get("list", reviews.OPEN)
    which = which if which in reviews.LISTS else reviews.OPEN
    counted = reviews.counts(viewer)
    page = Paginator(range(counted[which]), PAIRS_A_PAGE).get_page(request.GET.get("page"))
    listed, total = reviews.listed(viewer, which, limit=PAIRS_A_PAGE, offset=max(0, page.start_index() - 1))
    context = {
        "which": which, "counts": counted, "page": page, "total": total,
        "listed": listed,
        "tabs": [
            (reviews.OPEN, _("To be judged"), counted[reviews.OPEN]),
            (reviews.SECOND, _("Waiting for a second signature"), counted[reviews.SECOND]),
            (reviews.ANSWERED, _("Judged"), counted[reviews.ANSWERED]),
        ],
    }  # fmt: skip
    return render(request, "subjects/review_queue.html", context)


@needs_role(*JUDGES)
def review_item(request: HttpRequest, number: int) -> HttpResponse:
    """Both side by side, what speaks for and against, and the judgement."""
    viewer, found = signed_in(request), reviews.item(signed_in(request), number)
    if found is None:
        return refused(request, "identity_pair.refused", f"pair/{number}", "not theirs")
    return _page(request, viewer, found, VerdictForm())


@require_POST
@needs_role(*JUDGES)
def review_judge(request: HttpRequest, number: int) -> HttpResponse:
    """Take a judgement."""
    viewer, found = signed_in(request), reviews.item(signed_in(request), number)
    if found is None:
        return refused(request, "identity_pair.refused", f"pair/{number}", "not theirs")
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, found, form)
    data, seen = form.cleaned_data, _evidence(found, _lines(found, opened=False))
    try:
        judging.judge(number, verdict=data["verdict"], reason=data["reason"], seen=seen, by=viewer)
    except WebError as error:
        form.add_error(None, str(error))
        return _page(request, viewer, found, form)
    messages.success(request, _("Written down. The worker carries it out; what follows from it shows here."))
    following = reviews.listed(viewer, reviews.OPEN, limit=1)[0]
    return redirect("review_item", number=following[0].id) if following else redirect("review_queue")


@require_POST
@needs_role(*JUDGES)
def review_sign(request: HttpRequest, number: int) -> HttpResponse:
    """Agree as the second person."""
    return _do(request, number, lambda by: judging.sign(number, by=by))


@require_POST
@needs_role(*JUDGES)
def review_undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take the judgement back."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _do(request, number, lambda by: judging.take_back(number, reason=reason, by=by))


@require_POST
@needs_role(*JUDGES)
def review_open(request: HttpRequest, number: int) -> HttpResponse:
    """Uncover names and dates of the pair for a while, for a purpose."""
    form = PurposeForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _do(request, number, lambda by: opening.open_for(by, f"pair/{number}", reason=reason), "")


def _do(request: HttpRequest, number: int, verb: Callable[[User], object], done: str | None = None) -> HttpResponse:
    viewer = signed_in(request)
    if reviews.item(viewer, number) is None:
        return refused(request, "identity_pair.refused", f"pair/{number}", "not theirs")
    try:
        verb(viewer)
    except WebError as error:
        messages.error(request, str(error))
    else:
        if done is None:
            messages.success(request, _("Written down. The worker carries it out; what follows from it shows here."))
    return redirect("review_item", number=number)


def _lines(found: Item, *, opened: bool) -> list[Line]:
    one, other = comparing.side(found.a), comparing.side(found.b)
    return comparing.lines(one, other, opened=opened) if one and other else []


def _evidence(found: Item, lines: list[Line]) -> dict[str, object]:
    """What the judge had before him, covered, as it is kept with the judgement."""
    return {
        "fields": [[str(line.field), line.one, line.other, line.verdict] for line in lines],
        "evidence": dict(found.evidence or {}),
    }


def _page(request: HttpRequest, viewer: User, found: Item, form: VerdictForm) -> HttpResponse:
    opened = opening.in_force(viewer, f"pair/{found.id}")
    one, other = comparing.side(found.a), comparing.side(found.b)
    lines = comparing.lines(one, other, opened=bool(opened)) if one and other else []
    opening.record_pair(viewer, found.id, opened)
    context = {
        "item": found, "one": one, "other": other, "form": form, "opened": opened, "undo": ReasonForm(),
        "differing": [line for line in lines if line.verdict != comparing.SAME],
        "equal": [line for line in lines if line.verdict == comparing.SAME],
        "sentences": weights.sentences(found.evidence), "cautions": weights.cautions(found.evidence),
        "waiting": reviews.waiting(found.id), "history": reviews.history(found.id), "last": _last(found),
        "sees_rows": viewer.has_role(Role.STEWARD),
        "may_sign": found.waits_for_second and not judging.is_first(found, viewer),
    }  # fmt: skip
    return render(request, "subjects/review_item.html", context, status=422 if form.errors else 200)


def _last(found: Item) -> Saying | None:
    """What became of the newest thing said."""
    return next(iter(reviews.history(found.id)), None)
