"""The inside of a warden: it waits for errands and begets a process for each."""

import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder

IDLE_SECONDS = 120
_LINE = 0
"""Standard input is the line to those who send errands, both ways."""


def serve(task: Callable[[bytes, int | None], None], wall_seconds: float, idle_seconds: float = IDLE_SECONDS) -> None:
    """Beget a process for every errand, until nobody is there, nothing comes for long, or one ended badly.

    ``task`` is given the errand and, where the sender reads one, the pipe to answer through.
    """
    sys.meta_path.insert(0, _NoPandas())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    # What is there already is there for good: the begotten need not copy it to count its references.
    gc.collect()
    gc.freeze()
    ended = 0
    while ended == 0 and _asked(idle_seconds):
        # The errand is left unread: whoever reads it is gone after it.
        child = os.fork()
        if child == 0:
            _be_begotten(task)
        ended = _watched(child, wall_seconds)
        os.write(_LINE, str(ended).encode())


class _NoPandas(MetaPathFinder):
    """Arrow would import it for the first array of every file, only to see that it is given none of its frames."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _asked(idle_seconds: float) -> bool:
    line = select.poll()
    line.register(_LINE, select.POLLIN)
    return any(event & select.POLLIN and not event & select.POLLHUP for _, event in line.poll(int(idle_seconds * 1000)))


def _left_alone() -> bool:
    line = select.poll()
    line.register(_LINE, 0)
    return bool(line.poll(0))


def _watched(child: int, wall_seconds: float) -> int:
    """The exit status of the begotten, which is killed when its time is over or nobody waits for it any more."""
    over = time.monotonic() + wall_seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > over or _left_alone():
            os.kill(child, signal.SIGKILL)
        signal.sigtimedwait({signal.SIGCHLD}, 1)


def _be_begotten(task: Callable[[bytes, int | None], None]) -> None:
    """One errand, from its reading to the end of the process."""
    status = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        errand, pipe = _errand()
        task(errand, _close_all(pipe))
        status = 0
    finally:
        os._exit(status)


def _errand() -> tuple[bytes, int | None]:
    with socket.socket(fileno=os.dup(_LINE)) as line:
        said, pipes, _, _ = socket.recv_fds(line, 1 << 16, 1)
        while not said.endswith(b"\n"):
            piece = line.recv(1 << 20)
            if not piece:
                os._exit(1)
            said += piece
    return said, next(iter(pipes), None)


def _close_all(pipe: int | None) -> int | None:
    """Nothing is open but the void and the pipe: least of all the line on which the warden tells how this ended."""
    void = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(void, standard)
    if pipe is not None and pipe != 3:
        os.dup2(pipe, 3)
    os.closerange(3 if pipe is None else 4, os.sysconf("SC_OPEN_MAX"))
    return None if pipe is None else 3


def limit(limits: Sequence[tuple[int, int]]) -> None:
    """Lower limits of this process (``resource.RLIMIT_…``, amount) for good; a lower one stays."""
    for what, amount in limits:
        hard = resource.getrlimit(what)[1]
        least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (least, least))
