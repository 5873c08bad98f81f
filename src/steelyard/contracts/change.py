"""What a new text of a contract means to those who hold its data: nothing, PATCH, MINOR or MAJOR."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.contracts.contract import Contract

PARTS = ("major", "minor", "patch")


@dataclass(frozen=True)
class Shape:
    """Of a contract what decides whether data written under it can still be read."""

    version: str
    sha256: str
    """Of the file."""
    key: tuple[str, ...]
    columns: Mapping[str, str]
    """Name to SQL type, with the kind of subject where there is one."""
    rules: str
    """Digest of what decides which rows are admitted: modes, checks, vocabularies, requirements."""

    @classmethod
    def of(cls, contract: Contract) -> "Shape":
        columns = {
            name: f"{column.sql_type} {column.subject}" if column.subject else column.sql_type
            for name, column in contract.columns.items()
        }
        file = hashlib.sha256(contract.path.read_bytes()).hexdigest()
        return cls(contract.version, file, contract.key, columns, _rules(contract))

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Shape":
        """From an entry of the lock."""
        columns = {str(name): str(kind) for name, kind in said["columns"].items()}
        return cls(str(said["version"]), str(said["sha256"]), tuple(said["key"]), columns, str(said["rules"]))

    def told(self) -> dict[str, Any]:
        """The entry of the lock."""
        return {
            "version": self.version, "sha256": self.sha256, "key": list(self.key), "columns": dict(self.columns),
            "rules": self.rules,
        }  # fmt: skip


def compatible(old: Shape, new: Shape) -> str | None:
    """The least part of the version that must grow from ``old`` to ``new``; None where nothing changed.

    major: a column is gone or retyped, or the key is another.  minor: a column came, or other rows are admitted.
    patch: words, promises and order of columns.
    """
    lost = any(new.columns.get(name) != kind for name, kind in old.columns.items())
    if lost or set(new.key) != set(old.key):
        return "major"
    if set(new.columns) != set(old.columns) or new.rules != old.rules:
        return "minor"
    return "patch" if new.sha256 != old.sha256 else None


def raised(old: str, new: str) -> str | None:
    """The first part by which a version grew; None where it did not."""
    for part, before, after in zip(PARTS, old.split("."), new.split("."), strict=True):
        if int(after) != int(before):
            return part if int(after) > int(before) else None
    return None


def enough(needed: str, old: str, new: str) -> bool:
    """Whether ``new`` follows ``old`` by at least the part that is needed."""
    grown = raised(old, new)
    return grown is not None and PARTS.index(grown) <= PARTS.index(needed)


def _rules(contract: Contract) -> str:
    columns = [(name, column.required, sorted(column.values), column.raw) for name, column in contract.columns.items()]
    checks = [(check.id, check.level, check.sql) for check in contract.checks]
    checks += [(check.id, check.level, check.sql) for check in contract.table_checks]
    said = (contract.mode, contract.scope, contract.order, contract.quarantined_share, sorted(columns), checks)
    return hashlib.sha256(repr(said).encode()).hexdigest()
