"""Related parties of many officials; the measuring itself belongs to the ties."""

import importlib
from typing import Any

from steelyard.identity.bench.scores import Missing

OFFICIALS, EDGES = 200_000, 72_000_000
SMALL = 200


def run(*, small: bool = False) -> dict[str, Any]:
    """Processor seconds and highest memory for all officials.  Raises Missing."""
    try:
        bench: Any = importlib.import_module("steelyard.identity.ties.bench")
    except ModuleNotFoundError as error:
        raise Missing(f"ties cannot be measured here: {error}") from None
    share = SMALL if small else 1
    found = bench.run(OFFICIALS // share, None, EDGES // share)
    return {key: found[key] for key in ("related_cpu_s", "related_peak_mb")} | {"details": found}
