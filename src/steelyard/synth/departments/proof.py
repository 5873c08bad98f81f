"""How an API of a department finds out who asks."""

import base64
import hmac
import secrets
import time
from collections.abc import Mapping
from urllib.parse import parse_qs

from steelyard.kit import signature
from steelyard.kit.signature import SignatureWrong
from steelyard.sources import Interface
from steelyard.synth.departments.environment import Environment

TOKEN_LIFE_S = 300


class Proof:
    """The door-keeper of one interface."""

    def __init__(self, interface: Interface, environment: Environment) -> None:
        self.auth = interface.auth
        self._secret = environment.secret(interface.auth.secret)
        environment.say(interface.auth.user, interface.department)
        environment.say(interface.auth.key_id, interface.id)
        self._user = environment.resolve(interface.auth.user)
        self._key_id = environment.resolve(interface.auth.key_id)
        # One client may ask several lists of a department with the same token.
        self._tokens = environment.tokens.setdefault(interface.auth.secret, {})

    def holds(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bool:
        """Whether the caller has proved to be who may ask."""
        given = {name.lower(): value for name, value in headers.items()}
        said = given.get("authorization", "")
        if self.auth.kind == "basic":
            return same(said, "Basic " + base64.b64encode(f"{self._user}:{self._secret}".encode()).decode())
        if self.auth.kind == "bearer":
            return same(said, f"Bearer {self._secret}")
        if self.auth.kind == "api-key":
            return same(given.get((self.auth.header or "X-Api-Key").lower(), ""), self._secret)
        if self.auth.kind == "oauth2":
            return self._tokens.get(said.removeprefix("Bearer "), 0.0) > time.monotonic()
        if self.auth.kind == "hmac":
            return self._signed(method, path, headers, body)
        return True

    def _signed(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        try:
            signature.verify(self._secret, method, path, body, headers, int(time.time()))
        except SignatureWrong:
            return False
        return True

    def token(self, headers: Mapping[str, str], body: bytes) -> dict[str, object] | None:
        """Client credentials for a token (RFC 6749, 4.4); None where they are wrong."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        user, secret = form.get("client_id", ""), form.get("client_secret", "")
        basic = headers.get("Authorization", "")
        if basic.startswith("Basic "):
            user, _, secret = base64.b64decode(basic[6:]).decode("utf-8", "replace").partition(":")
        wanted = self._key_id or self._user
        if form.get("grant_type") != "client_credentials" or not same(secret, self._secret):
            return None
        if wanted and not same(user, wanted):
            return None
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + TOKEN_LIFE_S
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_S, "scope": self.auth.scope}

    def share_tokens(self, other: "Proof") -> None:
        """One client of one token endpoint: a token of either interface opens both."""
        if same(self._secret, other._secret) and self._key_id == other._key_id:
            self._tokens = other._tokens


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())
