"""What must be shown before a model enters a phase; every gate says its figures, met or not."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from steelyard.detect.gate_values import DESIGN, Asks
from steelyard.detect.parameters import AREA_CODE_LENGTHS
from steelyard.detect.releases import Phase
from steelyard.detect.verdicts import Verdicts

APPROVALS: Mapping[str, int] = {
    "draft": 1, "shadow": 1, "live-pilot": 1, "promoted": 2, "probation": 1, "retired": 1,
}  # fmt: skip
"""How many people besides the author and whoever asks must agree."""


@dataclass(frozen=True)
class Gate:
    """One thing to be shown."""

    id: str
    met: bool
    zh: str
    en: str


@dataclass(frozen=True)
class Facts:
    """What is known when a phase is asked for."""

    phase: Phase
    area: str
    today: dt.date
    cases: int = 0
    failed_cases: int = 0
    references: int = 0
    unverified: tuple[str, ...] = ()
    private_columns: tuple[str, ...] = ()
    privacy_read: bool = False
    places: int = 0
    ready: int = 0
    """Counties of the area, and how many of them have the data."""
    shadow_since: dt.date | None = None
    watched: int = 0
    """Findings gathered in the area without telling anybody."""
    max_new: int | None = None
    replaces: bool = False
    """Another text of this model raises alerts now."""
    needs_backtest: bool = False
    """It does, and key, logic or parameters differ: MAJOR or MINOR."""
    would_add: int = 0
    """Findings that the back-test found with this text alone."""
    backtest: int | None = None
    """Number of the newest back-test of this text."""
    backtest_read: bool = False
    lost: tuple[str, ...] = ()
    """Confirmed alerts it would lose."""
    signed: Collection[str] = ()
    """Of those, what the motion lists as accepted."""
    live_since: dt.date | None = None
    live_in: tuple[str, ...] = ()
    """Areas in which the model raises alerts now."""
    verdicts: Verdicts = field(default_factory=Verdicts)
    held: int = 0
    """Findings held back by a limit."""
    author: str = ""
    proposed_by: str = ""
    approved_by: tuple[str, ...] = ()
    asks: Asks = DESIGN
    """What this deployment asks for."""
    successor: str | None = None
    """Of a model that retires: another id, or ``none``."""


def gates(facts: Facts) -> list[Gate]:
    """What must be shown for the phase, in the order in which it is worked off."""
    found: list[Gate] = []
    if facts.phase == "shadow":
        found = _shadow(facts)
    elif facts.replaces and facts.phase in ("live-pilot", "promoted"):
        # What people found out of the old text proves nothing of the new one: the past is looked at again instead.
        found = [*_shadow(facts), _backtest(facts), _volume(facts, facts.would_add)]
    elif facts.phase == "live-pilot":
        found = [*_shadow(facts), *_pilot(facts)]
    elif facts.phase == "promoted":
        found = [*_shadow(facts), *_promoted(facts)]
    elif facts.phase == "retired":
        found = [_successor(facts)]
    return [*found, _approvers(facts)]


def unmet(facts: Facts) -> list[Gate]:
    return [gate for gate in gates(facts) if not gate.met]


def _shadow(f: Facts) -> list[Gate]:
    names = "；".join(f.unverified)
    columns = ", ".join(f.private_columns) or "—"
    return [
        Gate("cases", f.cases > 0 and not f.failed_cases,
             f"用例{f.cases}个，未通过{f.failed_cases}个", f"{f.failed_cases} of {f.cases} cases fail"),
        Gate("law", f.references > 0 and not f.unverified,
             f"法律依据{f.references}条，未核实{len(f.unverified)}条{f'：{names}' if names else ''}",
             f"{len(f.unverified)} of {f.references} legal references are not checked{f': {names}' if names else ''}"),
        Gate("privacy", f.privacy_read or not f.private_columns,
             f"读取敏感字段{len(f.private_columns)}个（{columns}），{'已审阅' if f.privacy_read else '未审阅'}",
             f"reads {len(f.private_columns)} sensitive columns ({columns}), "
             f"{'looked through' if f.privacy_read else 'nobody has looked through them'}"),
        Gate("readiness", f.places > 0 and f.ready >= f.asks.ready_share * f.places,
             f"区域内{f.places}个县中{f.ready}个数据就绪（需{f.asks.ready_share:.0%}）",
             f"data are ready in {f.ready} of {f.places} counties of the area (needs {f.asks.ready_share:.0%})"),
    ]  # fmt: skip


def _pilot(f: Facts) -> list[Gate]:
    asks = f.asks
    days = (f.today - f.shadow_since).days if f.shadow_since else 0
    return [
        Gate("shadow", bool(f.shadow_since) and (days >= asks.shadow_days or f.watched >= asks.shadow_findings),
             f"观察{days}天、{f.watched}条结果（需{asks.shadow_days:g}天或{asks.shadow_findings:g}条）",
             f"watched for {days} days with {f.watched} findings (needs {asks.shadow_days:g} days or "
             f"{asks.shadow_findings:g})"),
        _backtest(f, always=True),
        _volume(f, f.watched),
    ]  # fmt: skip


def _volume(f: Facts, number: int) -> Gate:
    limit = "—" if f.max_new is None else str(f.max_new)
    return Gate(
        "volume", f.max_new is None or number <= f.max_new,
        f"将一次发出{number}条，限额{limit}", f"{number} would go out at once, the limit is {limit}",
    )  # fmt: skip


def _backtest(f: Facts, *, always: bool = False) -> Gate:
    open_losses = [one for one in f.lost if one not in f.signed]
    needed = always or f.needs_backtest
    met = not needed or (f.backtest is not None and f.backtest_read and not open_losses)
    if not needed:
        zh, en = "仅文字修改，无须回测", "only words differ from the released text: no back-test is needed"
    elif f.backtest is None:
        zh, en = "尚无该文本的回测报告", "there is no back-test of this text"
    else:
        read_zh, read_en = ("已阅", "read") if f.backtest_read else ("未阅", "not read yet")
        zh = f"回测报告{f.backtest}{read_zh}；将丢失已确认预警{len(f.lost)}条，未签认{len(open_losses)}条"
        en = (
            f"back-test {f.backtest} {read_en}; {len(f.lost)} confirmed alerts would be lost, "
            f"{len(open_losses)} of them not signed for"
        )
    return Gate("backtest", met, zh, en)


def _promoted(f: Facts) -> list[Gate]:
    seen, asks = f.verdicts, f.asks
    days = (f.today - f.live_since).days if f.live_since else 0
    all_done = days >= asks.live_days and seen.raised > 0 and seen.decided == seen.raised
    found = [
        Gate("decided", seen.decided >= asks.decided or all_done,
             f"试点{days}天，已办结{seen.decided}/{seen.raised}条（需{asks.decided:g}条，或{asks.live_days:g}天且全部办结）",
             f"live for {days} days, {seen.decided} of {seen.raised} alerts decided (needs {asks.decided:g}, or "
             f"{asks.live_days:g} days with every alert decided)"),
        *(_floor(f, grade) for grade in seen.grades),
        Gate("holds", not (f.held or seen.held),
             f"被拦截待放行{f.held + seen.held}条", f"{f.held + seen.held} findings are held back by a limit"),
    ]  # fmt: skip
    narrower = [one for one in f.live_in if len(one) > len(f.area)]
    if narrower and not any(f.area.startswith(one) for one in f.live_in):
        found.append(_wider(f, narrower))
    return found


def _floor(f: Facts, grade: str) -> Gate:
    known, floor = f.verdicts.precision(grade), f.asks.floor_of(grade)
    low = known.interval[0] if known.interval else None
    said = f"{low:.1%}" if low is not None else "—"
    return Gate(
        f"precision-{grade}", low is not None and low >= floor,
        f"{_GRADES[grade]}属实{known.true}/{known.counted}，威尔逊下限{said}，需≥{floor:.0%}",
        f"{grade}: {known.true} of {known.counted} true, Wilson lower bound {said}, needs ≥ {floor:.0%}",
    )  # fmt: skip


_GRADES = {"red": "红色", "yellow": "黄色", "blue": "蓝色"}


def _wider(f: Facts, narrower: list[str]) -> Gate:
    widest = min(narrower, key=len)
    below = next((n for n in (*AREA_CODE_LENGTHS, 12) if n > len(widest)), 12)
    parts = f.verdicts.parts(below)
    return Gate(
        "sub-areas", len(parts) >= 2,
        f"扩大范围：{len(parts)}个下级区域有办结预警（需2个）",
        f"wider than before: alerts were decided in {len(parts)} sub-areas (needs 2)",
    )  # fmt: skip


def _successor(f: Facts) -> Gate:
    return Gate(
        "successor", bool(f.successor),
        f"后继模型：{f.successor or '未说明（无则写 none）'}",
        f"successor: {f.successor or 'not said (write none where there is none)'}",
    )  # fmt: skip


def _approvers(f: Facts) -> Gate:
    needed = APPROVALS[f.phase]
    strangers = {one for one in f.approved_by if one not in (f.author, f.proposed_by)}
    return Gate(
        "approvers", len(strangers) >= needed,
        f"同意{len(strangers)}人（需{needed}人，不含作者与提出人）",
        f"{len(strangers)} agree (needs {needed}, neither the author nor whoever asks)",
    )  # fmt: skip


def told(listed: Collection[Gate]) -> list[dict[str, Any]]:
    """Gates as they are kept with a decision."""
    return [{"id": one.id, "met": one.met, "zh": one.zh, "en": one.en} for one in listed]
