"""Pairs of names that people have judged: our comparison beside the plain edit distance."""

import csv
import importlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from steelyard.engines.duck import connect
from steelyard.identity.bench.scores import Missing, scores_of

FILE = "name_bench_cases.csv"
MATCHING = 0.7
"""From this likeness on a pair counts as matching, for both ways; fixed beforehand, as the file's authors do."""
KINDS = {"Person": "person"}
"""Every other schema of the file names a body, compared as a company."""
SMALL = 60


def run(folder: Path | None, *, small: bool = False) -> dict[str, Any]:
    """F1 of ours and of one minus the edit distance over the longer length.  Raises Missing."""
    match = _ours()
    pairs = list(_pairs(folder))[: SMALL if small else None]
    ours, spent = _scored(pairs, match)
    plain, _ = _scored(pairs, _edit_distance())
    by_schema = {
        schema: {"ours": _scored([pair for pair in pairs if pair["schema"] == schema], match)[0],
                 "levenshtein": _scored([pair for pair in pairs if pair["schema"] == schema], _edit_distance())[0]}
        for schema in sorted({pair["schema"] for pair in pairs})
    }  # fmt: skip
    details = {"pairs": len(pairs), "ours": ours, "levenshtein": plain, "by_schema": by_schema, "threshold": MATCHING,
               "cpu_s": round(spent, 2)}  # fmt: skip
    return {"names_f1": ours["f1"], "names_f1_levenshtein": plain["f1"], "details": details}


def _ours() -> Callable[[str, str, str], float]:
    found = getattr(importlib.import_module("steelyard.identity"), "names_match", None)
    if found is None:
        raise Missing("identity has no comparison of names that gives a likeness")
    chosen: Callable[[str, str, str], float] = found
    return chosen


def _pairs(folder: Path | None) -> Iterator[dict[str, str]]:
    if folder is None or not (folder / FILE).is_file():
        raise Missing(f"the pairs of names are not here: give the folder of {FILE} with --names")
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _scored(pairs: list[dict[str, str]], likeness: Callable[[str, str, str], float]) -> tuple[dict[str, Any], float]:
    began = time.process_time()
    said = [likeness(KINDS.get(pair["schema"], "company"), pair["name1"], pair["name2"]) >= MATCHING for pair in pairs]
    spent = time.process_time() - began
    truly = [pair["is_match"].strip().lower() == "true" for pair in pairs]
    both = list(zip(said, truly, strict=True))
    return scores_of(both.count((True, True)), both.count((True, False)), both.count((False, True))), spent


def _edit_distance() -> Callable[[str, str, str], float]:
    duck = connect(memory_mb=256, threads=1)

    def likeness(kind: str, one: str, other: str) -> float:
        longest = max(len(one.encode()), len(other.encode()), 1)
        found = duck.execute("SELECT levenshtein(?, ?)", [one.casefold(), other.casefold()]).fetchone()
        return 1 - (found[0] if found else longest) / longest

    return likeness
