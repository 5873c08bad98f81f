"""Runs of interfaces as rows of the dataset ``interface_log``: what governance models read of the platform itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from steelyard.pool import records
from steelyard.pool.timetable import CLOCK
from steelyard.sources import Interface

INTERFACE = "platform/interface-log"
STATUS = {"ok": "ok", "nothing": "ok", "refused": "failed", "failed": "failed"}
BATCH = 20_000


def waiting(connection: "psycopg.Connection[Any]") -> list[dict[str, Any]]:
    """Finished runs that are not rows of the dataset yet, oldest first; skipped ones are none."""
    return records.many(
        connection,
        "SELECT id, interface, started_at, state, rows, bad_rows, latest FROM engine.interface_run "
        "WHERE NOT logged AND state NOT IN ('running', 'skipped') AND interface <> %s ORDER BY id LIMIT %s",
        [INTERFACE, BATCH],
    )


def write(path: Path, runs: list[dict[str, Any]], interfaces: Mapping[str, Interface]) -> None:
    """One JSON line a run and dataset."""
    with path.open("w", encoding="utf-8") as out:
        for run in runs:
            interface = interfaces.get(run["interface"])
            feeds = [feed.dataset for feed in interface.feeds] if interface else [""]
            for number, dataset in enumerate(feeds):
                out.write(json.dumps(_row(run, dataset, number), ensure_ascii=False) + "\n")


def _row(run: Mapping[str, Any], dataset: str, number: int) -> dict[str, Any]:
    department = str(run["interface"]).rpartition("/")[0]
    status = STATUS[run["state"]]
    return {
        "run_id": f"{run['id']}-{number}",
        "interface_id": run["interface"],
        "dept_org_name": department,
        "dataset": dataset,
        # Stored without a zone, like every time of a department: the country's clock.
        "run_time": run["started_at"].astimezone(CLOCK).strftime("%Y-%m-%d %H:%M:%S"),
        "row_count": run["rows"],
        "error_rows": run["bad_rows"],
        "max_biz_date": run["latest"].isoformat() if run["latest"] else None,
        "status": "partial" if status == "ok" and run["bad_rows"] else status,
    }


def mark(connection: "psycopg.Connection[Any]", runs: list[dict[str, Any]]) -> None:
    """These runs are rows of the dataset."""
    connection.execute(
        "UPDATE engine.interface_run SET logged = true WHERE id = ANY(%s)", [[run["id"] for run in runs]]
    )
