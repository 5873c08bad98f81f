"""Binary files are read in a process of its own: what a parser does there, it does to nobody.

Spreadsheets and Parquet are read by native code, which a made-up file can make run for ever, eat all memory or
crash.  The process has little memory and little time, and nothing but the file to read and a folder to write to.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from steelyard.sources.options import Options, from_plain
from steelyard.sources.textfile import Broken, FileRefused, TextFile

MEMORY_MB = 1_024
CPU_SECONDS = 600
WALL_SECONDS = 1_200
MAX_WRITTEN_BYTES = 8 << 30
TOO_MUCH = f"needs more than {MEMORY_MB} MB to be read; deliver it in parts, or as csv"
TOO_LONG = f"takes longer than {CPU_SECONDS} seconds to be read"
_HIDDEN = ("SECRET", "PASSWORD", "KEY", "TOKEN", "DATABASE_URL")


def read_jailed(kind: str, path: Path, options: Options, made: TextFile, used: frozenset[str]) -> list[TextFile]:
    """Read a file of a kind (``xlsx``, ``parquet``).  Raises FileRefused, whatever the file did to its reader."""
    answer = made.folder / f"{made.number:04d}-{made.member:04d}.answer.json"
    errand = {"kind": kind, "path": str(path.resolve()), "options": asdict(options), "used": sorted(used),
              "file": made.file, "folder": str(made.folder.resolve()), "number": made.number,
              "member": made.member, "answer": str(answer.resolve())}  # fmt: skip
    try:
        ended = _run(json.dumps(errand))
        said = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else None
    finally:
        answer.unlink(missing_ok=True)
    if said is None:
        raise FileRefused(f"{made.file}: {_why(ended)}")
    if "refused" in said:
        raise FileRefused(said["refused"])
    return [_text_file(made, one) for one in said["texts"]]


def _run(errand: str) -> int:
    """Run the errand; the exit status, negative for a signal."""
    environment = {name: value for name, value in os.environ.items() if not any(part in name for part in _HIDDEN)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "steelyard.sources.jail"], input=errand.encode(), env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=WALL_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return -signal.SIGXCPU
    return done.returncode


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


def main() -> None:
    """Run one errand from standard input: the inside of the jail."""
    errand = json.loads(sys.stdin.read())
    _limit()
    answer = Path(errand["answer"])
    try:
        texts = _read(errand)
        said: dict[str, Any] = {"texts": [_told(text) for text in texts]}
    except FileRefused as error:
        said = {"refused": str(error)}
    except MemoryError:
        said = {"refused": f"{errand['file']}: {TOO_MUCH}"}
    except BaseException as error:  # noqa: BLE001 - the edge: a panic of native code is no Exception
        said = {"refused": f"{errand['file']}: cannot be read: {type(error).__name__}: {str(error)[:200]}"}
    draft = answer.with_suffix(".draft")
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.rename(answer)


def _limit() -> None:
    for what, amount in (
        (resource.RLIMIT_DATA, MEMORY_MB << 20),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (least, least))


def _read(errand: dict[str, Any]) -> list[TextFile]:
    # Imported here: the parent must not pay for readers it does not run.
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    made = TextFile(errand["file"], Path(errand["folder"]), errand["number"], member=errand["member"])
    path = Path(errand["path"])
    if errand["kind"] == "parquet":
        from steelyard.sources.parquet_files import read_parquet

        return [read_parquet(path, made)]
    from steelyard.sources.spreadsheets import read_spreadsheet

    return read_spreadsheet(path, from_plain(errand["options"]), made, frozenset(errand["used"]))


def _told(text: TextFile) -> dict[str, Any]:
    return {
        "file": text.file, "member": text.member, "parts": [part.name for part in text.parts],
        "columns": text.columns, "tidy": sorted(text.tidy), "rows": text.rows, "signals": text.signals,
        "broken": [[line.file, line.row, line.reason, line.text, line.rule] for line in text.broken],
    }  # fmt: skip


if __name__ == "__main__":
    main()
