"""What ``${NAME}`` in an interface file stands for: the environment, a file it names, or a file of the home."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from steelyard.kit.errors import SteelyardError

_REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


class ReferenceMissing(SteelyardError):
    """An interface refers to a value that nobody gave."""


@dataclass(frozen=True)
class References:
    """Looks values up: ``NAME``, else the file ``NAME_FILE`` names, else ``<secrets>/NAME``; never logged."""

    secrets: Path | None = None

    def resolve(self, text: str) -> str:
        """The text with every reference replaced.  Raises ReferenceMissing, which names the reference alone."""
        return _REFERENCE.sub(lambda found: self._value(found[1]), text)

    def missing(self, text: str) -> list[str]:
        """References of a text that nobody gave a value."""
        return [name for name in _REFERENCE.findall(text) if self._found(name) is None]

    def missing_of(self, texts: Iterable[str]) -> list[str]:
        """The same of several texts, each name once, in alphabetical order."""
        return sorted({name for text in texts for name in self.missing(text)} - {"STEELYARD_INBOX"})

    def _value(self, name: str) -> str:
        found = self._found(name)
        if found is None:
            raise ReferenceMissing(
                f"{name} is not set: give it in the environment, name its file in {name}_FILE, "
                f"or put it into the file {name} in the folder of secrets"
            )
        return found

    def _found(self, name: str) -> str | None:
        if name in os.environ:
            return os.environ[name]
        named = os.environ.get(f"{name}_FILE")
        for path in (Path(named) if named else None, self.secrets / name if self.secrets else None):
            if path is not None and path.is_file():
                return path.read_text(encoding="utf-8").strip()
        return None
