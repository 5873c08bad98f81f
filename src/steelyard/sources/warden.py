"""Processes that have read nothing, and beget a fresh one for every file: to start Python costs more than most files.

A warden takes one errand at a time.  It never sees a file or an errand itself: the process it begets does, which has
the limits, the small environment and no more open files than a process of its own would have.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Any

COMMAND = (sys.executable, "-m", "steelyard.sources.cell")
WALL_SECONDS = 1_200
ERRANDS = 200
"""Then another takes over, so that nothing lasts: not the layout of memory, nor the seed of hashes."""
_SPARE = 2
_MARGIN_SECONDS = 30
_HIDDEN = ("SECRET", "PASSWORD", "KEY", "TOKEN", "DATABASE_URL")
# Begetting copies one thread alone; a lock that another held would stay locked for ever.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


class Warden:
    """One such process, and the socket over which errands go and exit statuses come back."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not any(part in name for part in _HIDDEN)}
        self._errands = 0
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                COMMAND, env=environment | _ONE_THREAD, process_group=0,
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._line.settimeout(WALL_SECONDS + _MARGIN_SECONDS)

    def run(self, errand: bytes) -> int | None:
        """The exit status, negative for a signal.  None: the warden had left before it began."""
        self._errands += 1
        answer = b""
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                self._line.sendall(errand + b"\n")
                answer = self._line.recv(64)
        except TimeoutError:
            answer = str(-signal.SIGKILL).encode()
        except BaseException:
            self.dismiss()
            raise
        if answer:
            return int(answer)
        # Only one to whom nothing came for long leaves by itself, and has begun nothing.
        return None if self._ended() == (os.CLD_EXITED, 0) else 1

    def _ended(self) -> tuple[int, int]:
        """How it ended; it is not buried yet, so that what it begot can still be named after it."""
        result = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        return (result.si_code, result.si_status) if result else (0, 0)

    @property
    def fit(self) -> bool:
        """Whether it may go on after an errand that ended well."""
        return self._errands < ERRANDS

    def dismiss(self) -> None:
        """End it, and whatever it begot."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._line.close()
        self._process.wait()


_spare: list[Warden] = []


def run(errand: dict[str, Any]) -> int:
    """Run the errand in a process of its own; the exit status, negative for a signal."""
    said = json.dumps(errand).encode()
    while True:
        warden = _engaged()
        ended = warden.run(said)
        if ended is None:
            warden.dismiss()
            continue
        # After one that ended badly, the next shall find nothing where this one may have learnt it lies.
        if ended == 0 and warden.fit and len(_spare) < _SPARE:
            _spare.append(warden)
        else:
            warden.dismiss()
        return ended


def _engaged() -> Warden:
    try:
        return _spare.pop()
    except IndexError:
        return Warden()


def dismiss_all() -> None:
    """Let all idle wardens go."""
    while _spare:
        _spare.pop().dismiss()


atexit.register(dismiss_all)
# Two processes over one line would take each other's answers.
os.register_at_fork(after_in_child=_spare.clear)
