"""Filing a report and following it: one question a page, no account, no script."""

import secrets
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs import clock, keyring
from steelyard.web.orgs.models import Area
from steelyard.web.people import actions, doors, forms, pages, receipts
from steelyard.web.people.drafts import Draft
from steelyard.web.people.models import Appeal, Photo
from steelyard.web.people.progress import progress_of
from steelyard.web.people.queries import show_draft, show_receipt

COOKIE, COOKIE_PLACE, COOKIE_PATH = "steelyard_receipt", "people:receipt cookie", "/people/report/"
ASKED = {
    "village": ("village",), "about": ("about",), "details": ("category", "text", "lowered"),
    "person": ("person_works_at",), "who": ("identity", "contact", "may_publish"), "photos": (), "check": (),
    "lower": ("lowered",),
}  # fmt: skip
FORMS: dict[str, type[Form]] = {"details": forms.DetailsForm, "person": forms.PersonForm, "who": forms.WhoForm}
NOT_FOR_MACHINES = "noindex, nofollow, noarchive"


def report_new(request: HttpRequest) -> HttpResponse:
    """The questions, one after another; the answers travel in the form."""
    if request.method != "POST":
        draft = Draft.begun(request.GET)
        return _ask(request, draft, "about" if _village(draft) else "village")
    draft, step = Draft.read(request.POST), request.POST.get("step", "village")
    if step not in ASKED:
        step = "village"
    go = request.POST.get("go", "next")
    if go == "back":
        return _ask(request, draft, "person" if step == "lower" else draft.before(step))
    if go == "lower":
        return _ask(request, draft, "lower")
    return ANSWERS.get(step, _answer_form)(request, draft, step)


def _village(draft: Draft) -> Area | None:
    return Area.objects.filter(code=draft.village, level="village").select_related("parent").first()


