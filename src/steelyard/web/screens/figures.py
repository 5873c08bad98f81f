"""The figures of the overview.  Every one starts from what the viewer may see, and carries its n."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from steelyard.pool import prefix
from steelyard.web.alerts import queries as alerts
from steelyard.web.alerts.models import GRADES, NOT_SHOWN, TRUE_VERDICTS, Verdict
from steelyard.web.cases import queries as cases
from steelyard.web.orgs.models import User
from steelyard.web.screens.shares import Share
from steelyard.web.workbench import queries as models
from steelyard.web.workbench import shelf

MONTHS = 12
TOP_MODELS = 10
IS_OPEN = Q(verdict="")
"""No verdict yet: what the alert list shows under "verdict: none"."""

OPEN = Count("pk", filter=IS_OPEN)
DECIDED = Count("pk", filter=~Q(verdict="") & ~Q(verdict=Verdict.DUPLICATE))
TRUE = Count("pk", filter=Q(verdict__in=TRUE_VERDICTS))


def shown_alerts(viewer: User) -> Any:
    """Alerts that were released; batches that are held back count nowhere."""
    return alerts.alerts.visible_to(viewer).exclude(state__in=NOT_SHOWN).order_by()


@dataclass(frozen=True)
class GradeLine:
    """Alerts of one grade."""

    grade: str
    open: int
    raised: int
    decided: int
    true: int

    @property
    def verified(self) -> Share:
        return Share(self.true, self.decided)


def by_grade(viewer: User) -> list[GradeLine]:
    """All grades from the gravest, also those without alerts."""
    counted = shown_alerts(viewer).values("grade").annotate(open=OPEN, n=Count("pk"), decided=DECIDED, right=TRUE)
    rows = {row["grade"]: row for row in counted}
    return [
        GradeLine(grade, *(rows.get(grade, {}).get(name, 0) for name in ("open", "n", "decided", "right")))
        for grade in GRADES
    ]


@dataclass(frozen=True)
class Funnel:
    """How far alerts have come."""

    raised: int
    in_case: int
    decided: int
    true: int

    @property
    def of_decided(self) -> Share:
        return Share(self.true, self.decided)

    @property
    def of_raised(self) -> Share:
        return Share(self.true, self.raised)


def funnel(viewer: User) -> Funnel:
    """Both shares are shown, for a published "share found true" can be read either way."""
    found = alerts.verified(viewer)
    in_case = shown_alerts(viewer).exclude(verdict=Verdict.DUPLICATE).exclude(case_no="").count()
    return Funnel(found.raised, in_case, found.decided, found.true)


@dataclass(frozen=True)
class Loop:
    """The cases and the money of a viewer's scope."""

    overdue: Share
    closed: int
    cases: int
    gaps: int
    by_state: list[tuple[str, str, int]]
    money: Mapping[str, Decimal]

    @property
    def recovered_percent(self) -> Decimal | None:
        """Recovered of recoverable; None where nothing is recoverable yet."""
        whole = self.money["recoverable"]
        return 100 * self.money["recovered"] / whole if whole else None


def loop(viewer: User) -> Loop:
    found = cases.figures(viewer)
    return Loop(
        Share(found.overdue, found.open), found.closed, found.cases, found.gaps, found.by_state, cases.money(viewer)
    )


@dataclass
class Month:
    """Alerts raised in one month, by grade."""

    first: dt.date
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GRADES, 0))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def label(self) -> str:
        return f"{self.first:%Y-%m}"


def trend(viewer: User, today: dt.date) -> list[Month]:
    """The last twelve months, the present one last; months without alerts are there with zero."""
    months = {first: Month(first) for first in _firsts(today)}
    for first, grade, n in alerts.by_month(viewer, since=min(months)):
        if first in months and grade in GRADES:
            months[first].counts[grade] = n
    return list(months.values())


def _firsts(today: dt.date) -> list[dt.date]:
    number = today.year * 12 + today.month - 1
    return [dt.date(at // 12, at % 12 + 1, 1) for at in range(number - MONTHS + 1, number + 1)]


def trend_chart(months: list[Month], names: Mapping[str, str]) -> dict[str, Any]:
    """The trend as a chart's option; colours are words that the page's script knows."""
    return {
        "xAxis": {"type": "category", "axisLabel": {"showMaxLabel": True}, "data": [month.label for month in months]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar", "stack": "grades", "name": names[grade], "itemStyle": {"color": f"grade-{grade}"},
                "data": [month.counts[grade] for month in months],
            }
            for grade in reversed(GRADES)
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class ModelLine:
    """One model in the viewer's scope."""

    id: str
    title: Any
    open: int
    raised: int
    decided: int
    true: int

    @property
    def verified(self) -> Share:
        return Share(self.true, self.decided)


def by_model(viewer: User, most: int | None = TOP_MODELS) -> list[ModelLine]:
    """Models with the most open alerts; ``most`` None: all of them."""
    counted = shown_alerts(viewer).values("model_id").annotate(open=OPEN, n=Count("pk"), decided=DECIDED, right=TRUE)
    known = shelf.catalogue().models
    return [
        ModelLine(
            row["model_id"], known[row["model_id"]].title if row["model_id"] in known else row["model_id"],
            row["open"], row["n"], row["decided"], row["right"],
        )
        for row in counted.order_by("-open", "-n", "model_id")[:most]
    ]  # fmt: skip


@dataclass(frozen=True)
class Blind:
    """A model that could not be evaluated somewhere."""

    id: str
    title: Any
    readiness: models.Readiness

    @property
    def places(self) -> list[models.Place]:
        return [place for place in self.readiness.places if not place.ready]


def not_evaluable(viewer: User) -> tuple[list[Blind], int]:
    """Models that could not be evaluated in some area of the viewer's, and how many models there are.

    Where nothing was looked at, nothing was found: these are never counted as clean.
    """
    known = shelf.catalogue().models
    found = []
    for model_id, readiness in models.readiness(known).items():
        mine = models.Readiness([place for place in readiness.places if _touches(viewer, place.area_code)])
        if not mine.places or mine.ready < len(mine.places):
            found.append(Blind(model_id, known[model_id].title, mine))
    return sorted(found, key=lambda blind: blind.id), len(known)


def _touches(viewer: User, area_code: str) -> bool:
    """Readiness is told by county, or by province where none is known; a viewer is concerned by his own."""
    own, place = prefix(viewer.scope.area), prefix(area_code)
    return bool(own) and (own.startswith(place) or place.startswith(own))
