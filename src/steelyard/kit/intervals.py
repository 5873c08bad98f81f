"""How sure a share is."""

import math

Z = 1.959964
"""Of a 95 % interval."""


def wilson(true: int, counted: int) -> tuple[float, float]:
    """Lower and upper bound of a share at 95 %, each 0..1; ``counted`` is at least 1.  Source: Wilson 1927."""
    share, square = true / counted, Z * Z
    middle = share + square / (2 * counted)
    spread = Z * math.sqrt(share * (1 - share) / counted + square / (4 * counted * counted))
    return max(0.0, (middle - spread) / (1 + square / counted)), min(1.0, (middle + spread) / (1 + square / counted))
