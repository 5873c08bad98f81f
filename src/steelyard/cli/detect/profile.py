"""`steelyard detect profile`: where a model's time goes, and what to do about it."""

import argparse
from dataclasses import asdict

from steelyard.catalogue import load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.detect.profiling import Profile, profile
from steelyard.pool import Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    profiling = commands.add_parser("profile", help="evaluate one model once and say where the time goes")
    profiling.add_argument("model", metavar="MODEL", help="id of the model")
    profiling.add_argument("--memory", type=int, default=2048, metavar="MB", help="memory the engine may use")
    profiling.add_argument("--json", action="store_true", help="the same as JSON")
    profiling.set_defaults(run=_profile)


def _profile(given: argparse.Namespace) -> int:
    session = Session.open()
    catalogue = load_catalogue(session.catalogue, session.home.models)
    pool = Pool(session.home, session.database, catalogue.contracts)
    found = profile(pool, catalogue, session.database, given.model, memory_mb=given.memory)
    if given.json:
        print_json(asdict(found))
    else:
        _tell(found)
    return 0


def _tell(found: Profile) -> None:
    print(
        f"{found.model}: {found.rows_out} rows in {found.seconds} s ({found.cpu_seconds} s of processor, "
        f"{found.peak_mb} MB), {found.ratio} times the scan of its columns ({found.scan_seconds} s)"
    )
    if found.relations:
        print(f"  derives the relations behind it in {found.relations['all']} s")
    for name, rows in sorted(found.rows.items(), key=lambda item: -item[1]):
        print(f"  reads {rows:>12,} rows of {name}")
    for one in found.operators:
        print(f"  {one.share:>4.0%} {one.seconds:>8.3f} s {one.rows:>12,} rows  {one.type} {one.about}")
    for said in found.advice:
        print(f"  look: {said.en}")
