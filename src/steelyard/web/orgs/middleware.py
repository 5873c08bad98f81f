"""Every request runs in one transaction that knows who asks."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from steelyard.web.orgs.scope import NO_SCOPE

GetResponse = Callable[[HttpRequest], HttpResponse]


class ScopeMiddleware:
    """Sets the scope of the signed-in person for row-level security, for this request alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            scope = getattr(request.user, "scope", NO_SCOPE)
            _assume(settings.STEELYARD_REQUEST_ROLE)
            scope.apply()
            try:
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            finally:
                _leave(settings.STEELYARD_REQUEST_ROLE)
        return response


def _assume(role: str | None) -> None:
    """Step down to the web role.  In production the server already signs in as that role."""
    if role:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")


def _leave(role: str | None) -> None:
    if role and not connection.needs_rollback:
        NO_SCOPE.apply()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")


class LanguageMiddleware:
    """The reader's choice: account, cookie, browser; Chinese where nothing is said."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


class StaffSecondFactorMiddleware:
    """An account without a second factor reaches only the page that sets one up."""

    OPEN = ("/account/", "/static/", "/i18n/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from steelyard.web.orgs.second_factor import has_second_factor  # app registry must be ready

        user = request.user
        if user.is_authenticated and not request.path.startswith(self.OPEN) and not has_second_factor(user):
            from django.shortcuts import redirect

            return redirect("mfa_activate_totp")
        return self.get_response(request)
