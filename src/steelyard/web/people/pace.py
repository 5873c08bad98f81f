"""A light brake on bulk reading: counted in memory by a keyed digest that dies with the process.

Never on filing a report and never on the receipt door: nobody must be able to shut those for others.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_KEY = secrets.token_bytes(32)
PAGES_A_MINUTE = 240
"""Of one reader, whose address the trusted proxy tells."""
PAGES_A_MINUTE_SHARED = 600
"""Of an address behind which a whole village may stand."""
View = Callable[..., HttpResponse]


def paced(view: View) -> View:
    """Refuse with 429 beyond the pace of a reader.  No address is stored or logged."""

    @wraps(view)
    def braked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if is_too_fast(request):
            return render(request, "people/too_fast.html", status=429)
        return view(request, *args, **kwargs)

    return braked


def is_too_fast(request: HttpRequest) -> bool:
    """Count one page; whether it is one too many in this minute."""
    address, most = _reader(request)
    name = "pace:" + hmac.new(_KEY, address.encode(), hashlib.sha256).hexdigest()
    cache.add(name, 0, timeout=60)
    try:
        return bool(cache.incr(name) > most)
    except ValueError:  # the minute ended between the two
        return False


def _reader(request: HttpRequest) -> tuple[str, int]:
    """The address to count by and its limit.  Only what a trusted proxy added to the header counts."""
    proxies: int = settings.STEELYARD_TRUSTED_PROXIES
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if 0 < proxies <= len(told):
        return told[-proxies], PAGES_A_MINUTE
    return request.META.get("REMOTE_ADDR", ""), PAGES_A_MINUTE_SHARED
