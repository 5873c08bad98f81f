"""Shares as they are shown: never without n, never without an interval, never 0 % of nothing."""

import math
from dataclasses import dataclass

Z = 1.959964
"""Two-sided 95 %."""


@dataclass(frozen=True)
class Share:
    """``n`` of ``of``."""

    n: int
    of: int

    @property
    def percent(self) -> float | None:
        """None where there is nothing to divide by."""
        return 100 * self.n / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson interval in per cent at 95 %."""
        if not self.of:
            return None
        p, n = self.n / self.of, self.of
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)
