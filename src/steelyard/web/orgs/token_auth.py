"""Tokens of machines: each acts with the rights of its account, read at each call."""

import hashlib
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from steelyard.web.orgs.models import ApiToken


class TokenAuth(HttpBearer):
    """A bearer token acts with the rights of its user, read at each call."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        row = ApiToken.objects.live().filter(digest=hashlib.sha256(token.encode()).hexdigest()).first()
        if row is None or not row.user.is_active:
            return None
        request.user = row.user
        row.user.scope.apply()
        return row.user
