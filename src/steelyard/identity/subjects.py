"""Who a key is, and which key a number has."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.kit import identifiers

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Named:
    """A subject as people read it."""

    kind: str
    """person, company or org."""
    name: str
    tier: str
    """T1: by a valid number; source: only its publisher knows it."""


def names(connection: Connection, keys: Iterable[str]) -> dict[str, Named]:
    """Kind, name and tier of subjects; unknown keys are absent."""
    listed = connection.execute(
        "SELECT key, kind, name, tier FROM engine.subject WHERE key = ANY(%s)", [sorted(set(keys))]
    )
    return {row[0]: Named(row[1], row[2], row[3]) for row in listed}


def find(connection: Connection, text: str, limit: int = 20) -> dict[str, Named]:
    """Subjects whose name contains the text, shortest names first."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    listed = connection.execute(
        "SELECT key, kind, name, tier FROM engine.subject WHERE name LIKE %s ORDER BY length(name), name, key LIMIT %s",
        [f"%{escaped}%", limit],
    )
    return {row[0]: Named(row[1], row[2], row[3]) for row in listed}


def normal_value(number: str) -> str:
    """The form in which a number is stored."""
    if number.startswith("src:"):
        return number
    plain = identifiers.normal(number)
    return identifiers.expand(plain) if len(plain) == 15 and plain.isdigit() else plain


def keys_of(connection: Connection, numbers: Sequence[str]) -> dict[str, str]:
    """Keys of identity numbers, by the number as given; unknown ones are absent.

    The connection must not be a reader's: readers never see numbers.
    """
    forms = {number: normal_value(number) for number in numbers}
    listed = connection.execute(
        "SELECT value, key FROM engine.identifier WHERE value = ANY(%s)", [sorted(set(forms.values()))]
    ).fetchall()
    known = {row[0]: row[1] for row in listed}
    return {number: known[form] for number, form in forms.items() if form in known}


def key_of(connection: Connection, number: str) -> str | None:
    """The key of one number, None where it was never delivered."""
    return keys_of(connection, [number]).get(number)


def numbers_of(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """The number behind keys, for a logged reveal; not with a reader's connection."""
    listed = connection.execute("SELECT key, value FROM engine.identifier WHERE key = ANY(%s)", [sorted(set(keys))])
    return {row[0]: row[1] for row in listed}


def proper_numbers(connection: Connection, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Kind and value of the identity number behind keys: resident or credit; not with a reader's connection."""
    listed = connection.execute(
        "SELECT key, kind, value FROM engine.identifier WHERE kind <> 'source' AND key = ANY(%s) ORDER BY seq DESC",
        [sorted(set(keys))],
    )
    return {row[0]: (row[1], row[2]) for row in listed}


@dataclass(frozen=True)
class OpenQuestion:
    """A doubt of the data-quality queue."""

    id: int
    dataset: str
    column: str
    delivery: str
    file: str
    row: int
    reason: str
    """number, name-conflict or org-name."""
    masked: str
    name: str
    known_name: str
    key: str | None


def questions(
    connection: Connection, *, dataset: str | None = None, reason: str | None = None, limit: int = 100,
    offset: int = 0,
) -> list[OpenQuestion]:  # fmt: skip
    """Open questions: conflicts of names first, then bad numbers, newest first."""
    listed = connection.execute(
        "SELECT id, dataset, column_name, delivery::text, file, row, reason, masked, name, known_name, key "
        "FROM engine.identity_question WHERE state = 'open' AND (%s::text IS NULL OR dataset = %s) "
        "AND (%s::text IS NULL OR reason = %s) ORDER BY reason <> 'name-conflict', id DESC LIMIT %s OFFSET %s",
        [dataset, dataset, reason, reason, limit, offset],
    )
    return [OpenQuestion(*row) for row in listed]


def question_counts(connection: Connection) -> dict[str, int]:
    """Open questions by reason."""
    listed = connection.execute(
        "SELECT reason, count(*) FROM engine.identity_question WHERE state = 'open' GROUP BY 1 ORDER BY 1"
    )
    return {row[0]: int(row[1]) for row in listed}
