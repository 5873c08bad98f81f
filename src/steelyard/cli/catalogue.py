"""`steelyard catalogue`: check the texts, run the cases, keep the lock, show the reach."""

import argparse
import datetime as dt
import sys
from dataclasses import asdict
from pathlib import Path

from steelyard.catalogue import Relation, SupervisionModel, contract_lock, load_catalogue, read_catalogue
from steelyard.catalogue.lint import check
from steelyard.catalogue.lock import write_lock
from steelyard.catalogue.reach import as_json, lines, reach_of
from steelyard.cli.session import print_json
from steelyard.detect.cases import run_cases
from steelyard.detect.spark_cases import SparkCases
from steelyard.engines import spark
from steelyard.engines.spark_tables import SparkTables
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.errors import SteelyardError

SPARK_MB = 640
"""Heap of the engine that runs cases: they hold a handful of rows each."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    top = commands.add_parser("catalogue", help="check and test what is supervised")
    parts = top.add_subparsers(dest="part", required=True, metavar="PART")
    checking = parts.add_parser("check", help="lint contracts, relations and models")
    checking.add_argument("--json", action="store_true", help="complaints as JSON")
    checking.set_defaults(run=_check)
    testing = parts.add_parser("test", help="run the unit cases of models")
    testing.add_argument("ids", nargs="*", metavar="ID", help="only these models")
    testing.add_argument("--cases", type=Path, metavar="DIR", help="outside cases, DIR/<field>/<model>/cases.yaml")
    testing.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb", help="what evaluates the cases")
    testing.add_argument("--json", action="store_true", help="counts and failures as JSON")
    testing.set_defaults(run=_test)
    locking = parts.add_parser(
        "lock", help="write catalogue/models.lock.json and contracts.lock.json after versions were raised"
    )
    locking.add_argument("--restate", action="store_true", help="take over changed texts that were never published")
    locking.set_defaults(run=_lock)
    reaching = parts.add_parser("reach", help="show which units a changed row of each dataset can influence")
    reaching.add_argument("id", nargs="?", metavar="MODEL", help="only this model or derived relation")
    reaching.add_argument("--json", action="store_true", help="every mention with all its routes as JSON")
    reaching.set_defaults(run=_reach)
    printing = parts.add_parser("handbook", help="print the models as a book (PDF), by matter, for those who act")
    printing.add_argument("ids", nargs="*", metavar="ID", help="only these models")
    printing.add_argument("--language", choices=["zh", "en"], default="zh", help="the language of the book")
    printing.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the PDF is written")
    printing.set_defaults(run=_handbook)


def _check(given: argparse.Namespace) -> int:
    report = check(catalogue_folder())
    if given.json:
        print_json(
            {
                "models": report.models,
                "relations": report.relations,
                "contracts": report.contracts,
                "complaints": [asdict(one) for one in report.complaints],
                "unverified": report.unverified,
                "privacy": report.privacy,
            }
        )
    else:
        for one in report.complaints:
            print(one)
        print(
            f"{report.contracts} contracts, {report.relations} relations, {report.models} models:"
            f" {len(report.complaints)} complaints, {len(report.unverified)} legal references unverified"
        )
    return 1 if report.complaints else 0


def _test(given: argparse.Namespace) -> int:
    if given.cases is not None and not given.cases.is_dir():
        raise SteelyardError(f"{given.cases}: no such folder")
    catalogue, unreadable = read_catalogue(catalogue_folder())
    if given.engine == "spark":
        with spark.session(memory_mb=SPARK_MB, partitions=1, settings=spark.SMALL) as session:
            runner = SparkCases(catalogue, SparkTables(session), own=given.cases is None)
            report = run_cases(catalogue, given.ids, outside=given.cases, runner=runner)
    else:
        report = run_cases(catalogue, given.ids, outside=given.cases)
    if given.json:
        print_json(
            {
                "models": report.models,
                "cases": report.cases,
                "failures": report.failures,
                "failed": [asdict(one) for one in report.failed],
                "missing": report.missing,
                "unreadable": unreadable,
            }
        )
    else:
        for one in report.failed:
            print(f"{one.where}: {one.model}: {one.case}: {one.why}")
        for name in report.missing:
            print(f"{name}: there is no such model")
        for line in unreadable:
            print(line)
        print(f"{report.models} models, {report.cases} cases, {report.failures} failures")
    return 1 if report.failed or unreadable else 0


def _lock(given: argparse.Namespace) -> int:
    contracts = contract_lock.write_lock(load_catalogue(catalogue_folder()), restate=given.restate)
    count = write_lock(catalogue_folder(), restate=given.restate)
    print(f"{count} models and {contracts} contracts locked")
    return 0


def _reach(given: argparse.Namespace) -> int:
    catalogue = load_catalogue(catalogue_folder())
    known: dict[str, SupervisionModel | Relation] = {**catalogue.relations, **catalogue.models}
    if given.id is not None and given.id not in known:
        raise SteelyardError(f"{given.id}: there is no such model or relation")
    asked = {given.id: known[given.id]} if given.id is not None else known
    found = {name: reach_of(subject, catalogue) for name, subject in asked.items()}
    if given.json:
        print_json({name: as_json(one) for name, one in found.items()})
    else:
        for name, one in found.items():
            print("\n".join(lines(name, one)))
    return 1 if any(one.unit and one.underivable for one in found.values()) else 0


def _handbook(given: argparse.Namespace) -> int:
    from steelyard.catalogue.handbook.pdf import Book, handbook  # setting type takes a second to load

    catalogue, unreadable = read_catalogue(catalogue_folder())
    for line in unreadable:
        print(line, file=sys.stderr)
    for name in given.ids:
        if name not in catalogue.models:
            raise SteelyardError(f"{name}: there is no such model")
    models = [model for name, model in catalogue.models.items() if not given.ids or name in given.ids]
    if not given.out.parent.is_dir():
        raise SteelyardError(f"{given.out.parent}: no such folder")
    given.out.write_bytes(handbook(Book(catalogue, models, given.language, dt.date.today())))
    print(f"{given.out}: {len(models)} models")
    return 1 if unreadable else 0
