"""`steelyard detect run`: evaluate the models over the data pool."""

import argparse
import datetime as dt
from dataclasses import asdict

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.pool import Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    running = commands.add_parser("run", help="evaluate models and store what changed")
    running.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE", help="look from this day")
    running.add_argument("--model", action="append", metavar="ID", help="only this model; may be repeated")
    running.add_argument("--json", action="store_true", help="counts as JSON")
    running.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    session = Session.open()
    catalogue = load_catalogue(session.catalogue)
    pool = Pool(session.home, session.database, catalogue.contracts)
    report = detect.run(pool, catalogue, session.database, given.as_of, given.model)
    if given.json:
        print_json(asdict(report))
    else:
        print(
            f"as of {report.as_of}, pool version {report.pool_version}: {report.new} new, {report.changed} changed,"
            f" {report.vanished} vanished, {report.unchanged} unchanged,"
            f" {report.not_evaluable} not evaluable, {report.seconds} s"
        )
        for name, why in report.failed.items():
            print(f"{name} failed: {why}")
    return 1 if report.failed else 0
