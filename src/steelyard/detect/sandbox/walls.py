"""Layer 4: what the process of one errand has, and what the kernel lets it do."""

import resource
import signal
import sysconfig
from pathlib import Path

import steelyard
from steelyard.detect.sandbox.limits import Limits
from steelyard.kit import begetting, landlock, seccomp

_ABOUT_THE_MACHINE = (
    "/proc/self/cgroup", "/proc/stat", "/proc/meminfo", "/sys/fs/cgroup", "/sys/devices/system/cpu",
)  # fmt: skip
"""The engine looks there for the number of processors and the memory of its container, and breaks if it may not."""
_CODE = (
    *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")},
    str(Path(steelyard.__file__).parent),
)
"""The program itself, which takes up parts of libraries only when it first needs them; it holds no secret."""


class ThreadsAbroad(RuntimeError):
    """The walls go around one thread and those it begins; another was there already."""


def close(folder: Path, limits: Limits) -> None:
    """From now on: little memory and time, no file but those below ``folder``, no connection, program or process.

    Must be called before the engine is opened: its threads have the walls of the thread that began them.
    """
    _alone()
    begetting.limit(
        [
            (resource.RLIMIT_DATA, limits.space_mb << 20),
            (resource.RLIMIT_AS, limits.address_mb << 20),
            (resource.RLIMIT_CPU, limits.cpu_seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ]
    )
    # Nothing a text does puts off this clock, and nobody but the kernel answers it.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)
    open_places = [Path(place) for place in (*_ABOUT_THE_MACHINE, *_CODE) if Path(place).exists()]
    landlock.close([folder, *open_places])
    seccomp.close()


def _alone() -> None:
    threads = Path("/proc/self/task")
    if threads.is_dir() and len(list(threads.iterdir())) > 1:
        raise ThreadsAbroad
