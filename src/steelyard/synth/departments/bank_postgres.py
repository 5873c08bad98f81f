"""PostgreSQL of the departments: a server of its own beside the installation's."""

import shutil
import socket
from collections.abc import Collection
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql

from steelyard.engines.postgres import Server
from steelyard.kit.home import Home
from steelyard.synth.departments.columns import tab_lines
from steelyard.synth.departments.databases import NUMBER, Shown, Words, schema_of, view
from steelyard.synth.departments.faults import Kind

WORDS = Words(
    quote='"',
    store="store",
    garbled="convert_from(convert_to({}, 'UTF8'), 'LATIN1')",
    text="text",
    everything="",
)
TYPES = {"text": "text", "date": "date", "time": "timestamp"}
FUNCTIONS = """
CREATE SCHEMA store;
CREATE FUNCTION store.broken() RETURNS integer LANGUAGE plpgsql VOLATILE AS
  $$ BEGIN RAISE EXCEPTION 'could not read block 4711: input/output error'; END $$;
CREATE FUNCTION store.drip(seconds double precision) RETURNS integer LANGUAGE plpgsql VOLATILE AS
  $$ BEGIN PERFORM pg_sleep(seconds); RETURN 1; END $$;
"""


def remove_postgres(folder: Path) -> None:
    """End the server of a folder, also one that a killed run left behind, and remove all it kept."""
    server = Server(Home(folder))
    server.stop()
    shutil.rmtree(server.data, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """Schemas of departments in one database; readers reach them over loopback with their password."""

    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        remove_postgres(folder)
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # where we are root the server runs as another account, which must pass
        self._server = Server(Home(folder).make(), durable=False, port=_free_port())
        self._server.start()
        self._run("CREATE DATABASE departments", "postgres")
        self._run(FUNCTIONS)

    def account(self, department: str, password: str) -> str:
        """A schema, and an account that looks into it alone."""
        schema, user = schema_of(department), f"{schema_of(department)}_reader"
        self._run(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        self._run(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT 10").format(
                sql.Identifier(user), sql.Literal(password)
            )
        )
        self._run(f'ALTER ROLE "{user}" SET search_path = "{schema}"')
        # The functions behind a fault are called with the reader's rights, the tables are read with the view's.
        self._run(f'GRANT USAGE ON SCHEMA "{schema}", store TO "{user}"')
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self._server.port}/departments"

    def load(self, shown: Shown, table: pa.Table) -> None:
        columns = ", ".join(f"{WORDS.name(name)} {TYPES[kind]}" for name, kind in shown.types.items())
        target = WORDS.name(WORDS.store, shown.store)
        user = f"{schema_of(shown.interface.department)}_reader"
        with self._connect() as connection:
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{shown.schema}"'.encode())
            connection.execute(f'GRANT USAGE ON SCHEMA "{shown.schema}" TO "{user}"'.encode())
            connection.execute(f"CREATE TABLE {target} ({WORDS.name(NUMBER)} bigint, {columns})".encode())
            with connection.cursor().copy(f"COPY {target} FROM STDIN".encode()) as copy:
                for part in tab_lines(table):
                    copy.write(part)

    def show(self, shown: Shown, kinds: Collection[Kind]) -> None:
        name = WORDS.name(shown.schema, shown.name)
        user = f"{schema_of(shown.interface.department)}_reader"
        with self._connect() as connection:
            connection.execute(f"DROP VIEW IF EXISTS {name}".encode())
            connection.execute(f"CREATE VIEW {name} AS {view(shown, kinds, WORDS)}".encode())
            if Kind.SIGNATURE not in kinds:
                connection.execute(f'GRANT SELECT ON {name} TO "{user}"'.encode())

    def stop(self) -> None:
        remove_postgres(self._server.home.root)

    def _connect(self, database: str = "departments", *, autocommit: bool = False) -> "psycopg.Connection[Any]":
        address = self._server.address
        return psycopg.connect(
            host=address.host, port=address.port, user=address.admin, dbname=database, autocommit=autocommit
        )

    def _run(self, statement: str | sql.Composed, database: str = "departments") -> None:
        with self._connect(database, autocommit=True) as connection:
            connection.execute(statement.encode() if isinstance(statement, str) else statement)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
