"""DuckDB or Spark for linkage: the same statements, written for DuckDB, run on either."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pyarrow as pa

from steelyard.engines.dialects import to_spark
from steelyard.engines.duck import Duck

logging.getLogger("splink").setLevel(logging.ERROR)


class Engine(Protocol):
    """Where statements run.  Names of relations are plain identifiers.

    ``derives``: whether it understands the expressions of forms, which are DuckDB's; others are given the columns.
    """

    derives: bool

    def make(self, name: str, sql: str) -> None:
        """Keep the rows of a SELECT under a name."""

    def drop(self, name: str) -> None: ...

    def fetch(self, sql: str) -> pa.Table: ...

    def columns(self, relation: str) -> list[str]: ...

    def load(self, name: str, rows: pa.Table) -> None: ...

    def condition(self, sql: str) -> str:
        """A condition of DuckDB in this engine's words."""

    def splink(self) -> Any:
        """A fresh Splink database over this engine."""


class DuckEngine:
    """Over a connection of the caller's."""

    derives = True

    def __init__(self, duck: Duck) -> None:
        self.duck = duck

    def make(self, name: str, sql: str) -> None:
        self.duck.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}")

    def drop(self, name: str) -> None:
        self.duck.execute(f"DROP TABLE IF EXISTS {name}")

    def fetch(self, sql: str) -> pa.Table:
        return self.duck.sql(sql).to_arrow_table()

    def columns(self, relation: str) -> list[str]:
        return [row[0] for row in self.duck.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]

    def load(self, name: str, rows: pa.Table) -> None:
        self.duck.register(f"{name}_arrow", rows)
        self.make(name, f"SELECT * FROM {name}_arrow")
        self.duck.unregister(f"{name}_arrow")

    def condition(self, sql: str) -> str:
        return sql

    def splink(self) -> Any:
        from splink import DuckDBAPI

        return DuckDBAPI(self.duck)


class SparkEngine:
    """Over a session of ``engines.spark``."""

    derives = False

    def __init__(self, session: Any) -> None:
        self.spark = session

    def make(self, name: str, sql: str) -> None:
        # Cut off from what it was made of: Spark would compute it again at every use.
        self.spark.sql(to_spark(sql)).localCheckpoint().createOrReplaceTempView(name)

    def drop(self, name: str) -> None:
        self.spark.catalog.dropTempView(name)

    def fetch(self, sql: str) -> pa.Table:
        return self.spark.sql(to_spark(sql)).toArrow()

    def columns(self, relation: str) -> list[str]:
        return list(self.spark.table(relation).columns)

    def load(self, name: str, rows: pa.Table) -> None:
        self.spark.createDataFrame(rows).createOrReplaceTempView(name)

    def condition(self, sql: str) -> str:
        return to_spark(f"SELECT {sql}").removeprefix("SELECT ")

    def splink(self) -> Any:
        from splink import SparkAPI

        chosen: Any = SparkAPI
        return chosen(spark_session=self.spark, break_lineage_method="persist", register_udfs_automatically=False)


@contextmanager
def scratch(engine: Engine, *purposes: str) -> Iterator[list[str]]:
    """Names for relations of one piece of work, dropped at its end."""
    mark = uuid.uuid4().hex[:8]
    names = [f"linkage_{purpose}_{mark}" for purpose in purposes]
    try:
        yield names
    finally:
        for name in names:
            engine.drop(name)


@contextmanager
def splink_database(engine: Engine) -> Iterator[Any]:
    """A Splink database whose own tables are dropped at the end."""
    database = engine.splink()
    try:
        yield database
    finally:
        database.delete_tables_created_by_splink_from_db()
