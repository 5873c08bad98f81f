from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steelyard.web.audit import queries, record

AUDITOR = "auditor"


@login_required
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who saw and did what.  Reading the record is on the record."""
    if not request.user.has_role(AUDITOR):  # type: ignore[union-attr]  # orgs lies above this room
        raise PermissionDenied
    action, username = request.GET.get("action", ""), request.GET.get("username", "")
    page = Paginator(queries.events(action=action, username=username), 50).get_page(request.GET.get("page"))
    record.write("audit.read", by=request.user, page=page.number)  # type: ignore[arg-type]
    return render(request, "audit/audit_list.html", {"page": page, "action": action, "username": username})
