"""One embedded PostgreSQL server for a whole test run; every test database lies on it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from steelyard.cli.session import engine_migrations
from steelyard.engines import migrations
from steelyard.engines.postgres import Address, Database, Server
from steelyard.engines.postgres.tests.shared import empty_engine, shared_server


@pytest.fixture(scope="session")
def server() -> Server:
    return shared_server()


def _fresh(server: Server, name: str) -> Database:
    address = Address(server.address.host, server.address.port, name, server.address.admin, embedded=True)
    found = Database(address)
    found.prepare()
    migrations.apply(found, engine_migrations())
    return found


@pytest.fixture(scope="session")
def engine_database(server: Server) -> Database:
    """A database with schema ``engine``, shared by a run; take ``clean_engine`` to start empty."""
    return _fresh(server, "engine_tests")


@pytest.fixture
def clean_engine(engine_database: Database) -> Database:
    """The shared engine database with every table of ``engine`` emptied."""
    empty_engine(engine_database)
    return engine_database


@pytest.fixture(scope="session")
def web_database(server: Server) -> Database:
    """The database the Django tests run on; its ``engine`` schema is there too."""
    return _fresh(server, "web_tests")


@pytest.fixture(scope="session")
def django_db_setup(web_database: Database, django_db_blocker: Any) -> Iterator[None]:
    """Our own set-up: migrated by the owner, used by the worker, requests step down to the web role."""
    from steelyard.web.orgs import engine_link
    from steelyard.web.site.database import migrate

    with django_db_blocker.unblock():
        migrate()
    yield
    engine_link.close()


@pytest.fixture(scope="session")
def kept_cast(django_db_setup: None, django_db_blocker: Any) -> Mapping[str, str]:
    """The rows of the cast, which is made once a run."""
    from steelyard.web.orgs.tests.small_county import keep_cast

    with django_db_blocker.unblock():
        return keep_cast(Path(__file__).parent / "demo" / "cast.yaml")


@pytest.fixture
def cast(kept_cast: Mapping[str, str], db: None) -> Any:
    """Everybody of the cast by login, in a small tree of areas and bodies: ``cast.zhou``."""
    from steelyard.web.orgs.tests.small_county import lay_cast

    return lay_cast(kept_cast)


@pytest.fixture
def as_user(db: None) -> Any:
    """A browser signed in as one of the cast: ``as_user(cast.zhou).get(...)``; nobody: ``as_user(None)``."""
    from django.test import Client

    def sign_in(user: Any) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return sign_in
