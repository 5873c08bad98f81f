"""The door through which identity enters the pool: a parameter, not an import."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg

from steelyard.engines.duck import Duck

DETAILS: Mapping[str, str] = {
    "birth_date": "DATE",
    "sex": "VARCHAR",
    "area": "VARCHAR",
    "phone": "VARCHAR",
    "address": "VARCHAR",
}
"""What a row may tell of a subject beside number and name, as ``of`` of its contract's columns says; SQL types."""


@dataclass(frozen=True)
class Question:
    """A number that could not be used, where it stood, and why."""

    delivery: str
    dataset: str
    column: str
    file: str
    row: int
    reason: str
    number: str
    name: str
    known_name: str = ""
    key: str | None = None


class Keys(Protocol):
    """Gives surrogate keys for identity numbers."""

    def assign(self, duck: Duck, asked: str, answered: str, on: dt.date) -> None:
        """Answer the relation ``asked`` (kind, number, name, times; distinct) with a table ``answered``.

        The table has the same columns and ``key``, ``reason``, ``known_name``, ``known_key``.  ``kind`` is
        person, company, party or org; ``key`` is null where ``reason`` (number, name-conflict) says why.
        ``on``: the day of delivery.
        """
        ...

    def ask(self, connection: "psycopg.Connection[Any]", questions: Sequence[Question]) -> None:
        """Put questions into the data-quality queue, in the caller's transaction."""
        ...

    def mention(
        self, connection: "psycopg.Connection[Any]", duck: Duck, mentions: str, delivery: str, dataset: str,
        supplier: str,
    ) -> None:  # fmt: skip
        """Keep whom rows name without a usable number, in the caller's transaction.

        ``mentions``: relation of kind, column_name, file, row, reason (empty, number, name-conflict), number, name,
        conflict_key, key_hash, placed (the row was let in), and ``DETAILS``.  May come again with the same rows.
        """
        ...
