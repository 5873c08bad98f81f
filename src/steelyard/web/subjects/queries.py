"""Reads of the data-quality queue: numbers that could not be used, and one number under two names."""

from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.masking import mask_name
from steelyard.web.subjects.models import Handling

DONE = ("resolved",)
OPEN = "open"


@dataclass(frozen=True)
class Question:
    """One question as a steward reads it."""

    id: int
    facts: dict[str, Any]
    handled: Handling | None

    @property
    def state(self) -> str:
        """``open``, or the last thing that was done."""
        return self.handled.outcome if self.handled else OPEN

    @property
    def name(self) -> str:
        return mask_name(self.facts["name"])

    @property
    def known_name(self) -> str:
        return mask_name(self.facts["known_name"])


ALL = """
SELECT q.id, q.asked_at, q.delivery, q.dataset, q.column_name, q.file, q.row, q.reason, q.fault, q.masked, q.name,
       q.known_name, d.interface, d.supplier
FROM engine.identity_question q LEFT JOIN engine.delivery d ON d.id = q.delivery
WHERE (%(dataset)s = '' OR q.dataset = %(dataset)s) AND (%(reason)s = '' OR q.reason = %(reason)s)
  AND (%(id)s::bigint IS NULL OR q.id = %(id)s)
  AND (NOT %(only)s OR q.id = ANY (%(chosen)s)) AND NOT q.id = ANY (%(without)s)
"""


@dataclass(frozen=True)
class Wanted:
    """What the queue is narrowed to; empty texts narrow nothing, except that resolved questions are left out."""

    dataset: str = ""
    reason: str = ""
    state: str = ""


ALL_OPEN = Wanted()


def _handled() -> dict[int, Handling]:
    rows = Handling.objects.order_by("question", "-pk").distinct("question").select_related("by")
    return {row.question: row for row in rows}


def _values(dataset: str, reason: str, state: str, handled: dict[int, Handling]) -> dict[str, Any]:
    """Without a state: whatever is not resolved."""
    chosen = [number for number, row in handled.items() if row.outcome == state]
    closed = list(handled) if state == OPEN else [n for n, row in handled.items() if row.outcome in DONE]
    return {
        "dataset": dataset, "reason": reason, "id": None, "only": bool(state) and state != OPEN,
        "chosen": chosen, "without": [] if state and state != OPEN else closed,
    }  # fmt: skip


def questions(wanted: Wanted = ALL_OPEN, *, limit: int = 50, offset: int = 0) -> tuple[list[Question], int]:
    """A page of the queue and how many there are, the newest first."""
    handled = _handled()
    values = _values(wanted.dataset, wanted.reason, wanted.state, handled)
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        counted = cursor.execute(f"SELECT count(*) AS n FROM ({ALL}) listed", values).fetchone()
        rows = cursor.execute(
            ALL + "ORDER BY q.id DESC LIMIT %(limit)s OFFSET %(offset)s", values | {"limit": limit, "offset": offset}
        ).fetchall()
    return [Question(row["id"], row, handled.get(row["id"])) for row in rows], counted["n"] if counted else 0


def question(number: int) -> Question | None:
    values = {"dataset": "", "reason": "", "id": number, "only": False, "chosen": [], "without": []}
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(ALL, values).fetchone()
    return Question(number, row, history(number)[0] if history(number) else None) if row else None


def history(number: int) -> list[Handling]:
    """What was done about a question, the newest first."""
    return list(Handling.objects.filter(question=number).select_related("by"))


def choices() -> dict[str, list[str]]:
    """Datasets and reasons that occur."""
    with reader() as connection:
        rows = connection.execute("SELECT DISTINCT dataset, reason FROM engine.identity_question").fetchall()
    return {"dataset": sorted({row[0] for row in rows}), "reason": sorted({row[1] for row in rows})}


@dataclass(frozen=True)
class Heap:
    """Open questions of one column and one reason: what a department is told in one message."""

    dataset: str
    column: str
    reason: str
    supplier: str
    count: int


def heaps() -> list[Heap]:
    """Questions that nobody has dealt with, the largest heap first."""
    values = _values("", "", OPEN, _handled())
    with reader() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT dataset, column_name, reason, coalesce(supplier, '') AS supplier, count(*) AS n "
            f"FROM ({ALL}) listed GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3",
            values,
        ).fetchall()
    return [Heap(row["dataset"], row["column_name"], row["reason"], row["supplier"], row["n"]) for row in rows]
