"""`steelyard detect replay`: compute a finding again as it was seen then."""

import argparse
from dataclasses import asdict

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.pool import Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    again = commands.add_parser("replay", help="compute a finding again as it was seen then")
    again.add_argument("fingerprint", metavar="FINGERPRINT", help="which finding")
    again.add_argument("--json", action="store_true", help="the outcome with every difference as JSON")
    again.set_defaults(run=_replay)


def _replay(given: argparse.Namespace) -> int:
    session = Session.open()
    catalogue = load_catalogue(session.catalogue)
    pool = Pool(session.home, session.database, catalogue.contracts)
    made = detect.replay(pool, catalogue, session.database, given.fingerprint)
    if given.json:
        print_json(asdict(made))
        return 0
    print(made.said["en"])
    for one in made.differences:
        print(f"{one['where']}: then {one['then']}, now {one['now']}")
    return 0
