"""Roles and connections.

============== =============================================================================
role           may
============== =============================================================================
app_owner      own the tables and migrate them; nobody works in this role
app_web        what a signed-in person may do; row-level security holds; no right on ``engine``
app_worker     background jobs and the command line: writes ``engine``, raises alerts
engine_reader  reads ``engine`` without the identifier tables
============== =============================================================================
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from steelyard.engines.postgres.address import Address, DatabaseUnreachable, secret
from steelyard.engines.postgres.server import Server
from steelyard.kit.home import Home


class Role(StrEnum):
    """The accounts we connect as; none is superuser or BYPASSRLS."""

    OWNER = "app_owner"
    WEB = "app_web"
    WORKER = "app_worker"
    READER = "engine_reader"


class Database:
    """Opens connections to one database in a named role."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def parameters(self, role: Role, *, name: str | None = None) -> dict[str, Any]:
        """Connection parameters; the password comes from STEELYARD_<ROLE>_PASSWORD or its _FILE."""
        found: dict[str, Any] = {
            "host": self.address.host,
            "port": self.address.port,
            "dbname": name or self.address.name,
            "user": str(role),
        }
        password = secret(f"STEELYARD_{role.name}_PASSWORD")
        return found | ({"password": password} if password else {})

    def connect(self, role: Role = Role.WORKER, *, autocommit: bool = False) -> "psycopg.Connection[Any]":
        """A new connection.  Raises DatabaseUnreachable with what to do."""
        try:
            return psycopg.connect(**self.parameters(role), autocommit=autocommit)
        except psycopg.OperationalError as error:
            raise DatabaseUnreachable(
                f"The database cannot be reached as {role}: {str(error).strip()}. Try: steelyard migrate"
            ) from error

    @contextmanager
    def transaction(self, role: Role = Role.WORKER) -> Iterator["psycopg.Connection[Any]"]:
        """A connection for one transaction, committed at the end, rolled back on an error."""
        with self.connect(role) as connection:
            yield connection

    def exists(self) -> bool:
        try:
            self.connect(Role.OWNER).close()
        except DatabaseUnreachable:
            return False
        return True

    def prepare(self) -> None:
        """Create database, roles and the ``engine`` schema where they are missing.  Safe to repeat."""
        self._create_database()
        with self._admin(self.address.name) as connection:
            for role in Role:
                self._create_role(connection, role)
            connection.execute(
                sql.SQL("ALTER DATABASE {} OWNER TO {}").format(
                    sql.Identifier(self.address.name), sql.Identifier(Role.OWNER)
                )
            )
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(Role.OWNER)))
            connection.execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS engine AUTHORIZATION {}").format(sql.Identifier(Role.OWNER))
            )
            # A job that acts for a person steps down to that person's rights; never the other way round.
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(Role.WEB), sql.Identifier(Role.WORKER)))
            for role in (Role.WORKER, Role.READER):
                connection.execute(sql.SQL("GRANT USAGE ON SCHEMA engine TO {}").format(sql.Identifier(role)))

        with self.connect(Role.OWNER, autocommit=True) as connection:
            connection.execute(Path(__file__).with_name("clock.sql").read_bytes())

    def _admin(self, name: str) -> "psycopg.Connection[Any]":
        address = self.address
        try:
            return psycopg.connect(
                host=address.host,
                port=address.port,
                dbname=name,
                user=address.admin,
                password=address.password,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            raise DatabaseUnreachable(f"The database cannot be reached: {str(error).strip()}") from error

    def _create_database(self) -> None:
        with self._admin("postgres" if self.address.embedded else self.address.name) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.address.name])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.address.name)))

    def _create_role(self, connection: "psycopg.Connection[Any]", role: Role) -> None:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [str(role)]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE").format(sql.Identifier(role))
            )
        password = secret(f"STEELYARD_{role.name}_PASSWORD")
        if password:
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def database(home: Home, *, durable: bool = True) -> Database:
    """The database of an installation: ``DATABASE_URL``, else the embedded server, started if it is down."""
    given = Address.from_environment()
    return Database(given or Server(home, durable=durable).start())
