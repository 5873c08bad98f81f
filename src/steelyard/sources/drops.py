"""Files in a folder others write to: which ones are ready, and why the others are left."""

import os
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from steelyard.kit import durations

UNFINISHED_ENDINGS = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock")
"""How programs name a file until it is whole."""
UNFINISHED_BEGINNINGS = (".", "~$", "~")
LONGEST_WAIT_S = 10.0


@dataclass(frozen=True)
class Left:
    """A file that lies there and is not taken."""

    path: Path
    reason: str
    growing: bool = False
    """Whether it is still being written."""


@dataclass(frozen=True)
class Drop:
    """What a look at a folder found."""

    ready: tuple[Path, ...] = ()
    left: tuple[Left, ...] = field(default=())


def lying(folder: Path, pattern: str) -> set[Path]:
    """Whatever in a folder has a name of the pattern, packed or not; also what is no file."""
    return set(folder.glob(pattern)) | set(folder.glob(pattern + ".gz"))


def reason_against(path: Path) -> str | None:
    """Why a file is not taken whatever its age; None where nothing speaks against it, empty where it is no matter."""
    name = path.name
    if name.startswith(UNFINISHED_BEGINNINGS) or name.lower().endswith(UNFINISHED_ENDINGS):
        return ""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""  # it was there a moment ago: taken back or renamed
    if stat.S_ISLNK(mode):
        # A link may point at any file the platform can read, and at another one tomorrow.
        return "is a link; put the file itself there"
    if not stat.S_ISREG(mode):
        return "is a folder" if stat.S_ISDIR(mode) else "is no plain file"
    return None if os.access(path, os.R_OK) else "may not be read; its rights keep the platform out"


def ready(
    folder: Path, pattern: str, settled: str = "PT2S", marker: str = "",
    *, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep,
) -> Drop:  # fmt: skip
    """The files that are whole, in the order of their names, and those that are left with the reason.

    Whole is a file beside which ``<name><marker>`` stands; without a marker, one whose size and times have not
    changed for ``settled``.  A file younger than that is waited for, ten seconds at most, and looked at again.
    """
    found = sorted(path for path in lying(folder, pattern) if not (marker and path.name.endswith(marker)))
    against = {path: reason_against(path) for path in found}
    left = [Left(path, reason) for path, reason in against.items() if reason]
    plain = [path for path, reason in against.items() if reason is None]
    if marker:
        whole = [path for path in plain if path.with_name(path.name + marker).exists()]
        left += [Left(path, f"waits for {path.name}{marker}") for path in plain if path not in set(whole)]
    else:
        whole, young = _settled(plain, durations.length(settled).total_seconds(), clock, sleep)
        left += [
            Left(path, f"is still being written; it is taken {settled} after its last change", growing=True)
            for path in young
        ]
    return Drop(tuple(whole), tuple(sorted(left, key=lambda one: one.path)))


def _settled(
    paths: Sequence[Path], wanted: float, clock: Callable[[], float], sleep: Callable[[float], None]
) -> tuple[list[Path], list[Path]]:
    before = {path: seen for path in paths if (seen := _state(path))}
    young = [path for path, seen in before.items() if clock() - seen[1] < wanted]
    if young and wanted <= LONGEST_WAIT_S:
        # Waiting for the youngest lets the others settle as well.
        sleep(wanted)
        young = [path for path in young if _state(path) != before[path]]
    gone = {path for path in before if _state(path) is None}
    return [path for path in before if path not in {*young, *gone}], [path for path in young if path not in gone]


def _state(path: Path) -> tuple[int, float, int] | None:
    """Size and time of the last change, by the entry's own clock: a copy may keep an old time, or tell a false one."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_size, seen.st_ctime, seen.st_ino
