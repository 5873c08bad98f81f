"""Places where the crash test kills the process; without ``STEELYARD_FAULT`` they do nothing."""

import os
import signal

PLACES = ("after-raw", "after-received", "after-text", "after-delta", "after-publish")


def fault(place: str) -> None:
    """Die here, as a power cut would, where the environment names this place."""
    if os.environ.get("STEELYARD_FAULT") == place:
        os.kill(os.getpid(), signal.SIGKILL)
