"""The shape in which a department delivers, read backwards from its interface: contract field to column of the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.sources.interfaces import Interface, load_interfaces


@dataclass(frozen=True)
class Field:
    """One column of a file and how its values are written."""

    header: str
    source: str
    """Column of the contract, or raw field of a subject column."""
    format: str | None = None
    words: Mapping[str, str] | None = None
    """Code of the vocabulary to the department's own word."""


@dataclass(frozen=True)
class Shape:
    """The form of one file."""

    interface: Interface
    dataset: str
    fields: tuple[Field, ...]

    @property
    def department(self) -> str:
        return self.interface.department

    def file(self, stamp: str) -> str:
        """Path below the inbox; the star of the pattern becomes the stamp."""
        return f"{self.department}/{self.interface.pattern.replace('*', stamp)}"

    @property
    def first_row(self) -> int:
        """Number of the first data row as a reader counts it."""
        return 1 if self.interface.file_format == "jsonl" else self.interface.options.header + 1


def read_shapes(folder: Path) -> dict[str, Shape]:
    """The shapes of all interfaces of one dataset each, by dataset; OCDS has a writer of its own."""
    shapes: dict[str, Shape] = {}
    for interface in load_interfaces(folder).values():
        if interface.file_format == "ocds" or interface.connector != "file":
            continue
        feed = interface.feeds[0]
        fields: dict[str, Field] = {}
        for target, source in feed.columns.items():
            header = source.columns[0]
            words = {code: word for word, code in source.map.items()} or None
            # Two targets may share a column of the file: it is written once.
            fields.setdefault(header, Field(header, target, source.format, words))
        shapes[feed.dataset] = Shape(interface, feed.dataset, tuple(fields.values()))
    return shapes


def told_fields(shape: Shape) -> dict[str, Any]:
    """Raw field to header, for those who plant mistakes."""
    return {field.source: field.header for field in shape.fields}
