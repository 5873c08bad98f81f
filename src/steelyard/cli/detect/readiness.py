"""`steelyard detect readiness`: where each model can be evaluated."""

import argparse
from dataclasses import asdict

from steelyard import detect
from steelyard.cli.session import Session, print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ready = commands.add_parser("readiness", help="where each model can be evaluated")
    ready.add_argument("--json", action="store_true", help="the same as JSON")
    ready.set_defaults(run=_readiness)


def _readiness(given: argparse.Namespace) -> int:
    session = Session.open()
    with session.database.connect() as connection:
        judged = detect.readiness(connection)
    if given.json:
        print_json([asdict(one) for one in judged])
    else:
        for one in judged:
            print(f"{one.model} {one.area_code}: {one.reason['en'] if one.reason else one.state}")
    return 0
