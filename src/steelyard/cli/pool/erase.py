"""`steelyard pool erase`: take one person out of the pool, or end deliveries whose time is over."""

import argparse
import dataclasses
from collections.abc import Callable

from steelyard.cli.opening import opened, today
from steelyard.cli.session import print_json
from steelyard.cli.two_people import require_stewards
from steelyard.cli.web import start_django
from steelyard.engines.postgres import Role
from steelyard.identity import KnownPeople
from steelyard.pool import Erased, Expired


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    erase = commands.add_parser("erase", help="take a person out of the pool, or end what has expired")
    what = erase.add_mutually_exclusive_group(required=True)
    what.add_argument("--person", metavar="KEY", help="key or number of a person")
    what.add_argument("--expired", action="store_true", help="deliveries older than their contracts keep them")
    erase.add_argument("--dry-run", action="store_true", help="with --expired: only say what would end")
    erase.add_argument("--reason", default="", help="why; with --person")
    erase.add_argument("--by", default="", help="who asks")
    erase.add_argument("--second", default="", help="who approves: another person")
    erase.add_argument("--json", action="store_true", help="the same as JSON")
    erase.set_defaults(run=_erase)


def _erase(given: argparse.Namespace) -> int:
    pool, _ = opened()
    if given.person:
        hold_on = _cases()
        require_stewards("--by and --second", given.by, given.second)
        done = pool.erase(
            given.person, reason=given.reason, by=given.by, second=given.second, people=KnownPeople(), needed=hold_on,
        )  # fmt: skip
        _tell(done, given.json)
        return 0
    found = pool.expired(today(pool))
    if given.dry_run:
        _tell_expired(found, given.json)
    else:
        _tell(pool.erase_expired(found, by=given.by, second=given.second), given.json)
    return 0


def _cases() -> Callable[[str], str]:
    """What says why a person is still needed: the open cases and alerts."""
    start_django(Role.WORKER)
    from steelyard.web.cases.holds import hold_on  # Django must be started first

    return hold_on


def _tell(done: Erased, as_json: bool) -> None:
    if as_json:
        print_json(dataclasses.asdict(done))
        return
    print(f"erasure {done.id}: " + ", ".join(f"{number} {name}" for name, number in sorted(done.counts.items())))
    for file in done.files:
        print(f"  {file.place}: {file.rows} rows, {'removed' if file.new_sha256 is None else 'rewritten'}")


def _tell_expired(found: list[Expired], as_json: bool) -> None:
    if as_json:
        print_json({"deliveries": len(found), "bytes": sum(one.bytes for one in found),
                    "expired": [dataclasses.asdict(one) for one in found]})  # fmt: skip
        return
    print(f"{len(found)} deliveries have expired, {sum(one.bytes for one in found)} bytes")
    for one in found:
        print(f"  {one.delivery} {one.interface}: received {one.received_on}, kept until {one.until}")
