"""`steelyard land`: take one handing over from files to a pool version."""

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from steelyard.cli.opening import opened, today
from steelyard.cli.progress import shown
from steelyard.cli.receipts import line, told, totals
from steelyard.cli.session import print_json
from steelyard.pool import NothingDelivered, UnknownInterface
from steelyard.sources import Interface


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    land = commands.add_parser("land", help="land files or a folder as one delivery of an interface")
    land.add_argument("path", nargs="+", type=Path, help="files, or folders of which the interface's files are taken")
    land.add_argument("--interface", required=True, metavar="ID", help="id of the interface, its path in the catalogue")
    land.add_argument("--key", help="the supplier's batch number (default: the content is its own key)")
    land.add_argument("--received-on", type=dt.date.fromisoformat, default=None, help="day of receipt (default: today)")
    land.add_argument("--json", action="store_true", help="the receipt as JSON")
    land.set_defaults(run=_land)


def _land(given: argparse.Namespace) -> int:
    begun = time.monotonic()
    pool, keys = opened()
    interface = pool.interfaces.get(given.interface)
    if interface is None:
        raise UnknownInterface(f"there is no interface {given.interface}; see: steelyard interface list")
    paths = files_of(given.path, interface)
    with shown(not given.json) as step:
        pool.watch = step
        landing = pool.land(
            interface, paths, assign=keys, received_on=given.received_on or today(pool), key=given.key,
        )  # fmt: skip
    if given.json:
        print_json({**totals([landing]), "seconds": round(time.monotonic() - begun, 2), **told(landing)})
    else:
        print(line(landing))
        if landing.total("quarantined"):
            print(f"held back, and why: steelyard pool quarantine list --delivery {landing.delivery}", file=sys.stderr)
    return 1 if landing.state == "refused" else 0


def files_of(paths: Sequence[Path], interface: Interface) -> list[Path]:
    """The files themselves, and of a folder those that the interface's pattern names, in order of their names.

    Raises NothingDelivered where there is none.
    """
    found: list[Path] = []
    for path in paths:
        listed = sorted(path.glob(interface.pattern or "*")) if path.is_dir() else [path]
        found += [file for file in listed if not path.is_dir() or (file.is_file() and not file.name.startswith("."))]
    if not found:
        raise NothingDelivered(f"{', '.join(map(str, paths))}: no file like {interface.pattern or '*'}")
    return found
