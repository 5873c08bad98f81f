"""A model that used to speak and no longer does, while its data still arrive; everywhere and by county."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue
from steelyard.detect.evaluable import Readiness
from steelyard.detect.readiness import EVALUATED, is_open
from steelyard.detect.signs.sign import Sign, State

Connection = psycopg.Connection[Any]
TIMES = 4.0
"""Times the mean gap.  At the design's 2 a model that speaks at random would be called silent in every seventh gap
(e to the power of -2); at 4 in every fiftieth, and it must be quieter than it ever was."""
LEAST = 6
"""Days with something new that make a habit."""
YEAR = 365


@dataclass(frozen=True)
class Habit:
    """How often something new was found."""

    days: int
    mean: float
    longest: float
    quiet: int
    """Days since the last."""

    @property
    def bound(self) -> float:
        """Days of quiet that are no longer usual."""
        return max(TIMES * self.mean, self.longest, 2.0)


def habit(days: Sequence[dt.date], today: dt.date) -> Habit | None:
    """The habit behind days with something new, in their order; None where they are too few."""
    if len(days) < LEAST:
        return None
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return Habit(len(days), sum(gaps) / len(gaps), max(gaps), (today - days[-1]).days)


def silence(connection: Connection, catalogue: Catalogue, models: Collection[str], day: dt.date) -> list[Sign]:
    """One sign a model, and one for each county in which it fell silent."""
    spoken = _spoken(connection, models, day)
    ready = _readiness(connection, models)
    tables = _tables(connection)
    found: list[Sign] = []
    for model in sorted(models):
        known = catalogue.models.get(model)
        datasets = catalogue.base_datasets(set(known.data)) if known else set()
        by_county = spoken.get(model, {})
        look = _Look(model, day, ready.get(model, []), datasets, tables)
        found += look.signs(by_county)
    return found


Days = dict[dt.date, int]
"""A day with something new, and the newest pool version it was found in."""


@dataclass(frozen=True)
class _Look:
    """One model on one day."""

    model: str
    day: dt.date
    ready: list[Readiness]
    datasets: Collection[str]
    tables: Mapping[int, Mapping[str, int]]
    """Table versions by pool version."""

    def signs(self, by_county: Mapping[str, Days]) -> list[Sign]:
        everywhere: Days = {}
        for days in by_county.values():
            for each, version in days.items():
                everywhere[each] = max(version, everywhere.get(each, 0))
        whole = self._judge("", everywhere)
        judged = [self._judge(county, days) for county, days in sorted(by_county.items())]
        silent = [one for one in judged if one.state == "raised"]
        told = [one for one in judged if one.state != "unknown"]
        more = {
            "zh": f"；{len(by_county)}个县中可判断{len(told)}个，沉默{len(silent)}个",
            "en": f"; of {len(by_county)} counties {len(told)} can be judged, {len(silent)} are silent",
        }
        return [_with(whole, more), *silent]

    def _judge(self, county: str, days: Days) -> Sign:
        found = habit(sorted(days), self.day)
        if found is None:
            return self._sign(county, "unknown", None,
                              f"有新结果的日子只有{len(days)}天（需{LEAST}天）",
                              f"something new on {len(days)} days only; {LEAST} are needed")  # fmt: skip
        zh = f"已{found.quiet}天无新结果；此前{found.days}天有，平均间隔{found.mean:.1f}天，最长{found.longest:.0f}天"
        en = (f"nothing new for {found.quiet} days; before, on {found.days} days, {found.mean:.1f} days apart, "
              f"{found.longest:.0f} at most")  # fmt: skip
        if found.quiet <= found.bound:
            return self._sign(county, "ok", found, zh, en)
        if county and not is_open(county.ljust(12, "0"), self.ready, EVALUATED):
            return self._sign(county, "unknown", found, f"{zh}；该地区目前无法评估", f"{en}; it cannot look there now")
        came = self._came(max(days.values()))
        if came is None:
            return self._sign(county, "unknown", found, f"{zh}；不知此后数据是否更新",
                              f"{en}; whether its data came since then is not known")  # fmt: skip
        if not came:
            return self._sign(
                county, "unknown", found, f"{zh}；此后数据没有更新", f"{en}; its data did not come either"
            )
        return self._sign(county, "raised", found, f"{zh}；此后数据有更新", f"{en}; its data came all the while")

    def _came(self, since: int) -> bool | None:
        """Whether a dataset behind it has changed since a pool version; None where that is not kept."""
        before, now = self.tables.get(since), self.tables.get(max(self.tables, default=0))
        if before is None or now is None:
            return None
        return any(before.get(name) != now.get(name) for name in self.datasets)

    def _sign(self, county: str, state: State, found: Habit | None, zh: str, en: str) -> Sign:
        return Sign("silence", self.model, state, {"zh": zh, "en": en}, found.quiet if found else None,
                    round(found.bound, 2) if found else None, area_code=county)  # fmt: skip


def _with(one: Sign, more: Mapping[str, str]) -> Sign:
    why = {language: one.why[language] + more[language] for language in ("zh", "en")}
    return Sign(one.detector, one.model, one.state, why, one.value, one.bound)


def _spoken(connection: Connection, models: Collection[str], day: dt.date) -> dict[str, dict[str, Days]]:
    """Days with a new finding, by model and county."""
    rows = connection.execute(
        "SELECT f.model, coalesce(left(f.area_code, 6), ''), r.as_of, max(r.pool_version) "
        "FROM engine.finding f JOIN engine.run r ON r.id = f.first_run "
        "WHERE f.model = ANY(%s) AND r.as_of BETWEEN %s AND %s GROUP BY 1, 2, 3",
        [list(models), day - dt.timedelta(days=YEAR), day],
    ).fetchall()
    found: dict[str, dict[str, Days]] = {}
    for model, county, when, version in rows:
        found.setdefault(model, {}).setdefault(county, {})[when] = int(version)
    return found


def _readiness(connection: Connection, models: Collection[str]) -> dict[str, list[Readiness]]:
    rows = connection.execute(
        "SELECT model, area_code, state, reason FROM engine.readiness WHERE model = ANY(%s) "
        "AND (model, run) IN (SELECT model, max(run) FROM engine.readiness WHERE model = ANY(%s) GROUP BY model)",
        [list(models), list(models)],
    ).fetchall()
    found: dict[str, list[Readiness]] = {}
    for row in rows:
        found.setdefault(str(row[0]), []).append(Readiness(*row))
    return found


def _tables(connection: Connection) -> dict[int, dict[str, int]]:
    rows = connection.execute("SELECT number, tables FROM engine.pool_version ORDER BY number").fetchall()
    return {int(number): tables for number, tables in rows}
