"""From a push to alerts: what was received is looked at, findings are committed, alerts are taken over.

Each step is durable before the next begins, and finds nothing to do where it was done before.  One process at a time
walks the path; its engine and what it knows of waiting rows stay warm.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
from django.db import transaction
from procrastinate.contrib.django import app

from steelyard.detect import RunReport, Watcher, traces
from steelyard.identity import PointKeys
from steelyard.kit import tracing
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Pool
from steelyard.web.alerts.actions import pull
from steelyard.web.intake.deferring import once
from steelyard.web.intake.pool_link import database_of_pages, pool
from steelyard.web.orgs.engine_link import reader
from steelyard.web.workbench.shelf import catalogue

PULL = "cases.pull_findings"
"""The room above opens cases for alerts; it is asked by name, for this room does not know it."""
MOST_ROWS = 2_000
MOST_ROWS_PRESSED = 20_000
PRESSED_ROWS = 10_000
"""With more rows waiting a step takes more of them at once: that is slower for the first and faster for all."""
TRIES = 3
_LOCK = "steelyard events"

Connection = psycopg.Connection[Any]


@dataclass
class Path:
    """The warm half of the event path."""

    pool: Pool
    keys: PointKeys
    watcher: Watcher
    tried: dict[int, int] = field(default_factory=dict)
    """How often the step that begins with a push has failed."""

    @classmethod
    def open(cls) -> "Path":
        held, database = pool(), database_of_pages()
        return cls(held, PointKeys(database), Watcher(held, catalogue(), database))

    def take_up(self) -> int:
        """Bring everything that was received to its alerts.  Returns how many pushes that were."""
        done = 0
        with self._alone() as connection:
            self._finish(connection)
            while pushes := self._next(connection):
                self._step(connection, pushes)
                done += len(pushes)
        return done

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        connection = self.keys.database.connect(autocommit=True)
        try:
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [_LOCK])
            yield connection
        finally:
            connection.close()

    def _next(self, connection: Connection) -> list[traces.Waiting]:
        upto = self.pool.gather()
        pressed = traces.backlog(connection).rows > PRESSED_ROWS
        return traces.waiting(connection, upto, MOST_ROWS_PRESSED if pressed else MOST_ROWS)

    def _step(self, connection: Connection, pushes: list[traces.Waiting]) -> None:
        """One look at pushes; in the trace of the first.  The others are told that they waited and became alerts."""
        first, *others = pushes
        now = tracing.here()
        ours = now is not None and now[0] == first.origin[0]
        for one in others if ours else pushes:
            with tracing.under(one.origin), tracing.span("wait", since=one.received_at, interface=one.interface):
                pass
        began = dt.datetime.now(dt.UTC)
        with tracing.under(None if ours else first.origin):
            self._through(connection, pushes)
        for one in others:
            with tracing.under(one.origin), tracing.span("alert", since=began, interface=one.interface):
                pass

    def _through(self, connection: Connection, pushes: list[traces.Waiting]) -> None:
        watch, first = traces.Watch(), pushes[0].seq
        try:
            self._look(pushes, watch)
        except (SteelyardError, psycopg.Error):
            self.tried[first] = self.tried.get(first, 0) + 1
            if self.tried[first] < TRIES or connection.closed:
                raise
            # What cannot be looked at holds up nobody behind it: its models look again when it is landed.
            traces.write(connection, pushes, watch.laps, failure="could not be evaluated; see the worker's log")
        self.tried.clear()
        watch.lap("committed")
        self._finish(connection, watch)

    def _look(self, pushes: list[traces.Waiting], watch: traces.Watch) -> None:
        moment = self.pool.moment(self.keys, seq=pushes[-1].seq)
        watch.lap("conformed")

        def note(connection: Connection, report: RunReport | None) -> None:
            watch.lap("evaluated")
            found = report.new + report.changed + report.vanished if report else 0
            run = report.run if report and report.run else None
            traces.write(connection, pushes, watch.laps, run=run, findings=found)

        self.watcher.step(moment, also=note)

    def _finish(self, connection: Connection, watch: traces.Watch | None = None) -> None:
        """Take alerts over from committed findings, and end the time of the pushes that led to them."""
        upto = connection.execute("SELECT max(seq) FROM engine.event_trace WHERE total IS NULL").fetchone()
        if upto is None or upto[0] is None:
            return
        with tracing.span("alert") as say, transaction.atomic(), reader() as engine:
            before = pull(engine)
            say(rows_out=before.raised)
            if before.raised or before.revised or before.again or before.gone:
                once(app.configure_task(PULL, queue="web", queueing_lock=PULL, allow_unknown=True))
        if watch:
            watch.lap("alerted")
        traces.finish(connection, watch.laps if watch else {}, int(upto[0]))


@cache
def path() -> Path:
    """The path of this process."""
    return Path.open()
