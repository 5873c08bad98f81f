"""The arithmetic of `steelyard bench detect`: what a model costs beside reading its columns, and how costs grow."""

import statistics
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST_S = 0.001
"""Processor seconds below which nothing can be measured."""
SHORT_S = 3.0
"""Work that takes less is measured several times: its first figure says more of the machine than of the work."""
TIMES = 3


@dataclass(frozen=True)
class Cost:
    """Processor seconds of a piece of work, and of reading every value of the columns it reads."""

    cpu_s: float
    scan_s: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu_s + other.cpu_s, self.scan_s + other.scan_s)

    def part(self, sharers: int) -> "Cost":
        """What falls on each of so many."""
        return Cost(self.cpu_s / sharers, self.scan_s / sharers)

    @property
    def ratio(self) -> float:
        return self.cpu_s / max(self.scan_s, LEAST_S)


def readers(behind: Mapping[str, Collection[str]]) -> Counter[str]:
    """How many models need each derived relation.  ``behind``: by model the relations behind it, near or far."""
    return Counter(relation for needed in behind.values() for relation in set(needed))


def charged(
    own: Cost, needed: Collection[str], relations: Mapping[str, Cost], sharers: Mapping[str, int]
) -> tuple[Cost, Cost]:
    """A model's cost with its share of the relations behind it, and with these in full.

    A run makes a relation once, whoever reads it.  So that all shares add up to what a run costs, and neither side of
    the ratio is favoured, reading the columns of a relation is shared as making it is.
    """
    shared, full = own, own
    for name in set(needed):
        shared += relations[name].part(sharers[name])
        full += relations[name]
    return shared, full


def summary(per_model: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Median and worst of the ratios, with shared relations and with each charged in full."""
    return {"models": len(per_model)} | {
        f"{name}_{figure}": round(of([float(one[figure]) for one in per_model]), 2)
        for figure in ("ratio", "ratio_in_full")
        for name, of in (("median", statistics.median), ("worst", max))
    }


def growth(cpu_s: float, rows: int, less_cpu_s: float, less_rows: int) -> float:
    """How much more processor time a row takes than in the smaller one; 1 is in proportion."""
    return round(cpu_s / less_cpu_s / (rows / less_rows), 3)


def middle(measure: Callable[[], float]) -> float:
    """Processor seconds of a piece of work; the middle of several where it is short."""
    first = measure()
    return first if first >= SHORT_S else statistics.median([first, *_more(measure)])


def _more(measure: Callable[[], float]) -> Iterable[float]:
    return (measure() for _ in range(TIMES - 1))
