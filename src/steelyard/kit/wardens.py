"""Processes that have read nothing, and beget a fresh one for every errand: to start Python costs more than most work.

A warden takes one errand at a time.  It never sees an errand itself: the process it begets does, which has the limits,
the small environment and no more open files than a process of its own would have.
"""

import atexit
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

ERRANDS = 200
"""Then another takes over, so that nothing lasts: not the layout of memory, nor the seed of hashes."""
_SPARE = 2
_MARGIN_SECONDS = 30
# Begetting copies one thread alone; a lock that another held would stay locked for ever.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


class Ended(NamedTuple):
    """How an errand ended."""

    status: int
    """The exit status, negative for a signal."""
    said: bytes
    """What came through the pipe, where one was asked for."""
    overflowed: bool = False
    """Whether more came through the pipe than was to be read."""


class Warden:
    """One such process, and the socket over which errands go and exit statuses come back."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], wall_seconds: float) -> None:
        self._errands = 0
        self._patience = wall_seconds + _MARGIN_SECONDS
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                command, env={**environment, **_ONE_THREAD}, process_group=0,
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._line.settimeout(self._patience)

    def run(self, errand: bytes, most_bytes: int = 0) -> Ended | None:
        """Have one errand run.  None: the warden had left before it began.

        ``most_bytes``: the errand is given a pipe to answer through, and that much is read of it.
        """
        self._errands += 1
        try:
            said, overflowed = self._sent(errand, most_bytes)
            status = self._status()
        except BaseException:
            self.dismiss()
            raise
        return None if status is None else Ended(status, said, overflowed)

    def _sent(self, errand: bytes, most_bytes: int) -> tuple[bytes, bool]:
        if not most_bytes:
            with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
                self._line.sendall(errand + b"\n")
            return b"", False
        ours, theirs = os.pipe()
        try:
            with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
                try:
                    first = socket.send_fds(self._line, [errand + b"\n"], [theirs])
                finally:
                    os.close(theirs)
                # A socket takes so much at once; what goes with it, it took with the first byte.
                self._line.sendall((errand + b"\n")[first:])
            return _read(ours, most_bytes, time.monotonic() + self._patience)
        finally:
            os.close(ours)

    def _status(self) -> int | None:
        answer = b""
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                answer = self._line.recv(64)
        except TimeoutError:
            answer = str(-signal.SIGKILL).encode()
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


def _read(pipe: int, most_bytes: int, until: float) -> tuple[bytes, bool]:
    """What comes through a pipe until its other end is closed, at most so much and not after ``until``."""
    pieces: list[bytes] = []
    left = most_bytes
    while left > 0 and select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        piece = os.read(pipe, min(left, 1 << 20))
        if not piece:
            return b"".join(pieces), False
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces), left <= 0


class Wardens:
    """The idle wardens of one kind of errand; each errand engages one, or a new one."""

    def __init__(self, make: Callable[[], Warden]) -> None:
        self._make = make
        self._spare: list[Warden] = []
        atexit.register(self.dismiss_all)
        # Two processes over one line would take each other's answers.
        os.register_at_fork(after_in_child=self._spare.clear)

    def run(self, errand: bytes, most_bytes: int = 0) -> Ended:
        """Run the errand in a process of its own."""
        while True:
            warden = self._engaged()
            ended = warden.run(errand, most_bytes)
            if ended is None:
                warden.dismiss()
                continue
            # After one that ended badly, the next shall find nothing where this one may have learnt it lies.
            if ended.status == 0 and warden.fit and len(self._spare) < _SPARE:
                self._spare.append(warden)
            else:
                warden.dismiss()
            return ended

    def _engaged(self) -> Warden:
        try:
            return self._spare.pop()
        except IndexError:
            return self._make()

    def dismiss_all(self) -> None:
        """Let all idle wardens go."""
        while self._spare:
            self._spare.pop().dismiss()
