"""Locks of PostgreSQL by name, held by whoever writes: they go with the process that held them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
_KEY = "hashtextextended(%s, 0)"


@contextmanager
def locked(connection: Connection, *names: str) -> Iterator[None]:
    """Hold locks on the connection, taken in one order so that nobody waits in a circle."""
    with ExitStack() as held:
        for name in sorted(names):
            connection.execute(f"SELECT pg_advisory_lock({_KEY})", [name])
            held.callback(_let_go, connection, "pg_advisory_unlock", name)
        yield


@contextmanager
def shared(connection: Connection, name: str) -> Iterator[None]:
    """Keep whoever wants the lock alone waiting; any number may share it."""
    connection.execute(f"SELECT pg_advisory_lock_shared({_KEY})", [name])
    try:
        yield
    finally:
        _let_go(connection, "pg_advisory_unlock_shared", name)


@contextmanager
def tried(connection: Connection, name: str) -> Iterator[bool]:
    """Take a lock if nobody has it; says whether it is ours."""
    row = connection.execute(f"SELECT pg_try_advisory_lock({_KEY})", [name]).fetchone()
    ours = bool(row and row[0])
    try:
        yield ours
    finally:
        if ours:
            _let_go(connection, "pg_advisory_unlock", name)


def until_commit(connection: Connection, name: str) -> None:
    """Hold a lock until the caller's transaction ends."""
    connection.execute(f"SELECT pg_advisory_xact_lock({_KEY})", [name])


def _let_go(connection: Connection, function: str, name: str) -> None:
    if not connection.closed:
        connection.execute(f"SELECT {function}({_KEY})", [name])
