"""The business period a delivery speaks of, read from the names of its files."""

from collections.abc import Sequence

from steelyard.pool.raw import RawFile
from steelyard.sources import Interface, periods


def period_of(interface: Interface, files: Sequence[RawFile]) -> str:
    """The latest period that a file's name says, such as 2025-06; empty where none says one."""
    return max((periods.period_of(interface.period_from_name, file.name) for file in files), default="")
