"""Two texts of one model over the same data: what only one says, what both say, and what they grade otherwise."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import psycopg

from steelyard.detect import texts
from steelyard.detect.evaluable import Readiness
from steelyard.detect.readiness import EVALUATED, is_open
from steelyard.detect.rehearsing import Key, common_key
from steelyard.detect.releases import Release, releases_on
from steelyard.detect.verdicts import AGAINST, TRUE

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Said:
    """One finding that the texts do not agree on, or that people decided on."""

    what: str
    """only_old, only_new, regraded or both."""
    key: dict[str, Any]
    area: str
    old_grade: str | None
    """Grades are the texts' own, before uncertain identities cap them."""
    new_grade: str | None
    fingerprint: str
    """Of the old text's finding; of the new one's where the old has none."""
    verdict: str = ""
    """What people found out of its alert; empty where nobody has decided."""

    @property
    def confirmed(self) -> bool:
        return self.verdict in TRUE

    @property
    def refuted(self) -> bool:
        return self.verdict in AGAINST


@dataclass(frozen=True)
class Spent:
    """What looks of one text cost: of the last full ones."""

    version: str
    looks: int
    wall_ms: int
    """Median."""
    cpu_ms: int


@dataclass(frozen=True)
class SideBySide:
    """A newer text beside the one that raises alerts."""

    model: str
    old: str
    """Versions."""
    new: str
    sha256: str
    area: str
    since: dt.date
    looked_at: dt.datetime | None
    """When the new text last looked; None: not yet."""
    failure: str
    """Why its last look came to nothing."""
    both: int
    only_old: int
    only_new: int
    regraded: int
    confirmed_lost: int
    """Alerts that people found true and the new text does not say."""
    refuted_gone: int
    """Alerts that people found wrong or legitimate and the new text does not say."""
    not_compared: int
    """Findings of the old text in areas that cannot be looked at now: the new one says nothing of them."""
    listed: tuple[Said, ...]
    """What differs, and the decided ones; the decided first."""
    costs: tuple[Spent, ...]

    def told(self) -> dict[str, Any]:
        return asdict(self)


MOST_LISTED = 200


def side_by_side(
    connection: Connection, model: str, day: dt.date, *, verdicts: Mapping[str, str] | None = None, area: str = ""
) -> SideBySide | None:
    """Compare what both texts say now; None where no newer text is watched.

    ``verdicts``: by fingerprint what people found out of the alerts.  ``area``: leading digits of the reader's area.
    Raises NothingToCompare where the two have no key column in common.
    """
    life = releases_on(connection, day)
    runs, beside = life.runs(model), life.beside(model)
    if runs is None or beside is None:
        return None
    place = max(beside.area, area, key=len) if beside.area.startswith(area) or area.startswith(beside.area) else "-"
    on = common_key(texts.kept(connection, runs.sha256), texts.kept(connection, beside.sha256))
    every = _old(connection, model, place, on)
    open_in = _open(connection, model)
    old = {key: row for key, row in every.items() if open_in(row[3])}
    new = _new(connection, beside.sha256, place, on)
    pairs = [_said(old.get(key), new.get(key), verdicts or {}) for key in {**old, **new}]
    looked, failure = _last_look(connection, beside)
    return SideBySide(
        model, runs.version, beside.version, beside.sha256, beside.area, beside.since, looked, failure,
        both=sum(one.what in ("both", "regraded") for one in pairs),
        only_old=sum(one.what == "only_old" for one in pairs),
        only_new=sum(one.what == "only_new" for one in pairs),
        regraded=sum(one.what == "regraded" for one in pairs),
        confirmed_lost=sum(one.what == "only_old" and one.confirmed for one in pairs),
        refuted_gone=sum(one.what == "only_old" and one.refuted for one in pairs),
        not_compared=len(every) - len(old),
        listed=tuple(sorted((one for one in pairs if one.what != "both" or one.verdict), key=_order)[:MOST_LISTED]),
        costs=(*_spent(connection, model, runs), *_spent_beside(connection, beside)),
    )  # fmt: skip


def _order(one: Said) -> tuple[Any, ...]:
    weight = ("only_old", "regraded", "only_new", "both").index(one.what)
    return (not one.verdict, weight, one.verdict not in TRUE, one.area, one.fingerprint)


def _open(connection: Connection, model: str) -> Callable[[str], bool]:
    """Whether an area could be looked at when it was last judged."""
    rows = connection.execute(
        "SELECT model, area_code, state, reason FROM engine.readiness WHERE model = %(model)s "
        "AND run = (SELECT max(run) FROM engine.readiness WHERE model = %(model)s)",
        {"model": model},
    ).fetchall()
    states = [Readiness(*row) for row in rows]

    return cache(lambda area: not states or is_open(area, states, EVALUATED))


Row = tuple[str, dict[str, Any], str, str]
"""Fingerprint, key, grade, area."""


def _old(connection: Connection, model: str, place: str, on: tuple[str, ...]) -> dict[Key, Row]:
    rows = connection.execute(
        "SELECT fingerprint, key, model_grade, coalesce(area_code, '') FROM engine.finding "
        "WHERE model = %s AND state <> 'vanished' AND starts_with(coalesce(area_code, ''), %s)",
        [model, place],
    ).fetchall()
    return {tuple(row[1].get(name) for name in on): row for row in rows}


def _new(connection: Connection, sha256: str, place: str, on: tuple[str, ...]) -> dict[Key, Row]:
    rows = connection.execute(
        "SELECT fingerprint, key, grade, area_code FROM engine.beside_finding "
        "WHERE sha256 = %s AND state <> 'vanished' AND starts_with(area_code, %s)",
        [sha256, place],
    ).fetchall()
    return {tuple(row[1].get(name) for name in on): row for row in rows}


def _said(old: Row | None, new: Row | None, verdicts: Mapping[str, str]) -> Said:
    shown = old or new
    assert shown is not None
    agree = "both" if old and new and old[2] == new[2] else "regraded"
    what = agree if old and new else "only_old" if old else "only_new"
    return Said(
        what, shown[1], shown[3], old[2] if old else None, new[2] if new else None, shown[0],
        verdicts.get(shown[0], ""),
    )  # fmt: skip


def _last_look(connection: Connection, beside: Release) -> tuple[dt.datetime | None, str]:
    row = connection.execute(
        "SELECT at, failure FROM engine.beside_run WHERE sha256 = %s ORDER BY run DESC LIMIT 1", [beside.sha256]
    ).fetchone()
    return (row[0], str(row[1])) if row else (None, "")


_MEDIAN = (
    "SELECT count(*)::int, coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY wall_ms), 0)::int, "
    "coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY cpu_ms), 0)::int FROM "
)


def _spent(connection: Connection, model: str, runs: Release) -> list[Spent]:
    row = connection.execute(
        _MEDIAN + "(SELECT wall_ms, cpu_ms FROM engine.run_model WHERE model = %s AND model_version = %s "
        "AND scope = 'full' AND failure = '' ORDER BY run DESC LIMIT 12) AS r",
        [model, runs.version],
    ).fetchone()
    return [Spent(runs.version, *row)] if row else []


def _spent_beside(connection: Connection, beside: Release) -> list[Spent]:
    row = connection.execute(
        _MEDIAN + "(SELECT wall_ms, cpu_ms FROM engine.beside_run WHERE sha256 = %s AND failure = '' "
        "ORDER BY run DESC LIMIT 12) AS r",
        [beside.sha256],
    ).fetchone()
    return [Spent(beside.version, *row)] if row else []
