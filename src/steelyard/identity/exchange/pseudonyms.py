"""Identifiers for one recipient: always the same for him, of no use to anybody else."""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from steelyard.kit.errors import SteelyardError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SECRET_BYTES = 32


class NameUnfit(SteelyardError):
    """A recipient or publisher is named in 1 to 64 letters, digits, dots, dashes and underscores."""


class SecretLost(SteelyardError):
    """The recipient's secret cannot be read: restore it from where its copy is kept."""


def fit_name(name: str) -> str:
    """The name of a recipient or publisher.  Raises NameUnfit."""
    if not _NAME.fullmatch(name):
        raise NameUnfit(f"{name[:80]!r} does not fit: 1 to 64 letters, digits, dots, dashes, underscores")
    return name


@dataclass(frozen=True)
class Pseudonyms:
    """Identifiers of subjects and proofs for one recipient."""

    secret: bytes
    own: Mapping[str, str] = field(default_factory=dict)
    """Identifiers by key of what the recipient told us himself: to him they say nothing new."""
    plain: bool = False
    """Surrogate keys and places themselves instead of pseudonyms."""

    @classmethod
    def of(
        cls, secrets_folder: Path, recipient: str, own: Mapping[str, str] | None = None, *, plain: bool = False
    ) -> "Pseudonyms":
        """With the secret kept for the recipient, made on first use.  Raises NameUnfit, SecretLost."""
        path = secrets_folder / "recipients" / f"{fit_name(recipient)}.key"
        if not path.exists():
            _make(path)
        try:
            secret = bytes.fromhex(path.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise SecretLost(f"{path} cannot be read: restore it from where its copy is kept") from error
        if len(secret) != _SECRET_BYTES:
            raise SecretLost(f"{path} holds no secret of {_SECRET_BYTES} bytes: restore it from its copy")
        return cls(secret, own or {}, plain)

    def subject(self, key: str) -> str:
        """The identifier of a subject."""
        if self.plain:
            return key
        return self.own.get(key) or f"s-{self._digest('subject', key)}"

    def proof(self, delivery: str, file: str, row: int) -> str:
        """What leads us back to a delivered row when the recipient asks for it."""
        return f"{delivery}:{row}" if self.plain else f"p-{self._digest('proof', delivery, file, str(row))}"

    def link(self, *told: object) -> str:
        """The identifier of a tie that says this."""
        return f"t-{self._digest('tie', *(str(part) for part in told))}"

    def _digest(self, *parts: str) -> str:
        # Each part by its length, so that no two lists of parts read alike.
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()[:32]


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_hex(_SECRET_BYTES))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)  # fails where another process was first: then its secret is the secret
    except FileExistsError:
        pass
    finally:
        draft.unlink()
