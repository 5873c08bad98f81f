"""Who pushes: a department's system that signs each message, or a steward's token."""

import time

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security.base import AuthBase

from steelyard.kit.signature import KEY, SignatureWrong, verify
from steelyard.sources import Interface, References
from steelyard.web.intake import jobs
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.deferring import once
from steelyard.web.orgs.token_auth import TokenAuth


class SenderAuth(AuthBase):
    """Where an interface has a key, only what that key signed comes in; elsewhere a steward's token is needed."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = KEY

    def __call__(self, request: HttpRequest) -> object | None:
        interface = interfaces().get(_interface_of(request))
        if interface is None or not takes_signed(interface):
            return TokenAuth()(request)
        try:
            verify_signed(request, interface)
        except SignatureWrong as error:
            note = jobs.note_wrong_signature.configure(queueing_lock=f"signature {interface.id}")
            once(note, interface=interface.id, reason=str(error))
            raise AuthenticationError(message=str(error)) from error
        return f"key:{interface.id}"


def _interface_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs.get("interface", "")) if match else ""


def takes_signed(interface: Interface) -> bool:
    """Whether the interface is one that another system signs its messages for."""
    return interface.connector == "push" and interface.auth.kind == "hmac"


def verify_signed(request: HttpRequest, interface: Interface) -> None:
    """Raises SignatureWrong, ReferenceMissing."""
    secret = References(settings.STEELYARD_HOME.secrets).resolve(interface.auth.secret)
    verify(
        secret, request.method or "", request.get_full_path(), request.body, dict(request.headers.items()),
        # The installation's clock may be moved for a tutorial; the sender's is the true one.
        int(time.time()),
    )  # fmt: skip
