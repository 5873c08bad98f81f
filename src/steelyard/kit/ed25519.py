"""Signatures that others can check without a secret: Ed25519, keys and signatures as hexadecimal text."""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from steelyard.kit.errors import SteelyardError


class SignatureFalse(SteelyardError):
    """What was signed is not what lies here, or another key signed it."""


class KeyBroken(SteelyardError):
    """A key or signature is not the hexadecimal text of one."""


class SigningKey:
    """A private key in a file that its owner alone can read."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def at(cls, path: Path) -> "SigningKey":
        """The key in a file; made there the first time.  Raises KeyBroken."""
        if not path.exists():
            _make(path)
        try:
            return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except (OSError, ValueError) as error:
            raise KeyBroken(f"{path} holds no signing key: restore it from where its copy is kept") from error

    @property
    def public(self) -> str:
        """What others need to check a signature: 64 digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """128 digits."""
        return self._key.sign(message).hex()


def verify(public: str, message: bytes, signature: str) -> None:
    """Raises SignatureFalse, KeyBroken."""
    try:
        known = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        said = bytes.fromhex(signature.strip())
    except ValueError as error:
        raise KeyBroken from error
    try:
        known.verify(said, message)
    except InvalidSignature as error:
        raise SignatureFalse from error


def is_key(public: str) -> bool:
    """Whether a text could be a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    except ValueError:
        return False
    return True


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_bytes(32).hex())
    try:
        os.link(draft, path)  # fails where another process was first: then its key is the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
