"""How a department delivers, read backwards from its interface: contract field to column of the source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from steelyard.sources.interfaces import Feed, Interface, load_interfaces

BARE_FORMATS = ("jsonl", "json")


@dataclass(frozen=True)
class Field:
    """One column of a source and how its values are written."""

    header: str
    source: str
    """Column of the contract, or raw field of a subject column."""
    format: str | None = None
    words: Mapping[str, str] | None = None
    """Code of the vocabulary to the department's own word."""
    times: Decimal | None = None
    """What the pool multiplies by: the source counts in so many units."""


@dataclass(frozen=True)
class Shape:
    """The form in which one interface brings one dataset."""

    interface: Interface
    dataset: str
    fields: tuple[Field, ...]
    selector: tuple[str, str] | None = None
    """Column that says to which dataset a row belongs, and the word for this one, where no field says it."""

    @property
    def department(self) -> str:
        return self.interface.department

    def file(self, stamp: str) -> str:
        """Path below the inbox; the star of the pattern becomes the stamp."""
        return f"{self.department}/{self.interface.pattern.replace('*', stamp)}"

    @property
    def first_row(self) -> int:
        """Number of the first data row as a reader counts it."""
        interface = self.interface
        headed = interface.connector in ("file", "sftp") and interface.file_format in ("csv", "xlsx", "zip")
        return interface.options.headings[-1] + 1 if headed else 1

    @property
    def ignored(self) -> list[str]:
        """Columns of the source that nobody uses, in a fixed order."""
        return sorted(self.interface.ignore, reverse=True)


def read_shapes(folder: Path) -> dict[str, tuple[Shape, ...]]:
    """The shapes of all interfaces, by interface: one for each dataset; OCDS has a writer of its own."""
    return {
        interface.id: tuple(_shape(interface, feed) for feed in interface.feeds)
        for interface in load_interfaces(folder).values()
        if interface.file_format != "ocds"
    }


def by_dataset(shapes: Mapping[str, tuple[Shape, ...]]) -> dict[str, Shape]:
    """The file in which a dataset comes that has one; where several have it, the first by name."""
    found: dict[str, Shape] = {}
    for parts in shapes.values():
        if len(parts) == 1 and parts[0].interface.connector == "file":
            found.setdefault(parts[0].dataset, parts[0])
    return found


def _shape(interface: Interface, feed: Feed) -> Shape:
    fields: dict[str, Field] = {}
    for target, source in feed.columns.items():
        if not source.columns:
            continue
        header = source.columns[0]
        words = {code: word for word, code in source.map.items()} or None
        # Two targets may share a column of the source: it is written once.
        fields.setdefault(header, Field(header, target, source.format, words, source.times))
    selector = None
    if feed.only_column and feed.only_column not in fields:
        selector = feed.only_column, feed.only_values[0]
    return Shape(interface, feed.dataset, tuple(fields.values()), selector)
