"""One measurement in a process of its own: processor seconds, wall seconds and the highest memory."""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from steelyard.kit.errors import SteelyardError


class MeasurementFailed(SteelyardError):
    """A part of the benchmark did not run through; its own message stands above."""


@dataclass(frozen=True)
class Measured:
    """What a piece of work took; ``more``: what it tells beside."""

    rows: int
    wall_s: float
    cpu_s: float
    peak_mb: int
    more: dict[str, Any]

    @property
    def rows_per_cpu_second(self) -> int:
        return round(self.rows / self.cpu_s)


def here(work: Callable[[], tuple[int, dict[str, Any]]], others: Callable[[], float] = lambda: 0.0) -> Measured:
    """Run in this process.  ``others``: processor seconds so far of servers that work for it."""
    wall, own, theirs = time.monotonic(), time.process_time(), others()
    rows, more = work()
    cpu = time.process_time() - own + others() - theirs
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Measured(rows, round(time.monotonic() - wall, 2), round(cpu, 2), peak, more)


def apart(part: str, *arguments: str, module: str = "parts", seconds: float | None = None) -> Measured:
    """Run a part of the benchmark in a fresh process, so that no other part's memory counts.

    ``seconds``: it is ended after these.  Raises MeasurementFailed.
    """
    command = [sys.executable, "-m", f"steelyard.cli.bench.{module}", part, *arguments]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise MeasurementFailed(f"{module}: more than {seconds:.0f} s") from error
    if done.returncode:
        raise MeasurementFailed(part)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def as_json(measured: Measured) -> str:
    return json.dumps(asdict(measured))


def server_seconds(folder: Path) -> float:
    """Processor seconds of the private PostgreSQL whose data lie below ``folder``, its ended sessions included."""
    pids = [int(found.read_text().split()[0]) for found in folder.rglob("postmaster.pid")]
    wanted, total = set(pids), 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry.name) in wanted:
            total += sum(map(int, fields[11:15]))
        elif int(fields[1]) in wanted:
            total += sum(map(int, fields[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
