"""Shares as they are shown: never without n, never without an interval, never 0 % of nothing."""

from dataclasses import dataclass

from steelyard.kit.intervals import wilson


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
        low, high = wilson(self.n, self.of)
        return 100 * low, 100 * high
