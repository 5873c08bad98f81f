"""`steelyard pool status`: tables, deliveries, quarantine."""

import argparse

from steelyard.cli.opening import opened
from steelyard.cli.session import print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    status = commands.add_parser("status", help="tables, deliveries, quarantine")
    status.add_argument("--json", action="store_true", help="the same as JSON")
    status.set_defaults(run=_status)


def _status(given: argparse.Namespace) -> int:
    pool, _ = opened()
    version = pool.current()
    rows, quarantined = pool.row_counts(), pool.quarantine_counts()
    unfinished = pool.unfinished()
    if given.json:
        print_json({"pool_version": version.number, "rows": rows, "quarantined": quarantined,
                    "unfinished": unfinished, "publishers": pool.publishers()})  # fmt: skip
        return 0
    print(f"pool version {version.number}, {sum(rows.values()):,} rows in {len(rows)} tables")
    for dataset in sorted(rows):
        bad = f", {quarantined[dataset]} quarantined" if quarantined.get(dataset) else ""
        print(f"  {dataset}: {rows[dataset]}{bad}")
    if unfinished:
        print(f"{len(unfinished)} interrupted deliveries; they are taken up by: steelyard pool land")
    return 0
