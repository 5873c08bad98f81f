"""`steelyard pool compact`: full files in the order models slice by, and no changed row."""

import argparse
import dataclasses

from steelyard.cli.opening import opened
from steelyard.cli.progress import shown
from steelyard.cli.session import print_json
from steelyard.pool import Compacted


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    compact = commands.add_parser("compact", help="merge small files and put rows in order")
    compact.add_argument("dataset", nargs="*", help="datasets; without any, all that have rows")
    compact.add_argument("--cluster", action="store_true", help="put all rows in order even where most of them are")
    compact.add_argument("--json", action="store_true", help="the same as JSON")
    compact.set_defaults(run=_compact)


def _compact(given: argparse.Namespace) -> int:
    pool, _ = opened()
    with shown(not given.json) as step:
        made = pool.compact(given.dataset, cluster=given.cluster, step=step)
    changed = [one for one in made if one.rewritten]
    if given.json:
        print_json({"pool_version": pool.current().number, "tables": [dataclasses.asdict(one) for one in made]})
        return 0
    for one in changed:
        print(_line(one))
    print(f"{len(changed)} of {len(made)} tables rewritten, pool version {pool.current().number}")
    return 0


def _line(one: Compacted) -> str:
    order = ", in order" if one.clustered else ""
    size = one.bytes_rewritten / 2**20
    return f"{one.dataset}: {one.files_before} files became {one.files_after}, {size:.1f} MB rewritten{order}"
