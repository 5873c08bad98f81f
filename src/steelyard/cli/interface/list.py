"""`steelyard interface list`: every interface, what it feeds, and how its last run went."""

import argparse
from typing import Any

from steelyard.cli.opening import opened
from steelyard.cli.session import print_json
from steelyard.pool import Pool, Standing
from steelyard.sources import Interface


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    told = commands.add_parser("list", help="every interface: connector, what it feeds, schedule, last run")
    told.add_argument("department", nargs="*", help="departments; without any, all")
    told.add_argument("--json", action="store_true", help="the same as JSON")
    told.set_defaults(run=_list)


def _list(given: argparse.Namespace) -> int:
    pool, _ = opened()
    standings = pool.standings()
    wanted = [one for _, one in sorted(pool.interfaces.items()) if one.path is not None]
    chosen = [one for one in wanted if not given.department or one.department in given.department]
    told = [_told(pool, one, standings.get(one.id)) for one in chosen]
    summary = {
        "count": len(told),
        "departments": len({one["department"] for one in told}),
        "datasets_fed": len({dataset for one in told for dataset in one["feeds"]}),
    }
    if given.json:
        print_json({**summary, "interfaces": told})
        return 0
    for one in told:
        missing = f"  (not set: {', '.join(one['missing'])})" if one["missing"] else ""
        print(f"{one['id']:44} {one['connector']:7} {one['format']:8} {one['schedule']:14} {one['state']:14}"
              f" {', '.join(one['feeds'])}{missing}")  # fmt: skip
    print("{count} interfaces of {departments} departments feed {datasets_fed} datasets".format(**summary))
    return 0


def _told(pool: Pool, interface: Interface, standing: Standing | None) -> dict[str, Any]:
    missing = pool.references.missing_of(interface.texts())
    last = standing.last if standing else None
    return {
        "id": interface.id,
        "department": interface.department,
        "title": dict(interface.title),
        "connector": interface.connector,
        "format": interface.file_format,
        "feeds": [feed.dataset for feed in interface.feeds],
        "schedule": interface.schedule,
        "state": last.state if last else "not connected" if missing else "never run",
        "last_run": None
        if last is None
        else {
            "id": last.id, "state": last.state, "started_at": last.started_at.isoformat(), "rows": last.rows,
            "bad_rows": last.bad_rows, "error": last.error,
        },
        "waits_until": standing.not_before.isoformat() if standing and standing.not_before else None,
        "missing": missing,
    }  # fmt: skip
