"""One embedded PostgreSQL server for a whole test run; every test database lies on it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from steelyard.cli.session import engine_migrations
from steelyard.engines import migrations
from steelyard.engines.postgres import Address, Database, Server
from steelyard.kit.home import Home


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="sy-"))
    folder.chmod(0o755)
    server = Server(Home(folder), durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _fresh(server: Server, name: str) -> Database:
    address = Address(server.address.host, server.address.port, name, server.address.admin, embedded=True)
    found = Database(address)
    found.prepare()
    return found


@pytest.fixture(scope="session")
def engine_database(server: Server) -> Database:
    """A database with schema ``engine``, shared by the tests of a run; use ``clean_engine`` to start empty."""
    found = _fresh(server, "engine_tests")
    migrations.apply(found, engine_migrations())
    return found


@pytest.fixture
def clean_engine(engine_database: Database) -> Database:
    """The shared engine database with every table of ``engine`` emptied."""
    from steelyard.engines.postgres import Role

    with engine_database.transaction(Role.OWNER) as connection:
        names = connection.execute(
            "SELECT string_agg(format('engine.%I', tablename), ', ') FROM pg_tables "
            "WHERE schemaname = 'engine' AND tablename NOT LIKE '%%yoyo%%'"
        ).fetchone()
        if names and names[0]:
            connection.execute(f"TRUNCATE {names[0]} RESTART IDENTITY CASCADE")
    return engine_database
