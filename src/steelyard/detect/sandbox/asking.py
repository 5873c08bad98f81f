"""Sends errands into the sandbox and reads what comes back; believes nothing of it beyond its form."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from steelyard.detect.sandbox.limits import LONGEST_WALL_SECONDS, Limits
from steelyard.detect.sandbox.refusal import Refusal
from steelyard.kit.wardens import Ended, Warden, Wardens

COMMAND: tuple[str, ...] = (sys.executable, "-m", "steelyard.detect.sandbox.cell")
_KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "COVERAGE_PROCESS_START")
"""All that goes along of this program's environment: no address, no password, no home."""


@dataclass(frozen=True)
class Answer:
    """What an errand came to."""

    said: Mapping[str, Any]
    table: pa.Table | None


_wardens: dict[Path, Wardens] = {}


def ask(catalogue: Path, task: str, folder: Path, limits: Limits, **errand: Any) -> Answer:
    """Have a task done within the walls; ``folder`` is all it may read.  Raises Refusal."""
    said = {"task": task, "folder": str(folder.resolve()), "limits": asdict(limits), **errand}
    ended = _of(catalogue).run(json.dumps(said, default=str).encode(), limits.answer_bytes)
    if ended.overflowed:
        raise Refusal("limit-answer", f"gives more than {limits.answer_bytes >> 20} MB")
    if ended.status != 0:
        raise _stopped(ended, limits)
    return _read(ended.said)


def _of(catalogue: Path) -> Wardens:
    root = catalogue.resolve()
    if root not in _wardens:
        _wardens[root] = Wardens(lambda: _warden(root))
    return _wardens[root]


def _warden(root: Path) -> Warden:
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    environment = kept | {"HOME": "/nonexistent", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return Warden((*COMMAND, str(root)), environment, LONGEST_WALL_SECONDS)


def dismiss_all() -> None:
    """Let all idle wardens go."""
    for wardens in _wardens.values():
        wardens.dismiss_all()


def _stopped(ended: Ended, limits: Limits) -> Refusal:
    if ended.status == -signal.SIGALRM:
        return Refusal("limit-wall", f"was stopped after {limits.wall_seconds:g} seconds: the query did not end")
    if ended.status in (-signal.SIGXCPU, -signal.SIGKILL):
        return Refusal("limit-cpu", f"was stopped after {limits.cpu_seconds} seconds of processor time")
    if ended.status in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
        # Native code ends itself when it gets no memory.
        return Refusal("limit-memory", "needs more memory than a run may use")
    return Refusal("engine-broke", f"the engine broke off (status {ended.status})")


def _read(said: bytes) -> Answer:
    head, _, body = said.partition(b"\n")
    try:
        told = json.loads(head)
        table = _table(body) if body else None
    except (ValueError, pa.ArrowException) as error:
        raise Refusal("engine-broke", "the answer cannot be read") from error
    if not isinstance(told, dict):
        raise Refusal("engine-broke", "the answer cannot be read")
    if "refused" in told:
        raise Refusal(**told["refused"])
    return Answer(told, table)


def _table(body: bytes) -> pa.Table:
    with pa.ipc.open_stream(pa.py_buffer(body)) as stream:
        table = stream.read_all()
    table.validate(full=True)
    return table
