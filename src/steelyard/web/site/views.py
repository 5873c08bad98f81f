"""Pages that belong to no room: errors, language."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steelyard.web.orgs.models import User


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000, samesite="Lax", httponly=True)
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


def second_factor_done(request: HttpRequest) -> HttpResponse:
    """Where the set-up of a second factor leads; taking one away is the administrator's business."""
    if request.user.is_authenticated:
        messages.success(request, _("The second factor is on. The next sign-in will ask for a code."))
    return redirect("/")


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "error.html", {"status": status, "title": title, "text": text}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for what does not exist and for what one may not see."""
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "Not found", "status": 404}
        return JsonResponse(problem, status=404, content_type="application/problem+json")
    return _error(request, 404, _("Not found"), _("There is no such page, or it is not yours to see."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403, _("Not allowed"), str(exception or "") or _("Your post does not include this."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, _("Not understood"), _("The request could not be read. Go back and try again."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(
        request,
        403,
        _("This form has expired"),
        _("Go back, reload the page and send the form again. Nothing was saved."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Works without the database, for that may be what failed."""
    return HttpResponse(get_template("500.html").render(), status=500)
