from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.intake import access, actions, queries
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.forms import UploadForm
from steelyard.web.intake.guards import answers_for, sees
from steelyard.web.intake.lineage import origin
from steelyard.web.orgs.models import in_language
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Role


def _fed(delivery: UUID) -> list[str]:
    facts = queries.delivery(delivery)
    return [str(one["dataset"]) for one in queries.receipts_of(facts)] if facts else []


@login_required
def row_source(request: HttpRequest, delivery: UUID, row: int) -> HttpResponse:
    """The delivered line behind a row of evidence.  Looking at it is on the record."""
    viewer = signed_in(request)
    file = request.GET.get("file") or None
    if not access.may_see_pool_rows(viewer, delivery):
        file = access.file_shown(viewer, delivery, row, file)
        if file is None:
            raise Http404
    found = origin(delivery, row, file)
    if found is None:
        raise Http404
    record.write("delivery.row_read", by=viewer, subject=f"{delivery}/{row}", interface=found.interface)
    context = {"origin": found, "sees_pool": sees(viewer, found.interface), "fed": _fed(delivery)}
    return render(request, "intake/row_source.html", context)


@needs_role(Role.STEWARD)
def delivery_upload(request: HttpRequest, interface: str = "") -> HttpResponse:
    """Put a file in by hand.  The worker lands it, and afterwards the models look at it."""
    choices = [
        (one.id, f"{in_language(one.title.get('zh', ''), one.title.get('en', ''))} ({one.pattern})")
        for one in interfaces().values()
        if one.connector == "file" and one.pattern and answers_for(signed_in(request), one.id)
    ]
    form = UploadForm(request.POST or None, request.FILES or None, choices=choices, initial={"interface": interface})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.upload(interfaces()[data["interface"]], data["file"], by=signed_in(request))
        except WebError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("The file lies in the inbox. The worker is landing it."))
            return redirect("upload_detail", pk=made.pk)
    return render(
        request,
        "intake/delivery_upload.html",
        {"form": form, "uploads": queries.uploads(signed_in(request))},
        status=422 if form.errors else 200,
    )


@needs_role(Role.STEWARD)
def upload_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an uploaded file has come, and what the models said to it."""
    found = queries.upload(signed_in(request), pk)
    if found is None:
        raise Http404
    template = "intake/upload_state.html" if request.headers.get("HX-Request") else "intake/upload_detail.html"
    return render(request, template, {"upload": found})
