"""`steelyard pool vacuum`: old files go, after pins."""

import argparse
import dataclasses

from steelyard.cli.opening import opened
from steelyard.cli.session import print_json
from steelyard.detect import held_versions
from steelyard.pool import KEEP_DAYS


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    vacuum = commands.add_parser("vacuum", help="remove files that only old pool versions name")
    vacuum.add_argument("--dry-run", action="store_true", help="only say what would go")
    vacuum.add_argument(
        "--keep-days", type=int, default=KEEP_DAYS, metavar="N",
        help=f"versions younger than N days stay readable (default: {KEEP_DAYS})",
    )  # fmt: skip
    vacuum.add_argument("--json", action="store_true", help="the same as JSON")
    vacuum.set_defaults(run=_vacuum)


def _vacuum(given: argparse.Namespace) -> int:
    pool, _ = opened()
    with pool.database.connect() as connection:
        held = held_versions(connection, given.keep_days)
    done = pool.vacuum(keep_days=given.keep_days, held=held, dry_run=given.dry_run)
    if given.json:
        print_json(dataclasses.asdict(done))
        return 0
    would = "would go" if done.dry_run else "removed"
    print(f"{done.files} files {would}, {done.bytes / 2**20:.1f} MB; {len(done.kept)} pool versions stay readable")
    if done.unreadable:
        numbers = ", ".join(str(number) for number in done.unreadable)
        print(f"no longer readable{' then' if done.dry_run else ''}: pool version {numbers}")
    return 0
