"""Reads hostile files in a process whose memory and time are measured: the inside of the corpus' test."""

import json
import re
import resource
import shutil
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from steelyard.sources import Feed, FileRefused, Interface, Source, read_file, warden
from steelyard.sources.files import missing_columns
from steelyard.sources.options import from_plain
from tests.hostile.corpus import CORPUS, Hostile

LONGEST_S = 180


def read(hostile: Hostile, folder: Path) -> dict[str, Any]:
    path = folder / hostile.name
    kind = hostile.kind or path.suffix[1:]
    columns = {"a": Source(("a",)), "b": Source(("b",))}
    interface = Interface("d/a", {}, (Feed("d", columns),), file_format=kind, options=from_plain(hostile.options))
    (folder / "text").mkdir()
    try:
        texts = read_file(path, interface, folder / "text", 0)
        if kind in ("csv", "xlsx", "parquet"):
            for file, names in missing_columns(texts, interface.needed()).items():
                raise FileRefused(f"{file}: the column {', '.join(names)} is missing")
    except FileRefused as error:
        return {"refused": str(error)}
    import pyarrow.parquet as pq

    return {
        "rows": [row for text in texts for part in text.parts for row in pq.read_table(part)["_row"].to_pylist()],
        "broken": [[line.row, line.reason] for text in texts for line in text.broken],
        "signals": [said["kind"] for text in texts for said in text.signals],
        "left": sorted(one.name for one in (folder / "text").iterdir() if one.suffix != ".parquet"),
    }


def make(root: Path) -> None:
    """Make every file, in a process whose memory nobody measures."""
    for number, (name, hostile) in enumerate(CORPUS.items()):
        folder = root / f"{number:03d}"
        folder.mkdir()
        hostile.make(folder / name)


def main() -> None:
    if len(sys.argv) == 2:
        make(Path(sys.argv[1]))
        return
    root, answer = Path(sys.argv[1]), Path(sys.argv[2])
    found: dict[str, Any] = {}
    for number, (name, hostile) in enumerate(CORPUS.items()):
        folder = root / f"{number:03d}"
        signal.alarm(LONGEST_S)
        try:
            found[name] = read(hostile, folder)
        except Exception:  # noqa: BLE001 - what is claimed is that there is none
            found[name] = {"traceback": traceback.format_exc()}
        shutil.rmtree(folder)
    signal.alarm(0)
    # What those processes used is known when their warden is gone too.
    warden.dismiss_all()
    jail_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    answer.write_text(json.dumps({"found": found, "own_mb": own_peak_mb(), "jail_mb": jail_mb}), encoding="utf-8")


def own_peak_mb() -> int:
    """Peak of this program alone: what the system counts for a process begins with the size of the one it came from."""
    said = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"), re.MULTILINE)
    assert said
    return int(said[1]) >> 10


if __name__ == "__main__":
    main()
