"""Spark for provinces, and on one machine to show that it says what DuckDB says."""

import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steelyard.kit.errors import SteelyardError

__all__ = ["SparkAbsent", "absent", "session"]

SMALL: Mapping[str, Any] = {
    "spark.sql.shuffle.partitions": 1,
    "spark.default.parallelism": 1,
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # The first compiler alone: the second one's work would not be repaid.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.cbo.enabled": "false",
}
"""Settings for statements over a handful of rows, where compiling them takes longer than running them."""


class SparkAbsent(SteelyardError):
    """Spark cannot run here."""


OLDEST_JAVA = 17


def absent() -> str | None:
    """Why Spark cannot run here; None where it can."""
    java = _java()
    if java is None:
        return f"no Java: install a Java runtime {OLDEST_JAVA} or later, or set JAVA_HOME"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found and int(found[1]) < OLDEST_JAVA:
        return f"no Java {OLDEST_JAVA} or later: {java} is Java {found[1]}"
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "no pyspark: pip install pyspark"
    return None


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    own = Path(home) / "bin" / "java" if home else None
    return str(own) if own and own.is_file() else shutil.which("java")


@contextmanager
def session(
    master: str = "local[*]",
    *,
    memory_mb: int = 1024,
    partitions: int = 4,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Any]:
    """A session that is stopped at the end, with its files in a folder that is removed.  Raises SparkAbsent.

    ``master``: ``local[*]``, or ``spark://host:port`` of a standalone cluster.  ``partitions``: into how many parts
    rows are dealt between steps; a few per processor.  ``settings``: further ones, by Spark's own names.
    """
    reason = absent()
    if reason:
        raise SparkAbsent(reason)
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="steelyard-spark-", ignore_cleanup_errors=True) as folder:
        logging.getLogger("py4j").setLevel(logging.WARNING)
        # It would repeat every failed statement with Java's whole stack.
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
        builder: Any = SparkSession.builder.master(master).appName("steelyard")
        chosen = {
            "spark.driver.memory": f"{memory_mb}m",
            "spark.sql.shuffle.partitions": partitions,
            "spark.default.parallelism": partitions,
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.warehouse.dir": f"{folder}/warehouse",
            "spark.local.dir": f"{folder}/local",
            "spark.log.level": "ERROR",
            **(settings or {}),
            **SAME_WORDS,
        }
        for name, value in chosen.items():
            builder = builder.config(name, value)
        try:
            spark = builder.getOrCreate()
        except Exception as error:  # the outer edge to Java, which throws what it likes
            raise SparkAbsent(f"Spark does not start at {master}: {str(error).splitlines()[0]}") from error
        try:
            yield spark
        finally:
            spark.stop()


SAME_WORDS: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    # TIMESTAMP is a moment without a zone, as in DuckDB.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}
"""Settings under which a text says on Spark what it says on DuckDB; nobody may set them otherwise."""
