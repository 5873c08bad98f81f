"""The second factor: time-based codes, their secrets sealed by a key outside the database."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.http import HttpRequest

from steelyard.web.orgs import keyring
from steelyard.web.orgs.models import User

PLACE = "mfa:authenticator:totp"


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """Accounts are made by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count by account and address together: nobody else's failures lock an official out."""
        named = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{named}:{self.get_client_ip(request)}"


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # the library is untyped
    """Keeps the shared secret of each phone encrypted."""

    def encrypt(self, text: str) -> str:
        return keyring.seal(text, place=PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return keyring.unseal(encrypted_text, place=PLACE)

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_totp_issuer(self) -> str:
        return "Steelyard"


def has_second_factor(user: Any) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def enrol(user: User, secret: bytes) -> None:
    """Give a user this secret as second factor; the present one is replaced."""
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, base64.b32encode(secret).decode())


def current_code(user: User) -> str:
    """The code of this half minute, as the user's phone would show it."""
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    secret = SealedSecrets().decrypt(row.data["secret"])
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
