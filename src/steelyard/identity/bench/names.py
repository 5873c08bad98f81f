"""Pairs of names that people have judged: our comparison beside the plain edit distance."""

from pathlib import Path
from typing import Any

from steelyard.identity import name_pairs
from steelyard.identity.bench.scores import Missing

FILE = "name_bench_cases.csv"


def run(folder: Path | None) -> dict[str, Any]:
    """F1 of both.  ``folder``: where ``FILE`` lies.  Raises Missing."""
    if folder is None or not (folder / FILE).is_file():
        raise Missing(f"the pairs of names are not here: give the folder of {FILE} with --names")
    found = name_pairs.figures(folder / FILE)
    return {key: found[key] for key in ("names_f1", "names_f1_levenshtein")} | {"details": found}
