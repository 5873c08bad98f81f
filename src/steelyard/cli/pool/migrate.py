"""`steelyard pool migrate`: tables written under an older contract become today's."""

import argparse

from steelyard.cli.opening import opened
from steelyard.cli.session import print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    migrate = commands.add_parser("migrate", help="rewrite tables whose contract has a newer major version")
    migrate.add_argument("dataset", nargs="*", help="datasets; without any, all that have rows")
    migrate.add_argument("--json", action="store_true", help="the same as JSON")
    migrate.set_defaults(run=_migrate)


def _migrate(given: argparse.Namespace) -> int:
    pool, _ = opened()
    came = pool.migrate(given.dataset)
    if given.json:
        print_json({"pool_version": pool.current().number, "migrated_from": came})
        return 0
    for dataset, held in came.items():
        print(f"{dataset}: from {held} to {pool.contracts[dataset].version}")
    print(f"{len(came)} tables rewritten, pool version {pool.current().number}")
    return 0
