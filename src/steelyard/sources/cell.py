"""The inside of the jail: what a process begotten for one file does."""

import json
import resource
from pathlib import Path
from typing import Any

import pyarrow as pa

from steelyard.kit import begetting
from steelyard.sources.jail import CPU_SECONDS, MAX_WRITTEN_BYTES, MEMORY_MB, TOO_MUCH
from steelyard.sources.options import from_plain
from steelyard.sources.parquet_files import read_parquet
from steelyard.sources.spreadsheets import read_spreadsheet
from steelyard.sources.textfile import FileRefused, TextFile
from steelyard.sources.warden import WALL_SECONDS

IDLE_SECONDS = begetting.IDLE_SECONDS


def serve() -> None:
    """Read files until nobody is there or nothing comes for long."""
    begetting.serve(_jailed, WALL_SECONDS, IDLE_SECONDS)


def _jailed(errand: bytes, _pipe: int | None) -> None:
    limit()
    _run(dict(json.loads(errand)))


def limit() -> None:
    """Little memory, little time, no endless files, no core."""
    begetting.limit(
        [
            (resource.RLIMIT_DATA, MEMORY_MB << 20),
            (resource.RLIMIT_CPU, CPU_SECONDS),
            (resource.RLIMIT_FSIZE, MAX_WRITTEN_BYTES),
            (resource.RLIMIT_CORE, 0),
        ]
    )


def _run(errand: dict[str, Any]) -> None:
    answer = Path(errand["answer"])
    try:
        said: dict[str, Any] = {"texts": [_told(text) for text in _read(errand)]}
    except FileRefused as error:
        said = {"refused": str(error)}
    except MemoryError:
        said = {"refused": f"{errand['file']}: {TOO_MUCH}"}
    except BaseException as error:  # noqa: BLE001 - the edge: a panic of native code is no Exception
        said = {"refused": f"{errand['file']}: cannot be read: {type(error).__name__}: {str(error)[:200]}"}
    draft = answer.with_suffix(".draft")
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.rename(answer)


def _read(errand: dict[str, Any]) -> list[TextFile]:
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    made = TextFile(errand["file"], Path(errand["folder"]), errand["number"], member=errand["member"])
    path = Path(errand["path"])
    if errand["kind"] == "parquet":
        return [read_parquet(path, made)]
    return read_spreadsheet(path, from_plain(errand["options"]), made, frozenset(errand["used"]))


def _told(text: TextFile) -> dict[str, Any]:
    return {
        "file": text.file, "member": text.member, "parts": [part.name for part in text.parts],
        "columns": text.columns, "tidy": sorted(text.tidy), "rows": text.rows, "signals": text.signals,
        "broken": [[line.file, line.row, line.reason, line.text, line.rule] for line in text.broken],
    }  # fmt: skip


if __name__ == "__main__":
    serve()
