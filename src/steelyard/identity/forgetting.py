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
        records = _forget_records(connection, key)
        connection.execute("UPDATE engine.subject SET name = '' WHERE key = %s", [key])
        return int(numbers + questions) + records

    def places(self, connection: Connection, key: str) -> list[tuple[str, str, int]]:
        """Delivery, file and row where somebody is named without a number who is held to be this person."""
        listed = connection.execute(
            "SELECT delivery::text, file, row FROM engine.record_place WHERE record = ANY(%(of)s) UNION "
            "SELECT delivery::text, file, row FROM engine.source_record WHERE id = ANY(%(of)s) ORDER BY 1, 2, 3",
            {"of": _records_of(connection, key, bearing=False)},
        ).fetchall()
        return [(row[0], row[1], int(row[2])) for row in listed]


def _records_of(connection: Connection, key: str, *, bearing: bool = True) -> list[Any]:
    """Records held to be the person, and (``bearing``) those of others that bear his number.

    Somebody who only may be he is somebody else until a person says so: his record stays.
    """
    listed = connection.execute(
        "SELECT r.record FROM engine.resolution r LEFT JOIN engine.subject_alias a ON a.old = %(key)s "
        "AND a.until IS NULL WHERE r.until IS NULL AND r.key IN (%(key)s, a.key) UNION "
        "SELECT id FROM engine.source_record WHERE conflict_key = %(key)s AND %(bearing)s",
        {"key": key, "bearing": bearing},
    ).fetchall()
    return [row[0] for row in listed]


def _forget_records(connection: Connection, key: str) -> int:
    """Take records, links and questions out, and from judgements what was shown and said; that one was made stays."""
    records = _records_of(connection, key)
    gone = [f"r:{record}" for record in records]
    nodes = [*gone, f"s:{key}"]
    connection.execute(
        "DELETE FROM engine.accepted_name WHERE key = %s OR judgement IN "
        "(SELECT id FROM engine.judgement WHERE a = ANY(%s) OR b = ANY(%s))", [key, nodes, nodes],
    )  # fmt: skip
    connection.execute(
        "UPDATE engine.judgement SET shown = '{}', reason = '(erased)', undone_reason = CASE WHEN undone_at IS NULL "
        "THEN NULL ELSE '(erased)' END WHERE a = ANY(%s) OR b = ANY(%s)", [nodes, nodes],
    )  # fmt: skip
    connection.execute("DELETE FROM engine.review_item WHERE a = ANY(%s) OR b = ANY(%s)", [nodes, nodes])
    edges = connection.execute("DELETE FROM engine.link_edge WHERE a = ANY(%s) OR b = ANY(%s)", [nodes, nodes]).rowcount
    connection.execute("DELETE FROM engine.resolution WHERE record = ANY(%s)", [records])
    connection.execute("DELETE FROM engine.subject_alias WHERE old = %s OR key = %s", [key, key])
    connection.execute("DELETE FROM engine.sensitive_subject WHERE key = %s", [key])
    connection.execute("DELETE FROM engine.source_record WHERE id = ANY(%s)", [records])
    if records or edges:
        connection.execute("INSERT INTO engine.identity_generation (reason) VALUES ('erasure')")
    return len(records) + int(edges)
