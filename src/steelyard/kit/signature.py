"""Who sent this message, and is it whole?  One form of signature for calls we make and rows pushed to us.

The signed text is the method, the path with its query, the time and the hash of the body, one a line;
the signature is its HMAC-SHA256 in hexadecimal.  Path and query are signed exactly as they travel.  Where the
message has an idempotency key that is a fifth line: under another key a caught message would count anew.
"""

import hashlib
import hmac
from collections.abc import Mapping

from steelyard.kit.errors import SteelyardError

KEY, TIMESTAMP, SIGNATURE = "X-Steelyard-Key", "X-Steelyard-Timestamp", "X-Steelyard-Signature"
ONCE = "Idempotency-Key"
TOLERANCE_S = 300
"""How far the sender's clock may be from ours: longer would let a caught message be sent again."""


class SignatureWrong(SteelyardError):
    """A message does not carry the signature of the key it names."""


def sign(
    secret: str, method: str, path: str, body: bytes, at: int, key_id: str = "", *, once: str = ""
) -> dict[str, str]:
    """The headers that prove a message.

    ``path``: with its query, as it travels; ``at``: now, in seconds since 1970; ``key_id``: which key signs;
    ``once``: the idempotency key.
    """
    named = ({KEY: key_id} if key_id else {}) | ({ONCE: once} if once else {})
    return named | {TIMESTAMP: str(at), SIGNATURE: _signature(secret, method, path, body, str(at), once)}


def verify(
    secret: str, method: str, path: str, body: bytes, headers: Mapping[str, str], now: int,
    tolerance: int = TOLERANCE_S,
) -> None:  # fmt: skip
    """Raise SignatureWrong unless the headers prove the message and are at most ``tolerance`` seconds off.

    ``secret`` must not be empty: a key that was never given out proves nothing.
    """
    given = {name.lower(): value for name, value in headers.items()}
    at, signature = given.get(TIMESTAMP.lower(), ""), given.get(SIGNATURE.lower(), "")
    if not at or not signature:
        raise SignatureWrong(f"the headers {TIMESTAMP} and {SIGNATURE} are needed")
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        raise SignatureWrong(f"{TIMESTAMP} must be whole seconds since 1970")
    if not secret:
        raise SignatureWrong("no key is known for this sender")
    # The signature before the clock: who does not hold the key learns nothing about our time.
    if not hmac.compare_digest(
        _signature(secret, method, path, body, at, given.get(ONCE.lower(), "")).encode(),
        signature.lower().encode(errors="replace"),
    ):
        raise SignatureWrong("the signature does not fit the message")
    if abs(now - int(at)) > tolerance:
        raise SignatureWrong(
            f"the message was signed {abs(now - int(at))} seconds off our clock; {tolerance} are allowed"
        )


def _signature(secret: str, method: str, path: str, body: bytes, at: str, once: str) -> str:
    lines = [method.upper(), path, at, hashlib.sha256(body).hexdigest(), *([once] if once else [])]
    text = "\n".join(lines)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
