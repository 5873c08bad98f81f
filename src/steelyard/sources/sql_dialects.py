"""What differs between the databases of departments: driver, reading only, time-outs, what may be written.

PostgreSQL and MySQL or MariaDB deliver their own text, so that nothing is converted on the way.  The others
deliver Python values, which become text here; their drivers are not among our requirements.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

LONGEST_STATEMENT_S = 3_600
"""A statement that streams millions of rows may take long; one that nobody reads any more may not."""
_WRITING = ("INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "ALL PRIVILEGES", "FILE", "SUPER", "TRIGGER")


@dataclass(frozen=True)
class Dialect:
    """One kind of database."""

    driver: str
    """Name in a SQLAlchemy address."""
    package: str
    """What has to be installed for it."""
    arguments: Callable[[int], Mapping[str, Any]]
    """Arguments of the connection, given the seconds without an answer."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """SQLAlchemy's options of the reading transaction."""
    begin: Callable[[Connection, int], None] = lambda connection, timeout: None
    """Run first in the reading transaction."""
    writable: Callable[[Connection], str] = lambda connection: ""
    """What the account may write, as far as the database tells; empty: nothing."""
    kinds: Mapping[int, str] = field(default_factory=dict)
    """``number``, ``time``, ``boolean`` or ``bytes`` by the driver's type code."""


def _postgres_arguments(timeout: int) -> dict[str, Any]:
    return {"connect_timeout": timeout, "application_name": "steelyard"}


def _postgres_begin(connection: Connection, timeout: int) -> None:
    for name, value in (
        ("statement_timeout", f"{timeout}s"), ("lock_timeout", f"{timeout}s"), ("DateStyle", "ISO, YMD"),
        ("IntervalStyle", "iso_8601"), ("bytea_output", "hex"),
    ):  # fmt: skip
        connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
    _deliver_text(connection)


def _deliver_text(connection: Connection) -> None:
    """Take every value as the text the server sends, instead of making Python values of it."""
    from psycopg import postgres
    from psycopg.types.string import TextLoader

    own = connection.connection.driver_connection
    if own is None:
        return
    for kind in postgres.types:
        for oid in (kind.oid, kind.array_oid):
            if oid:
                own.adapters.register_loader(oid, TextLoader)


def _postgres_writable(connection: Connection) -> str:
    found = connection.execute(
        text(
            "SELECT CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 'everything' ELSE "
            "(SELECT min(c.oid::regclass::text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
            "AND has_schema_privilege(n.oid, 'USAGE') "
            "AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) END"
        )
    ).scalar()
    return str(found or "")


def _mysql_arguments(timeout: int) -> dict[str, Any]:
    from pymysql.converters import encoders  # type: ignore[import-untyped]  # the driver has no types

    return {
        "connect_timeout": timeout, "read_timeout": timeout, "write_timeout": timeout, "local_infile": False,
        "conv": dict(encoders),
    }  # fmt: skip


def _mysql_begin(connection: Connection, timeout: int) -> None:
    maria = "mariadb" in str(connection.exec_driver_sql("SELECT version()").scalar()).lower()
    longest = max(timeout, LONGEST_STATEMENT_S)
    limit = f"max_statement_time = {longest}" if maria else f"max_execution_time = {longest * 1000}"
    connection.exec_driver_sql(f"SET SESSION {limit}")
    # It holds from the next transaction on, so the one that asked for the version has to end.
    connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
    connection.exec_driver_sql("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    connection.commit()


def _mysql_writable(connection: Connection) -> str:
    for (grant,) in connection.exec_driver_sql("SHOW GRANTS"):
        rights, _, where = str(grant).removeprefix("GRANT ").partition(" ON ")
        named = [part.split("(")[0].strip().upper() for part in rights.split(",")]
        if where and any(word in named for word in _WRITING):
            return where.split(" TO ")[0]
    return ""


def _oracle_begin(connection: Connection, timeout: int) -> None:
    own = connection.connection.driver_connection
    if own is not None:
        own.call_timeout = timeout * 1000
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _oracle_writable(connection: Connection) -> str:
    found = connection.exec_driver_sql(
        "SELECT min(privilege) FROM session_privs WHERE privilege LIKE '%ANY TABLE' AND privilege NOT LIKE 'SELECT%' "
        "AND privilege NOT LIKE 'READ%' OR privilege = 'CREATE TABLE'"
    ).scalar()
    return str(found or "")


def _sqlserver_writable(connection: Connection) -> str:
    found = connection.exec_driver_sql(
        "SELECT min(permission_name) FROM fn_my_permissions(NULL, 'DATABASE') "
        "WHERE permission_name IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER', 'CONTROL', 'CREATE TABLE')"
    ).scalar()
    return str(found or "")


_POSTGRES_KINDS = {
    **dict.fromkeys((20, 21, 23, 700, 701, 1700), "number"), **dict.fromkeys((1082, 1114, 1184), "time"),
    16: "boolean", 17: "bytes",
}  # fmt: skip
_MYSQL_KINDS = {**dict.fromkeys((0, 1, 2, 3, 4, 5, 8, 9, 13, 246), "number"), **dict.fromkeys((7, 10, 12), "time")}
_POSTGRES = Dialect(
    "postgresql+psycopg", "psycopg[binary]", _postgres_arguments,
    {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    _postgres_begin, _postgres_writable, _POSTGRES_KINDS,
)  # fmt: skip
_MYSQL = Dialect("mysql+pymysql", "pymysql", _mysql_arguments, {}, _mysql_begin, _mysql_writable, _MYSQL_KINDS)
DIALECTS: Mapping[str, Dialect] = {
    "postgresql": _POSTGRES,
    "postgres": _POSTGRES,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "oracle": Dialect(
        "oracle+oracledb", "oracledb", lambda timeout: {"tcp_connect_timeout": timeout},
        begin=_oracle_begin, writable=_oracle_writable,
    ),
    "mssql": Dialect(
        "mssql+pyodbc", "pyodbc and Microsoft's ODBC driver", lambda timeout: {"timeout": timeout},
        writable=_sqlserver_writable,
    ),
    "dm": Dialect("dm+dmPython", "dmPython and dmSQLAlchemy", lambda timeout: {}),
}  # fmt: skip
"""By the word an address begins with."""
