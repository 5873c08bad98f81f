"""What waits for others: a process that may take its time gives way to those that may not."""

import os
from contextlib import suppress
from pathlib import Path

BEHIND = 10
"""How far behind, as ``nice`` counts."""


def give_way() -> None:
    """Let this process, and what it starts, run behind others of this machine; alone on it, it is as fast as before.

    Where sessions share the processor among themselves, this one's share is made smaller as well.
    """
    os.nice(BEHIND)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(BEHIND), encoding="utf-8")
