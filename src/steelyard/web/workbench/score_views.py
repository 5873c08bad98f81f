"""How much of what was planted in a made-up world the models found."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steelyard.web.orgs.views import needs_role
from steelyard.web.workbench import measured
from steelyard.web.workbench.run_views import READERS


@needs_role(*READERS)
def model_scores(request: HttpRequest) -> HttpResponse:
    """The newest score, or the one that was asked for."""
    found, unreadable = measured.kept()
    asked = request.GET.get("of", "")
    chosen = next((one for one in found if one.name == asked), found[0] if found else None)
    return render(request, "workbench/model_scores.html", {
        "page": measured.page(chosen) if chosen else None,
        "choices": [(one, measured.world(one)) for one in found],
        "newest": bool(found) and chosen is found[0],
        "unreadable": unreadable,
    })  # fmt: skip
