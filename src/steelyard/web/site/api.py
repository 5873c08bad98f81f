"""The API: one router a room, tokens scoped like their users, errors as problem documents."""

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.intake.actions import Pressed
from steelyard.web.intake.pressure import RETRY_SECONDS
from steelyard.web.orgs.token_auth import TokenAuth

api = NinjaAPI(
    title="Steelyard API",
    version="1",
    auth=TokenAuth(),
    urls_namespace="api",
    docs_url=None,
    description="Alerts, cases, actions, push of records and village disclosure.",
)


def problem(request: HttpRequest, status: int, title: str, detail: object = "") -> HttpResponse:
    """An error in the form of RFC 9457."""
    response = api.create_response(
        request, {"type": "about:blank", "title": title, "status": status, "detail": detail}, status=status
    )
    response.headers["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(NotAllowed)
def on_not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return problem(request, 403, "Not allowed", str(error))


@api.exception_handler(WebError)
def on_web_error(request: HttpRequest, error: WebError) -> HttpResponse:
    return problem(request, 409, "Cannot be done", str(error))


@api.exception_handler(Pressed)
def on_pressed(request: HttpRequest, error: Pressed) -> HttpResponse:
    answer = problem(request, 429, "Too much waits", str(error))
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, 404, "Not found")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, "Not understood", str(error))


@api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    said = getattr(error, "message", "")
    told = said if said and said != "Unauthorized" else "Send a header: Authorization: Bearer TOKEN"
    return problem(request, 401, "Not signed in", told)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(request, 422, "Not understood", error.errors)


def _add_rooms() -> None:
    from importlib import import_module
    from importlib.util import find_spec

    for room in ("alerts", "cases", "intake", "people"):
        name = f"steelyard.web.{room}.api"
        if find_spec(name):
            api.add_router("", import_module(name).router)


_add_rooms()