def _answer_village(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    return _ask(request, draft, "about" if _village(draft) else "village")


def _answer_about(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    if draft.about not in dict(forms.ABOUT):
        return _ask(request, draft, "about", missing=True, status=422)
    return _ask(request, draft, "details")


def _answer_lower(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    return _ask(request, draft, "who" if draft.lowered else "person")


def _answer_form(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    form = FORMS[step](request.POST)
    if not form.is_valid():
        return _ask(request, draft, step, form=form, status=422)
    return _ask(request, draft, draft.after(step))


def _answer_photos(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    errors = [error for file in request.FILES.getlist("photos") if (error := _keep(draft, file))]
    stay = errors or request.POST.get("go") == "stay"
    return _ask(request, draft, "photos" if stay else "check", errors=errors, status=422 if errors else 200)


def _keep(draft: Draft, file: UploadedFile) -> str:
    """Keep one picture; returns what was wrong with it."""
    try:
        actions.add_photo(draft.draft, file.read())
    except WebError as error:
        return str(error)
    return ""


def _answer_check(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    village = _village(draft)
    if village is None:
        return _ask(request, draft, "village", status=422)
    details, who = forms.DetailsForm(request.POST), forms.WhoForm(request.POST)
    if not details.is_valid():
        return _ask(request, draft, "details", form=details, status=422)
    if not who.is_valid():
        return _ask(request, draft, "who", form=who, status=422)
    report = actions.Report(
        draft=draft.draft, village=village, door=draft.door, category=draft.category, text=draft.text,
        identity=draft.identity, contact=draft.contact, may_publish=bool(draft.may_publish),
        person_works_at=draft.person_works_at, matter_kind=draft.matter_kind, matter_key=draft.matter_key,
    )  # fmt: skip
    filed = actions.file_report(report)
    response = render(request, "people/report_receipt.html", {"receipt": receipts.grouped(filed.receipt)})
    # Sealed, so that neither the session table nor the phone holds a number that can be read.
    response.set_cookie(
        COOKIE, keyring.seal(filed.receipt, place=COOKIE_PLACE), path=COOKIE_PATH, httponly=True,
        samesite="Strict", secure=settings.SESSION_COOKIE_SECURE, max_age=1800,
    )  # fmt: skip
    return response


ANSWERS: dict[str, Callable[[HttpRequest, Draft, str], HttpResponse]] = {
    "village": _answer_village, "about": _answer_about, "photos": _answer_photos, "check": _answer_check,
    "lower": _answer_lower,
}  # fmt: skip


def _ask(request: HttpRequest, draft: Draft, step: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page of one question."""
    steps = draft.steps()
    context |= {
        "draft": draft, "step": step, "carried": draft.carried(*ASKED.get(step, ())), "village": _village(draft),
        "number": steps.index(step) + 1 if step in steps else 0, "count": len(steps),
    }  # fmt: skip
    if step in FORMS and "form" not in context:
        initial = {name: getattr(draft, name) for name in ASKED[step] if getattr(draft, name)}
        context["form"] = FORMS[step](initial=initial)
    if step == "village":
        words = request.POST.get("q", request.GET.get("q", "")).strip()[:60]
        context |= {"q": words, "found": list(pages.villages(words)[:30]) if words else []}
    if step in ("photos", "check"):
        context["photo_count"] = _photo_count(draft)
    if step == "about":
        context["choices"] = forms.ABOUT
    if step == "check":
        context["category"] = dict(forms.CATEGORIES).get(draft.category, "")
    response = render(request, f"people/report_{step}.html", context, status=status)
    response.headers["X-Robots-Tag"] = NOT_FOR_MACHINES
    return response


def _photo_count(draft: Draft) -> int:
    digest = receipts.draft_digest(draft.draft)
    show_draft(digest)
    try:
        return Photo.objects.filter(draft_digest=digest).count()
    finally:
        show_draft("")


def report_receipt(request: HttpRequest) -> HttpResponse:
    """The number once more, and typed back: only then is it sure that it was kept."""
    receipt = _receipt_in_cookie(request)
    if receipt is None:
        return redirect("report_track")
    context: dict[str, Any] = {"receipt": receipts.grouped(receipt)}
    if request.method == "POST":
        typed = receipts.read(request.POST.get("code", ""))
        if typed and secrets.compare_digest(typed, receipt):
            return render(request, "people/report_done.html", context)
        context["wrong"] = True
    return render(request, "people/report_receipt.html", context, status=422 if context.get("wrong") else 200)


def _receipt_in_cookie(request: HttpRequest) -> str | None:
    try:
        return keyring.unseal(request.COOKIES.get(COOKIE, ""), place=COOKIE_PLACE)
    except (InvalidTag, ValueError):
        return None


def report_track(request: HttpRequest) -> HttpResponse:
    """The report of a receipt.  The number comes in the body of the request, never in an address."""
    if request.method != "POST":
        return render(request, "people/report_track.html", {"form": forms.ReceiptForm()})
    return _with_report(request, lambda appeal: None)


@require_POST
def report_message(request: HttpRequest) -> HttpResponse:
    """A message from the reporter."""
    form = forms.MessageForm(request.POST)

    def send(appeal: Appeal) -> None:
        if form.is_valid():
            _keep_sealed(appeal, form)
            actions.send_message(appeal, form.cleaned_data["text"], once=form.cleaned_data["once"])

    return _with_report(request, send, message_form=form)


def _keep_sealed(appeal: Appeal, form: Form) -> None:
    """Blame does not slip to the local desk as a message either, except in so many words."""
    said = form.cleaned_data
    if appeal.door == "matter" and not said["openly"] and doors.speaks_of_a_person(said["text"]):
        raise WebError(_(
            "Your message seems to blame a person, and the office that has your report would read it. "
            "Send a new report instead: it goes sealed to a higher office. Or tick the box below and send it."
        ))  # fmt: skip


@require_POST
def report_rate(request: HttpRequest) -> HttpResponse:
    """The rating of this round, once, and never by an official's session."""
    form = forms.RatingForm(request.POST)

    def rate(appeal: Appeal) -> None:
        if request.user.is_authenticated:
            raise WebError(_("An official's session cannot rate. Sign out first."))
        if form.is_valid():
            data = form.cleaned_data
            actions.rate(appeal, stars=data["stars"], solved=data["solved"], reason=data["reason"])

    return _with_report(request, rate, rating_form=form)


def _with_report(request: HttpRequest, act: Callable[[Appeal], None], **typed: Form) -> HttpResponse:
    """Do something with the report of the receipt and show it; a miss looks like a hit without news."""
    form = forms.ReceiptForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "people/report_track.html", context, status=422)
    code = form.cleaned_data["code"]
    show_receipt(receipts.digest(code))
    try:
        appeal = Appeal.objects.of_receipt(receipts.digest(code)).select_related("receiver__area", "village").first()
        if appeal is not None:
            try:
                act(appeal)
            except WebError as error:
                context["error"] = str(error)
            appeal.refresh_from_db()
            context |= {"progress": progress_of(appeal, clock.today()), "code": code}
            context |= _fresh_forms(typed, failed="error" in context)
    finally:
        show_receipt("")
    return render(request, "people/report_track.html", context | {"looked": True})


def _fresh_forms(typed: dict[str, Form], *, failed: bool) -> dict[str, Form]:
    """Empty forms, except one that has to be corrected."""
    kept = {name: form for name, form in typed.items() if failed or not form.is_valid()}
    fresh = {
        "message_form": forms.MessageForm(initial={"once": secrets.token_urlsafe(32)}),
        "rating_form": forms.RatingForm(),
    }
    return fresh | kept
