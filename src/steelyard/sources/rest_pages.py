"""The pages of a list, to the last one: none left out, none taken twice, no walking in circles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from steelyard.sources.connection import Paging
from steelyard.sources.fetched import FetchFailed, SourceDrifted
from steelyard.sources.json_rows import Document, Row
from steelyard.sources.rest_calls import Caller

MAX_PAGES = 200_000


@dataclass
class Pages:
    """One walk through a list."""

    caller: Caller
    paging: Paging
    path: str
    parameters: Mapping[str, str]
    total: int | None = None
    """How many rows the other side says there are, by its newest page."""
    changed: bool = False
    """True where that number changed while we walked."""
    got: int = 0
    _first: int = 0
    """Rows of the first page: the size the other side really keeps to."""
    _cursors: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[list[Row]]:
        """The pages' rows.  Raises FetchFailed where they end before the total."""
        at = self._begin()
        previous: list[str] = []
        for _ in range(MAX_PAGES):
            document = self.caller.get(self.path, self._parameters(at))
            rows = self._rows(document)
            texts = [row.text for row in rows]
            if rows and texts == previous and self.paging.kind != "cursor":
                raise FetchFailed(f"{self.path}: two pages in a row are the same; the paging does not move on")
            previous = texts
            self.got += len(rows)
            self._first = self._first or len(rows)
            self._note_total(document)
            yield rows
            following = self._next(document, at, len(rows))
            if following is None:
                return self._require_total()
            at = following
        raise FetchFailed(f"{self.path}: more than {MAX_PAGES} pages")

    def _begin(self) -> str:
        return {"page": str(self.paging.first), "offset": "0"}.get(self.paging.kind, "")

    def _parameters(self, at: str) -> dict[str, str]:
        if self.paging.kind == "none":
            return dict(self.parameters)
        sized = dict(self.parameters) | {self.paging.size_parameter: str(self.paging.size)}
        return sized | ({self.paging.number: at} if at else {})

    def _rows(self, document: Document) -> list[Row]:
        try:
            return document.rows(self.paging.rows)
        except LookupError:
            place = f"at {self.paging.rows}" if self.paging.rows else "at the top"
            raise SourceDrifted(f"{self.path}: there is no list of rows {place} of the answer") from None

    def _note_total(self, document: Document) -> None:
        if not self.paging.total:
            return
        found, value = document.at(self.paging.total)
        if not found or not str(value).isdigit():
            raise SourceDrifted(f"{self.path}: {self.paging.total} is no number of rows")
        self.changed = self.changed or (self.total is not None and self.total != int(str(value)))
        self.total = int(str(value))

    def _next(self, document: Document, at: str, rows: int) -> str | None:
        """Where the next page begins; None after the last."""
        if self.paging.kind == "cursor":
            return self._next_cursor(document, rows)
        if self.paging.kind == "none" or self._is_last(rows):
            return None
        return str(int(at) + (1 if self.paging.kind == "page" else rows))

    def _is_last(self, rows: int) -> bool:
        if self.total is not None:
            return not rows or self.got >= self.total
        # The other side may give fewer rows a page than we ask for; the first page shows how many.
        return rows < self._first or not rows

    def _next_cursor(self, document: Document, rows: int) -> str | None:
        found, value = document.at(self.paging.next)
        if not found and not self._cursors and rows >= self.paging.size:
            raise SourceDrifted(f"{self.path}: a full page, and no {self.paging.next} that leads to the next one")
        if value is None or value in ("", False):
            return None
        if str(value) in self._cursors:
            raise FetchFailed(f"{self.path}: the same cursor was handed out twice; the paging walks in circles")
        self._cursors.add(str(value))
        return str(value)

    def _require_total(self) -> None:
        if self.total is not None and self.got != self.total:
            raise FetchFailed(f"{self.path}: got {self.got} rows of {self.total}", permanent=False)
