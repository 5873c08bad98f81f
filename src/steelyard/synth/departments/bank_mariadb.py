"""MariaDB of the departments: a private server, one database a department."""

import shutil
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import sqlalchemy

from steelyard.engines.mariadb import MariaDB
from steelyard.synth.departments.columns import tab_lines
from steelyard.synth.departments.databases import NUMBER, Shown, Words, schema_of, view
from steelyard.synth.departments.faults import Kind

WORDS = Words(
    quote="`",
    store="store",
    garbled="CONVERT(CAST({} AS BINARY) USING latin1)",
    text="longtext",
    # A view keeps an order only where it has a limit as well.
    everything=" LIMIT 18446744073709551615",
)
TYPES = {"text": "longtext", "date": "date", "time": "datetime"}
FUNCTIONS = (
    "CREATE DATABASE store",
    "CREATE FUNCTION store.broken() RETURNS int NOT DETERMINISTIC BEGIN "
    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Got error 5 from storage engine'; RETURN 1; END",
    "CREATE FUNCTION store.drip(seconds double) RETURNS int NOT DETERMINISTIC RETURN 1 + SLEEP(seconds)",
)


def remove_mariadb(folder: Path) -> None:
    """End what a killed run left behind, and remove its folder."""
    MariaDB(folder).end_orphan()
    shutil.rmtree(folder, ignore_errors=True)


class Maria:
    """Databases of departments; readers reach them over loopback with their password."""

    name = "MariaDB"

    def __init__(self, folder: Path) -> None:
        remove_mariadb(folder)
        self._server = MariaDB(folder)
        self._address = self._server.start()
        self._engine = sqlalchemy.create_engine(self._address.url(), pool_size=1)
        self._run(*FUNCTIONS)

    def account(self, department: str, password: str) -> str:
        """A database, and an account that reads views of it once they are shown."""
        schema, user = schema_of(department), self._user(department)
        self._run(f"CREATE DATABASE IF NOT EXISTS `{schema}`")
        self._run(f"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY '{password}'")
        # Without any right in a database an account cannot even enter it.
        self._run(f"GRANT SHOW VIEW ON `{schema}`.* TO '{user}'@'127.0.0.1'")
        return self._address.url(schema, user=user, password=password)

    def load(self, shown: Shown, table: pa.Table) -> None:
        columns = ", ".join(f"{WORDS.name(name)} {TYPES[kind]}" for name, kind in shown.types.items())
        target = WORDS.name(WORDS.store, shown.store)
        self._run(
            f"CREATE DATABASE IF NOT EXISTS `{shown.schema}`",
            f"CREATE TABLE {target} ({WORDS.name(NUMBER)} bigint PRIMARY KEY, {columns})",
        )
        # The server reads a file of its own folder; nothing is parsed by the driver.
        file = self._server.folder / "data" / "rows.tsv"
        with file.open("wb") as out:
            out.writelines(tab_lines(table))
        self._run(f"LOAD DATA INFILE '{file}' INTO TABLE {target} CHARACTER SET utf8mb4")
        file.unlink()

    def show(self, shown: Shown, kinds: Collection[Kind]) -> None:
        name, user = WORDS.name(shown.schema, shown.name), self._user(shown.interface.department)
        # The percent sign of a statement without values is the driver's business, ours has none.
        self._run(f"CREATE OR REPLACE VIEW {name} AS {view(shown, kinds, WORDS)}")
        if Kind.SIGNATURE in kinds:
            self._run(
                f"GRANT SELECT ON {name} TO '{user}'@'127.0.0.1'", f"REVOKE SELECT ON {name} FROM '{user}'@'127.0.0.1'"
            )
        else:
            self._run(f"GRANT SELECT ON {name} TO '{user}'@'127.0.0.1'")

    def stop(self) -> None:
        self._engine.dispose()
        self._server.stop()
        shutil.rmtree(self._server.folder, ignore_errors=True)

    @staticmethod
    def _user(department: str) -> str:
        return f"{schema_of(department)}_reader"

    def _run(self, *statements: str) -> None:
        with self._engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
