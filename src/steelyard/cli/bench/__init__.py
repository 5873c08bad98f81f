"""`steelyard bench land`: how fast files become checked rows, beside two other ways, in one run."""

import argparse
import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from steelyard.cli.bench import detect, events
from steelyard.cli.progress import shown
from steelyard.cli.session import print_json

DATASETS = ("social_insurance", "rent_receipt")
DLT_ROWS = 50_000


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bench = commands.add_parser("bench", help="measure on this machine").add_subparsers(required=True)
    detect.add(bench)
    land = bench.add_parser("land", help="a CSV in GB18030 with 0.2 %% bad rows into a checked pool")
    land.add_argument("--rows", type=int, default=1_000_000, help="rows of the file")
    land.add_argument("--dataset", choices=DATASETS, default=DATASETS[0], help="whose contract and interface")
    land.add_argument("--dlt-rows", type=int, default=DLT_ROWS, help="rows of the same file that go through dlt")
    land.add_argument("--json", action="store_true", help="figures as JSON")
    land.set_defaults(run=_land)
    events.add(bench)


def _land(given: argparse.Namespace) -> int:
    from steelyard.cli.bench.measuring import apart, machine

    with shown(not given.json) as step, tempfile.TemporaryDirectory(prefix="sy-bench-") as folder:
        path, rows = str(Path(folder) / "delivery.csv"), str(given.rows)
        step("writing the file", 0, 4)
        size = apart("made", given.dataset, path, rows).more["bytes"]
        step("landing it", 1, 4)
        landed = apart("landed", given.dataset, path, rows)
        step("DuckDB alone", 2, 4)
        floor = apart("floor", path, rows)
        step("through dlt", 3, 4)
        dlt = apart("dlt", path, str(min(given.dlt_rows, given.rows)))
    figures: dict[str, Any] = {
        "rows_per_cpu_second": landed.rows_per_cpu_second,
        "wall_s": landed.wall_s,
        "cpu_s": landed.cpu_s,
        "peak_mb": landed.peak_mb,
        "vs_dlt": round(landed.rows_per_cpu_second / dlt.rows_per_cpu_second, 2),
        "vs_floor": round(landed.rows_per_cpu_second / floor.rows_per_cpu_second, 2),
        "quarantine_exact": landed.more["quarantine_exact"],
        "rows": given.rows,
        "file_mb": size >> 20,
        "dataset": given.dataset,
        "state": landed.more["state"],
        "receipt": landed.more["receipt"],
        "floor": {"rows_per_cpu_second": floor.rows_per_cpu_second, "cpu_s": floor.cpu_s, "peak_mb": floor.peak_mb},
        "dlt": {"rows_per_cpu_second": dlt.rows_per_cpu_second, "cpu_s": dlt.cpu_s, "rows": dlt.rows},
        "machine": machine(),
        "date": dt.date.today().isoformat(),
    }
    if given.json:
        print_json(figures)
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")
    return 0 if figures["quarantine_exact"] and landed.more["state"] == "accepted" else 1
