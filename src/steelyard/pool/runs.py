"""The record of every time an interface was asked: what came, what failed, when it may be asked again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Json

from steelyard.pool import records
from steelyard.pool.receipts import Landing

Connection = psycopg.Connection[Any]
OPENS_AT = 3
"""So many failures in a row open the circuit."""
LONGEST_BREAK = dt.timedelta(minutes=60)


@dataclass(frozen=True)
class Run:
    """One time an interface was asked."""

    id: int
    interface: str
    state: str
    """ok, nothing (new), failed, refused (what came, as a whole), skipped."""
    started_at: dt.datetime
    finished_at: dt.datetime | None = None
    delivery: str | None = None
    """The last delivery it made."""
    rows: int = 0
    bad_rows: int = 0
    calls: int = 0
    error: str = ""
    permanent: bool = False
    signals: tuple[str, ...] = ()
    seconds: float = 0.0
    """How long the other side let us wait, in all."""
    slowest: float = 0.0
    """Its slowest answer, in seconds."""
    bytes: int = 0
    """How much it sent."""
    latest: dt.date | None = None
    """Newest business date of the datasets it feeds, after it."""
    landings: tuple[Landing, ...] = field(default=(), compare=False)
    """Only in the answer to a fetch."""


@dataclass(frozen=True)
class Standing:
    """How an interface stands by its runs."""

    last: Run
    succeeded_at: dt.datetime | None
    """The newest run that was ok or found nothing new."""
    failures: int
    """How many failed in a row, up to now."""
    permanent: bool
    """Whether the newest failure will not pass by itself."""

    @property
    def not_before(self) -> dt.datetime | None:
        """When the circuit lets the next try through; None where it is closed."""
        if self.last.finished_at is None or not self.failures:
            return None
        if self.permanent:
            return self.last.finished_at + LONGEST_BREAK
        if self.failures < OPENS_AT:
            return None
        wait = dt.timedelta(minutes=2 ** min(self.failures - OPENS_AT, 6))
        return self.last.finished_at + min(wait, LONGEST_BREAK)


_COLUMNS = (
    "id, interface, state, started_at, finished_at, delivery::text AS delivery, rows, bad_rows, calls, error, "
    "permanent, signals, seconds, slowest, bytes, latest"
)


def now(connection: Connection) -> dt.datetime:
    """The moment by the installation's clock."""
    row = connection.execute("SELECT public.app_now()").fetchone()
    return row[0] if row else dt.datetime.now(dt.UTC)


def begin(connection: Connection, interface: str) -> int:
    """Note that an interface is asked.  What was left running by a process that died is closed first."""
    connection.execute(
        "UPDATE engine.interface_run SET state = 'failed', finished_at = public.app_now(), "
        "error = 'the process ended in the middle' WHERE interface = %s AND state = 'running'",
        [interface],
    )
    row = connection.execute(
        "INSERT INTO engine.interface_run (interface, started_at, state) VALUES (%s, public.app_now(), 'running') "
        "RETURNING id",
        [interface],
    ).fetchone()
    return int(row[0]) if row else 0


def finish(connection: Connection, run: Mapping[str, Any]) -> Run:
    """Close a run with what became of it."""
    values = dict(run) | {"signals": Json(list(run.get("signals", ())))}
    assigned = ", ".join(f"{name} = %({name})s" for name in values if name != "id")
    found = records.one(
        connection,
        f"UPDATE engine.interface_run SET {assigned}, finished_at = public.app_now() WHERE id = %(id)s "
        f"RETURNING {_COLUMNS}",
        values,
    )
    return _run(found or {})


def skip(connection: Connection, interface: str, why: str) -> Run:
    """Note that an interface was not asked."""
    found = records.one(
        connection,
        "INSERT INTO engine.interface_run (interface, started_at, finished_at, state, error) "
        f"VALUES (%s, public.app_now(), public.app_now(), 'skipped', %s) RETURNING {_COLUMNS}",
        [interface, why],
    )
    return _run(found or {})


def _run(row: Mapping[str, Any]) -> Run:
    return Run(**dict(row) | {"signals": tuple(row["signals"])})


def runs(connection: Connection, interface: str | None = None, limit: int = 50) -> list[Run]:
    """The newest first."""
    listed = records.many(
        connection,
        f"SELECT {_COLUMNS} FROM engine.interface_run WHERE %(i)s::text IS NULL OR interface = %(i)s "
        "ORDER BY id DESC LIMIT %(n)s",
        {"i": interface, "n": limit},
    )
    return [_run(row) for row in listed]


def standings(connection: Connection, interfaces: Sequence[str] = ()) -> dict[str, Standing]:
    """How every interface that was ever asked stands; ``interfaces`` names some of them."""
    listed = records.many(
        connection,
        f"SELECT DISTINCT ON (interface) {_COLUMNS} FROM engine.interface_run "
        "WHERE state NOT IN ('skipped', 'running') AND (%(all)s OR interface = ANY(%(names)s)) "
        "ORDER BY interface, id DESC",
        {"all": not interfaces, "names": list(interfaces)},
    )
    counted = records.many(
        connection,
        "SELECT r.interface, max(s.at) AS succeeded_at, "
        "count(*) FILTER (WHERE r.state = 'failed' AND r.id > coalesce(s.id, 0)) AS failures "
        "FROM engine.interface_run r LEFT JOIN (SELECT interface, max(id) AS id, max(finished_at) AS at "
        "FROM engine.interface_run WHERE state IN ('ok', 'nothing', 'refused') GROUP BY 1) s USING (interface) "
        "WHERE %(all)s OR r.interface = ANY(%(names)s) GROUP BY 1",
        {"all": not interfaces, "names": list(interfaces)},
    )
    more = {row["interface"]: row for row in counted}
    return {
        row["interface"]: Standing(
            _run(row), more[row["interface"]]["succeeded_at"], int(more[row["interface"]]["failures"]),
            bool(row["permanent"]),
        )
        for row in listed
    }  # fmt: skip


def newest_cursor(connection: Connection, interface: str) -> dict[str, Any] | None:
    """Where the newest accepted delivery ended: kept in its own row, so that it holds exactly what it landed."""
    found = records.one(
        connection,
        "SELECT cursor FROM engine.delivery WHERE interface = %s AND state = 'accepted' AND cursor IS NOT NULL "
        "ORDER BY seq DESC LIMIT 1",
        [interface],
    )
    return found["cursor"] if found else None


def newest_content(connection: Connection, interface: str) -> str | None:
    """Content hash of the newest accepted delivery."""
    found = records.one(
        connection,
        "SELECT content_hash FROM engine.delivery WHERE interface = %s AND state = 'accepted' "
        "ORDER BY seq DESC LIMIT 1",
        [interface],
    )
    return found["content_hash"] if found else None


def delivered_on(connection: Connection) -> dict[str, dt.date]:
    """Day of the newest accepted delivery, by interface."""
    found = connection.execute(
        "SELECT interface, max(received_on) FROM engine.delivery WHERE state = 'accepted' GROUP BY 1"
    )
    return {row[0]: row[1] for row in found}


def latest_of(connection: Connection, datasets: Sequence[str]) -> dt.date | None:
    """Newest business date of datasets, as their newest coverage says."""
    row = connection.execute(
        "SELECT max(c.latest) FROM engine.coverage c JOIN (SELECT dataset, max(pool_version) AS pool_version "
        "FROM engine.coverage WHERE dataset = ANY(%s) GROUP BY 1) n USING (dataset, pool_version)",
        [list(datasets)],
    ).fetchone()
    return row[0] if row else None
