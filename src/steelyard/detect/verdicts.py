"""What people found out about a model's alerts, as the rooms that know it hand it down, and what that proves."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steelyard.kit.intervals import wilson

TRUE = frozenset({"true_violation", "true_irregularity", "partly_true"})
AGAINST = frozenset({"false_logic", "legitimate"})
"""Verdicts that blame the model; wrong data blames the supplier, a duplicate nobody."""


@dataclass(frozen=True)
class Ruled:
    """Alerts alike: an area, a grade and a verdict; the verdict is empty where nobody has decided."""

    area: str
    grade: str
    verdict: str
    alerts: int


@dataclass(frozen=True)
class Verdicts:
    """All alerts of one model that were raised and let go."""

    rows: tuple[Ruled, ...] = ()
    held: int = 0
    """Alerts that a limit of one run holds back."""

    def inside(self, area: str) -> "Verdicts":
        return Verdicts(tuple(one for one in self.rows if one.area.startswith(area)), self.held)

    @property
    def raised(self) -> int:
        return sum(one.alerts for one in self.rows if one.verdict != "duplicate")

    @property
    def decided(self) -> int:
        return sum(one.alerts for one in self.rows if one.verdict not in ("", "duplicate"))

    @property
    def grades(self) -> list[str]:
        return sorted({one.grade for one in self.rows})

    def precision(self, grade: str) -> "Precision":
        """True of those that speak for or against the model."""
        mine = [one for one in self.rows if one.grade == grade]
        true = sum(one.alerts for one in mine if one.verdict in TRUE)
        return Precision(true, true + sum(one.alerts for one in mine if one.verdict in AGAINST))

    def parts(self, length: int) -> list[str]:
        """Areas of one level in which something was decided."""
        return sorted({one.area[:length] for one in self.rows if one.verdict not in ("", "duplicate")})


@dataclass(frozen=True)
class Precision:
    """A share with what it rests on."""

    true: int
    counted: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval; None where nothing was counted.  Source: Wilson 1927."""
        return wilson(self.true, self.counted) if self.counted else None


GOOD, BAD, LIMIT = 0.9, 0.7, 4.0
"""Verdicts drift when fewer than 9 of 10 are true, as soon as 7 of 10 is likelier by this much (design of models)."""


def drifted(true: Iterable[bool]) -> int | None:
    """Bernoulli CUSUM over verdicts in the order of decision: after how many it alarms; None where it does not.

    Source: Page 1954; at 4.0 a steady model alarms falsely about every 800 verdicts and is caught after about 24.
    """
    miss, hit = math.log((1 - BAD) / (1 - GOOD)), math.log(BAD / GOOD)
    level = 0.0
    for number, right in enumerate(true, start=1):
        level = max(0.0, level + (hit if right else miss))
        if level >= LIMIT:
            return number
    return None


def swollen(counts: Sequence[int], growth: float) -> tuple[int, float] | None:
    """(newest, median of the 12 runs before) where the newest run found more than ``growth`` times as much."""
    *before, newest = counts[-13:] or [0]
    if len(before) < 3:
        return None
    ordered, half = sorted(before), len(before) // 2
    middle = float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return (newest, middle) if newest > growth * max(middle, 1.0) else None
