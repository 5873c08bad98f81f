"""What identity knows of a person, and how it is forgotten."""

from typing import Any

import psycopg

from steelyard.identity.subjects import key_of

Connection = psycopg.Connection[Any]


class KnownPeople:
    """Numbers and names by key; the pool is given it when a person is to be erased."""

    def find(self, connection: Connection, text: str) -> str | None:
        """The key behind a key or a number; None where nobody is known by it."""
        known = connection.execute("SELECT key FROM engine.subject WHERE key = %s", [text]).fetchone()
        return str(known[0]) if known else key_of(connection, text)

    def known(self, connection: Connection, key: str) -> tuple[list[str], str]:
        """Numbers and name of a key."""
        numbers = connection.execute("SELECT value FROM engine.identifier WHERE key = %s", [key]).fetchall()
        name = connection.execute("SELECT name FROM engine.subject WHERE key = %s", [key]).fetchone()
        return [row[0] for row in numbers], name[0] if name else ""

    def forget(self, connection: Connection, key: str) -> int:
        """Remove numbers, name and questions about a key, in the caller's transaction; the key itself stays."""
        numbers = connection.execute("DELETE FROM engine.identifier WHERE key = %s", [key]).rowcount
        questions = connection.execute("DELETE FROM engine.identity_question WHERE key = %s", [key]).rowcount
        connection.execute("UPDATE engine.subject SET name = '' WHERE key = %s", [key])
        return int(numbers + questions)
