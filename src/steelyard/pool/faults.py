"""Places where the crash test kills the process; without ``STEELYARD_FAULT`` they do nothing."""

import os
import signal
from collections import Counter

PLACES = ("after-raw", "after-received", "after-text", "between-files", "before-commit", "after-commit",
          "after-delta", "after-publish")  # fmt: skip
"""On the way of one delivery, in order."""
UPKEEP_PLACES = {
    "compact": ("between-files", "before-commit", "after-commit", "after-publish"),
    "vacuum": ("after-marked", "between-deletes"),
}
"""On the way of the pool's upkeep."""
FLUSH_PLACES = ("before-flush", "after-flush")
"""Before and behind the landing of pushed rows; that itself dies like any other."""
_met: Counter[str] = Counter()


def fault(place: str) -> None:
    """Die here, as a power cut would, where the environment names this place: ``place``, or ``place:3`` for the third
    time this process comes by."""
    wanted, _, time = os.environ.get("STEELYARD_FAULT", "").partition(":")
    if wanted != place:
        return
    _met[place] += 1
    if _met[place] >= int(time or 1):
        os.kill(os.getpid(), signal.SIGKILL)
