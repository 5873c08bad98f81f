"""Rows in and out of Spark: Parquet files, Arrow tables and SELECTs under names, as the embedded engine has them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from steelyard.engines.dialects import to_spark
from steelyard.kit.errors import SteelyardError


class SparkFailed(SteelyardError):
    """Spark could not carry out a statement."""


class SparkTables:
    """Relations by name in one session; statements are written for DuckDB."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.kept: dict[str, Any] = {}

    def register_files(self, name: str, files: Sequence[str], columns: Mapping[str, str]) -> None:
        """Make Parquet files readable under ``name``; without files an empty relation of the same columns.

        ``columns``: column name to SQL type; a column that a file does not have yet reads as null.  Every machine of
        a cluster must see the files under the same path.
        """
        with _told():
            parts = [self._read(group, columns) for group in _alike(files)] or [self._nothing(columns)]
            whole = parts[0]
            for part in parts[1:]:
                whole = whole.unionAll(part)
            whole.createOrReplaceTempView(name)

    def _read(self, files: Sequence[str], columns: Mapping[str, str]) -> Any:
        frame = self.session.read.parquet(*files)
        there = set(frame.columns)
        return frame.selectExpr(*(_cast(name, kind, name in there) for name, kind in columns.items()))

    def _nothing(self, columns: Mapping[str, str]) -> Any:
        return self.session.range(0).selectExpr(*(_cast(name, kind, False) for name, kind in columns.items()))

    def put(self, name: str, rows: pa.Table) -> None:
        """Rows at hand under a name."""
        with _told():
            self.session.createDataFrame(rows).createOrReplaceTempView(name)

    def view(self, name: str, sql: str) -> None:
        """A SELECT under a name, computed wherever it is read."""
        with _told():
            self.session.sql(to_spark(sql)).createOrReplaceTempView(name)

    def keep(self, name: str, sql: str) -> None:
        """A SELECT under a name, computed once; what stood under the name before is let go."""
        with _told():
            frame = self.session.sql(to_spark(sql)).persist()
            frame.createOrReplaceTempView(name)
            if old := self.kept.pop(name, None):
                old.unpersist()
            self.kept[name] = frame

    def fetch(self, sql: str) -> pa.Table:
        """The rows of a SELECT."""
        with _told():
            rows: pa.Table = self.session.sql(to_spark(sql)).toArrow()
            return rows

    def interrupt(self) -> None:
        """Stop what is being computed; it fails.  From another thread."""
        self.session.sparkContext.cancelAllJobs()

    def forget(self) -> None:
        """Let go of everything kept."""
        for frame in self.kept.values():
            frame.unpersist()
        self.kept.clear()


def _alike(files: Sequence[str]) -> list[list[str]]:
    """Files in groups of the same columns and types: Spark takes those of one for all it reads at once."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for file in files:
        schema = pq.read_schema(file)
        groups.setdefault(tuple(zip(schema.names, map(str, schema.types), strict=True)), []).append(file)
    return list(groups.values())


def _cast(name: str, kind: str, there: bool) -> str:
    """A column as the contract has it, in Spark's words."""
    column = f"`{name}`"
    return f"CAST({column if there else 'NULL'} AS {spark_type(kind)}) AS {column}"


def spark_type(kind: str) -> str:
    """An SQL type of DuckDB in Spark's words."""
    return exp.DataType.build(kind, dialect="duckdb").sql("spark")


@contextmanager
def _told() -> Iterator[None]:
    """An error of Spark is told in one line; the rest is Java's."""
    from pyspark.errors import PySparkException

    # What is thrown while rows come back is not translated by PySpark; its carrier has no types.
    Py4JError = import_module("py4j.protocol").Py4JError  # noqa: N806

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise SparkFailed(_reason(str(error))) from error


def _reason(said: str) -> str:
    """The line of an error that says why: what caused it in the end, else its first one."""
    lines = said.strip().splitlines() or ["Spark failed"]
    caused = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    if caused:
        return caused[-1].partition(": ")[2] or caused[-1]
    thrown = [line.removeprefix(": ") for line in lines if line.startswith(": ")]
    return thrown[0] if thrown else lines[0]
