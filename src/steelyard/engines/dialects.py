"""One SQL text, two engines: models are written for DuckDB and carried over to Spark."""

import sqlglot
from sqlglot.errors import ErrorLevel, SqlglotError

from steelyard.kit.errors import SteelyardError


class NotPortable(SteelyardError):
    """The SQL cannot be carried over to Spark."""


def to_spark(sql: str) -> str:
    """The same SELECT for Spark.  Raises NotPortable where a construct has no equal there."""
    try:
        texts = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
        sqlglot.parse_one(texts[0], read="spark")
    except SqlglotError as error:
        raise NotPortable(str(error)) from error
    return texts[0]
