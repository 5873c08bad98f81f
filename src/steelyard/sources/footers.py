"""Lines of totals under a table: they are no rows, and one in the middle is told of."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from steelyard.sources.textfile import TextFile

SHOWN = 20


class Footers:
    """Knows lines of totals by what their first filled cell begins with, and where they stood."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self.numbers: list[int] = []
        self.last_row = 0

    def is_one(self, cells: Sequence[str], number: int) -> bool:
        """Whether the line is one of totals; it is remembered."""
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        found = bool(self.words) and first.startswith(self.words)
        if found:
            self.numbers.append(number)
        return found

    def without(self, columns: Sequence[pa.Array], numbers: pa.Array) -> tuple[list[pa.Array], pa.Array]:
        """Columns and row numbers without empty rows and lines of totals."""
        first = _trimmed(columns[0])
        blank = pc.any(pc.equal(first, "")).as_py()
        if not blank and not self.words:
            return self._all(columns, numbers)
        if not blank:
            # Nobody's first cell is empty, so that it is the first filled one.
            kept = pc.invert(self._ends(first, numbers))
        else:
            lead = pc.coalesce(*(pc.if_else(pc.equal(text, ""), None, text) for text in map(_trimmed, columns)))
            kept = pc.and_(pc.is_valid(lead), pc.invert(self._ends(pc.fill_null(lead, ""), numbers)))
        return self._all([column.filter(kept) for column in columns], numbers.filter(kept))

    def _all(self, columns: Sequence[pa.Array], numbers: pa.Array) -> tuple[list[pa.Array], pa.Array]:
        if len(numbers):
            self.last_row = max(self.last_row, numbers[-1].as_py())
        return list(columns), numbers

    def _ends(self, lead: pa.Array, numbers: pa.Array) -> pa.Array:
        """Which rows are lines of totals; they are remembered."""
        found = pc.equal(lead, None) if not self.words else pc.starts_with(lead, self.words[0])
        for word in self.words[1:]:
            found = pc.or_(found, pc.starts_with(lead, word))
        found = pc.fill_null(found, False)
        self.numbers += numbers.filter(found).to_pylist()
        return found

    def tell(self, made: TextFile) -> None:
        """Signal lines of totals that rows follow: perhaps they were rows."""
        within = [number for number in sorted(set(self.numbers)) if number < self.last_row]
        if within:
            shown = ", ".join(map(str, within[:SHOWN]))
            made.signal("total-within", f"lines of totals between rows, left out: {shown}", rows=within[:SHOWN])


def _trimmed(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return pc.utf8_trim_whitespace(pc.fill_null(column, ""))
