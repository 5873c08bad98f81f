"""`steelyard interface run`: ask departments for what is new, and land it."""

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

from steelyard.cli.opening import opened, today
from steelyard.cli.progress import shown
from steelyard.cli.receipts import told, totals
from steelyard.cli.session import print_json
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Pool, Run, UnknownInterface
from steelyard.sources import Interface


class NothingNamed(SteelyardError):
    """Say which interfaces to run: their ids, --due or --all."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="ask interfaces for what is new and land it; exit code 1 if any failed")
    run.add_argument(
        "interface", nargs="*", metavar="ID", help="ids of interfaces; they run even where a circuit is open"
    )
    run.add_argument(
        "--all", action="store_true", help="every interface that can be asked and whose references are set"
    )
    run.add_argument("--due", action="store_true", help="those whose schedule wants a run now")
    run.add_argument("--received-on", type=dt.date.fromisoformat, default=None, help="day of receipt (default: today)")
    run.add_argument("--json", action="store_true", help="runs and receipts as JSON")
    run.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    begun = time.monotonic()
    pool, keys = opened()
    wanted, unset = _wanted(pool, given)
    day = given.received_on or today(pool)
    runs: list[Run] = []
    with shown(not given.json) as step:
        for number, interface in enumerate(wanted):
            step(interface.id, number, len(wanted))
            runs.append(pool.fetch(interface, assign=keys, received_on=day, forced=interface.id in given.interface))
            step(interface.id, number + 1, len(wanted))
    pool.log_runs(assign=keys, received_on=day)
    summary = _summary(runs, unset, time.monotonic() - begun)
    if given.json:
        print_json({**summary, "runs": [_told(run) for run in runs]})
    else:
        _print(runs, summary)
    return 1 if summary["failed"] or summary["refused"] else 0


def _wanted(pool: Pool, given: argparse.Namespace) -> tuple[list[Interface], list[str]]:
    """What is to be run; and of all, those that nobody connected."""
    unknown = sorted(set(given.interface) - set(pool.interfaces))
    if unknown:
        raise UnknownInterface(f"there is no interface {', '.join(unknown)}; see: steelyard interface list")
    if given.interface:
        return [pool.interfaces[name] for name in given.interface], []
    if not given.all and not given.due:
        raise NothingNamed
    listed = pool.due() if given.due else pool.can_be_asked()
    unset = [one.id for one in listed if pool.references.missing_of(one.texts())]
    return [one for one in listed if one.id not in unset], unset


def _summary(runs: Sequence[Run], unset: Sequence[str], seconds: float) -> dict[str, Any]:
    counted = {state: sum(run.state == state for run in runs) for state in
               ("ok", "nothing", "failed", "refused", "skipped")}  # fmt: skip
    new = [landing for run in runs for landing in run.landings if not landing.repeated]
    counts = totals(new)
    return {
        "interfaces": len(runs), **counted, "not_connected": list(unset), **counts,
        "ledger_holds": counts["received"]
        == counts["admitted"] + counts["unchanged"] + counts["quarantined"] + counts["superseded"],
        "seconds": round(seconds, 2),
    }  # fmt: skip


def _told(run: Run) -> dict[str, Any]:
    return {
        "interface": run.interface, "run": run.id, "state": run.state, "rows": run.rows, "bad_rows": run.bad_rows,
        "calls": run.calls, "error": run.error, "signals": list(run.signals),
        "latest": run.latest, "landings": [told(one) for one in run.landings],
    }  # fmt: skip


def _print(runs: Sequence[Run], summary: dict[str, Any]) -> None:
    for run in runs:
        bad = f", {run.bad_rows} quarantined" if run.bad_rows else ""
        why = f": {run.error}" if run.error else ""
        print(f"{run.interface}: {run.state}, {run.rows} rows{bad}{why}")
        for signal in run.signals:
            print(f"  {signal}")
    print("{interfaces} interfaces: {ok} ok, {nothing} without news, {failed} failed, {refused} refused, "
          "{skipped} skipped".format(**summary))  # fmt: skip
    print("{received} rows received = {admitted} admitted + {unchanged} unchanged + {quarantined} quarantined "
          "+ {superseded} superseded".format(**summary))  # fmt: skip
    if summary["not_connected"]:
        print(f"{len(summary['not_connected'])} interfaces have no address yet; see: steelyard interface list")
