"""What an interface file says of the form of its files."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from steelyard.sources import encodings

MEMBER_FORMATS = ("csv", "xlsx", "jsonl", "json", "parquet")


@dataclass(frozen=True)
class Options:
    """How to read the files."""

    encoding: str | None = None
    """None: UTF-8 where the first lines are, else GB18030; a mark at the beginning wins over either."""
    delimiter: str = ","
    header: int | tuple[int, ...] = 1
    """Line of the heading, 1-based; several lines that follow each other are joined by ``/``."""
    skip_footer: str | tuple[str, ...] | None = None
    """What the first filled cell of a line of totals begins with."""
    sheet: str | int | tuple[str | int, ...] = 1
    """Name or number of a sheet, or several; ``*`` takes all that have the heading."""
    rows_path: str = ""
    """JSON: path to the list of rows, such as ``data.records``."""
    members: str = ""
    """ZIP: glob of the members to read; the others must be none or match ``ignore_members``."""
    ignore_members: str = ""
    member_format: str = "csv"
    """ZIP: format of the members."""
    own_platform: bool = False
    """OCDS only: the publisher is a platform of our own, not a region."""

    @property
    def headings(self) -> tuple[int, ...]:
        """Lines of the heading, ascending."""
        return self.header if isinstance(self.header, tuple) else (self.header,)

    @property
    def footers(self) -> tuple[str, ...]:
        """Beginnings of lines of totals."""
        said = self.skip_footer
        return said if isinstance(said, tuple) else (said,) if said else ()

    @property
    def sheets(self) -> tuple[str | int, ...]:
        """Sheets to read, in this order."""
        return self.sheet if isinstance(self.sheet, tuple) else (self.sheet,)


def read_options(said: Any) -> Options:
    """The block ``format_options`` of an interface file.  Raises ValueError, which names the key."""
    if said is None:
        return Options()
    if not isinstance(said, dict):
        raise ValueError("format_options must be a mapping")
    known = [one.name for one in fields(Options)]
    unknown = sorted(str(key) for key in set(said) - set(known))
    if unknown:
        raise ValueError(f"format_options: unknown key {', '.join(unknown)}; known are {', '.join(known)}")
    made = from_plain(said)
    _check(made)
    return made


def from_plain(said: Mapping[str, Any]) -> Options:
    """Options from a mapping as JSON and YAML give it, with lists."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Options(**values)


def _check(made: Options) -> None:
    if made.encoding is not None:
        encodings.normal(str(made.encoding))
    if not isinstance(made.delimiter, str) or len(made.delimiter) != 1 or made.delimiter in '"\r\n\0':
        raise ValueError(f"format_options.delimiter {made.delimiter!r} must be one character, such as ',' or \"\\t\"")
    _check_headings(made.headings)
    for word in made.footers:
        if not isinstance(word, str) or not word.strip():
            raise ValueError("format_options.skip_footer must be a text, or a list of texts, that lines begin with")
    if not made.sheets or any(isinstance(one, bool) or not isinstance(one, str | int) for one in made.sheets):
        raise ValueError("format_options.sheet must be a name, a number from 1, '*', or a list of names and numbers")
    if made.member_format not in MEMBER_FORMATS:
        raise ValueError(f"format_options.member_format {made.member_format!r} is none of {', '.join(MEMBER_FORMATS)}")


def _check_headings(lines: tuple[int, ...]) -> None:
    whole = bool(lines) and all(isinstance(line, int) and not isinstance(line, bool) for line in lines)
    if not whole or lines[0] < 1 or list(lines) != list(range(lines[0], lines[0] + len(lines))):
        raise ValueError("format_options.header must be a line from 1, or a list of lines that follow each other")
