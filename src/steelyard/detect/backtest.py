"""A new text over the past: what it would have added, dropped and graded otherwise, and which true alerts it loses."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.detect.findings import fingerprint
from steelyard.detect.local_values import overrides_of
from steelyard.detect.rehearsing import Difference, Key, Seen, common_key, difference, rehearsal
from steelyard.detect.views import Tables
from steelyard.pool import PoolVersion

Connection = psycopg.Connection[Any]
MOST_LISTED = 200


class PastTables(Tables, Protocol):
    """What a back-test needs of the pool."""

    def version(self, number: int) -> PoolVersion | None: ...


@dataclass(frozen=True)
class Backtest:
    """Two texts of one model over the same past.  Nothing of it is a finding."""

    model: str
    version: str
    sha256: str
    against: str
    """Version of the old text."""
    against_sha: str
    days: tuple[dt.date, ...]
    pool_versions: tuple[int, ...]
    """Which state of the pool each day was looked at in."""
    found: int
    found_before: int
    added: tuple[dict[str, Any], ...]
    removed: tuple[dict[str, Any], ...]
    regraded: tuple[dict[str, Any], ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    """added, removed, regraded, lost: exact, where the lists are cut."""
    lost: tuple[dict[str, Any], ...] = ()
    """Alerts that people confirmed and that the new text would not have raised: fingerprint and key."""

    def told(self) -> dict[str, Any]:
        return asdict(self) | {"days": [day.isoformat() for day in self.days]}


def steps(first: dt.date, last: dt.date, step: str) -> list[dt.date]:
    """Days from ``first`` on, a month, week or day apart, and ``last``."""
    found: list[dt.date] = []
    day = first
    while day < last:
        found.append(day)
        day = _next(first, len(found), step)
    return [*found, last]


def _next(first: dt.date, number: int, step: str) -> dt.date:
    if step != "month":
        return first + dt.timedelta(days=number * (7 if step == "week" else 1))
    months = first.year * 12 + first.month - 1 + number
    year, month = divmod(months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(first.day, last))


def backtest(
    pool: PastTables,
    catalogue: Catalogue,
    connection: Connection,
    *,
    new: SupervisionModel,
    old: SupervisionModel,
    days: Sequence[dt.date],
    confirmed: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda done, days: None,
) -> Backtest:
    """Look from each day with both texts, in the state the pool had then where its files are still there.

    For days before the pool began, or after vacuum, the newest rows are looked at from that day.

    ``confirmed``: fingerprints of alerts that people found true.  ``progress`` is told how many of the days were
    looked at.  Raises NothingToCompare, SteelyardError.
    """
    on = common_key(old, new)
    local = overrides_of(connection).get(new.id, [])
    states = _states(pool, connection, days)
    before: dict[Key, Seen] = {}
    after: dict[Key, Seen] = {}
    done = 0
    for number in sorted(set(states.values())):
        with rehearsal(pool, catalogue, connection, [old, new], pool.version(number) or pool.current()) as look:
            for day in (day for day in days if states[day] == number):
                before |= look.found(old, day, [one for one in local if set(one.values) <= set(old.parameters)], on)
                after |= look.found(new, day, [one for one in local if set(one.values) <= set(new.parameters)], on)
                done += 1
                progress(done, len(days))
    return _report(new, old, days, states, before, after, difference(before, after), set(confirmed))


def _states(pool: PastTables, connection: Connection, days: Sequence[dt.date]) -> dict[dt.date, int]:
    """The pool version of each day's end; the newest where none of then is left."""
    rows = connection.execute(
        "SELECT number, taken_at::date FROM engine.pool_version WHERE vacuumed_at IS NULL ORDER BY number"
    ).fetchall()
    newest = pool.current().number
    found: dict[dt.date, int] = {}
    for day in days:
        until = [int(number) for number, taken in rows if taken <= day]
        found[day] = until[-1] if until else newest
    return found


def _report(
    new: SupervisionModel,
    old: SupervisionModel,
    days: Sequence[dt.date],
    states: Mapping[dt.date, int],
    before: Mapping[Key, Seen],
    after: Mapping[Key, Seen],
    found: Difference,
    confirmed: set[str],
) -> Backtest:
    lost = [
        {"fingerprint": fingerprint(old, one.key), **_said(one)}
        for one in found.removed
        if fingerprint(old, one.key) in confirmed
    ]
    return Backtest(
        model=new.id, version=new.version, sha256=new.sha256, against=old.version, against_sha=old.sha256,
        days=tuple(days), pool_versions=tuple(states[day] for day in days), found=len(after), found_before=len(before),
        added=tuple(map(_said, found.added[:MOST_LISTED])), removed=tuple(map(_said, found.removed[:MOST_LISTED])),
        regraded=tuple(_said(one) | {"grade_before": was.grade} for was, one in found.regraded[:MOST_LISTED]),
        counts={"added": len(found.added), "removed": len(found.removed), "regraded": len(found.regraded),
                "lost": len(lost)},
        lost=tuple(lost),
    )  # fmt: skip


def _said(one: Seen) -> dict[str, Any]:
    return {"key": dict(one.key), "grade": one.grade, "area": one.area}


def keep(connection: Connection, made: Backtest, by: str) -> int:
    """Keep a report, so that the gate can ask whether it was read.  Returns its number."""
    row = connection.execute(
        "INSERT INTO engine.model_report (model, version, sha256, kind, made_by, body) "
        "VALUES (%s, %s, %s, 'backtest', %s, %s) RETURNING id",
        [made.model, made.version, made.sha256, by, Jsonb(made.told())],
    ).fetchone()
    return int(row[0]) if row else 0


def report(connection: Connection, number: int) -> tuple[str, dict[str, Any], str, dt.datetime] | None:
    """(model, what it says, whose it is, when) of a back-test by its number."""
    row = connection.execute(
        "SELECT model, body, made_by, made_at FROM engine.model_report WHERE id = %s AND kind = 'backtest'", [number]
    ).fetchone()
    return (str(row[0]), dict(row[1]), str(row[2]), row[3]) if row else None


def newest(connection: Connection, sha256: str) -> tuple[int, dict[str, Any]] | None:
    """The newest back-test of a text: (number, what it says)."""
    row = connection.execute(
        "SELECT id, body FROM engine.model_report WHERE sha256 = %s AND kind = 'backtest' ORDER BY id DESC LIMIT 1",
        [sha256],
    ).fetchone()
    return (int(row[0]), dict(row[1])) if row else None
