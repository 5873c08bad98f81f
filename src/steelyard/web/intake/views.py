from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.intake import access, actions, masking, queries
from steelyard.web.intake.catalogue_files import contracts, department_name, interfaces
from steelyard.web.intake.forms import UploadForm
from steelyard.web.intake.lineage import origin
from steelyard.web.intake.queries import QuarantineFilter
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import in_language
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.orgs.words import Role

ROWS_A_PAGE = 50


@needs_role(*queries.READERS)
def pool_status(request: HttpRequest) -> HttpResponse:
    """What has been delivered, by department and dataset, and what became of every row."""
    lines, today = queries.interface_lines(), clock.today()
    departments: dict[str, list[queries.InterfaceLine]] = {}
    for line in lines:
        departments.setdefault(department_name(line.department), []).append(line)
    datasets = queries.dataset_lines()
    villages, expected = queries.village_coverage()
    viewer = signed_in(request)
    context = {
        "pool": queries.pool_state(),
        "departments": departments,
        "delivering": sum(1 for line in lines if line.deliveries),
        "interfaces": sum(1 for line in lines if line.described or line.deliveries),
        "totals": queries.totals(lines),
        "datasets": [(line, line.is_late(today)) for line in datasets],
        "expected_datasets": len(contracts()),
        "villages": villages,
        "expected_villages": expected,
        "today": today,
        "is_steward": viewer.has_role(Role.STEWARD),
        "uploads": queries.uploads(viewer, 5),
    }
    return render(request, "intake/pool_status.html", context)


@needs_role(*queries.READERS)
def interface_detail(request: HttpRequest, interface: str) -> HttpResponse:
    """One interface: what it delivers, and what became of its deliveries."""
    line = queries.interface_line(interface)
    if line is None:
        raise Http404
    described = queries.interface_of(interface)
    context = {
        "line": line,
        "department": department_name(line.department),
        "described": described,
        "feeds": [(feed.dataset, contracts().get(feed.dataset)) for feed in described.feeds] if described else [],
        "deliveries": queries.deliveries_of(interface),
        "takes_files": bool(described and described.connector == "file" and described.pattern),
        "is_steward": signed_in(request).has_role(Role.STEWARD),
    }
    return render(request, "intake/interface_detail.html", context)


@needs_role(*queries.READERS)
def delivery_detail(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """One delivery: files, counts to the row, and why rows were held back."""
    found = queries.delivery(delivery)
    if found is None:
        raise Http404
    return render(request, "intake/delivery_detail.html", {"delivery": found})


def _wanted(request: HttpRequest) -> QuarantineFilter:
    said = {name: request.GET.get(name, "").strip() for name in QuarantineFilter.__dataclass_fields__}
    if said["outcome"] != "superseded":
        said["outcome"] = "quarantined"
    try:
        said["delivery"] = str(UUID(said["delivery"])) if said["delivery"] else ""
    except ValueError:
        said["delivery"] = ""
    return QuarantineFilter(**said)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    kind = masking.kind_of(contracts().get(row["dataset"]), row["column_name"])
    # A number that is not valid is still most of somebody's number.
    kind = "number" if row["rule"] == "number" and kind != "name" else kind
    return row | {"value": masking.masked_value(kind, row["value"])}


@needs_role(*queries.READERS)
def quarantine_list(request: HttpRequest) -> HttpResponse:
    """Rows that were held back: file, line, column, rule and the masked value."""
    wanted = _wanted(request)
    rows, rules = queries.quarantine_count(wanted)
    page = Paginator(range(rules), ROWS_A_PAGE).get_page(request.GET.get("page"))
    listed = queries.quarantine_rows(wanted, limit=ROWS_A_PAGE, offset=max(0, page.start_index() - 1))
    context = {
        "wanted": wanted,
        "filtered": any((wanted.interface, wanted.dataset, wanted.rule, wanted.file, wanted.delivery)),
        "rows": rows,
        "rules": rules,
        "page": page,
        "listed": [_shown(row) for row in listed],
        "choices": queries.quarantine_choices(),
        "query": request.GET.urlencode(),
        "limit": queries.EXPORT_ROWS,
    }
    return render(request, "intake/quarantine_list.html", context)


@needs_role(*queries.READERS)
def quarantine_export(request: HttpRequest) -> HttpResponse:
    """The same list as CSV, for the department that has to correct it; values stay masked."""
    wanted = _wanted(request)
    listed = [_shown(row) for row in queries.quarantine_rows(wanted, limit=queries.EXPORT_ROWS)]
    columns = ("interface", "received_on", "dataset", "file", "row", "column_name", "rule", "value", "reason")
    heading: list[object] = [
        _("Interface"), _("Received on"), _("Dataset"), _("File"), _("Line number"), _("Column"), _("Rule"), _("Value"),
        _("Reason"),
    ]  # fmt: skip
    body: list[list[object]] = [heading, *([row[column] for column in columns] for row in listed)]
    record.write("quarantine.exported", by=signed_in(request), rows=len(listed), pool=queries.pool_state().number)
    response = HttpResponse(masking.as_csv(body), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quarantine-{clock.today().isoformat()}.csv"'
    return response


@login_required
def row_source(request: HttpRequest, delivery: UUID, row: int) -> HttpResponse:
    """The delivered line behind a row of evidence.  Looking at it is on the record."""
    viewer = signed_in(request)
    file = request.GET.get("file") or None
    if not access.may_see_pool_rows(viewer):
        file = access.file_shown(viewer, delivery, row, file)
        if file is None:
            raise Http404
    found = origin(delivery, row, file)
    if found is None:
        raise Http404
    record.write("delivery.row_read", by=viewer, subject=f"{delivery}/{row}", interface=found.interface)
    context = {"origin": found, "sees_pool": viewer.has_role(*queries.READERS)}
    return render(request, "intake/row_source.html", context)


@needs_role(Role.STEWARD)
def delivery_upload(request: HttpRequest, interface: str = "") -> HttpResponse:
    """Put a file in by hand.  The worker lands it, and afterwards the models look at it."""
    choices = [
        (one.id, f"{in_language(one.title.get('zh', ''), one.title.get('en', ''))} ({one.pattern})")
        for one in interfaces().values()
        if one.connector == "file" and one.pattern
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
