"""What a process begotten for one errand does, within its walls.

An errand: ``task`` (look, check, run, cases), ``folder`` (all it may read), ``limits``, and what the task needs.
The answer, through the pipe: one line of JSON, then for ``run`` the rows as an Arrow stream.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from steelyard.catalogue import Catalogue, CatalogueBroken, load_catalogue
from steelyard.detect.sandbox import checking, running, walls
from steelyard.detect.sandbox.engine_says import refusal_of
from steelyard.detect.sandbox.limits import LONGEST_WALL_SECONDS, Limits
from steelyard.engines.dialects import to_spark
from steelyard.engines.duck import DuckError
from steelyard.kit import begetting
from steelyard.kit.errors import SteelyardError

Task = Callable[[dict[str, Any], Path, Catalogue, Limits], tuple[dict[str, Any], pa.Table | None]]
TASKS: dict[str, Task] = {
    "look": checking.look,
    "check": checking.check,
    "cases": checking.cases,
    "run": running.run,
}
_MARGIN_SECONDS = 5


def serve(catalogue: Catalogue) -> None:
    """Serve errands over one catalogue, which was read before any of them."""
    begetting.serve(lambda said, pipe: _within_walls(said, pipe, catalogue), LONGEST_WALL_SECONDS + _MARGIN_SECONDS)


def _within_walls(said: bytes, pipe: int | None, catalogue: Catalogue) -> None:
    errand = json.loads(said)
    folder, limits = Path(errand["folder"]), Limits(**errand["limits"])
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    walls.close(folder, limits)
    answer, table = _answered(errand, folder, catalogue, limits)
    with os.fdopen(3 if pipe is None else pipe, "wb") as out:
        out.write(json.dumps(answer, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n")
        if table is not None:
            with pa.ipc.new_stream(out, table.schema) as stream:
                stream.write_table(table)


def _answered(
    errand: dict[str, Any], folder: Path, catalogue: Catalogue, limits: Limits
) -> tuple[dict[str, Any], pa.Table | None]:
    try:
        return TASKS[errand["task"]](errand, folder, catalogue, limits)
    except (DuckError, SteelyardError, MemoryError, RecursionError, pa.ArrowException) as error:
        refused = refusal_of(error)
        return {"refused": {"rule": refused.rule, "message": refused.message, "line": refused.line}}, None


def main() -> None:
    """Read the catalogue named on the command line, then serve."""
    try:
        catalogue = load_catalogue(Path(sys.argv[1]))
    except CatalogueBroken:
        sys.exit(3)
    # The parser takes up its dialects with the first text; better once here than in every process.
    to_spark("SELECT a FROM b WHERE c = 1")
    serve(catalogue)


if __name__ == "__main__":
    main()
