"""What is wrong in the catalogue, and where."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Complaint:
    """One broken rule at one place."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"

    @classmethod
    def at(cls, path: Path, line: int, rule: str, message: str) -> "Complaint":
        return cls(str(path), line, rule, message)
