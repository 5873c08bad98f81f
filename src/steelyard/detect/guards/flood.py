"""More new findings than people can look at: counted in the engine, kept in a file, sent to nobody."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import pyarrow.parquet as pq

from steelyard.catalogue import SupervisionModel
from steelyard.detect.evidence import plain
from steelyard.detect.guards.answers import shown_key
from steelyard.detect.guards.batches import HeldBatch, Hold
from steelyard.detect.guards.limits import Limits
from steelyard.engines.duck import Duck, quoted
from steelyard.engines.duck import rows as all_rows
from steelyard.kit.errors import SteelyardError
from steelyard.kit.sqltext import literal

Connection = psycopg.Connection[Any]
SHOWN = 20
"""Findings in the sample of a batch."""
CHUNK = 50_000
"""Rows in memory while a batch is written or read."""
COUNTY = "rpad(left(COALESCE(NULLIF(CAST({area} AS VARCHAR), ''), '{root}'), 6), 12, '0')"


class Flooded(SteelyardError):
    """A model found more than may be sent unasked; a person releases or discards it."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold
        self.reason = hold.why
        super().__init__(hold.why["en"])


def standing(connection: Connection, model: str) -> int:
    """Findings of a model that stand."""
    row = connection.execute(
        "SELECT count(*) FROM engine.finding WHERE model = %s AND state <> 'vanished'", [model]
    ).fetchone()
    return int(row[0]) if row else 0


def usual_most(connection: Connection, model: SupervisionModel, limits: Limits) -> int | None:
    """New findings that ``max_growth`` lets pass; None where nothing is known to be usual."""
    ratio = model.run_limits.get("max_growth")
    rows = connection.execute(
        "SELECT new_findings FROM engine.run_model WHERE model = %s AND scope = 'full' AND failure = '' AND NOT held "
        "ORDER BY run DESC LIMIT %s",
        [model.id, limits.runs],
    ).fetchall()
    if not ratio or len(rows) < limits.least_runs:
        return None
    return max(limits.growth_from, int(float(ratio) * median(int(row[0]) for row in rows)))


def count(
    duck: Duck, model: SupervisionModel, looked_at: Callable[[str], bool], root: str
) -> dict[str, dict[str, int]]:
    """Rows of the table ``found`` by county and grade, where the model may speak."""
    county = COUNTY.format(area=quoted(model.area), root=root)
    listed = duck.execute(
        f"SELECT {county}, {quoted(model.grade_column)}, count(*) FROM found GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    found: dict[str, dict[str, int]] = {}
    for area, grade, number in listed:
        if looked_at(area):
            found.setdefault(area, {})[grade] = int(number)
    return found


def held(
    duck: Duck, model: SupervisionModel, by_area: dict[str, dict[str, int]], most: int, folder: Path | None, *,
    only: Sequence[int] = (), usual: bool = False, standing: int = 0,
) -> Hold:  # fmt: skip
    """Keep the rows of ``found`` (those numbered in ``only``, or all) in a file and say why.

    ``usual``: the bound is what is usual for the model, not what may be stored.  ``standing``: findings among the
    rows that are not new; which ones is not known before the rows are fetched.
    """
    rows = sum(sum(by_grade.values()) for by_grade in by_area.values()) - standing
    condition = f"_hit IN ({', '.join(map(str, only))})" if only else "true"
    named = f"{model.id.replace('/', '.')}-{uuid.uuid4().hex[:12]}.parquet" if folder else ""
    if folder:
        _write(duck, f"SELECT * EXCLUDE (_hit) FROM found WHERE {condition}", folder / named)
    sample = [
        {
            "key": {language: shown_key(model, row, language) for language in ("zh", "en")},
            "grade": row[model.grade_column],
            "area_code": plain(row[model.area]),
        }
        for row in all_rows(duck, f"SELECT * FROM found WHERE {condition} ORDER BY _hit LIMIT {SHOWN}")
    ]
    why_zh = f"超出最近运行中位数允许的 {most} 条" if usual else f"超出单次运行允许的 {most} 条"
    why_en = f"more than the {most} that its last runs make usual" if usual else f"more than the {most} of one run"
    why = {
        "zh": f"{model.id}：一次产生 {rows} 条新发现，{why_zh}；已扣留，未发送，等待放行或丢弃。",
        "en": f"{model.id}: {rows} new findings at once, {why_en}; held, not sent: release or discard them",
    }
    return Hold("findings", rows, most, why, model=model.id, by_area=by_area, sample=sample, file=named)


def _write(duck: Duck, sql: str, path: Path) -> None:
    """A query's rows as Parquet, piece by piece: the engine itself may write nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    reader: Any = duck.sql(sql).to_arrow_reader(CHUNK)
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for piece in reader:
            writer.write_batch(piece)


def keep_only(duck: Duck, model: SupervisionModel, batch: HeldBatch, folder: Path, root: str) -> None:
    """Leave of the table ``found`` what a person released."""
    county = COUNTY.format(area=f"f.{quoted(model.area)}", root=root)
    wanted = [f"starts_with({county}, {literal(batch.only_area)})"]
    if batch.only_grades:
        wanted.append(f"f.{quoted(model.grade_column)} IN ({', '.join(map(literal, batch.only_grades))})")
    _narrow(duck, model, [folder / batch.file], f"EXISTS (%s) AND {' AND '.join(wanted)}")


def leave_out(duck: Duck, model: SupervisionModel, batches: Iterable[HeldBatch], folder: Path) -> None:
    """Take from the table ``found`` what a person discarded."""
    files = [folder / batch.file for batch in batches if batch.file and (folder / batch.file).is_file()]
    if files:
        _narrow(duck, model, files, "NOT EXISTS (%s)")


def _narrow(duck: Duck, model: SupervisionModel, files: Sequence[Path], condition: str) -> None:
    same = " AND ".join(f"k.{quoted(column)} IS NOT DISTINCT FROM f.{quoted(column)}" for column in model.key)
    _put_keys(duck, model, files)
    text = condition % f"SELECT 1 FROM kept_keys AS k WHERE {same}"
    duck.execute(f"CREATE OR REPLACE TABLE found AS SELECT f.* FROM found AS f WHERE {text}")
    duck.execute("DROP TABLE kept_keys")


def _put_keys(duck: Duck, model: SupervisionModel, files: Sequence[Path]) -> None:
    """The keys in some files as a table; read here, for the engine may read the pool's files alone."""
    keys = ", ".join(quoted(column) for column in model.key)
    duck.execute(f"CREATE OR REPLACE TABLE kept_keys AS SELECT {keys} FROM found WHERE false")
    for file in files:
        for piece in pq.ParquetFile(file).iter_batches(CHUNK, columns=list(model.key)):
            duck.register("kept piece", piece)
            duck.execute(f'INSERT INTO kept_keys SELECT {keys} FROM "kept piece"')
            duck.unregister("kept piece")
