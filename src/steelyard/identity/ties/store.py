"""Where ties are kept: one folder of Parquet files a build, and a small file that names the one in force."""

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from steelyard.kit.home import Home

_CURRENT = "current"
KEPT = 2
"""Sets that stay: the one in force, and the one before, which a reader may still be reading."""


@dataclass(frozen=True)
class Made:
    """What a set was made of."""

    pool_version: int
    generation: int
    as_of: str
    """The day of effective shares and hints, ISO."""
    tables: Mapping[str, int]
    """Datasets and their table versions."""
    subjects: str
    """A mark of the subjects without a valid number; another one means other tiers."""
    hops: int
    full: bool
    """Built whole; else refreshed from the set before."""
    ties: Mapping[str, int] = field(default_factory=dict)
    """How many of each kind."""
    officials: int = 0
    touched: int = 0
    """Officials whose related parties were computed."""
    paths: int = 0
    hubs: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    next_id: int = 1


def folder(home: Home) -> Path:
    return home.root / "ties"


def current_folder(root: Path) -> Path | None:
    """The set in force; None before the first build."""
    try:
        found = root / (root / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return found if (found / "made.json").is_file() else None


def made_of(at: Path) -> Made:
    """What a set was made of."""
    return Made(**json.loads((at / "made.json").read_text(encoding="utf-8")))


@contextmanager
def new_folder(root: Path, pool_version: int, generation: int) -> Iterator[Path]:
    """A folder to write a set into; it is in force once the block ends well, and gone where it does not."""
    root.mkdir(parents=True, exist_ok=True)
    # Who is related to whom is as confidential as the tables it is made of.
    root.chmod(0o700)
    at = root / f"{pool_version}-{generation}-{uuid.uuid4().hex[:8]}"
    at.mkdir()
    try:
        yield at
    except BaseException:
        shutil.rmtree(at, ignore_errors=True)
        raise
    pointer = root / f".{_CURRENT}-{uuid.uuid4().hex[:8]}"
    pointer.write_text(at.name, encoding="utf-8")
    os.replace(pointer, root / _CURRENT)
    _sweep(root, at)


def write_made(at: Path, made: Made) -> None:
    (at / "made.json").write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1), encoding="utf-8")


def take_over(source: Path, target: Path) -> None:
    """The same file in another set, without copying where the file system can."""
    if not source.exists():
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _sweep(root: Path, newest: Path) -> None:
    """Remove sets nobody reads any more, and what an interrupted build left."""
    sets = [entry for entry in root.iterdir() if entry.is_dir() and entry != newest]
    for old in sorted(sets, key=lambda entry: entry.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        with contextlib.suppress(OSError):
            shutil.rmtree(old)
