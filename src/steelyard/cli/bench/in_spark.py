"""The same five models on Spark, ``local[*]``: the models' own text carried over, counting what they find.

Each may take so long and no longer; one that does is stopped and told as such, and the next one begins.
"""

import datetime as dt
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from steelyard.cli.bench import measuring
from steelyard.cli.bench.detecting import Ground, columns_read
from steelyard.cli.bench.in_polars import MODELS
from steelyard.detect.stage import Stage, bare
from steelyard.engines.duck import connect
from steelyard.engines.spark import session
from steelyard.engines.spark_tables import SparkFailed, SparkTables

MEMORY_MB = 3_000
GRACE_S = 30.0
"""How long a statement that was told to stop may take to end."""


def counted(home: str, as_of: str, seconds: str) -> measuring.Measured:
    """Processor seconds and findings of each; a model that takes more than ``seconds`` is stopped."""
    ground, day = Ground.of(home), dt.date.fromisoformat(as_of)

    def work() -> tuple[int, dict[str, Any]]:
        told: dict[str, Any] = {}
        with session(memory_mb=MEMORY_MB, partitions=8) as spark, connect(memory_mb=500) as duck:
            tables, stage = SparkTables(spark), Stage(duck, ground.catalogue)
            _areas(ground, stage, tables, day)
            for name in MODELS:
                told[name] = _model(ground, stage, tables, name, day, float(seconds))
        return 0, {"per_model": told}

    return measuring.here(work, _java_seconds)


def _areas(ground: Ground, stage: Stage, tables: SparkTables, day: dt.date) -> None:
    """The reserved relations from the table of regions, which has every area of a made-up province."""
    for name in ("region",):
        listed = ", ".join("'" + file + "'" for file in ground.pool.files(name))
        stage.connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")
    stage.put_run(day, stage.put_areas(()))
    tables.put("run", stage.connection.sql("SELECT * FROM run").to_arrow_table())


def _model(
    ground: Ground, stage: Stage, tables: SparkTables, name: str, day: dt.date, seconds: float
) -> dict[str, Any]:
    model = ground.catalogue.models[name]
    cpu, wall = _java_seconds(), time.monotonic()
    stage.put_param(model, day)
    tables.put("param", stage.connection.sql("SELECT * FROM param").to_arrow_table())
    for dataset in columns_read(ground.catalogue, model):
        tables.register_files(dataset, ground.pool.files(dataset), ground.catalogue.schema(dataset))
    rows = within(tables, f"SELECT COUNT(*) AS n FROM ({bare(model.sql)}) AS q", seconds)
    took = {"cpu_s": round(_java_seconds() - cpu, 2), "wall_s": round(time.monotonic() - wall, 2)}
    return took | ({"stopped_after_s": seconds} if rows is None else {"rows": rows})


def within(tables: SparkTables, count: str, seconds: float) -> int | None:
    """The number a statement says as ``n``; None where it took longer and was stopped.  Raises SparkFailed."""
    said: list[int | SparkFailed] = []

    def fetch() -> None:
        try:
            said.append(int(tables.fetch(count).to_pylist()[0]["n"]))
        except SparkFailed as error:
            said.append(error)

    # A daemon: what does not stop when told to must not keep the process from ending.
    at_work = threading.Thread(target=fetch, daemon=True)
    at_work.start()
    at_work.join(seconds)
    if at_work.is_alive():
        tables.interrupt()
        at_work.join(GRACE_S)
        return None
    if isinstance(said[0], SparkFailed):
        raise said[0]
    return said[0]


def _java_seconds() -> float:
    """Processor seconds of the processes begun by this one, and by those."""
    stats: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            stats[int(entry.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    mine, total, changed = {os.getpid()}, 0, True
    while changed:
        found = {pid for pid, (parent, _) in stats.items() if parent in mine} - mine
        total += sum(stats[pid][1] for pid in found)
        changed, mine = bool(found), mine | found
    return total / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    out = os.dup(1)
    os.dup2(2, 1)
    os.write(out, (measuring.as_json(counted(*sys.argv[1:])) + "\n").encode())
