"""How long each push took on its way to alerts: kept by push, told as percentiles."""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import class_row

from steelyard.kit import tracing

Connection = psycopg.Connection[Any]
STEPS = ("waited", "conformed", "units", "evaluated", "committed", "alerted", "total")
"""In their order: until it was picked up; rows checked and keyed; touched units found; models evaluated; findings
committed; alerts committed; all of it."""
KEPT_DAYS = 30


@dataclass(frozen=True)
class Waiting:
    """A push that the event path has not come to."""

    seq: int
    interface: str
    rows: int
    waited: float
    """Milliseconds since it was received."""
    received_at: dt.datetime

    @property
    def origin(self) -> tracing.Origin:
        """Numbers of its trace."""
        return origin_of(self.seq, self.received_at)


def origin_of(seq: int, received_at: dt.datetime) -> tracing.Origin:
    """Numbers of the trace of a push; whoever knows its receipt works them out."""
    return tracing.origin("push", seq, round(received_at.timestamp() * 1e6))


def oldest(connection: Connection) -> tracing.Origin | None:
    """The trace of the push that has waited longest; None where none waits."""
    row = connection.execute(
        "SELECT seq, received_at FROM engine.inbox "
        "WHERE seq > (SELECT coalesce(max(seq), 0) FROM engine.event_trace) ORDER BY seq LIMIT 1"
    ).fetchone()
    return origin_of(int(row[0]), row[1]) if row else None


def waiting(connection: Connection, upto: int, most_rows: int) -> list[Waiting]:
    """Pushes up to a number that were not looked at, in the order they came, as many as hold about so many rows."""
    with connection.cursor(row_factory=class_row(Waiting)) as cursor:
        listed = cursor.execute(
            "SELECT seq, interface, row_count AS rows, received_at, "
            "extract(epoch FROM clock_timestamp() - received_at)::float8 * 1000 AS waited "
            "FROM engine.inbox WHERE seq > (SELECT coalesce(max(seq), 0) FROM engine.event_trace) AND seq <= %s "
            "ORDER BY seq LIMIT %s",
            [upto, most_rows],
        ).fetchall()
    total = 0
    found: list[Waiting] = []
    for push in listed:
        total += push.rows
        if found and total > most_rows:
            break
        found.append(push)
    return found


@dataclass
class Watch:
    """Times one step of the path.  ``lap`` ends a part of it."""

    began: float = field(default_factory=time.monotonic)
    laps: dict[str, float] = field(default_factory=dict)
    """Milliseconds by part."""
    last: float = field(default_factory=time.monotonic)

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name] = self.laps.get(name, 0.0) + (now - self.last) * 1000
        self.last = now


def write(
    connection: Connection, pushes: Sequence[Waiting], laps: Mapping[str, float], *, run: int | None = None,
    findings: int = 0, failure: str = "",
) -> None:  # fmt: skip
    """Note how far pushes have come, in the transaction of what was found in them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine.event_trace (seq, interface, rows, received_at, waited, conformed, units, evaluated, "
            "run, findings, failure) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (seq) DO NOTHING",
            [
                [one.seq, one.interface, one.rows, one.received_at, one.waited, laps.get("conformed"),
                 laps.get("units"), laps.get("evaluated"), run, findings, failure]
                for one in pushes
            ],
        )  # fmt: skip


def finish(connection: Connection, laps: Mapping[str, float], upto: int) -> None:
    """The alerts of all pushes up to a number stand: their time is up."""
    connection.execute(
        "UPDATE engine.event_trace SET committed = %s, alerted = %s, "
        "total = extract(epoch FROM clock_timestamp() - received_at)::float8 * 1000 WHERE total IS NULL AND seq <= %s",
        [laps.get("committed"), laps.get("alerted"), upto],
    )


def forget(connection: Connection) -> int:
    """Drop what is older than a month; the newest stays, it says how far the path has come."""
    return connection.execute(
        "DELETE FROM engine.event_trace WHERE received_at < now() - %s * interval '1 day' "
        "AND seq < (SELECT max(seq) FROM engine.event_trace)",
        [KEPT_DAYS],
    ).rowcount


@dataclass(frozen=True)
class Latency:
    """How long one step took, of the pushes of a time; milliseconds."""

    interface: str
    """Empty: of all interfaces."""
    step: str
    pushes: int
    p50: float
    p95: float
    p99: float
    most: float


def latencies(connection: Connection, since: dt.timedelta, *, seqs: tuple[int, int] | None = None) -> list[Latency]:
    """Percentiles by step, of all interfaces together and of each; steps nobody came to are absent.

    ``seqs``: only of pushes with numbers from the first to the last, instead of a time.
    """
    steps = ", ".join(f"('{name}', {name})" for name in STEPS)
    chosen = "seq BETWEEN %s AND %s" if seqs else "received_at > now() - %s"
    with connection.cursor(row_factory=class_row(Latency)) as cursor:
        return cursor.execute(
            "SELECT coalesce(interface, '') AS interface, step, count(*) AS pushes, "
            "percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS p50, "
            "percentile_cont(0.95) WITHIN GROUP (ORDER BY took) AS p95, "
            "percentile_cont(0.99) WITHIN GROUP (ORDER BY took) AS p99, max(took) AS most "
            f"FROM engine.event_trace, LATERAL (VALUES {steps}) AS s(step, took) "
            f"WHERE took IS NOT NULL AND {chosen} GROUP BY GROUPING SETS ((step), (interface, step)) "
            "ORDER BY interface NULLS FIRST",
            seqs or (since,),
        ).fetchall()


@dataclass(frozen=True)
class Backlog:
    """What waits on the path now."""

    pushes: int
    rows: int
    oldest: dt.datetime | None
    failed: int
    """Pushes of the last day whose evaluation failed; their models look at them again when they are landed."""


def backlog(connection: Connection) -> Backlog:
    row = connection.execute(
        "SELECT count(*), coalesce(sum(row_count), 0), min(received_at), "
        "(SELECT count(*) FROM engine.event_trace WHERE failure <> '' AND received_at > now() - interval '1 day') "
        "FROM engine.inbox WHERE seq > (SELECT coalesce(max(seq), 0) FROM engine.event_trace)"
    ).fetchone()
    return Backlog(int(row[0]), int(row[1]), row[2], int(row[3])) if row else Backlog(0, 0, None, 0)
