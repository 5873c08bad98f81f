"""Keys of machines to the API: shown once, stored as a digest, ended by a day."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from steelyard.web.audit import record
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import ApiToken, User


@transaction.atomic
def issue_token(user: User, *, label: str, days: int) -> str:
    """A new token that acts with the rights of ``user`` for ``days`` days.  It cannot be shown again."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user, label=label, digest=hashlib.sha256(token.encode()).hexdigest(),
        until=clock.now() + dt.timedelta(days=days),
    )  # fmt: skip
    record.write("token.issued", by=None, subject=user, label=label, days=days)
    return token
