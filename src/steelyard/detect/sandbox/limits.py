"""How much one errand of the sandbox may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Of one run of a text."""

    wall_seconds: float = 30.0
    cpu_seconds: int = 60
    memory_mb: int = 768
    """What the engine may use; beyond it a query is told so."""
    space_mb: int = 1_536
    """What the process may write to in memory; beyond it it ends."""
    address_mb: int = 24_576
    """Address space; engines reserve far more of it than they use."""
    threads: int = 2
    rows: int = 2_000
    """Rows handed back; more are counted, not shown."""
    most_rows: int = 1_000_000
    """Rows counted; then the run is over."""
    answer_bytes: int = 16 << 20

    def __post_init__(self) -> None:
        if min(self.wall_seconds, self.cpu_seconds, self.memory_mb, self.rows) <= 0:
            raise ValueError("limits of a run must be positive")


LONGEST_WALL_SECONDS = 600
TEXT_BYTES = 64 << 10
"""No text that people write by hand is longer; a parser should not be given more."""
DEEPEST = 40
"""Brackets within brackets, and CASE within CASE; parsers go down into themselves."""
MOST_TOKENS = 8_000
