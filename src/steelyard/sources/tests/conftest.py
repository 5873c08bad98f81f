"""Real database servers, as departments run them, each with an administrator and an account that only reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from steelyard.engines.mariadb import MariaDB, is_installed
from steelyard.engines.postgres import Server

PASSWORD = "geheim-4711-zhimi"


@dataclass(frozen=True)
class DepartmentDatabase:
    """One department's database."""

    name: str
    reader: str
    """Address of the account that only reads, without its password."""
    writer: str
    """Address, with password, of an account that may do anything."""
    admin: sa.Engine

    def run(self, *statements: str) -> None:
        with self.admin.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def one(self, statement: str) -> Any:
        with self.admin.begin() as connection:
            return connection.exec_driver_sql(statement).scalar()


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DepartmentDatabase]:
    if not is_installed():
        pytest.skip("mariadbd is not installed")
    folder = tmp_path_factory.mktemp("mariadb")
    with MariaDB(folder) as address:
        admin = sa.create_engine(address.url(), poolclass=sa.pool.NullPool)
        made = DepartmentDatabase(
            "mariadb", address.url("dept", user="reader", password=PASSWORD).replace(PASSWORD, ""),
            address.url("dept"), admin,
        )  # fmt: skip
        made.run(
            "CREATE DATABASE dept",
            f"CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
            "GRANT SELECT ON dept.* TO reader@'127.0.0.1'",
        )
        inside = sa.create_engine(address.url("dept"), poolclass=sa.pool.NullPool)
        yield replace(made, admin=inside)


@pytest.fixture(scope="session")
def postgres_server(server: Server) -> DepartmentDatabase:
    address = server.address

    def url(user: str, database: str) -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={address.host}&port={address.port}"

    everywhere = sa.create_engine(url(address.admin, "postgres"), isolation_level="AUTOCOMMIT")
    with everywhere.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS dept")
        connection.exec_driver_sql("CREATE DATABASE dept")
        connection.exec_driver_sql("DROP ROLE IF EXISTS dept_reader")
        connection.exec_driver_sql("CREATE ROLE dept_reader LOGIN")
    everywhere.dispose()
    admin = sa.create_engine(url(address.admin, "dept"), poolclass=sa.pool.NullPool)
    made = DepartmentDatabase("postgresql", url("dept_reader", "dept"), url(address.admin, "dept"), admin)
    made.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO dept_reader")
    return made


@pytest.fixture
def secrets_set(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Sets a reference for one test."""
    monkeypatch.delenv("STEELYARD_SOURCES", raising=False)
    return monkeypatch.setenv


@pytest.fixture
def mariadb(mariadb_server: DepartmentDatabase) -> DepartmentDatabase:
    return _emptied(mariadb_server, "dept")


@pytest.fixture
def postgres(postgres_server: DepartmentDatabase) -> DepartmentDatabase:
    return _emptied(postgres_server, "public")


def _emptied(made: DepartmentDatabase, schema: str) -> DepartmentDatabase:
    names = sa.inspect(made.admin).get_table_names(schema)
    quote = made.admin.dialect.identifier_preparer.quote
    made.run(*(f"DROP TABLE {quote(name).replace('%', '%%')}" for name in names))
    return made


@pytest.fixture(params=["mariadb", "postgres"])
def dept(request: pytest.FixtureRequest) -> DepartmentDatabase:
    """Each kind of database in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "fetched"
    made.mkdir()
    return made


@pytest.fixture
def own_api(monkeypatch):
    """The secret of the tests' API is set, and no host but this machine's may be asked."""
    monkeypatch.setenv("STEELYARD_X_KEY", PASSWORD)
    monkeypatch.delenv("STEELYARD_SOURCES", raising=False)
