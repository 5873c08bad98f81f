"""Why a model is slow, in plain words, from its text and from what its runs cost."""

from collections.abc import Mapping
from dataclasses import dataclass

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.reach import reach_of
from steelyard.contracts import Words
from steelyard.detect.history import Habit

SLOW_MS = 5_000
"""A full run below this is not worth anybody's time."""
MANY_ROWS = 1_000_000
MOSTLY_FULL = 0.5
IDLE = 0.4
"""Processor time by wall time below which a model waits for disk or memory."""
WORST_RATIO = 12.0
"""Times its columns' scan beyond which a model's text is to be looked at; the aim of every model."""


@dataclass(frozen=True)
class Advice:
    """One sentence for the model's owner."""

    code: str
    zh: str
    en: str

    @property
    def words(self) -> Words:
        return Words(self.zh, self.en)


def advice(model: SupervisionModel, catalogue: Catalogue, habit: Habit | None, rows: Mapping[str, int]) -> list[Advice]:
    """What to look at; empty where the model is quick.  ``rows``: rows by dataset."""
    if habit is None or habit.p95_ms < SLOW_MS:
        return []
    return [*_unit(model, habit), *_reach(model, catalogue, rows), *_size(model, catalogue, rows), *_waiting(habit)]


def _unit(model: SupervisionModel, habit: Habit) -> list[Advice]:
    if not model.unit:
        return [
            Advice(
                "global",
                "评估单元为空（unit: []），每次运行都是全量：把汇总部分拆成派生关系，模型按较小的单元与之比较。",
                "its unit is [], so each run is a full one: put what depends on everything into a derived relation and "
                "compare with it by a small unit",
            )
        ]
    if habit.runs >= 4 and habit.full > MOSTLY_FULL * habit.runs:
        return [
            Advice(
                "mostly-full",
                f"近 30 天 {habit.runs} 次运行中有 {habit.full} 次为全量：查看运行记录中的原因。",
                f"{habit.full} of its {habit.runs} runs of the last 30 days were full ones: see why in the runs",
            )
        ]
    return []


def _reach(model: SupervisionModel, catalogue: Catalogue, rows: Mapping[str, int]) -> list[Advice]:
    found = []
    for occurrence in reach_of(model, catalogue).underivable:
        number = rows.get(occurrence.table, 0)
        found.append(
            Advice(
                "no-key",
                f"读取 {occurrence.table} 的 {number:,} 行而没有键相等条件（第 {occurrence.line} 行）：用键相等连接。",
                f"reads {number:,} rows of {occurrence.table} without a key equality (line {occurrence.line}): join it "
                "by an equality of keys",
            )
        )
    return found


def _size(model: SupervisionModel, catalogue: Catalogue, rows: Mapping[str, int]) -> list[Advice]:
    read = {name: rows.get(name, 0) for name in catalogue.base_datasets(set(model.data))}
    total = sum(read.values())
    if total < MANY_ROWS:
        return []
    largest = max(read, key=lambda name: read[name])
    return [
        Advice(
            "size",
            f"全量运行读取 {total:,} 行，其中 {largest} 占 {read[largest]:,} 行：尽早过滤它，先聚合后连接。",
            f"a full run reads {total:,} rows, {read[largest]:,} of them of {largest}: filter it early, and aggregate "
            "before joining",
        )
    ]


def _waiting(habit: Habit) -> list[Advice]:
    if not habit.wall_ms or habit.cpu_ms >= IDLE * habit.wall_ms:
        return []
    busy = habit.cpu_ms / habit.wall_ms
    return [
        Advice(
            "waiting",
            f"处理器时间只占运行时间的 {busy:.0%}：多在等待磁盘或内存，检查内存上限与文件是否已压缩合并。",
            f"the processor worked {busy:.0%} of the time: it waits for disk or memory; look at the memory limit, and "
            "whether the files are compacted",
        )
    ]
