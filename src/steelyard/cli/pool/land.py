"""`steelyard pool land`: land the files that lie ready."""

import argparse
import datetime as dt
import time
from pathlib import Path

from steelyard.cli.opening import opened, today
from steelyard.cli.progress import shown
from steelyard.cli.receipts import line, told, totals
from steelyard.cli.session import print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    land = commands.add_parser("land", help="land the files that lie ready")
    land.add_argument("interface", nargs="*", help="ids of interfaces; without any, all of the catalogue")
    land.add_argument("--inbox", type=Path, help="folder of the departments' folders (default: the home's inbox)")
    land.add_argument("--again", action="store_true", help="try files once more that were refused before")
    land.add_argument("--received-on", type=dt.date.fromisoformat, default=None, help="day of receipt (default: today)")
    land.add_argument("--json", action="store_true", help="receipts as JSON")
    land.set_defaults(run=_land)


def _land(given: argparse.Namespace) -> int:
    begun = time.monotonic()
    pool, keys = opened()
    with shown(not given.json) as step:
        pool.watch = step
        repaired = pool.repair(assign=keys)
        landings = pool.land_inbox(
            given.inbox or pool.home.inbox, assign=keys, received_on=given.received_on or today(pool),
            only=given.interface, again=given.again,
        )  # fmt: skip
    listed = [*repaired, *landings]
    if given.json:
        print_json(
            {
                **totals(listed),
                "repaired": len(repaired),
                "pool_version": pool.current().number,
                "seconds": round(time.monotonic() - begun, 2),
                "deliveries": [told(one) for one in listed],
            }
        )
    for one in () if given.json else listed:
        print(line(one))
    return 1 if any(one.state == "refused" for one in listed) else 0
