"""Headings: one line or several, and what they call the columns."""

from collections import Counter
from collections.abc import Sequence

from steelyard.sources.textfile import FileRefused

MAX_COLUMNS = 4_000
JOIN = "/"

Span = tuple[int, int, int, int]
"""A merged cell: first row, first column, last row, last column; from 0, the last ones included."""


def heading_names(cells: Sequence[str], place: str) -> list[str]:
    """Column names of a heading; an unnamed column is called by its position.

    Raises FileRefused where the heading is empty, too wide or says a name twice.
    """
    if len(cells) > MAX_COLUMNS:
        raise FileRefused(f"{place}: {len(cells)} columns; the limit is {MAX_COLUMNS}")
    names = [cell.strip() or f"#{position}" for position, cell in enumerate(cells, 1)]
    if not any(cell.strip() for cell in cells):
        raise FileRefused(f"{place}: there is no heading")
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise FileRefused(f"{place}: the column {', '.join(twice[:20])} stands twice")
    return names


def joined(lines: Sequence[Sequence[str]], first: int = 0, spans: Sequence[Span] | None = None) -> list[str]:
    """One name a column from several lines of a heading, the parts joined by ``/``.

    A merged cell names every column below it.  ``spans``: the merged cells, rows counted like ``first``; None
    where the format does not tell: then an empty cell of an upper line belongs to the filled one on its left.
    """
    width = max((len(line) for line in lines), default=0)
    rows = [[cell.strip() for cell in line] + [""] * (width - len(line)) for line in lines]
    if spans is None:
        for row in rows[:-1]:
            _fill_right(row)
    else:
        for span in spans:
            _spread(rows, first, span)
    return [JOIN.join(dict.fromkeys(part for part in column if part)) for column in zip(*rows, strict=True)]


def _fill_right(row: list[str]) -> None:
    last = ""
    for at, cell in enumerate(row):
        last = row[at] = cell or last


def _spread(rows: list[list[str]], first: int, span: Span) -> None:
    top, left, bottom, right = span
    if top < first or bottom >= first + len(rows) or not rows or left >= len(rows[0]):
        return  # outside the heading
    value = rows[top - first][left]
    for row in rows[top - first : bottom - first + 1]:
        for at in range(left, min(right, len(row) - 1) + 1):
            row[at] = row[at] or value
