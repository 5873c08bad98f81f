"""The quarantine: the list, its export for the department, one row, and its correction."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.intake import actions, delivery_facts, guards, masking, queries
from steelyard.web.intake.conditions import HELD
from steelyard.web.intake.guards import answers_for, for_readers, sees
from steelyard.web.intake.lineage import Origin, origin
from steelyard.web.intake.queries import QuarantineFilter
from steelyard.web.orgs import clock
from steelyard.web.orgs.views import signed_in

ROWS_A_PAGE = 50
MOST_COLUMNS = 200
FIELD = "value-"


def _wanted(request: HttpRequest) -> QuarantineFilter:
    viewer = signed_in(request)
    own = guards.departments_of(viewer)
    said = {name: request.GET.get(name, "").strip() for name in queries.QUARANTINE_WORDS}
    if said["outcome"] != "superseded":
        said["outcome"] = "quarantined"
    if said["state"] not in HELD:
        said["state"] = ""
    try:
        said["delivery"] = str(UUID(said["delivery"])) if said["delivery"] else ""
    except ValueError:
        said["delivery"] = ""
    among = None if own is None else tuple(guards.only_seen(viewer, queries.delivering_interfaces()))
    return QuarantineFilter(**said, among=among)


@for_readers
def quarantine_list(request: HttpRequest) -> HttpResponse:
    """Rows that were held back: file, line, column, rule and the masked value."""
    wanted = _wanted(request)
    rows, rules = queries.quarantine_count(wanted)
    page = Paginator(range(rules), ROWS_A_PAGE).get_page(request.GET.get("page"))
    listed = queries.quarantine_rows(wanted, limit=ROWS_A_PAGE, offset=max(0, page.start_index() - 1))
    context = {
        "wanted": wanted,
        "filtered": any((wanted.interface, wanted.dataset, wanted.rule, wanted.file, wanted.delivery, wanted.state)),
        "rows": rows,
        "rules": rules,
        "page": page,
        "listed": [delivery_facts.covered(row) for row in listed],
        "states": HELD.items(),
        "choices": queries.quarantine_choices(wanted.among),
        "query": request.GET.urlencode(),
        "limit": queries.EXPORT_ROWS,
    }
    return render(request, "intake/quarantine_list.html", context)


@for_readers
def quarantine_export(request: HttpRequest) -> HttpResponse:
    """The same list as CSV, for the department that has to correct it; values stay masked."""
    wanted = _wanted(request)
    listed = [delivery_facts.covered(row) for row in queries.quarantine_rows(wanted, limit=queries.EXPORT_ROWS)]
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


@for_readers
def quarantine_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row held back: every rule it breaks, the delivered line for its steward, and a form to correct it."""
    viewer = signed_in(request)
    rules = delivery_facts.held_row(pk)
    if not rules or not sees(viewer, rules[0]["interface"]):
        raise Http404
    entry, may_act = rules[0], answers_for(viewer, rules[0]["interface"])
    found = origin(entry["delivery"], entry["row"], entry["file"]) if may_act else None
    if request.method == "POST":
        if not may_act:
            raise Http404
        try:
            made = actions.correct(
                entry["interface"], entry["delivery"],
                pk, _corrected(request, found),
                by=viewer, reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except WebError as error:
            messages.error(request, str(error))
            return redirect("quarantine_row", pk=pk)
        return redirect("order_detail", pk=made.pk)
    if found:
        record.write("delivery.row_read", by=viewer, subject=f"{entry['delivery']}/{entry['row']}",
                     interface=entry["interface"])  # fmt: skip
    context = {
        "entry": entry,
        "rules": [delivery_facts.covered(row) for row in rules],
        "origin": found,
        "fields": [(f"{FIELD}{n}", name, value) for n, (name, value) in enumerate(_fields(found).items())],
        "may_correct": may_act and bool(_fields(found)) and entry["outcome"] == "quarantined",
    }
    return render(request, "intake/quarantine_row.html", context)


def _fields(found: Origin | None) -> dict[str, str]:
    return dict(list(found.fields.items())[:MOST_COLUMNS]) if found else {}


def _corrected(request: HttpRequest, found: Origin | None) -> dict[str, str]:
    """Values that were given, by the file's own column names; an empty field keeps what was delivered."""
    given = {name: request.POST.get(f"{FIELD}{n}", "").strip() for n, name in enumerate(_fields(found))}
    return {name: value for name, value in given.items() if value}
