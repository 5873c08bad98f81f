"""`steelyard bench detect`: all models over a made-up city or province, each beside a scan of its columns."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from steelyard import synth
from steelyard.cli.bench import ratios
from steelyard.cli.progress import shown
from steelyard.cli.session import print_json

SMALLER = {"province": "city"}
SPARK_SECONDS = 120
SPARK_MODELS = 5
SPARK_START_S = 300


def add(bench: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = bench.add_parser("detect", help="all models over a made-up city or province")
    parser.add_argument("--scale", choices=[*synth.SCALES], default="city", help="which")
    parser.add_argument("--home", type=Path, required=True, help="home folder it was made in by `steelyard synth`")
    parser.add_argument("--smaller", type=Path, help="home folder of a smaller one, for the growth")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, help="look from this day; default: today")
    parser.add_argument("--without", action="append", default=[], choices=["run", "polars", "spark"], help="leave out")
    parser.add_argument("--spark-seconds", type=int, default=SPARK_SECONDS, help="stop a model on Spark after these")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.set_defaults(run=_detect)


def _detect(given: argparse.Namespace) -> int:
    from steelyard.cli.bench.measuring import machine

    day = (given.as_of or dt.date.today()).isoformat()
    with shown(not given.json) as step:
        step("every model beside its scan", 0, 4)
        told = _ratios(given, day)
        step("a full run", 1, 4)
        told = _run(given, day) | told
        step("Polars", 2, 4)
        told["polars"] = _polars(given, day)
        step("Spark", 3, 4)
        told["spark"] = _spark(given, day)
    told |= {"scale": given.scale, "machine": machine(), "date": dt.date.today().isoformat()}
    if given.json:
        print_json(told)
    else:
        for one in told.pop("per_relation") + told.pop("per_model"):
            print(f"{one['id']:60} {one['cpu_s']:8.2f} s {one['ratio']:6.2f} x")
        for name, value in told.items():
            print(f"{name}: {value}")
    return 1 if told.get("failed") else 0


def _ratios(given: argparse.Namespace, day: str) -> dict[str, Any]:
    from steelyard.cli.bench.measuring import apart

    found = apart("compared", str(given.home), day, module="detecting").more
    return ratios.summary(found["per_model"]) | found


def _run(given: argparse.Namespace, day: str) -> dict[str, Any]:
    """The whole run, and how much more than in proportion to its rows it takes than the smaller one."""
    from steelyard.cli.bench.measuring import apart

    if "run" in given.without:
        return {}
    whole = apart("ran", str(given.home), day, module="detecting")
    growth = None
    if given.smaller:
        less = apart("ran", str(given.smaller), day, module="detecting")
        growth = ratios.growth(whole.cpu_s, whole.rows, less.cpu_s, less.rows)
    return {"rows": whole.rows, "wall_s": whole.wall_s, "cpu_s": whole.cpu_s, "peak_mb": whole.peak_mb,
            "growth": growth, **whole.more}  # fmt: skip


def _polars(given: argparse.Namespace, day: str) -> dict[str, Any]:
    from steelyard.cli.bench import in_polars
    from steelyard.cli.bench.measuring import apart

    if "polars" in given.without or in_polars.absent():
        return {"left_out": in_polars.absent() or "not wanted"}
    found = apart(str(given.home), day, module="in_polars")
    return {"peak_mb": found.peak_mb, **found.more}


def _spark(given: argparse.Namespace, day: str) -> dict[str, Any]:
    from steelyard.cli.bench.measuring import MeasurementFailed, apart
    from steelyard.engines import spark

    if "spark" in given.without or spark.absent():
        return {"left_out": spark.absent() or "not wanted"}
    try:
        longest = SPARK_START_S + SPARK_MODELS * given.spark_seconds
        found = apart(str(given.home), day, str(given.spark_seconds), module="in_spark", seconds=longest)
    except MeasurementFailed as error:
        # What stands beside must not take with it what was measured before.
        return {"failed": str(error)}
    return {"cpu_s": found.cpu_s, "wall_s": found.wall_s, **found.more}
