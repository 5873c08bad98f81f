"""How long the other side lets us wait, and how much came: what an interface is called slow by."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Pace:
    """One run's waits for the other side; our own work and agreed pauses are not among them."""

    clock: Callable[[], float] = time.monotonic
    seconds: float = 0.0
    """All waits together."""
    slowest: float = 0.0
    """The longest of them: a page of an API, a batch of a database's rows, a piece of a file."""
    bytes: int = 0
    """What came: an answer's text, a file's content, the text of a database's cells."""

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count what is done inside as one wait."""
        begin = self.clock()
        try:
            yield
        finally:
            took = self.clock() - begin
            self.seconds += took
            self.slowest = max(self.slowest, took)
