"""Keys that lie outside the database: a stolen dump opens nothing."""

import base64
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NAMES = ("fields", "blind", "receipts", "django")


def keyring_path() -> Path:
    return Path(settings.STEELYARD_HOME.secrets) / "keyring.json"


def load_or_make(path: Path) -> dict[str, str]:
    """Read the keyring; make one, readable by its owner alone, at the very first start."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in NAMES}
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(made), encoding="utf-8")
    draft.chmod(0o400)
    try:
        os.link(draft, path)  # fails where another process was first: then its keys are the keys
    except FileExistsError:
        made = dict(json.loads(path.read_text(encoding="utf-8")))
    draft.unlink()
    return made


@lru_cache(maxsize=1)
def _keys() -> dict[str, bytes]:
    return {name: base64.b64decode(value) for name, value in load_or_make(keyring_path()).items()}


def key(name: str) -> bytes:
    """One of the 32-byte keys by name.  Raises KeyError for an unknown one: never works without a key."""
    return _keys()[name]


def seal(text: str, *, place: str) -> str:
    """Encrypt a field.  ``place`` (table:column:row) is bound in, so that values cannot be swapped."""
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(key("fields")).encrypt(nonce, text.encode(), place.encode())
    return "v1:" + base64.b64encode(nonce + sealed).decode()


def unseal(value: str, *, place: str) -> str:
    """Decrypt a field sealed for the same place.  Raises InvalidTag for a value moved from elsewhere."""
    raw = base64.b64decode(value.removeprefix("v1:"))
    return AESGCM(key("fields")).decrypt(raw[:12], raw[12:], place.encode()).decode()
