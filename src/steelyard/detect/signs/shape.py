"""How a model's findings are spread, against how they were: population stability index by grade, county and figure.

A batch whose amounts came in cents, a county that is suddenly all red, a grade that nobody gets any more: each shows
here, though the number of findings may be what it was.
"""

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.detect.signs.sign import Sign

Connection = psycopg.Connection[Any]
Counts = Mapping[str, float]
REFERENCE = (7, 90)
"""Days back from which and up to which findings are the reference."""
LEAST_DAYS = 7
"""Of the reference that must be there."""
LEAST = 50
"""Findings on both sides below which a spread says nothing."""
BOUND = 0.2
"""The usual bound of the index (design of models, section 11)."""
SURE = 3.09
"""Of a normal distribution: chance alone passes the bound once in a thousand looks."""
POOLED = 0.1
"""Neighbours are taken together until they hold this share of the reference."""
FRESH = 3
"""Days after which a spread is no longer how it is now."""
KEPT_DAYS = 400
COLUMNS = 8
"""Figures of a model that are looked at, by name."""


def keep(connection: Connection, run: int, day: dt.date, models: Collection[str]) -> None:
    """Write down how findings are spread after a run; one row a model and day.

    Only of models that were evaluated: what stands of one that could not look says nothing of today.  With it goes by
    which text and limits, for what people change begins anew.
    """
    rows = connection.execute(_DUE, {"models": list(models), "day": day}).fetchall()
    texts = {str(model): (str(sha), str(param_hash)) for model, sha, param_hash in rows}
    if not texts:
        return
    found: dict[str, dict[str, dict[str, int]]] = {}
    for model, about, part, count in connection.execute(_SPREAD, {"models": list(texts)}):
        found.setdefault(model, {}).setdefault(about, {})[part] = count
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine.finding_shape (model, day, model_sha, param_hash, run, findings, spread) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (model, day) DO UPDATE SET "
            "model_sha = excluded.model_sha, param_hash = excluded.param_hash, run = excluded.run, "
            "findings = excluded.findings, spread = excluded.spread",
            [
                [model, day, *texts[model], run, sum(found.get(model, {}).get("grade", {}).values()),
                 Jsonb(_first_columns(found.get(model, {})))]
                for model in sorted(texts)
            ],
        )  # fmt: skip
    connection.execute("DELETE FROM engine.finding_shape WHERE day < %s", [day - dt.timedelta(days=KEPT_DAYS)])


_DUE = """
SELECT c.model, c.model_sha, c.param_hash FROM engine.model_cursor AS c
  JOIN LATERAL (SELECT scope, failure, new_findings + changed + vanished AS moved FROM engine.run_model
                WHERE model = c.model ORDER BY run DESC LIMIT 1) AS r ON r.scope <> 'none' AND r.failure = ''
  LEFT JOIN engine.finding_shape AS s
    ON (s.model, s.day, s.model_sha, s.param_hash) = (c.model, %(day)s, c.model_sha, c.param_hash)
 WHERE c.model = ANY(%(models)s) AND (s.model IS NULL OR r.moved > 0)
"""

_SPREAD = r"""
WITH standing AS (
    SELECT model, model_grade, left(area_code, 6) AS county, key, payload FROM engine.finding
    WHERE model = ANY(%(models)s) AND state <> 'vanished'
), figure AS (
    -- Money and ratios are text with decimals, counts are numbers; a code is neither.
    SELECT model, 'payload.' || e.name AS about, (e.value #>> '{}')::numeric AS value
      FROM standing, LATERAL jsonb_each(payload) AS e(name, value)
     WHERE NOT standing.key ? e.name AND (jsonb_typeof(e.value) = 'number'
           OR jsonb_typeof(e.value) = 'string' AND e.value #>> '{}' ~ '^-?[0-9]{1,15}[.][0-9]{2,6}$')
), sized AS (
    -- Quarters of a power of ten: the same for ever, so that any two days can be compared.
    SELECT model, about, (CASE WHEN value = 0 THEN 0
        ELSE sign(value) * (1000 + floor(4 * log(abs(value)))) END)::int::text AS part FROM figure
)
SELECT model, 'grade', model_grade, count(*) FROM standing GROUP BY 1, 2, 3
UNION ALL SELECT model, 'county', coalesce(county, ''), count(*) FROM standing GROUP BY 1, 2, 3
UNION ALL SELECT model, about, part, count(*) FROM sized GROUP BY 1, 2, 3
"""


