"""Figures of the tables: merges into a large dataset, its order, and slices of it.  `python -m bench.tables --rows N`.

Every step runs in a process of its own, so that its peak memory is its own.  Nothing here is a test.
"""

import argparse
import dataclasses
import datetime as dt
import json
import multiprocessing
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, connect, register_files
from steelyard.kit.sqltext import literal
from steelyard.pool import commits, compaction, parts, tables
from steelyard.pool.tests.conftest import contracts_in

MEMORY_MB = 1_200
CHANGED = 100_000
SLICES = {"village": "village_code", "company": "payee_id", "person": "handler_id"}


@dataclasses.dataclass(frozen=True)
class Place:
    """Where one size of the table is measured."""

    folder: str
    rows: int

    @property
    def table(self) -> Path:
        return Path(self.folder) / "payment"

    def contract(self) -> Contract:
        catalogue = Path(self.folder) / "catalogue"
        if not catalogue.exists():
            contracts_in(catalogue)
        from steelyard.contracts import load_contracts

        found = load_contracts(catalogue / "contracts")["payment"]
        return dataclasses.replace(found, cluster_by=tuple(SLICES.values()))

    def duck(self) -> Duck:
        return connect(memory_mb=MEMORY_MB, threads=2, spill=Path(self.folder) / "spill")

    def version(self) -> int:
        return int(DeltaTable(str(self.table)).version())


def made_rows(place: Place, amount: str = "hash(i + 3) % 1000000 / 100.0", which: str = "true") -> str:
    """Payments in the order of their days: 22,194 villages, 200,000 firms, 3 million persons."""
    total = place.rows
    return (
        "SELECT 'PAY' || lpad(CAST(i AS VARCHAR), 12, '0') AS payment_id, "
        "'C' || lpad(CAST(hash(i) % 200000 AS VARCHAR), 10, '0') AS payee_id, "
        "'P' || lpad(CAST(hash(i + 1) % 3000000 AS VARCHAR), 10, '0') AS handler_id, "
        "'33' || lpad(CAST(hash(i + 2) % 22194 AS VARCHAR), 10, '0') AS village_code, "
        f"CAST({amount} AS DECIMAL(18,2)) AS amount, "
        f"DATE '2015-01-01' + CAST(i * 4000 // {total} AS INTEGER) AS paid_on, "
        "CAST(1 AS BIGINT) AS count, hash(i + 5) % 2 = 0 AS cash, "
        "['rent', 'wage', 'grant'][CAST(1 + hash(i + 4) % 3 AS BIGINT)] AS kind, "
        "'delivery ' || (i // 100000) AS _delivery, i % 100000 AS _raw_row, 'payments.csv' AS _file, "
        "CAST(i // 100000 AS BIGINT) AS _seq, 'finance/payments' AS _supplier, CAST(NULL AS BIGINT) AS _order "
        f"FROM range({total}) r(i) WHERE {which}"
    )


def base(place: Place) -> dict[str, Any]:
    """The dataset, straight into its files."""
    contract = place.contract()
    with place.duck() as duck:
        made = parts.write(duck, made_rows(place), place.table, contract.columns, parts.indexed(contract))
    commits.commit(place.table, None, tables.schema_of(contract), made, (), commits.Note("bench"))
    return {"rows": place.rows, "files": len(made), "mb": round(sum(part.bytes for part in made) / 2**20)}


def merge(place: Place, which: str, amount: str = "-1") -> dict[str, Any]:
    """Changed rows into the dataset."""
    contract, before = place.contract(), commits.parts_of(str(place.table), place.version())
    with place.duck() as duck:
        duck.execute(
            "CREATE TABLE good AS SELECT * EXCLUDE (_raw_row), _raw_row AS _row "
            f"FROM ({made_rows(place, amount, which)} LIMIT {CHANGED})"
        )
        stamp = tables.Stamp(f"merge {place.version()}", place.version() + 1, "finance/payments")
        with_cost = _clock()
        done = tables.merge(duck, contract, "good", place.table, place.version(), stamp)
        cost = with_cost()
    size = sum(part.bytes for part in before)
    return {**cost, "changed_rows": done.corrected, "files_rewritten": f"{done.files_rewritten} of {len(before)}",
            "bytes_rewritten_share": round(done.bytes_rewritten / size, 3)}  # fmt: skip


def _clock() -> Callable[[], dict[str, float]]:
    wall, used = time.monotonic(), time.process_time()
    return lambda: {
        "merge_wall_s": round(time.monotonic() - wall, 2),
        "merge_cpu_s": round(time.process_time() - used, 2),
    }


