"""Places where the crash test kills the process; without ``STEELYARD_FAULT`` they do nothing."""

import os
import signal

PLACES = ("after-raw", "after-received", "after-text", "between-files", "before-commit", "after-commit",
          "after-delta", "after-publish")  # fmt: skip
"""On the way of one delivery, in order."""
UPKEEP_PLACES = ("between-files", "before-commit", "after-commit", "after-publish", "after-marked", "between-deletes")
"""On the way of compaction and vacuum."""
FLUSH_PLACES = ("before-flush", "after-flush")
"""Before and behind the landing of pushed rows; that itself dies like any other."""


def fault(place: str) -> None:
    """Die here, as a power cut would, where the environment names this place."""
    if os.environ.get("STEELYARD_FAULT") == place:
        os.kill(os.getpid(), signal.SIGKILL)