def _first_columns(spread: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    columns = sorted(name for name in spread if name.startswith("payload."))[:COLUMNS]
    return {name: spread[name] for name in ("grade", "county", *columns) if name in spread}


@dataclass(frozen=True)
class Shift:
    """Two spreads against each other."""

    index: float
    bound: float
    groups: int


def shift(before: Counts, now: Counts, *, ordered: bool = False) -> Shift:
    """Population stability index; the bound is where chance alone hardly comes, and never below the usual one.

    ``ordered``: groups are sizes or codes of areas, and neighbours are taken together.  With n in the reference and m
    now the index of equal spreads is chi-squared over groups - 1, times 1/n + 1/m.
    Source: Yurdakul 2018, Statistical Properties of Population Stability Index.
    """
    n, m = sum(before.values()), sum(now.values())
    groups = _neighbours(before, now, n) if ordered else [[part] for part in sorted({*before, *now})]
    half = 0.5
    first = [(sum(before.get(part, 0) for part in group) + half) / (n + half * len(groups)) for group in groups]
    second = [(sum(now.get(part, 0) for part in group) + half) / (m + half * len(groups)) for group in groups]
    index = sum((b - a) * math.log(b / a) for a, b in zip(first, second, strict=True))
    return Shift(index, max(BOUND, _chance(len(groups) - 1) * (1 / n + 1 / m)), len(groups))


def _neighbours(before: Counts, now: Counts, n: float) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for part in sorted({*before, *now}, key=lambda one: int(one or 0)):
        if sum(before.get(one, 0) for one in groups[-1]) >= POOLED * n:
            groups.append([])
        groups[-1].append(part)
    return groups


def _chance(free: int) -> float:
    """Quantile of chi-squared.  Source: Wilson and Hilferty 1931."""
    if not free:
        return 0.0
    return float(free * (1 - 2 / (9 * free) + SURE * math.sqrt(2 / (9 * free))) ** 3)


def shape(connection: Connection, models: Collection[str], day: dt.date) -> list[Sign]:
    """One sign for each spread of each model; one that cannot tell where there is too little."""
    found: list[Sign] = []
    for model in sorted(models):
        found += _of_one(connection, model, day)
    return found


def _of_one(connection: Connection, model: str, day: dt.date) -> list[Sign]:
    rows = connection.execute(
        "SELECT day, model_sha, param_hash, findings, spread FROM engine.finding_shape "
        "WHERE model = %s AND day BETWEEN %s AND %s ORDER BY day DESC",
        [model, day - dt.timedelta(days=REFERENCE[1]), day],
    ).fetchall()
    if not rows or rows[0][0] < day - dt.timedelta(days=FRESH):
        return [_cannot(model, f"最近{FRESH}天没有评估", f"it was not evaluated in the last {FRESH} days")]
    newest, (near, far) = rows[0], REFERENCE
    first, last = newest[0] - dt.timedelta(days=far), newest[0] - dt.timedelta(days=near)
    same = [row for row in rows if row[1:3] == newest[1:3] and first <= row[0] <= last]
    if len(same) < LEAST_DAYS:
        return [_cannot(
            model, f"以当前文本和参数运行的历史只有{len(same)}天（需{LEAST_DAYS}天，且在7天以前）",
            f"{len(same)} days of history with this text and these limits, older than 7 days; {LEAST_DAYS} are needed",
        )]  # fmt: skip
    usual = sum(row[3] for row in same) / len(same)
    if min(usual, newest[3]) < LEAST:
        return [_cannot(
            model, f"结果太少，无法比较：此前平均{usual:.0f}条，现有{newest[3]}条（各需{LEAST}条）",
            f"too few findings to compare: {usual:.0f} a day before, {newest[3]} now; {LEAST} are needed on both sides",
        )]  # fmt: skip
    return [_sign(model, about, _mean([row[4] for row in same], about), newest[4].get(about, {}), len(same))
            for about in sorted({name for row in (*same, newest) for name in row[4]})]  # fmt: skip


def _mean(spreads: Sequence[Mapping[str, Counts]], about: str) -> dict[str, float]:
    """A day like those: they overlap, so that adding them up would feign more findings than there were."""
    total: dict[str, float] = {}
    for spread in spreads:
        for part, count in spread.get(about, {}).items():
            total[part] = total.get(part, 0) + count / len(spreads)
    return total


def _sign(model: str, about: str, before: Counts, now: Counts, days: int) -> Sign:
    n, m = sum(before.values()), sum(now.values())
    if min(n, m) < LEAST:
        return _cannot(
            model, f"{_NAMES.get(about, about)}：数值太少（此前{n:.0f}，现有{m:.0f}）",
            f"{about}: too few values ({n:.0f} before, {m:.0f} now)", about,
        )  # fmt: skip
    found = shift(before, now, ordered=about != "grade")
    moved = found.index > found.bound
    how_zh, how_en = ("明显变化", "is spread otherwise than before") if moved else ("稳定", "is spread as before")
    zh = f"{_NAMES.get(about, about)}分布{how_zh}：稳定性指数{found.index:.2f}，界限{found.bound:.2f}"
    en = f"{about} {how_en}: stability index {found.index:.2f}, bound {found.bound:.2f}"
    why = {
        "zh": f"{zh}（与{days}天相比，{n:.0f}条对{m:.0f}条）",
        "en": f"{en} (against {days} days, {n:.0f} to {m:.0f})",
    }
    index, bound = round(found.index, 4), round(found.bound, 4)
    return Sign("shape", model, "raised" if moved else "ok", why, index, bound, about=about)


_NAMES = {"grade": "等级", "county": "县区"}


def _cannot(model: str, zh: str, en: str, about: str = "") -> Sign:
    return Sign(
        "shape", model, "unknown", {"zh": f"无法判断分布：{zh}", "en": f"cannot tell the shape: {en}"}, about=about
    )
