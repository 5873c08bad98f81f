"""How deliveries are told: on the terminal, and as JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from steelyard.pool import Landing

COUNTS = ("received", "admitted", "unchanged", "quarantined", "superseded")


def totals(landings: Sequence[Landing]) -> dict[str, int]:
    """Counts over several deliveries."""
    return {name: sum(one.total(name) for one in landings) for name in COUNTS}


def told(landing: Landing) -> dict[str, Any]:
    """One delivery for JSON."""
    return dataclasses.asdict(landing)


def line(landing: Landing) -> str:
    """One delivery for the terminal."""
    counts = ", ".join(f"{landing.total(name)} {name}" for name in COUNTS[:3])
    more = ", ".join(f"{landing.total(name)} {name}" for name in COUNTS[3:] if landing.total(name))
    end = f": {landing.message}" if landing.message else f" ({more})" if more else ""
    return f"{landing.interface}: {landing.state}, {counts}{end}"
