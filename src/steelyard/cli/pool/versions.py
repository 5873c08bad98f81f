"""`steelyard pool versions` and `pin`: what the pool was at a time, and what is kept on purpose."""

import argparse
import dataclasses
import getpass
import sys

from steelyard.cli.asking import at_least_one
from steelyard.cli.opening import opened
from steelyard.cli.session import print_json
from steelyard.pool import Listed


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    listed = commands.add_parser("versions", help="pool versions, what made them, what keeps them")
    listed.add_argument("--limit", type=at_least_one, default=20, help="how many, newest first (default: 20)")
    listed.add_argument("--json", action="store_true", help="the same as JSON")
    listed.set_defaults(run=_versions)
    pin = commands.add_parser("pin", help="keep a pool version from vacuum, or let it go")
    pin.add_argument("number", type=int, help="number of the pool version")
    what = pin.add_mutually_exclusive_group(required=True)
    what.add_argument("--reason", help="why it must stay readable")
    what.add_argument("--release", action="store_true", help="let go of every pin of it")
    pin.add_argument("--json", action="store_true", help="the same as JSON")
    pin.set_defaults(run=_pin)


def _versions(given: argparse.Namespace) -> int:
    pool, _ = opened()
    found = pool.versions(given.limit)
    if given.json:
        print_json({"pool_version": pool.current().number, "versions": [dataclasses.asdict(one) for one in found]})
        return 0
    for one in found:
        print(_line(one))
    if len(found) == given.limit and found[-1].number > 1:
        print(f"the newest {len(found)} only: --limit shows more", file=sys.stderr)
    return 0


def _line(one: Listed) -> str:
    pins = f"; pinned: {', '.join(one.pins)}" if one.pins else ""
    gone = f"; unreadable since {one.vacuumed_at:%Y-%m-%d}" if one.vacuumed_at else ""
    return f"{one.number}  {one.taken_at:%Y-%m-%d %H:%M}  {one.what}: {', '.join(one.changed)}{pins}{gone}"


def _pin(given: argparse.Namespace) -> int:
    pool, _ = opened()
    if given.release:
        count = pool.release(given.number)
        if given.json:
            print_json({"pool_version": given.number, "released": count})
        else:
            print(f"pool version {given.number}: {count} pins released")
        return 0
    number = pool.pin(given.number, given.reason, by=getpass.getuser())
    if given.json:
        print_json({"pool_version": given.number, "pin": number, "reason": given.reason})
    else:
        print(f"pool version {given.number} stays readable: {given.reason}")
    return 0
