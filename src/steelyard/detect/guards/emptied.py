"""Datasets that lost their rows in an area: what rests on them is not evaluable there, not clean."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.contracts import Contract
from steelyard.detect.evaluable import Fills, Readiness
from steelyard.detect.guards.batches import Hold
from steelyard.detect.guards.limits import Limits
from steelyard.pool import prefix

Connection = psycopg.Connection[Any]
Levels = Mapping[tuple[str, str], int]
"""Rows by dataset and area: six digits of a county, two of a province, none where rows tell no area."""


def levels(connection: Connection, fills: Fills) -> dict[tuple[str, str], int]:
    """Rows as they are now: by county where the pool counts them so, else by province."""
    listed = connection.execute(
        "SELECT dataset, left(area_code, 6), sum(rows) FROM engine.coverage WHERE dataset = ANY(%s) GROUP BY 1, 2",
        [sorted(fills)],
    ).fetchall()
    found = {(dataset, area): int(rows) for dataset, area, rows in listed}
    counted = {dataset for dataset, _ in found} | _by_county(connection)
    for dataset, by_province in fills.items():
        if dataset not in counted:
            found |= {(dataset, province): fill.rows for province, fill in by_province.items()}
    return found


def _by_county(connection: Connection) -> set[str]:
    """Datasets that were counted by county before; one that was emptied altogether has no area left to tell so."""
    rows = connection.execute("SELECT DISTINCT dataset FROM engine.dataset_level WHERE length(area_code) = 6")
    return {str(row[0]) for row in rows}


def believed(connection: Connection) -> dict[tuple[str, str], int]:
    """Rows as they were when last believed."""
    return {
        (dataset, area): int(rows)
        for dataset, area, rows in connection.execute("SELECT dataset, area_code, rows FROM engine.dataset_level")
    }


def fallen(
    before: Levels, now: Levels, catalogue: Catalogue, datasets: Iterable[str], limits: Limits
) -> dict[tuple[str, str], Hold]:
    """What lost more rows than its contract allows."""
    looked_at = set(datasets)
    found: dict[tuple[str, str], Hold] = {}
    for (dataset, area), rows in before.items():
        contract = catalogue.contracts.get(dataset)
        left = now.get((dataset, area), 0)
        if contract is None or dataset not in looked_at or rows < limits.emptied_from or left >= rows:
            continue
        share = contract.expectations.max_change
        most = int(rows * (limits.emptied_share if share is None else share))
        if left == 0 or rows - left > most:
            found[dataset, area] = _hold(contract, area, rows, left, most)
    return found


def _hold(contract: Contract, area: str, rows: int, left: int, most: int) -> Hold:
    zh, en = contract.title.zh, contract.title.en
    where_zh, where_en = (f"在 {area} ", f" in {area}") if area else ("", "")
    why = {
        "zh": f"{zh}（{contract.dataset}，{contract.supplier.zh}）{where_zh}由 {rows} 行降为 {left} 行，"
        f"最多可减少 {most} 行；请供数单位核实，或由有权人确认",
        "en": f"{en} ({contract.dataset} of {contract.supplier.en}){where_en} fell from {rows} rows to {left}, at most "
        f"{most} may go; let the supplier look, or confirm that it is so",
    }
    return Hold("emptied", rows - left, most, why, dataset=contract.dataset, area_code=area)


def judged(
    model: SupervisionModel, catalogue: Catalogue, ready: list[Readiness], lost: Mapping[tuple[str, str], Hold]
) -> list[Readiness]:
    """The judgements of one model: not evaluable where something it reads was emptied."""
    if not lost:
        return ready
    read = catalogue.base_datasets(set(model.data))
    return [
        _judged(one, [hold for key, hold in lost.items() if key[0] in read and _meets(key[1], one)]) for one in ready
    ]


def _meets(area: str, one: Readiness) -> bool:
    """Whether an emptied area is the judged one, holds it, or lies in it (a province judged as a whole)."""
    return one.area_code.startswith(area) or area.startswith(prefix(one.area_code))


def _judged(one: Readiness, holds: list[Hold]) -> Readiness:
    if not holds or one.state == "failed":
        return one
    zh, en = "；".join(hold.why["zh"] for hold in holds[:3]), "; ".join(hold.why["en"] for hold in holds[:3])
    return Readiness(one.model, one.area_code, "not_evaluable", {"zh": f"不可评估：{zh}", "en": f"not evaluable: {en}"})


def keep(
    connection: Connection, now: Levels, before: Levels, lost: Mapping[tuple[str, str], Hold],
    datasets: Iterable[str], pool_version: int,
) -> None:  # fmt: skip
    """Believe what did not fall."""
    looked_at = set(datasets)
    keys = {key for key in {*now, *before} if key[0] in looked_at and key not in lost}
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine.dataset_level (dataset, area_code, rows, pool_version) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (dataset, area_code) DO UPDATE SET rows = excluded.rows, pool_version = excluded.pool_version "
            "WHERE engine.dataset_level.rows <> excluded.rows",
            [[*key, now.get(key, 0), pool_version] for key in sorted(keys)],
        )
