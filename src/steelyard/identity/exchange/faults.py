"""What is wrong with a file from outside: place by place, so that its sender can mend it."""

from dataclasses import dataclass

from steelyard.kit.errors import SteelyardError

_TOLD = 20


class FileRefused(SteelyardError):
    """The file was not taken: something in it is wrong, and nothing of it was kept."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    file: str
    line: int
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.field}: {self.what}"


class Faults:
    """Gathers what is wrong, so that a sender learns everything at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def note(self, line: int, field: str, what: str, file: str = "") -> None:
        self.found.append(Fault(file or self.file, line, field, what))

    def settle(self) -> None:
        """Raises FileRefused where anything was noted."""
        if not self.found:
            return
        told = [str(fault) for fault in self.found[:_TOLD]]
        if len(self.found) > _TOLD:
            told.append(f"and {len(self.found) - _TOLD} more")
        raise FileRefused("nothing was imported:\n  " + "\n  ".join(told))
