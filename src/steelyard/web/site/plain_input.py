"""Input that no form of ours can mean is answered as such, before it reaches a database that refuses it."""

from collections.abc import Callable
from urllib.parse import unquote

import psycopg
from django.db import DataError
from django.http import HttpRequest, HttpResponse

from steelyard.web.site.views import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]
NUL = "\x00"


class PlainInputMiddleware:
    """A zero byte in path, query, form or JSON, and numbers beyond any column, are answered with 400."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return bad_request(request) if _has_zero_byte(request) else self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # The view's own savepoint is rolled back by now; what the database refused was never a valid value.
        return bad_request(request) if isinstance(exception, DataError | psycopg.DataError) else None


def _has_zero_byte(request: HttpRequest) -> bool:
    if NUL in request.path or NUL in unquote(request.META.get("QUERY_STRING", "")):
        return True
    if request.method != "POST":
        return False
    if request.content_type == "application/json":
        return b"\x00" in request.body or b"\\u0000" in request.body
    return any(NUL in value for values in request.POST.lists() for value in [values[0], *map(str, values[1])])
