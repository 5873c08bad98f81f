"""The parts of ``steelyard identity bench``, one after the other."""

import datetime as dt
import os
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from steelyard.identity.bench import febrl, ids, names, related, zh
from steelyard.identity.bench.scores import Missing

KEYS = {
    "febrl": ("febrl4_f1", "febrl4_f1_no_id", "febrl3_clustered_f1", "ecm_febrl4_f1", "ecm_febrl3_f1"),
    "zh": ("zh_precision", "zh_recall"),
    "names": ("names_f1", "names_f1_levenshtein"),
    "ids": ("id_checks_10m_cpu_s",),
    "related": ("related_cpu_s", "related_peak_mb"),
}
PARTS = tuple(KEYS)
Step = Callable[[str, int, int], None]


def run(only: Sequence[str], *, small: bool, names: Path | None, step: Step) -> dict[str, Any]:
    """Every figure; null with a reason in ``skipped`` where a part was not asked for or lacks what it needs."""
    figures: dict[str, Any] = {key: None for part in PARTS for key in KEYS[part]}
    skipped = {part: "not asked for" for part in PARTS if part not in only}
    details: dict[str, Any] = {}
    for place, part in enumerate(only):
        step(part, place, len(only))
        try:
            found = _part(part, small, names)
        except Missing as error:
            skipped[part] = str(error)
            continue
        details[part] = found.pop("details")
        figures |= {key: found[key] for key in KEYS[part]}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return figures | {"small": small, "skipped": skipped, "details": details, "machine": machine,
                      "date": dt.date.today().isoformat()}  # fmt: skip


def _part(part: str, small: bool, pairs: Path | None) -> dict[str, Any]:
    if part == "names":
        return names.run(pairs)
    measured: dict[str, Callable[..., dict[str, Any]]] = {
        "febrl": febrl.run, "zh": zh.run, "ids": ids.run, "related": related.run,
    }  # fmt: skip
    return measured[part](small=small)
