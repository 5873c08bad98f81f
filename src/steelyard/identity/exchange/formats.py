"""The formats by name, and which one a file is in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from steelyard.identity.exchange import bods, ftm, tables
from steelyard.identity.exchange.faults import FileRefused
from steelyard.identity.exchange.shapes import Bundle, Link, Read

_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Format:
    """One format."""

    write: Callable[[Bundle, Path], list[Path]]
    read: Callable[[Path], Read]
    carries: Callable[[Link, Mapping[str, str]], bool]
    """Whether it has a place for a link, by the kinds of the parties."""


FORMATS: Mapping[str, Format] = {
    "ftm": Format(ftm.write, ftm.read, ftm.carries),
    "bods": Format(bods.write, bods.read, bods.carries),
    "csv": Format(tables.write, tables.read, tables.carries),
}


def format_of(path: Path) -> str:
    """By what the file begins with.  Raises FileRefused."""
    if path.is_dir() or path.suffix.lower() == ".csv":
        return "csv"
    if not path.is_file():
        raise FileRefused(f"{path}: there is no such file")
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"["):
        return "bods"
    if head.startswith(b"{"):
        return "bods" if b'"statementId"' in head.split(b"\n")[0] else "ftm"
    raise FileRefused(
        f"{path.name}, line 1: begins neither like FollowTheMoney (one object a line) nor like BODS (a list), and is "
        "no CSV; name the format with --format"
    )
