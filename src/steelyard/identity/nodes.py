"""Nodes of who is who: ``r:<record id>`` and ``s:<subject key>``."""

from typing import Any

import psycopg

from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]
RECORD, SUBJECT = "r:", "s:"
UNNUMBERED = ("T2", "T3", "H")
"""Tiers of subjects nobody knows a number of: they are their records and nothing else."""


class NoSuchNode(SteelyardError):
    """There is no such record or subject; a node is r: and the id of a record, or s: and the key of a subject."""


def pair(a: str, b: str) -> tuple[str, str]:
    """Two nodes in the order in which they are kept.  Raises NoSuchNode where they are one."""
    if a == b:
        raise NoSuchNode(f"{a}: two different records or subjects are needed")
    return (a, b) if a < b else (b, a)


def is_record(node: str) -> bool:
    return node.startswith(RECORD)


def bare(node: str) -> str:
    """Id or key without the letter before it."""
    return node[2:]


def founder(connection: Connection, key: str) -> str | None:
    """The record that stands for a subject without a number: the first one it was made from."""
    row = connection.execute(
        "SELECT record::text FROM engine.resolution WHERE key = %s ORDER BY since, record LIMIT 1", [key]
    ).fetchone()
    return RECORD + row[0] if row else None


def standing_for(connection: Connection, node: str) -> str:
    """The node a judgement of ``node`` is kept under: a subject without a number may be split, its record may not.

    Raises NoSuchNode.
    """
    if is_record(node):
        known = connection.execute("SELECT 1 FROM engine.source_record WHERE id::text = %s", [bare(node)]).fetchone()
        if known:
            return node
    elif node.startswith(SUBJECT):
        row = connection.execute("SELECT tier FROM engine.subject WHERE key = %s", [bare(node)]).fetchone()
        found = founder(connection, bare(node)) if row and row[0] in UNNUMBERED else node if row else None
        if found:
            return found
    raise NoSuchNode(f"{node}: there is no such record or subject")
