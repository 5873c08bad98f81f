"""Spark for provinces, and on one machine to show that it says what DuckDB says."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steelyard.kit.errors import SteelyardError


class SparkAbsent(SteelyardError):
    """Spark cannot run here."""


def absent() -> str | None:
    """Why Spark cannot run here; None where it can."""
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").is_file())):
        return "no Java: install a Java runtime 17 or later, or set JAVA_HOME"
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "no pyspark: pip install pyspark"
    return None


@contextmanager
def session(master: str = "local[*]", *, memory_mb: int = 1024, partitions: int = 4) -> Iterator[Any]:
    """A session that is stopped at the end, with its files in a folder that is removed.  Raises SparkAbsent.

    ``partitions``: into how many parts rows are dealt between steps; a few per processor.
    """
    reason = absent()
    if reason:
        raise SparkAbsent(reason)
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="steelyard-spark-", ignore_cleanup_errors=True) as folder:
        logging.getLogger("py4j").setLevel(logging.WARNING)
        builder: Any = SparkSession.builder.master(master).appName("steelyard")
        settings = {
            "spark.driver.memory": f"{memory_mb}m",
            "spark.sql.shuffle.partitions": partitions,
            "spark.default.parallelism": partitions,
            "spark.ui.enabled": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.warehouse.dir": f"{folder}/warehouse",
            "spark.local.dir": f"{folder}/local",
            "spark.log.level": "ERROR",
        }
        for name, value in settings.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        try:
            yield spark
        finally:
            spark.stop()
