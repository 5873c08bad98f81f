"""The inside of the jail: a warden that waits for errands, and the process it begets for each."""

import gc
import json
import os
import resource
import select
import signal
import sys
import time
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import pyarrow as pa

from steelyard.sources.jail import CPU_SECONDS, MAX_WRITTEN_BYTES, MEMORY_MB, TOO_MUCH
from steelyard.sources.options import from_plain
from steelyard.sources.parquet_files import read_parquet
from steelyard.sources.spreadsheets import read_spreadsheet
from steelyard.sources.textfile import FileRefused, TextFile
from steelyard.sources.warden import WALL_SECONDS

IDLE_SECONDS = 120
_LINE = 0
"""Standard input is the line to those who send errands, both ways."""


def serve() -> None:
    """Beget a process for every errand, until nobody is there, nothing comes for long, or one ended badly."""
    sys.meta_path.insert(0, _NoPandas())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    # What is there already is there for good: the begotten need not copy it to count its references.
    gc.collect()
    gc.freeze()
    ended = 0
    while ended == 0 and _asked():
        # The errand is left unread: whoever reads it is gone after it.
        child = os.fork()
        if child == 0:
            _be_jailed()
        ended = _watched(child)
        os.write(_LINE, str(ended).encode())


class _NoPandas(MetaPathFinder):
    """Arrow would import it for the first array of every file, only to see that it is given none of its frames."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _asked() -> bool:
    line = select.poll()
    line.register(_LINE, select.POLLIN)
    return any(event & select.POLLIN and not event & select.POLLHUP for _, event in line.poll(IDLE_SECONDS * 1000))


def _left_alone() -> bool:
    line = select.poll()
    line.register(_LINE, 0)
    return bool(line.poll(0))


def _watched(child: int) -> int:
    """The exit status of the begotten, which is killed when its time is over or nobody waits for it any more."""
    over = time.monotonic() + WALL_SECONDS
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > over or _left_alone():
            os.kill(child, signal.SIGKILL)
        signal.sigtimedwait({signal.SIGCHLD}, 1)


def _be_jailed() -> None:
    """One errand, from its reading to the end of the process."""
    status = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        errand = _errand()
        _close_all()
        limit()
        _run(errand)
        status = 0
    finally:
        os._exit(status)


def _errand() -> dict[str, Any]:
    said = b""
    while not said.endswith(b"\n"):
        piece = os.read(_LINE, 1 << 16)
        if not piece:
            os._exit(1)
        said += piece
    return dict(json.loads(said))


def _close_all() -> None:
    """Nothing is open but the void: least of all the line on which the warden tells how this process ended."""
    void = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(void, standard)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def limit() -> None:
    """Little memory, little time, no endless files, no core."""
    for what, amount in (
        (resource.RLIMIT_DATA, MEMORY_MB << 20),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (least, least))


def _run(errand: dict[str, Any]) -> None:
    answer = Path(errand["answer"])
    try:
        said: dict[str, Any] = {"texts": [_told(text) for text in _read(errand)]}
    except FileRefused as error:
        said = {"refused": str(error)}
    except MemoryError:
        said = {"refused": f"{errand['file']}: {TOO_MUCH}"}
    except BaseException as error:  # noqa: BLE001 - the edge: a panic of native code is no Exception
        said = {"refused": f"{errand['file']}: cannot be read: {type(error).__name__}: {str(error)[:200]}"}
    draft = answer.with_suffix(".draft")
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.rename(answer)


def _read(errand: dict[str, Any]) -> list[TextFile]:
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    made = TextFile(errand["file"], Path(errand["folder"]), errand["number"], member=errand["member"])
    path = Path(errand["path"])
    if errand["kind"] == "parquet":
        return [read_parquet(path, made)]
    return read_spreadsheet(path, from_plain(errand["options"]), made, frozenset(errand["used"]))


def _told(text: TextFile) -> dict[str, Any]:
    return {
        "file": text.file, "member": text.member, "parts": [part.name for part in text.parts],
        "columns": text.columns, "tidy": sorted(text.tidy), "rows": text.rows, "signals": text.signals,
        "broken": [[line.file, line.row, line.reason, line.text, line.rule] for line in text.broken],
    }  # fmt: skip


if __name__ == "__main__":
    serve()
