"""`steelyard pool replay`: take bad rows again, after a fix of the contract or of the rows."""

import argparse
import datetime as dt
import getpass
from pathlib import Path

from steelyard.cli.opening import opened, today
from steelyard.cli.progress import shown
from steelyard.cli.receipts import line, told, totals
from steelyard.cli.session import print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    replay = commands.add_parser("replay", help="take quarantined rows again, after a fix of contract or rows")
    replay.add_argument("id", nargs="*", type=int, help="numbers of quarantine list; without any, all that fit")
    replay.add_argument("--dataset", help="of this dataset")
    replay.add_argument("--delivery", help="of this delivery")
    replay.add_argument("--interface", help="of this interface")
    replay.add_argument("--rule", help="that break this rule")
    replay.add_argument("--corrected", type=Path, metavar="CSV", help="a file of send-back, with the rows corrected")
    replay.add_argument(
        "--received-on", type=dt.date.fromisoformat, default=None, help="day of receipt (default: today)"
    )
    replay.add_argument("--json", action="store_true", help="receipts as JSON")
    replay.set_defaults(run=_replay)


def _replay(given: argparse.Namespace) -> int:
    pool, keys = opened()
    with shown(not given.json) as step:
        pool.watch = step
        landings = pool.replay(
            ids=given.id, dataset=given.dataset, delivery=given.delivery, interface=given.interface, rule=given.rule,
            corrected=given.corrected, assign=keys, received_on=given.received_on or today(pool),
            received_by=getpass.getuser(),
        )  # fmt: skip
    if given.json:
        print_json({**totals(landings), "deliveries": [told(one) for one in landings]})
    for one in () if given.json else landings:
        print(line(one))
    return 1 if any(one.state == "refused" for one in landings) else 0
