"""Applies the plain SQL migrations that lie beside the rooms owning the tables of schema ``engine``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from yoyo import get_backend, read_migrations

from steelyard.engines.postgres import Database, Role

RESTRICTED = ("identifier", "raw_key", "accepted_name")
"""Tables of ``engine`` that the reader role never sees: they hold identity numbers, or open delivered files."""
COVERED = {"quarantine": ("value", "raw"), "inbox": ("body",), "source_record": ("phone", "address")}
"""Columns of ``engine`` that the reader role never sees: delivered rows before anything in them is covered."""


def apply(database: Database, folders: Sequence[Path]) -> list[str]:
    """Bring schema ``engine`` up to date, as the owner; grants rights anew.  Returns the ids applied.

    A file is named ``<room>-<number>-<what>.sql``; the name without its ending is its id, for ever.
    """
    values = database.parameters(Role.OWNER)
    query = {"host": values["host"], "port": values["port"], "options": "-csearch_path=engine"}
    account = quote(values["user"]) + (":" + quote(values["password"], safe="") if "password" in values else "")
    backend = get_backend(f"postgresql+psycopg://{account}@/{values['dbname']}?{urlencode(query)}")
    try:
        with backend.lock():
            waiting = backend.to_apply(read_migrations(*(str(folder) for folder in folders)))
            done = [migration.id for migration in waiting]
            backend.apply_migrations(waiting)
    finally:
        backend.connection.close()
    _grant(database)
    return done


def _grant(database: Database) -> None:
    with database.transaction(Role.OWNER) as connection:
        worker, reader = sql.Identifier(Role.WORKER), sql.Identifier(Role.READER)
        for text, role in (
            ("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA engine TO {}", worker),
            ("GRANT USAGE ON ALL SEQUENCES IN SCHEMA engine TO {}", worker),
            ("GRANT SELECT ON ALL TABLES IN SCHEMA engine TO {}", reader),
        ):
            connection.execute(sql.SQL(text).format(role))
        for table in RESTRICTED:
            known = connection.execute("SELECT to_regclass(%s)", [f"engine.{table}"]).fetchone()
            if known and known[0]:
                connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier("engine", table), reader))
        for table, hidden in COVERED.items():
            _grant_other_columns(connection, table, hidden)


def _grant_other_columns(connection: "psycopg.Connection[Any]", table: str, hidden: Sequence[str]) -> None:
    shown = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'engine' AND table_name = %s "
        "AND column_name <> ALL(%s)",
        [table, list(hidden)],
    ).fetchall()
    if not shown:
        return
    place, reader = sql.Identifier("engine", table), sql.Identifier(Role.READER)
    columns = sql.SQL(", ").join(sql.Identifier(row[0]) for row in shown)
    connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(place, reader))
    connection.execute(sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(columns, place, reader))
