"""The appeal desk: matters for the petitions office, sealed reports for the clue office."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.titles import titles
from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Body, User, in_language
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.people import actions, joining, photos, receipts
from steelyard.web.people.actions.desk import possible_receivers
from steelyard.web.people.actions.steps import contact_of, text_of
from steelyard.web.people.forms import CATEGORIES
from steelyard.web.people.models import Appeal, Photo
from steelyard.web.people.progress import progress_of, state_words
from steelyard.web.people.queries import actors_of
from steelyard.web.powers.flow import flow

DESK = ("appeal_desk", "clue_office")


def _mine(user: User) -> "QuerySet[Appeal]":
    return Appeal.objects.visible_to(user).select_related("receiver__area", "village__parent")


@needs_role(*DESK)
def appeal_desk(request: HttpRequest) -> HttpResponse:
    """What waits first: late, then due soonest; reports that only took part here are at the end."""
    user, today = signed_in(request), clock.today()
    door, words = request.GET.get("door", ""), request.GET.get("q", "").strip()
    found = _mine(user).order_by("due", "-filed")
    if door in ("matter", "accusation"):
        found = found.filter(door=door)
    if words:
        found = found.filter(village__name__icontains=words) | found.filter(number__iexact=words)
    final = flow("appeal").final
    rows = [
        {"appeal": appeal, "state": state_words(appeal.state), "category": dict(CATEGORIES).get(appeal.category, ""),
         "late": bool(appeal.due and appeal.due < today and appeal.state not in final),
         "open": appeal.state not in final and appeal.receiver_id == user.body_id}
        for appeal in found[:300]
    ]  # fmt: skip
    context = {"waiting": [row for row in rows if row["open"]], "others": [row for row in rows if not row["open"]],
               "door": door, "q": words}  # fmt: skip
    return render(request, "people/appeal_desk.html", context)


@needs_role(*DESK)
def appeal_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(_mine(signed_in(request)), pk=pk))


def _page(request: HttpRequest, appeal: Appeal, *, status: int = 200, **more: Any) -> HttpResponse:
    user = signed_in(request)
    holds = appeal.receiver_id == user.body_id
    ways = {way.name for way in flow("appeal").open_to(appeal.state, actors_of(user))} if holds else set()
    reasons = flow("appeal").data["refusal_reasons"]
    context = {
        "appeal": appeal, "text": text_of(appeal), "ways": ways,
        "progress": progress_of(appeal, clock.today(), user.body),
        "holds": holds, "photos": list(Photo.objects.filter(draft_digest=appeal.draft_digest).order_by("added")),
        "category": dict(CATEGORIES).get(appeal.category, ""),
        "reasons": [(code, in_language(words["zh"], words["en"])) for code, words in reasons.items()],
        "receivers": possible_receivers(appeal) if "hand_over" in ways and appeal.door == "matter" else [],
        "alerts": _alerts_near(user, appeal) if holds else [], "once": receipts.new_draft(),
        "link_refused": holds and not appeal.case_no and joining.was_refused(appeal),
        "can_answer": bool(ways & {"reply", "start"}), "has_contact": bool(appeal.contact) and _may_open(user, appeal),
    }  # fmt: skip
    return render(request, "people/appeal_detail.html", context | more, status=status)


def _alerts_near(user: User, appeal: Appeal) -> list[tuple[int, str]]:
    """Alerts of the same village that this person may see anyway."""
    found = Alert.objects.visible_to(user).filter(village=appeal.village_id).order_by("-raised_at")[:20]
    return list(titles(user, found).items())


@require_POST
@needs_role(*DESK)
def appeal_act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """One verb of the desk."""
    user = signed_in(request)
    appeal = get_object_or_404(_mine(user), pk=pk)
    try:
        _do(verb, appeal, user, request.POST.get)
    except WebError as error:
        return _page(request, appeal, status=422, error=str(error), typed=request.POST)
    messages.success(request, _("Done, and on the record."))
    return redirect("appeal_detail", pk=appeal.pk)


def _do(verb: str, appeal: Appeal, user: User, given: Any) -> None:
    text = given("text", "")
    match verb:
        case "accept":
            actions.accept(appeal, by=user)
        case "refuse":
            actions.refuse(appeal, by=user, reason_code=given("reason_code", ""), address=given("address", ""))
        case "hand_over":
            body = Body.objects.filter(code=given("body", "")).first()
            if body is None:
                raise WebError(_("Choose the office."))
            actions.hand_over(appeal, by=user, body=body, reason=text)
        case "ask":
            actions.ask(appeal, by=user, text=text, once=_once(given("once", "")))
        case "answer":
            actions.answer(appeal, by=user, text=text)
        case "conclude":
            actions.conclude(appeal, by=user, text=text)
        case "link":
            _link(appeal, user, given("alert", ""), given("case_no", "").strip()[:40])
        case _:
            raise Http404


def _once(given: str) -> str:
    return given if receipts.is_once(given) else receipts.new_draft()


def _link(appeal: Appeal, user: User, alert: str, case_no: str) -> None:
    """Join to an alert one may see, or to a case by its number."""
    chosen = Alert.objects.visible_to(user).filter(pk=int(alert)).first() if _is_number(alert) else None
    if chosen is None and not case_no:
        raise WebError(_("Choose an alert or write the number of the case."))
    number = case_no or (chosen.case_no if chosen else "")
    actions.link(appeal, by=user, alert_id=chosen.pk if chosen else None, case_no=number)


def _is_number(text: str) -> bool:
    """Whether it can be the key of a row: ``²`` is a digit without being one."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


@needs_role(*DESK)
def appeal_photo(request: HttpRequest, pk: UUID, photo: UUID) -> HttpResponse:
    appeal = get_object_or_404(_mine(signed_in(request)), pk=pk)
    found = get_object_or_404(Photo, pk=photo, draft_digest=appeal.draft_digest)
    data = photos.unseal_bytes(bytes(found.sealed), place=f"people_photo:{found.pk}")
    response = HttpResponse(data, content_type="image/jpeg")
    response.headers["Content-Disposition"] = f'attachment; filename="{appeal.number}-{found.pk.hex[:6]}.jpg"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _may_open(user: User, appeal: Appeal) -> bool:
    """A real name is for the body that answers; a confidential one for the custodian, the clue office."""
    if appeal.receiver_id != user.body_id:
        return False
    return appeal.identity == "real_name" or (appeal.identity == "confidential" and user.has_role("clue_office"))


@require_POST
@needs_role(*DESK)
def appeal_contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the reporter's name for a reason, on the record."""
    user = signed_in(request)
    appeal = get_object_or_404(_mine(user), pk=pk)
    reason = request.POST.get("reason", "").strip()
    if not appeal.contact or not _may_open(user, appeal):
        raise Http404
    if not reason:
        return _page(request, appeal, status=422, error=_("Say why you need the name."))
    record.write("appeal.contact_opened", by=user, subject=appeal, reason=reason[:200])
    return _page(request, appeal, contact=contact_of(appeal))
