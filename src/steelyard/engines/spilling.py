"""Where engines put what does not fit their memory, and how much of the disk each may take for it.

Processes that do not see each other (in containers of their own) must not share the folder.
"""

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PART_OF_FREE = 0.5
"""Of what is free when it starts one engine may take so much; several at once may still take more than one should."""
_NAMED = re.compile(r"duckdb_temp_(\d+)_")


def spill_folder() -> Path:
    """Where engines spill: STEELYARD_SPILL, else a folder of their own, closed to others.

    What engines left there whose process was killed is removed.
    """
    folder = Path(os.environ.get("STEELYARD_SPILL") or Path(tempfile.gettempdir()) / f"steelyard-spill-{os.getuid()}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("duckdb_temp_*"):
        owner = _NAMED.match(file.name)
        if owner and not _alive(int(owner[1])):
            with suppress(OSError):  # another user's
                file.unlink()
    return folder


def most_spilled_mb(folder: Path) -> int:
    """Megabytes one engine may spill into a folder, by what is free now."""
    return int(shutil.disk_usage(folder).free * PART_OF_FREE) >> 20


def _alive(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
