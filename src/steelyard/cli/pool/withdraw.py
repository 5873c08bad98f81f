"""`steelyard pool withdraw`: take a published delivery back; two persons answer for it."""

import argparse
import dataclasses
from typing import Any

from steelyard.cli.opening import opened
from steelyard.cli.session import print_json
from steelyard.cli.two_people import require_stewards
from steelyard.cli.web import start_django
from steelyard.detect import RestingFindings, resting_on
from steelyard.engines.postgres import Role
from steelyard.identity import RehearsalKeys
from steelyard.pool import Pool, Withdrawal


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    withdraw = commands.add_parser("withdraw", help="take a published delivery back, as if it had never come")
    withdraw.add_argument("delivery", metavar="DELIVERY", help="id of the delivery, as its receipt and page say it")
    withdraw.add_argument("--reason", default="", help="why; it stays with the delivery")
    withdraw.add_argument("--by", default="", help="who asks")
    withdraw.add_argument("--approved-by", default="", help="who approves: another person")
    withdraw.add_argument("--dry-run", action="store_true", help="only say what would be undone and what rests on it")
    withdraw.add_argument("--json", action="store_true", help="the same as JSON")
    withdraw.set_defaults(run=_withdraw)


def _withdraw(given: argparse.Namespace) -> int:
    pool, keys = opened()
    rehearsed = RehearsalKeys(keys.database)
    if given.dry_run:
        made = pool.rehearse_withdrawal(given.delivery, assign=rehearsed)
    else:
        require_stewards("--by and --approved-by", given.by, given.approved_by)
        made = pool.withdraw(
            given.delivery, reason=given.reason, by=given.by, approved_by=given.approved_by, assign=rehearsed
        )
    findings, alerts = _resting(pool, given.delivery), _alerts(given.delivery)
    if given.json:
        print_json(_told(made, findings, alerts, given.dry_run))
    else:
        _print(made, findings, alerts, given.dry_run)
    return 0


def _resting(pool: Pool, delivery: str) -> list[RestingFindings]:
    with pool.database.transaction(Role.WORKER) as connection:
        return resting_on(connection, delivery)


def _alerts(delivery: str) -> list[int]:
    """Numbers of the alerts whose frozen evidence rests on the delivery; the clock marks them."""
    start_django(Role.WORKER)
    from steelyard.web.alerts.actions import resting_alerts  # Django must be started first

    return [alert.pk for alert in resting_alerts(delivery)]


def _told(made: Withdrawal, findings: list[RestingFindings], alerts: list[int], dry_run: bool) -> dict[str, Any]:
    return {
        **dataclasses.asdict(made), "dry_run": dry_run, "alerts": alerts,
        "findings": [dataclasses.asdict(one) for one in findings],
    }  # fmt: skip


def _print(made: Withdrawal, findings: list[RestingFindings], alerts: list[int], dry_run: bool) -> None:
    print(f"{made.interface}: {made.delivery} {'would be withdrawn' if dry_run else 'withdrawn'}"
          + (f", pool version {made.pool_version}" if made.pool_version else ""))  # fmt: skip
    for one in made.tables:
        print(f"  {one.dataset}: {one.removed} rows go, {one.returned} come back, {one.replaced} stand again as "
              f"another delivery says; {one.later} later deliveries were told again")  # fmt: skip
    if made.quarantined:
        print(f"  {made.quarantined} quarantined rows leave the list and stay in the ledger")
    if made.reopened:
        print(f"  {made.reopened} quarantined rows of other deliveries that it had mended are open again")
    for other in made.resent:
        print(f"  rows of it were sent again in delivery {other}, which stands")
    for found in findings:
        print(f"  {found.findings} {found.grade} findings of {found.model} rest on it; the next evaluation looks again")
    if alerts:
        print(f"  {len(alerts)} alerts rest on it and go to review: {', '.join(map(str, alerts))}")
