"""What the references of the interfaces stand for while the made-up departments run.

Nothing goes by the name of a reference but its department: where an interface says address, secret or certificate,
the value is an address, a secret or a certificate.  So an interface file decides alone what it is called.
"""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from steelyard.sources import Interface

_REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


class Environment:
    """Values by reference; a secret is drawn when it is first asked for and stays."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.tokens: dict[str, dict[str, float]] = {}
        """Tokens given out to a client, named by the reference of its secret, and until when each holds."""

    def secret(self, text: str) -> str:
        """The secret a text refers to, drawn anew where nobody has it yet; empty for an empty text."""
        for name in _REFERENCE.findall(text):
            self.values.setdefault(name, secrets.token_urlsafe(24))
        return self.resolve(text)

    def say(self, text: str, value: str) -> None:
        """The reference of ``text`` stands for ``value``; the first word said holds."""
        found = _REFERENCE.search(text)
        if found:
            self.values.setdefault(found[1], value)

    def resolve(self, text: str) -> str:
        """A text with every known reference replaced."""
        return _REFERENCE.sub(lambda found: self.values.get(found[1], found[0]), text)

    def write(self, path: Path) -> None:
        """As lines ``NAME='value'`` that a shell can read (``set -a; . FILE``); closed to others."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}='{value}'\n" for name, value in sorted(self.values.items())))

    def write_secrets(self, folder: Path) -> list[Path]:
        """One file a name in a folder of secrets, where commands of the home find them by themselves."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, value in self.values.items():
            path = folder / name
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
            path.write_text(value)
            written.append(path)
        return written


def push_key(interface: Interface) -> str:
    """The reference of the key with which a department signs what it pushes."""
    if interface.auth.secret:
        return interface.auth.secret
    return f"${{STEELYARD_PUSH_KEY_{word_of(interface.department)}}}"


def word_of(department: str) -> str:
    """A department as names of references spell it."""
    return re.sub(r"[^A-Z0-9]+", "_", department.upper())


def unset(interfaces: Mapping[str, Interface], environment: Environment) -> list[str]:
    """References of the offered interfaces that still stand for nothing."""
    texts = [
        text
        for one in interfaces.values()
        for text in (one.location.address, one.auth.secret, one.auth.user, one.auth.key_id, one.auth.certificate,
                     one.auth.authority, one.auth.host_key)
        if one.connector in ("sql", "rest", "sftp")
    ]  # fmt: skip
    return sorted({name for text in texts for name in _REFERENCE.findall(text) if name not in environment.values})
