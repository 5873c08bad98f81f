"""Measures what the documents claim, on this machine: `make bench`.

Prints machine, size and date with each figure; ratios come from one run.  Nothing here is a test.
"""

import datetime as dt
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steelyard.catalogue import load_catalogue
from steelyard.cli.route import open_pool
from steelyard.cli.session import Session
from steelyard.detect import run
from steelyard.engines.postgres import Server
from steelyard.identity import IdentityKeys
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home
from steelyard.synth import write_county


@contextmanager
def measured(figures: dict[str, Any], name: str) -> Iterator[None]:
    """Wall and processor seconds of a block, this process alone."""
    wall, used = time.monotonic(), time.process_time()
    yield
    figures[name] = {
        "wall_s": round(time.monotonic() - wall, 2),
        "cpu_s": round(time.process_time() - used, 2),
    }


def county(session: Session, figures: dict[str, Any]) -> None:
    """The made-up county from nothing to findings."""
    with tempfile.TemporaryDirectory() as folder:
        with measured(figures, "county written"):
            write_county(session.catalogue, 7, until=dt.date(2026, 6, 30), out=Path(folder))
        pool, keys = open_pool(session), IdentityKeys(session.database)
        with measured(figures, "landed and checked"):
            landings = pool.land_inbox(Path(folder) / "inbox", assign=keys, received_on=dt.date(2026, 6, 30))
    rows = sum(receipt.received for landing in landings for receipt in landing.receipts)
    figures["landed and checked"]["rows"] = rows
    figures["landed and checked"]["rows_per_cpu_s"] = round(rows / figures["landed and checked"]["cpu_s"])
    with measured(figures, "every model evaluated"):
        run(open_pool(session), load_catalogue(session.catalogue), session.database, as_of=dt.date(2026, 7, 1))
    with measured(figures, "every model evaluated again"):
        run(open_pool(session), load_catalogue(session.catalogue), session.database, as_of=dt.date(2026, 7, 1))


def main() -> int:
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="sy-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        os.environ["STEELYARD_HOME"] = folder
        session = Session(Home(Path(folder)).make(), catalogue_folder())
        try:
            county(session, figures)
        finally:
            Server(session.home).stop()
    figures["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    figures["date"] = dt.date.today().isoformat()
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
