"""What the gates of one deployment ask for: the design's figures, and dated, signed ones within bounds instead."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]


class UnknownGate(SteelyardError):
    """There is no such figure."""


class OutsideBounds(SteelyardError):
    """A figure keeps to its bounds, holds from today on, and is signed by two people."""


@dataclass(frozen=True)
class Figure:
    """One figure that gates ask about."""

    default: float
    least: float
    most: float
    zh: str
    en: str
    share: bool = False
    """A part of one; else a whole number."""

    def shown(self, value: float) -> str:
        return f"{value:.0%}" if self.share else f"{value:g}"


FIGURES: Mapping[str, Figure] = {
    "shadow_days": Figure(14, 7, 180, "观察天数", "days as a shadow"),
    "shadow_findings": Figure(30, 10, 1000, "或观察结果数", "or findings as a shadow"),
    "decided": Figure(30, 30, 1000, "最少办结预警数", "least decided alerts"),
    "live_days": Figure(60, 60, 365, "或试点天数（须全部办结）", "or days live with every alert decided"),
    "ready_share": Figure(0.8, 0.5, 1.0, "数据就绪的县所占比例", "share of counties with ready data", share=True),
    "floor_red": Figure(0.8, 0.8, 0.99, "红色预警威尔逊下限", "Wilson lower bound of red alerts", share=True),
    "floor": Figure(0.6, 0.6, 0.99, "其他预警威尔逊下限", "Wilson lower bound of other alerts", share=True),
    "probation_days": Figure(10, 3, 30, "察看期（工作日）", "working days of probation"),
}
"""The bounds of precision and of what it rests on go up alone: a deployment may be stricter than the design."""


@dataclass(frozen=True)
class Asks:
    """Every figure as it stands on a day."""

    shadow_days: float = 14
    shadow_findings: float = 30
    decided: float = 30
    live_days: float = 60
    ready_share: float = 0.8
    floor_red: float = 0.8
    floor: float = 0.6
    probation_days: float = 10

    def floor_of(self, grade: str) -> float:
        return self.floor_red if grade == "red" else self.floor


DESIGN = Asks()
"""Where nobody signed anything else."""


@dataclass(frozen=True)
class Signed:
    """One figure that two people changed; rows are added, never changed."""

    id: int
    name: str
    value: float
    valid_from: dt.date
    reason: str
    proposed_by: str
    approved_by: str
    decided_at: dt.datetime


def asks_on(connection: Connection, day: dt.date) -> Asks:
    """The figures in force on a day: of each the newest that holds by then."""
    rows = connection.execute(
        "SELECT DISTINCT ON (name) name, value FROM engine.gate_value WHERE valid_from <= %s "
        "ORDER BY name, valid_from DESC, id DESC",
        [day],
    ).fetchall()
    return Asks(**{str(name): float(value) for name, value in rows if name in FIGURES})


def signed(connection: Connection) -> list[Signed]:
    """Every change, the newest first."""
    with connection.cursor(row_factory=class_row(Signed)) as cursor:
        return cursor.execute(
            "SELECT id, name, value, valid_from, reason, proposed_by, approved_by, decided_at FROM engine.gate_value "
            "ORDER BY id DESC"
        ).fetchall()


def put(
    connection: Connection, name: str, value: float, *, since: dt.date, today: dt.date, reason: str, proposed_by: str,
    approved_by: str,
) -> int:  # fmt: skip
    """Change a figure from a day on.  Raises UnknownGate, OutsideBounds."""
    figure = FIGURES.get(name)
    if figure is None:
        raise UnknownGate(f"there is no figure {name}; there are {', '.join(FIGURES)}")
    if not math.isfinite(value) or not figure.least <= value <= figure.most:
        raise OutsideBounds(f"{name} must lie between {figure.least:g} and {figure.most:g}, {value:g} does not")
    if not figure.share and value != int(value):
        raise OutsideBounds(f"{name} is a whole number, {value:g} is none")
    if since < today:
        raise OutsideBounds(f"{name} holds from today on: what was decided before {today} rests on the figure of then")
    if len(reason.strip()) < 4 or not proposed_by or not approved_by or proposed_by == approved_by:
        raise OutsideBounds(f"{name} takes a reason and two people")
    row = connection.execute(
        "INSERT INTO engine.gate_value (name, value, valid_from, reason, proposed_by, approved_by) "
        "VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
        [name, value, since, reason.strip()[:400], proposed_by, approved_by],
    ).fetchone()
    return int(row[0]) if row else 0
