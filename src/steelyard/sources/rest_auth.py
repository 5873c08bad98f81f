"""How a call proves who asks.  Secrets stand in headers alone, never in an address, which gets logged."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth
from requests import PreparedRequest, Session
from requests.auth import AuthBase

from steelyard.kit.signature import sign
from steelyard.sources.connection import Auth
from steelyard.sources.fetched import SourceRefused
from steelyard.sources.references import References

RENEW_BEFORE_S = 30


class SignedCall(AuthBase):
    """Signs every call anew, so that a repeated one carries its own time."""

    def __init__(self, secret: str, key_id: str, now: Callable[[], float] = time.time) -> None:
        self.secret, self.key_id, self.now = secret, key_id, now

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body or b""
        if not isinstance(body, str | bytes):
            raise SourceRefused("a body that is streamed cannot be signed")
        request.headers.update(
            sign(
                self.secret, request.method or "GET", request.path_url,
                body.encode() if isinstance(body, str) else body, int(self.now()), self.key_id,
            )
        )  # fmt: skip
        return request


class ClientCredentials(AuthBase):
    """OAuth 2: a token for our client's id and secret, asked for anew before it runs out or when it is refused."""

    def __init__(self, ask: Callable[[Mapping[str, str]], Mapping[str, Any]], form: Mapping[str, str]) -> None:
        self.ask, self.form = ask, form
        self.token, self.until = "", 0.0

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if not self.token or time.monotonic() >= self.until:
            self.renew()
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def renew(self) -> None:
        """Ask for a token.  Raises SourceRefused where none is given."""
        said = self.ask(self.form)
        token = said.get("access_token")
        if not isinstance(token, str) or not token:
            raise SourceRefused("the answer to our request for a token holds no access_token")
        try:
            lasts = float(said.get("expires_in") or 3_600)
        except (TypeError, ValueError):
            lasts = 3_600.0
        self.token, self.until = token, time.monotonic() + max(lasts - RENEW_BEFORE_S, lasts / 2)


def auth_of(
    auth: Auth, references: References, key_id: str, ask: Callable[[Mapping[str, str]], Mapping[str, Any]]
) -> AuthBase | None:
    """What puts the proof on a call.  ``ask`` posts the form of OAuth 2 and gives the parsed answer."""
    secret, user = references.resolve(auth.secret), references.resolve(auth.user)
    if auth.kind != "none" and not secret:
        raise SourceRefused(f"auth.kind {auth.kind} needs auth.secret")
    if auth.kind == "basic":
        return HttpBasicAuth(user, secret)
    if auth.kind == "bearer":
        return BearerTokenAuth(secret)
    if auth.kind == "api-key":
        return APIKeyAuth(auth.header or "X-Api-Key", secret)
    if auth.kind == "hmac":
        return SignedCall(secret, references.resolve(auth.key_id) or key_id)
    if auth.kind == "oauth2":
        form = {
            "grant_type": "client_credentials",
            "client_id": references.resolve(auth.key_id) or key_id,
            "client_secret": secret,
        }
        return ClientCredentials(ask, form | ({"scope": auth.scope} if auth.scope else {}))
    return None


def trust(session: Session, auth: Auth, references: References, folder: Path) -> AbstractContextManager[Any]:
    """Set whom a session trusts and which certificate it shows; in the end a certificate given as text is removed."""
    session.verify = references.resolve(auth.authority) or True
    if isinstance(session.verify, str) and not Path(session.verify).is_file():
        raise SourceRefused(f"auth.authority: there is no file {session.verify}")
    certificate = references.resolve(auth.certificate)
    if not certificate:
        return nullcontext()
    if not certificate.startswith("-----BEGIN"):
        if not Path(certificate).is_file():
            raise SourceRefused("auth.certificate is neither a file nor the text of a certificate and its key")
        session.cert = certificate
        return nullcontext()
    # The TLS library takes files alone; this one is ours alone and goes with the run.
    file = tempfile.NamedTemporaryFile("w", dir=folder, prefix=".certificate-")  # noqa: SIM115  # closed by the caller
    os.chmod(file.name, 0o600)
    file.write(certificate)
    file.flush()
    session.cert = file.name
    return file
