"""Where an incremental run begins, such that no row is lost and few come twice.

Rows may share the watermark of the last row we saw, and rows may be written late with an older one; so a
run asks from the last value less the overlap, that value included.  What it had before it knows by hash.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from steelyard.kit import durations
from steelyard.sources.connection import Fetch
from steelyard.sources.fetched import SourceDrifted, SourceRefused

REMEMBERED = 20_000
"""Rows known by hash at most; beyond that rows come again, and the ledger counts them as unchanged."""

Value = int | Decimal | dt.datetime | str


def _kind_of(said: str) -> str:
    # Digits alone are a number, also where they could be a day: numbers of rows look like days sooner or later.
    if re.fullmatch(r"-?\d+(\.\d+)?", said):
        return "number"
    try:
        dt.datetime.fromisoformat(said)
    except ValueError:
        return "text"
    return "time"


def row_hash(row: Sequence[str | None]) -> str:
    """What a row is known by; null and empty differ."""
    parts = ["-" if value is None else f"+{value}" for value in row]
    return hashlib.blake2b("\x1f".join(parts).encode(errors="surrogatepass"), digest_size=10).hexdigest()


@dataclass
class Watermark:
    """The highest value seen, and the rows that the next run will be given again."""

    column: str
    overlap: dt.timedelta
    kind: str = ""
    """``number``, ``time`` or ``text``; empty until a value was seen."""
    last: str | None = None
    known: frozenset[str] = frozenset()
    """Hashes of rows that came in earlier runs."""

    @classmethod
    def of(cls, fetch: Fetch, cursor: Mapping[str, Any] | None) -> "Watermark | None":
        """The state after the last delivery; a cursor of another column is none.  None where all is asked for."""
        if fetch.by != "watermark":
            return None
        made = cls(fetch.column, durations.length(fetch.overlap))
        if cursor and cursor.get("column") == fetch.column:
            made.kind, made.last = str(cursor["kind"]), cursor.get("value")
            made.known = frozenset(cursor.get("seen") or ())
        return made

    def since(self) -> Value | None:
        """From which value on rows are asked for; None: from the beginning."""
        if self.last is None:
            return None
        return self.before(self.value(self.last))

    def since_text(self) -> str | None:
        """The same in the form in which the values are delivered."""
        since = self.since()
        if since is None or self.last is None or not self.overlap or not isinstance(since, dt.datetime):
            return self.last
        if len(self.last) == 10:
            return since.date().isoformat()
        said = since.isoformat(sep="T" if "T" in self.last else " ")
        return said.replace("+00:00", "Z") if self.last.endswith("Z") else said

    def learn(self, marks: Sequence[str | None], *, as_text: bool = False) -> None:
        """Tell from the first value what kind the watermarks are, where nobody said it.

        ``as_text``: the other side orders them as text, so that 9 comes after 10.
        """
        first = next((mark for mark in marks if mark is not None), None)
        if not self.kind and first is not None:
            kind = _kind_of(first)
            self.kind = "text" if as_text and kind == "number" else kind

    def before(self, value: Value) -> Value:
        """A value less the overlap."""
        if not self.overlap:
            return value
        if not isinstance(value, dt.datetime):
            raise SourceRefused(f"overlap counts back in time, and {self.column} is no time: leave it out")
        return value - self.overlap

    def value(self, said: str) -> Value:
        """A watermark as it is compared.  Raises SourceDrifted where it is of another kind than before."""
        try:
            if self.kind == "number":
                number = Decimal(said)
                # A whole number stays one: an index over whole numbers is of no use to a fraction.
                return int(number) if number == number.to_integral_value() else number
            return dt.datetime.fromisoformat(said) if self.kind == "time" else said
        except (ValueError, InvalidOperation) as error:
            raise SourceDrifted(f"{self.column} holds {said[:40]!r}, which is no {self.kind}") from error


class Window:
    """Rows of a run in the order they come: which are new, and what the next run has to know."""

    def __init__(self, watermark: Watermark) -> None:
        self.watermark = watermark
        self.highest: Any = watermark.value(watermark.last) if watermark.last is not None else None
        self.text = watermark.last
        self._near: list[tuple[Any, str]] = []
        self._lost: list[Any] = []
        """Values of rows that were too many to remember."""

    def new(self, marks: Sequence[str | None], row_at: Callable[[int], Sequence[str | None]]) -> list[int]:
        """Positions of the rows that did not come before.

        ``marks``: the rows' watermarks; ``row_at``: one row, asked for only where its hash is needed.
        """
        values = [None if mark is None else self.watermark.value(mark) for mark in marks]
        self._raise(values, marks)
        edge = self._edge()
        found = []
        for position, value in enumerate(values):
            near = value is None or edge is None or value >= edge
            if not near and not self.watermark.known:
                found.append(position)
                continue
            digest = row_hash(row_at(position))
            if digest not in self.watermark.known:
                found.append(position)
            if near:
                self._near.append((value, digest))
        self._forget(edge)
        return found

    def cursor(self) -> dict[str, Any]:
        """What to keep with the delivery."""
        edge = self._edge()
        lost = any(value is None or edge is None or value >= edge for value in self._lost)
        near = sorted({digest for _, digest in self._near})
        known = [] if lost or len(near) > REMEMBERED else near
        return {"column": self.watermark.column, "kind": self.watermark.kind, "value": self.text, "seen": known}

    def _raise(self, values: Sequence[Any], marks: Sequence[str | None]) -> None:
        try:
            for value, mark in zip(values, marks, strict=True):
                if value is not None and (self.highest is None or value > self.highest):
                    self.highest, self.text = value, mark
        except TypeError as error:
            raise SourceDrifted(f"{self.watermark.column}: some times have a zone and some have none") from error

    def _edge(self) -> Any:
        """From here on the next run will be given rows again."""
        return None if self.highest is None else self.watermark.before(self.highest)

    def _forget(self, edge: Any) -> None:
        self._near = [(value, digest) for value, digest in self._near if value is None or edge is None or value >= edge]
        if len(self._near) > 4 * REMEMBERED:
            self._lost = list({value for value, _ in self._near if value is None} | {self.highest})
            self._near = []
