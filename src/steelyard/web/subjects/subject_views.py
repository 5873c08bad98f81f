"""The page of a subject: closed until a purpose is given, and every look at it on the record."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.models import User
from steelyard.web.orgs.names import shown_names
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.subjects import above, holdings, opening, tie_pages, who
from steelyard.web.subjects.access import OPENERS, is_kept_away, refused
from steelyard.web.subjects.forms import PurposeForm
from steelyard.web.subjects.holdings import Standing
from steelyard.web.subjects.models import Opening
from steelyard.web.subjects.who import Subject

MOST_ALERTS = 30

NOBODY = "unknown"
"""What the record says of an address that names nobody: not the words typed there, which may be a name or a number."""


@dataclass(frozen=True)
class Looked:
    """A look that was let through: who at whom, under which opening, and where the subject stands."""

    viewer: User
    subject: Subject
    opening: Opening


def permitted(viewer: User, subject: Subject) -> str:
    """Empty, or why the viewer may not open the subject's page: ``self`` (or a relative), ``area``."""
    if is_kept_away(viewer, subject.keys):
        return "self"
    # An alert that is the viewer's to see makes its subject his business wherever the subject lives.
    if above.given().concerning(viewer, subject.keys, 1):
        return ""
    found = holdings.standing(viewer, subject.keys, for_case=False)
    return "" if found.within or (found.departments and not found.placed) else "area"


def for_opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only under an opening in force; without one the gate is shown, and what is not one's own does not exist.

    The subject's key of the address is handed on as a ``Looked``.
    """

    @needs_role(*OPENERS)
    @wraps(view)
    def guarded(request: HttpRequest, key: str) -> HttpResponse:
        viewer, subject = signed_in(request), who.subject(key)
        if subject is None:
            return refused(request, "subject.refused", NOBODY, "unknown")
        if why := permitted(viewer, subject):
            return refused(request, "subject.refused", subject.key, why)
        if subject.key != key:
            return redirect("subject_detail", key=subject.key)
        found = opening.in_force(viewer, subject.key)
        if found is None:
            return redirect("subject_gate", key=subject.key)
        return view(request, Looked(viewer, subject, found))

    return guarded


@needs_role(*OPENERS)
def subject_gate(request: HttpRequest, key: str) -> HttpResponse:
    """Ask what the page is needed for.  Until it is said, nothing of the subject is shown, not even a name."""
    viewer, subject = signed_in(request), who.subject(key)
    if subject is None:
        return refused(request, "subject.refused", NOBODY, "unknown")
    if why := permitted(viewer, subject):
        return refused(request, "subject.refused", subject.key, why)
    form = PurposeForm(request.POST or None, initial={"case_no": request.GET.get("case", "")[:40]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opening.open_for(viewer, subject.key, reason=data["reason"], case_no=data["case_no"], keys=subject.keys)
        except WebError as error:
            form.add_error(None, str(error))
        else:
            return redirect("subject_ties" if request.GET.get("to") == "ties" else "subject_detail", key=subject.key)
    return render(request, "subjects/subject_gate.html", {"form": form, "key": key}, status=422 if form.errors else 200)


@for_opened
def subject_detail(request: HttpRequest, looked: Looked) -> HttpResponse:
    """Who it is and how sure that is; where it stands, by department; what it is tied to."""
    viewer, subject = looked.viewer, looked.subject
    opening.note_look(looked.opening, "subject.read")
    names = shown_names(viewer, subject.keys)
    found: Standing = holdings.standing(viewer, subject.keys, for_case=bool(looked.opening.case_no))
    context = {
        "subject": subject,
        "name": names[subject.key],
        "merged": [(names.get(key), on) for key, on in zip(subject.merged, subject.merged_on, strict=True)],
        "opening": looked.opening,
        "mentions": who.mentions(subject.keys),
        "departments": found.departments,
        "alerts": above.given().concerning(viewer, subject.keys, MOST_ALERTS),
        "ties": tie_pages.by_kind(viewer, subject.key),
    }
    return render(request, "subjects/subject_detail.html", context)
