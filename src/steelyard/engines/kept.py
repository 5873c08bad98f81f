"""Engines kept between small tasks: to make one takes longer than to do what a single push asks for."""

from collections.abc import Iterator
from contextlib import contextmanager

from steelyard.engines.duck import Duck, connect, quoted

MOST_IDLE = 4
_TASK = "task"


class KeptEngines:
    """Lends an engine to one task at a time; what the task made is gone when the next one comes.

    An engine whose task failed is not lent again.
    """

    def __init__(self, memory_mb: int, threads: int = 1) -> None:
        self.memory_mb, self.threads = memory_mb, threads
        self._idle: list[Duck] = []

    @contextmanager
    def lent(self) -> Iterator[Duck]:
        """An engine in which nothing stands.  Do not change its settings."""
        duck = self._taken()
        try:
            duck.execute(f"CREATE SCHEMA {_TASK}; SET schema = '{_TASK}'")
            yield duck
            _clear(duck)
        except BaseException:
            duck.close()
            raise
        if len(self._idle) < MOST_IDLE:
            self._idle.append(duck)
        else:
            duck.close()

    def _taken(self) -> Duck:
        try:
            return self._idle.pop()
        except IndexError:
            return connect(memory_mb=self.memory_mb, threads=self.threads)


def _clear(duck: Duck) -> None:
    duck.execute(f"SET schema = 'main'; DROP SCHEMA {_TASK} CASCADE")
    # What was registered and not taken back, or made for the session, would stand in front of the next one's tables.
    for kind, listed in (("VIEW", "view_name FROM duckdb_views()"), ("TABLE", "table_name FROM duckdb_tables()")):
        for (name,) in duck.execute(f"SELECT {listed} WHERE temporary AND NOT internal").fetchall():
            duck.execute(f"DROP {kind} temp.main.{quoted(name)}")
