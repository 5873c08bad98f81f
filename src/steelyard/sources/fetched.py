"""What a connector gives back, and how it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.kit.errors import SteelyardError
from steelyard.sources.pace import Pace


class FetchFailed(SteelyardError):
    """A department's system could not be read; ``permanent`` says whether trying again is of use."""

    kind = "failing"
    """Which incident of the interface it belongs to."""


class SourceDrifted(FetchFailed):
    """The other side has lost or changed what the interface reads."""

    kind = "drift"


class SignatureRejected(FetchFailed):
    """The other side does not accept how we prove who asks."""

    kind = "signature"


class SourceRefused(FetchFailed):
    """We do not read from there: the address, the account or the definition is not allowed."""

    kind = "refused"


@dataclass(frozen=True)
class Fetched:
    """What one run got: files to be landed as they are, and where the next run begins."""

    paths: tuple[Path, ...]
    cursor: Mapping[str, Any] | None = None
    """To be kept with the delivery; None where the connector asks for everything each time."""
    rows: int = 0
    """Rows in the files; files of a folder are not looked into and count 0."""
    calls: int = 0
    """Statements, requests or transfers, tries included."""
    total: int | None = None
    """How many rows the other side says there are."""
    signals: tuple[str, ...] = ()
    """What somebody should know though nothing failed."""
    growing: tuple[str, ...] = ()
    """Files that were still being written and wait for the next run."""
    pace: Pace = field(default_factory=Pace)
    """How long the other side let us wait."""


@dataclass(frozen=True)
class Probe:
    """A look at the other side: columns, a few rows as text, how many there are."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str | None], ...]
    total: int | None
