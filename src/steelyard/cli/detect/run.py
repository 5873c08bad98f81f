"""`steelyard detect run`: evaluate the models over the data pool."""

import argparse
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from steelyard import detect
from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.engines import spark
from steelyard.engines.spark_tables import SparkTables
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Pool

LOCAL = "local[*]"


KINDS = ("batch", "full", "sweep", "release", "reconcile")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    running = commands.add_parser("run", help="evaluate models and store what changed")
    running.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE", help="look from this day")
    running.add_argument("--model", action="append", metavar="ID", help="only this model; may be repeated")
    running.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb", help="what evaluates the models")
    running.add_argument("--master", default=LOCAL, metavar="URL", help=f"Spark's master; default {LOCAL}")
    running.add_argument(
        "--conf",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="a Spark setting; repeatable",
    )
    running.add_argument("--kind", choices=KINDS, default="batch", help="what the run is for; default batch")
    running.add_argument("--full", action="store_true", help="look at everything, not only at what changed")
    running.add_argument("--json", action="store_true", help="counts as JSON")
    running.set_defaults(run=_run)


def _setting(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text}: write NAME=VALUE")
    return name, value


@contextmanager
def _engine(given: argparse.Namespace) -> Iterator[SparkTables | None]:
    """Spark where it is asked for; None is DuckDB, which is always there."""
    if given.engine == "duckdb":
        if given.conf or given.master != LOCAL:
            raise SteelyardError("--master and --conf are Spark's: add --engine spark")
        yield None
    else:
        with spark.session(given.master, settings=dict(given.conf)) as session:
            yield SparkTables(session)


def _report(
    given: argparse.Namespace, session: Session, pool: Pool, catalogue: Catalogue, engine: SparkTables | None
) -> detect.RunReport:  # fmt: skip
    if given.kind == "reconcile" and engine is None:
        return detect.reconcile(pool, catalogue, session.database, given.as_of, given.model)
    return detect.run(
        pool, catalogue, session.database, given.as_of, given.model, kind=given.kind, full=given.full, spark=engine
    )


def _run(given: argparse.Namespace) -> int:
    session = Session.open()
    catalogue = load_catalogue(session.catalogue, session.home.models)
    pool = Pool(session.home, session.database, catalogue.contracts)
    with _engine(given) as engine:
        report = _report(given, session, pool, catalogue, engine)
    if given.json:
        print_json(asdict(report))
    else:
        print(
            f"as of {report.as_of}, pool version {report.pool_version}: {report.new} new, {report.changed} changed"
            f" ({report.risen} risen, {report.fallen} fallen), {report.vanished} vanished,"
            f" {report.unchanged} unchanged,"
            f" {report.not_evaluable} not evaluable, {report.seconds} s"
        )
        if report.incidents:
            print(f"{report.incidents} findings were not stored as a full run says them; they are repaired")
        for name, counts in report.beside.items():
            print(f"{name}: a newer version that is watched finds {counts['found']} ({counts['new']} new to it, "
                  f"{counts['vanished']} vanished); steelyard model compare {name}")  # fmt: skip
        for name, why in report.failed.items():
            print(f"{name} failed: {why}")
    return 1 if report.failed or report.incidents else 0
