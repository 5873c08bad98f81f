"""`steelyard identity ties`: build the ties between subjects, and say what is wrong with their data."""

import argparse
import dataclasses

from steelyard.catalogue import load_catalogue
from steelyard.cli.opening import today
from steelyard.cli.session import Session, print_json
from steelyard.identity import ties
from steelyard.pool import Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    building = commands.add_parser("ties", help="build ties and related parties from the newest pool version")
    building.add_argument("--refresh", action="store_true", help="only what changed since the last build")
    building.add_argument("--faults", action="store_true", help="build nothing; list what is wrong with the data")
    building.add_argument("--json", action="store_true", help="the same as JSON")
    building.set_defaults(run=_ties)


def _ties(given: argparse.Namespace) -> int:
    session = Session.open()
    if given.faults:
        return _faults(session, given.json)
    pool = Pool(session.home, session.database, load_catalogue(session.catalogue).contracts)
    made = ties.build(pool, session.database, session.home, today(pool), full=not given.refresh)
    if given.json:
        print_json(dataclasses.asdict(made))
        return 0
    print(
        f"pool version {made.pool_version}, generation {made.generation}: {sum(made.ties.values())} ties,"
        f" {made.officials} officials, {made.touched} computed, {made.paths} paths, {made.hubs} hubs"
    )
    for name, times in made.faults.items():
        print(f"  {name}: {times}")
    return 0


def _faults(session: Session, as_json: bool) -> int:
    with ties.current(session.home) as kept:
        found = kept.faults()
    if as_json:
        print_json([dataclasses.asdict(fault) for fault in found])
    for fault in () if as_json else found:
        place = f"{fault.dataset} {fault.file}:{fault.row}" if fault.dataset else ""
        print(f"{fault.fault} {fault.node} {fault.other or ''} {fault.figure or ''} {place}".rstrip())
    return 0
