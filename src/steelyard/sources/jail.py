"""Binary files are read in a process of their own: what a parser does there, it does to nobody.

Spreadsheets and Parquet are read by native code, which a made-up file can make run for ever, eat all memory or
crash.  The process has little memory and little time, and nothing but the file to read and a folder to write to.
"""

import json
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

from steelyard.sources import warden
from steelyard.sources.options import Options
from steelyard.sources.textfile import Broken, FileRefused, TextFile

MEMORY_MB = 1_024
CPU_SECONDS = 600
MAX_WRITTEN_BYTES = 8 << 30
TOO_MUCH = f"needs more than {MEMORY_MB} MB to be read; deliver it in parts, or as csv"
TOO_LONG = f"takes longer than {CPU_SECONDS} seconds to be read"


def read_jailed(kind: str, path: Path, options: Options, made: TextFile, used: frozenset[str]) -> list[TextFile]:
    """Read a file of a kind (``xlsx``, ``parquet``).  Raises FileRefused, whatever the file did to its reader."""
    answer = made.folder / f"{made.number:04d}-{made.member:04d}.answer.json"
    errand = {"kind": kind, "path": str(path.resolve()), "options": asdict(options), "used": sorted(used),
              "file": made.file, "folder": str(made.folder.resolve()), "number": made.number,
              "member": made.member, "answer": str(answer.resolve())}  # fmt: skip
    try:
        ended = warden.run(errand)
        said = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else None
    finally:
        answer.unlink(missing_ok=True)
    if said is None:
        raise FileRefused(f"{made.file}: {_why(ended)}")
    if "refused" in said:
        raise FileRefused(said["refused"])
    return [_text_file(made, one) for one in said["texts"]]


def _why(ended: int) -> str:
    if ended in (-signal.SIGXCPU, -signal.SIGKILL):
        return TOO_LONG
    # Native code ends itself when it gets no memory.
    return TOO_MUCH if ended == -signal.SIGABRT else f"its reader broke off (status {ended}); the file is damaged"


def _text_file(made: TextFile, said: dict[str, Any]) -> TextFile:
    text = TextFile(str(said["file"]), made.folder, made.number, member=int(said["member"]))
    text.parts = [made.folder / Path(part).name for part in said["parts"]]
    text.columns = [str(name) for name in said["columns"]]
    text.tidy = {str(name) for name in said["tidy"]}
    text.rows = int(said["rows"])
    text.broken = [Broken(*line) for line in said["broken"]]
    text.signals = list(said["signals"])
    return text
