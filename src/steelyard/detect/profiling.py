"""Where one model's time goes, measured over the pool as it is; nothing is stored."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.detect import history
from steelyard.detect.advice import IDLE, WORST_RATIO, Advice, advice
from steelyard.detect.local_values import overrides_of
from steelyard.detect.rehearsing import Rehearsal
from steelyard.detect.runs import today
from steelyard.detect.stage import bare
from steelyard.detect.views import Tables
from steelyard.engines.duck import Duck, connect, quoted, spill_folder
from steelyard.engines.postgres import Database
from steelyard.kit.errors import SteelyardError

TOLD = ("Table", "Function", "Join Type", "Conditions", "Groups", "Order By", "Projections")
"""What is said of an operator: words of the model's text.  Filters that the engine makes from values are left out."""
MOST_OPERATORS = 8
LONGEST = 160


@dataclass(frozen=True)
class Operator:
    """One operator of the plan."""

    type: str
    about: str
    seconds: float
    """Processor time of this operator alone, all threads."""
    share: float
    rows: int
    """That it handed on."""


@dataclass
class Profile:
    """One full evaluation of a model, beside a scan of the columns it needs."""

    model: str
    rows_out: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    scan_seconds: float = 0.0
    ratio: float = 0.0
    """Wall time of the model by wall time of the scan; derived relations count as they stand."""
    rows: dict[str, int] = field(default_factory=dict)
    """By dataset and derived relation it reads."""
    relations: dict[str, float] = field(default_factory=dict)
    """Seconds to derive all relations behind it: models of one run share them."""
    operators: list[Operator] = field(default_factory=list)
    """The costliest first."""
    advice: list[Advice] = field(default_factory=list)


def profile(pool: Tables, catalogue: Catalogue, database: Database, name: str, *, memory_mb: int = 2048) -> Profile:
    """Evaluate a model once and say where the time went.  Raises SteelyardError for an unknown model."""
    model = catalogue.models.get(name)
    if model is None:
        raise SteelyardError(f"there is no model {name}")
    with connect(memory_mb=memory_mb, spill=spill_folder()) as duck, database.connect() as connection:
        found = Profile(name)
        began = time.monotonic()
        stage = Rehearsal(duck, catalogue, pool, pool.current(), connection, [model])
        if catalogue.relations_needed(set(model.data)):
            found.relations["all"] = round(time.monotonic() - began, 3)
        stage.stage.put_run(today(connection), stage.root)
        stage.stage.put_param(model, today(connection), overrides_of(connection).get(name, []))
        _scan(duck, model, found)
        _analyse(duck, model, found)
        habit = next((one for one in history.habits(connection) if one.model == name), None)
    found.ratio = round(found.seconds / found.scan_seconds, 2) if found.scan_seconds else 0.0
    found.advice = _advice(model, catalogue, habit, found)
    return found


def _scan(duck: Duck, model: SupervisionModel, found: Profile) -> None:
    """Read every needed column once, and look at each value."""
    for needs in model.data.values():
        chosen = ", ".join(f"sum(hash({quoted(column)}) % 7)" for column in needs.needs) or "count(*)"
        took, row = _timed(duck, f"SELECT count(*), {chosen} FROM {quoted(needs.dataset)}")
        found.rows[needs.dataset] = int(row[0][0])
        found.scan_seconds = round(found.scan_seconds + took, 4)


def _analyse(duck: Duck, model: SupervisionModel, found: Profile) -> None:
    # Once without the clock on every operator, which slows it.
    took, rows = _timed(duck, f"SELECT count(*) FROM ({bare(model.sql)}) AS q")
    found.seconds, found.rows_out = round(took, 4), int(rows[0][0])
    # EXPLAIN ANALYZE hands its tree out as text.
    told = duck.execute(f"EXPLAIN (ANALYZE, FORMAT json) {bare(model.sql)}").fetchall()
    tree: Mapping[str, Any] = json.loads(told[0][1])
    found.cpu_seconds = round(float(tree["query"]["cpu_time"]), 4)
    found.peak_mb = round(float(tree["system"]["peak_buffer_memory"]) / 1e6, 1)
    every = list(_operators(tree["operator"]))
    spent = sum(one["timing"] for one in every) or 1.0
    costly = sorted(every, key=lambda one: -one["timing"])[:MOST_OPERATORS]
    found.operators = [
        Operator(one["type"], _about(one["extra_info"]), round(one["timing"], 4), round(one["timing"] / spent, 3),
                 int(one["intermediate_rows"]))
        for one in costly
    ]  # fmt: skip


def _timed(duck: Duck, sql: str) -> tuple[float, list[Any]]:
    began = time.monotonic()
    rows = duck.execute(sql).fetchall()
    return time.monotonic() - began, rows


def _operators(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _operators(node.get("children") or [])


def _about(extra: Mapping[str, Any]) -> str:
    said: Callable[[Any], str] = lambda value: ", ".join(value) if isinstance(value, list) else str(value)  # noqa: E731
    return "; ".join(f"{name}: {said(extra[name])}" for name in TOLD if extra.get(name))[:LONGEST]


def _waits(past: Advice, found: Profile) -> Advice:
    """What its runs waited for, where it does not wait now: the machine had other work."""
    if not found.seconds or found.cpu_seconds < IDLE * found.seconds:
        return past
    busy = found.cpu_seconds / found.seconds
    return Advice(
        "shared",
        f"过往运行多在等待，本次没有（处理器时间为运行时间的 {busy:.0%}）：当时机器另有工作。",
        f"its past runs mostly waited, this one did not ({busy:.0%} of the time on processors): the machine had other "
        "work then",
    )


def _advice(model: SupervisionModel, catalogue: Catalogue, habit: history.Habit | None, found: Profile) -> list[Advice]:
    said = [one if one.code != "waiting" else _waits(one, found) for one in advice(model, catalogue, habit, found.rows)]
    derived = found.relations.get("all", 0.0)
    if derived > found.seconds:
        said.append(
            Advice(
                "relations",
                f"派生其所依赖的关系用时 {derived:g} 秒，模型本身 {found.seconds:g} 秒；一次运行中各模型共用派生结果。",
                f"deriving the relations behind it takes {derived:g} s, the model itself {found.seconds:g} s; the "
                "models of one run share them",
            )
        )
    if found.ratio > WORST_RATIO and found.operators:
        top = found.operators[0]
        said.append(
            Advice(
                "ratio",
                f"用时为扫描其所需列的 {found.ratio:g} 倍；{top.share:.0%} 用于 {top.type}（{top.about}）。",
                f"{found.ratio:g} times as long as scanning its columns; {top.share:.0%} of it in "
                f"{top.type} ({top.about})",
            )
        )
    return said
