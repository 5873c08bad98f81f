"""A light brake on bulk reading: counted in memory by a keyed digest that dies with the process."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from functools import wraps

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_KEY = secrets.token_bytes(32)
PAGES_A_MINUTE = 240
View = Callable[..., HttpResponse]


def paced(view: View) -> View:
    """Refuse with 429 beyond four pages a second.  No address is stored or logged."""

    @wraps(view)
    def braked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        name = "pace:" + hmac.new(_KEY, address.encode(), hashlib.sha256).hexdigest()
        cache.add(name, 0, timeout=60)
        if cache.incr(name) > PAGES_A_MINUTE:
            return render(request, "people/too_fast.html", status=429)
        return view(request, *args, **kwargs)

    return braked
