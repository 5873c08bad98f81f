"""`steelyard pool`: land what departments delivered, and say how the pool stands."""

import argparse
import dataclasses
import datetime as dt
import time
from pathlib import Path
from typing import Any

from steelyard.cli.session import Session, print_json
from steelyard.identity import IdentityKeys
from steelyard.pool import Landing, Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pool = commands.add_parser("pool", help="land deliveries, show the pool").add_subparsers(required=True)
    land = pool.add_parser("land", help="land the files that lie ready")
    land.add_argument("interface", nargs="*", help="ids of interfaces; without any, all of the catalogue")
    land.add_argument("--inbox", type=Path, help="folder of the departments' folders (default: the home's inbox)")
    land.add_argument("--again", action="store_true", help="try files once more that were refused before")
    land.add_argument("--received-on", type=dt.date.fromisoformat, default=None, help="day of receipt (default: today)")
    land.add_argument("--json", action="store_true", help="receipts as JSON")
    land.set_defaults(run=_land)
    status = pool.add_parser("status", help="tables, deliveries, quarantine")
    status.add_argument("--json", action="store_true", help="the same as JSON")
    status.set_defaults(run=_status)


def _open() -> tuple[Pool, IdentityKeys]:
    session = Session.open()
    return Pool.open(session.home, session.database, session.catalogue), IdentityKeys(session.database)


def today(pool: Pool) -> dt.date:
    """The day by the database's clock, which a tutorial may have set."""
    with pool.database.connect() as connection:
        own = connection.execute("SELECT to_regprocedure('public.app_today()') IS NOT NULL").fetchone()
        clock = "public.app_today()" if own and own[0] else "current_date"
        found = connection.execute(f"SELECT {clock}").fetchone()
    return dt.date.min if found is None else dt.date.fromisoformat(str(found[0]))


def _land(given: argparse.Namespace) -> int:
    begun = time.monotonic()
    pool, keys = _open()
    repaired = pool.repair(assign=keys)
    landings = pool.land_inbox(
        given.inbox or pool.home.inbox,
        assign=keys,
        received_on=given.received_on or today(pool),
        only=given.interface,
        again=given.again,
    )
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
    else:
        for one in listed:
            print(line(one))
    return 1 if any(one.state == "refused" for one in listed) else 0


def totals(landings: list[Landing]) -> dict[str, int]:
    """Counts over several deliveries."""
    names = ("received", "admitted", "unchanged", "quarantined", "superseded")
    return {name: sum(one.total(name) for one in landings) for name in names}


def told(landing: Landing) -> dict[str, Any]:
    """One delivery for JSON."""
    return dataclasses.asdict(landing)


def line(landing: Landing) -> str:
    """One delivery for the terminal."""
    counts = ", ".join(f"{landing.total(name)} {name}" for name in ("received", "admitted", "unchanged"))
    more = ", ".join(f"{landing.total(name)} {name}" for name in ("quarantined", "superseded") if landing.total(name))
    end = f": {landing.message}" if landing.message else f" ({more})" if more else ""
    return f"{landing.interface}: {landing.state}, {counts}{end}"


def _status(given: argparse.Namespace) -> int:
    pool, _ = _open()
    version = pool.current()
    rows, quarantined = pool.row_counts(), pool.quarantine_counts()
    unfinished = pool.unfinished()
    if given.json:
        print_json({"pool_version": version.number, "rows": rows, "quarantined": quarantined,
                    "unfinished": unfinished, "publishers": pool.publishers()})  # fmt: skip
        return 0
    print(f"pool version {version.number}, {sum(rows.values())} rows in {len(rows)} tables")
    for dataset in sorted(rows):
        bad = f", {quarantined[dataset]} quarantined" if quarantined.get(dataset) else ""
        print(f"  {dataset}: {rows[dataset]}{bad}")
    if unfinished:
        print(f"{len(unfinished)} interrupted deliveries; they are taken up by: steelyard pool land")
    return 0
