"""All reads of alerts, for this room and for the rooms above."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth
from django.http import QueryDict

from steelyard.web.alerts.models import (
    GRADES,
    NOT_SHOWN,
    TRUE_VERDICTS,
    Alert,
    AlertQuerySet,
    AlertState,
    SavedView,
    Verdict,
)  # fmt: skip
from steelyard.web.orgs.models import Area, User

alerts = Alert.objects
"""Start here: ``alerts.visible_to(user)``."""


@dataclass(frozen=True)
class Filters:
    """What a list was asked for; kept in the address of the page."""

    q: str = ""
    grade: str = ""
    model: str = ""
    area: str = ""
    state: str = ""
    verdict: str = ""
    sort: str = ""

    @classmethod
    def read(cls, given: QueryDict) -> "Filters":
        """Known words only; anything else is ignored."""
        found = cls(**{name: given.get(name, "").strip()[:120] for name in cls.__dataclass_fields__})
        return cls(
            q=found.q, model=found.model, area=found.area.strip("0") and found.area,
            grade=found.grade if found.grade in GRADES else "",
            state=found.state if found.state in AlertState.values else "",
            verdict=found.verdict if found.verdict in (*Verdict.values, "none") else "",
            sort=found.sort if found.sort in ("newest", "amount") else "",
        )  # fmt: skip

    @property
    def any(self) -> bool:
        return any((self.q, self.grade, self.model, self.area, self.state, self.verdict))


def listed(user: User, filters: Filters) -> AlertQuerySet:
    """Alerts of a user that fit the filters; what still needs people comes first."""
    found = alerts.visible_to(user)
    for field in ("grade", "state"):
        if value := getattr(filters, field):
            found = found.filter(**{field: value})
    if filters.model:
        found = found.filter(model_id=filters.model)
    if filters.verdict:
        found = found.filter(verdict="" if filters.verdict == "none" else filters.verdict)
    if filters.area:
        found = found.filter(in_area(filters.area))
    if filters.q:
        found = found.filter(_words(filters.q))
    return _sorted(found, filters.sort)


def in_area(code: str) -> Q:
    """Rows inside an area, by equality on its level's column."""
    area = Area.objects.filter(code=code.ljust(12, "0")[:12]).first()
    return Q(**{area.level: area.prefix}) if area else Q(pk__in=[])


def _words(text: str) -> Q:
    """Number of the case, key values, area names and model ids; names of persons are not searched here."""
    named = Area.objects.filter(Q(name__icontains=text) | Q(name_en__icontains=text)).values_list("code", flat=True)
    found = Q(case_no__iexact=text) | Q(model_id__icontains=text) | Q(key__icontains=text)
    for code in list(named[:20]):
        found |= in_area(code)
    return found


def _sorted(found: QuerySet[Alert], sort: str) -> AlertQuerySet:
    if sort == "newest":
        return found.order_by("-raised_at", "-pk")  # type: ignore[return-value]
    if sort == "amount":
        return found.order_by("-amount_involved", "-pk")  # type: ignore[return-value]
    waits = Case(
        When(state__in=[AlertState.HELD, AlertState.OPEN], then=Value(0)),
        When(state=AlertState.IN_CASE, then=Value(1)), default=Value(2), output_field=IntegerField(),
    )  # fmt: skip
    grave = Case(
        *[When(grade=grade, then=Value(place)) for place, grade in enumerate(GRADES)],
        default=Value(len(GRADES)), output_field=IntegerField(),
    )  # fmt: skip
    return found.order_by(waits, grave, "-raised_at", "-pk")  # type: ignore[return-value]


def by_grade(user: User, *, only_open: bool = False) -> dict[str, int]:
    """Counts by grade, every grade present.  ``only_open``: those not decided yet."""
    found = alerts.visible_to(user).exclude(state__in=NOT_SHOWN)
    if only_open:
        found = found.exclude(state=AlertState.DECIDED)
    counted = dict(found.values_list("grade").annotate(n=Count("pk")))
    return {grade: counted.get(grade, 0) for grade in GRADES}


@dataclass(frozen=True)
class Verified:
    """True of decided, and of raised: both, for the published figure can be read both ways."""

    true: int
    decided: int
    raised: int


def verified(user: User, *, model_id: str = "") -> Verified:
    """How many alerts people found true, with both denominators; duplicates are not counted."""
    found = alerts.visible_to(user).exclude(state__in=NOT_SHOWN).exclude(verdict=Verdict.DUPLICATE)
    if model_id:
        found = found.filter(model_id=model_id)
    counts = found.aggregate(
        true=Count("pk", filter=Q(verdict__in=TRUE_VERDICTS)),
        decided=Count("pk", filter=~Q(verdict="")),
        raised=Count("pk"),
    )
    return Verified(counts["true"], counts["decided"], counts["raised"])


def by_month(user: User, *, since: dt.date) -> list[tuple[dt.date, str, int]]:
    """Alerts raised by month and grade: (first day, grade, count), months in order."""
    rows = alerts.visible_to(user).exclude(state__in=NOT_SHOWN).filter(raised_at__date__gte=since)
    counted = rows.annotate(month=TruncMonth("raised_at")).values_list("month", "grade").annotate(n=Count("pk"))
    return sorted((month.date(), grade, n) for month, grade, n in counted)


def by_area(user: User, level: str) -> list[tuple[str, int, int]]:
    """(area prefix, alerts, red alerts not decided) by the areas of one level."""
    rows = alerts.visible_to(user).exclude(state__in=NOT_SHOWN).values_list(level)
    counted = rows.annotate(n=Count("pk"), red=Count("pk", filter=Q(grade="red") & ~Q(state=AlertState.DECIDED)))
    return sorted((str(area), n, red) for area, n, red in counted)


def of_model(user: User, model_id: str) -> AlertQuerySet:
    """A model's alerts, newest first."""
    return alerts.visible_to(user).filter(model_id=model_id).order_by("-raised_at")


def models_in_use(user: User) -> list[str]:
    """Ids of the models whose alerts the user sees."""
    return sorted(alerts.visible_to(user).order_by().values_list("model_id", flat=True).distinct())


def held_batches(user: User) -> list[tuple[str, int]]:
    """Models whose batches wait for a person, with how many alerts."""
    rows = alerts.visible_to(user).filter(state=AlertState.HELD).order_by().values_list("model_id")
    return sorted((str(model), n) for model, n in rows.annotate(n=Count("pk")))


def saved_views(user: User) -> Iterable[SavedView]:
    return SavedView.objects.filter(user=user).order_by("name")