def recent(place: Place) -> dict[str, Any]:
    """Changes to the newest payments, as daily deliveries bring them."""
    return merge(place, f"i >= {place.rows} - {min(CHANGED, place.rows)} * 2 AND i % 2 = 0")


def recent_again(place: Place) -> dict[str, Any]:
    """The same payments, changed once more."""
    return merge(place, f"i >= {place.rows} - {min(CHANGED, place.rows)} * 2 AND i % 2 = 0", "-2")


def scattered(place: Place) -> dict[str, Any]:
    """Changes all over the dataset."""
    return merge(place, f"hash(i + 9) % {max(1, place.rows // CHANGED)} = 0")


def slices(place: Place) -> dict[str, Any]:
    """Point slices: seconds of processor time, and the share of row groups whose bounds let them hold the value."""
    files = list(tables.files_of(str(place.table), place.version()))
    listed = "[" + ", ".join(map(literal, files)) + "]"
    found: dict[str, Any] = {"files": len(files)}
    with place.duck() as duck:
        register_files(duck, "t", files, tables.schema_of(place.contract()))
        for name, column in SLICES.items():
            picked = duck.execute(f"SELECT DISTINCT {column} FROM (FROM t LIMIT 5000) LIMIT 5").fetchall()
            values = [row[0] for row in picked]
            bounds = duck.execute(
                "SELECT stats_min_value, stats_max_value FROM "
                f"parquet_metadata({listed}) WHERE path_in_schema = '{column}'"
            ).fetchall()
            read = sum(low <= value <= high for value in values for low, high in bounds) / len(bounds) / len(values)
            wall, used = time.monotonic(), time.process_time()
            for value in values:
                where = f"{column} = {literal(value)}"
                duck.execute(f"SELECT count(*), sum(amount), max(paid_on) FROM t WHERE {where}").fetchall()
            found[name] = {
                "wall_ms": round((time.monotonic() - wall) / len(values) * 1000, 1),
                "cpu_ms": round((time.process_time() - used) / len(values) * 1000, 1),
                "row_groups_in_reach": round(read, 4),
            }
    return found


def ordered(place: Place) -> dict[str, Any]:
    """Compaction that puts the whole dataset in order, as `steelyard pool compact --cluster` does."""
    with place.duck() as duck:
        done = compaction.compact(duck, place.contract(), place.table, place.version(), cluster=True)
    return {"files_before": done.files_before, "files_after": done.files_after}


def ordered_by_library(place: Place) -> dict[str, Any]:
    """The same by the z-order of delta-rs, for comparison."""
    done = DeltaTable(str(place.table)).optimize.z_order(list(SLICES.values()), max_spill_size=MEMORY_MB * 2**20)
    return {"files_after": done["numFilesAdded"]}


def _step(do: Callable[[Place], dict[str, Any]], place: Place, answer: Any) -> None:
    wall, used = time.monotonic(), time.process_time()
    found = do(place)
    answer.send({
        **found, "wall_s": round(time.monotonic() - wall, 2), "cpu_s": round(time.process_time() - used, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    })  # fmt: skip


def measured(do: Callable[[Place], dict[str, Any]], place: Place) -> dict[str, Any]:
    """One step in a fresh process."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_step, args=(do, place, there))
    process.start()
    there.close()
    try:
        found = here.recv()
    except EOFError:
        found = {"failed": "the process ended without an answer"}
    process.join()
    return dict(found)


def main() -> int:
    parser = argparse.ArgumentParser(description="figures of the pool's tables")
    parser.add_argument("--rows", type=int, default=30_000_000)
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="sy-tables-") as folder:
        large, small = Place(f"{folder}/large", given.rows), Place(f"{folder}/small", given.rows // 10)
        for name, do, place in (
            ("base", base, large),
            ("merge of recent keys", recent, large),
            ("merge of scattered keys", scattered, large),
            ("slices before", slices, large),
            ("put in order", ordered, large),
            ("slices after", slices, large),
            ("merge of recent keys into the ordered table", recent_again, large),
            ("a tenth: base", base, small),
            ("a tenth: put in order", ordered, small),
            ("a tenth: slices after", slices, small),
            ("a tenth: put in order by delta-rs", ordered_by_library, small),
            ("a tenth: slices after delta-rs", slices, small),
        ):
            figures[name] = measured(do, place)
            print(f"{name}: {json.dumps(figures[name])}", file=sys.stderr, flush=True)
    figures["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    figures["date"] = dt.date.today().isoformat()
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
