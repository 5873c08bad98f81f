from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steelyard.web.audit import queries, record
from steelyard.web.audit.words import act_in_words

AUDITOR = "auditor"


@login_required
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who saw and did what.  Reading the record is on the record."""
    if not request.user.has_role(AUDITOR):  # type: ignore[union-attr]  # orgs lies above this room
        raise PermissionDenied
    action, username = request.GET.get("action", ""), request.GET.get("username", "")
    page = Paginator(queries.events(action=action, username=username), 50).get_page(request.GET.get("page"))
    acts = [(event, act_in_words(event.action)) for event in page]
    record.write("audit.read", by=request.user, page=page.number)  # type: ignore[arg-type]
    context = {"page": page, "acts": acts, "action": action, "username": username}
    return render(request, "audit/audit_list.html", context)
