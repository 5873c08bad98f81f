"""`steelyard identity explain`: how a subject is known."""

import argparse
import dataclasses

from steelyard import identity
from steelyard.cli.session import Session, print_json
from steelyard.engines.postgres import Role


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    explain = commands.add_parser("explain", help="how a subject is known, by its key, number or name")
    explain.add_argument("what", help="a key, a number or a name")
    explain.set_defaults(run=_explain)


def _explain(given: argparse.Namespace) -> int:
    with Session.open().database.connect(Role.WORKER) as connection:
        keys = [given.what, *identity.keys_of(connection, [given.what]).values()]
        found = identity.names(connection, keys) or identity.find(connection, given.what)
    print_json({key: dataclasses.asdict(named) for key, named in found.items()})
    return 0 if found else 1
