"""Where the processes come from in which binary files are read."""

import json
import os
import sys
from typing import Any

from steelyard.kit import wardens

COMMAND: tuple[str, ...] = (sys.executable, "-m", "steelyard.sources.cell")
WALL_SECONDS = 1_200
_HIDDEN = ("SECRET", "PASSWORD", "KEY", "TOKEN", "DATABASE_URL")


def warden() -> wardens.Warden:
    """A new one, which knows no secret."""
    environment = {name: value for name, value in os.environ.items() if not any(part in name for part in _HIDDEN)}
    return wardens.Warden(COMMAND, environment, WALL_SECONDS)


_wardens = wardens.Wardens(lambda: warden())


def run(errand: dict[str, Any]) -> int:
    """Run the errand in a process of its own; the exit status, negative for a signal."""
    return _wardens.run(json.dumps(errand).encode()).status


def dismiss_all() -> None:
    """Let all idle wardens go."""
    _wardens.dismiss_all()
