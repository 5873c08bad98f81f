"""All reads of loopholes, and the analysis sheet that is generated for one."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from steelyard.web.alerts.models import TRUE_VERDICTS, Alert
from steelyard.web.governance.models import Loophole
from steelyard.web.orgs.models import Area, User
from steelyard.web.powers.flow import flow


def loopholes(user: User) -> "QuerySet[Loophole]":
    """Loopholes of the user's area and line, those with the nearest deadline first."""
    found: QuerySet[Loophole] = Loophole.objects.visible_to(user).select_related("owner").order_by("due", "-opened")
    return found


@dataclass(frozen=True)
class AnalysisSheet:
    """What the alerts behind a loophole show.  Counts, never names."""

    alerts: int
    decided: int
    true: int
    first: dt.date | None
    last: dt.date | None
    areas: list[tuple[str, int]]
    subjects: int
    repeated: int
    """Subjects that appear in two alerts or more."""
    together: list[tuple[str, int]]
    """Other models that named the same subjects, most often first."""


def analysis_of(loophole: Loophole, user: User) -> AnalysisSheet:
    """The sheet over the alerts of the same model that the user may see in the loophole's county."""
    seen = Alert.objects.visible_to(user).filter(county=loophole.county)
    mine = list(seen.filter(model_id=loophole.model_id).only("verdict", "raised_at", "town", "subject_keys"))
    subjects = Counter(key for alert in mine for key in set(alert.subject_keys))
    towns = Counter(f"{alert.town}000" for alert in mine)
    names = {area.code: str(area) for area in Area.objects.filter(code__in=towns)}
    others = seen.exclude(model_id=loophole.model_id).filter(subject_keys__overlap=list(subjects) or ["-"])
    together = Counter(others.values_list("model_id", flat=True))
    days = sorted(alert.raised_at.date() for alert in mine)
    return AnalysisSheet(
        alerts=len(mine), decided=sum(bool(alert.verdict) for alert in mine),
        true=sum(alert.verdict in TRUE_VERDICTS for alert in mine), first=days[0] if days else None,
        last=days[-1] if days else None,
        areas=[(names.get(code, code), count) for code, count in towns.most_common(12)],
        subjects=len(subjects), repeated=sum(count > 1 for count in subjects.values()),
        together=together.most_common(6),
    )  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What can honestly be said about a measure's effect today."""

    kind: str
    """not_in_force, too_early, too_few or not_comparable."""
    days: int = 0
    before: int = 0
    after: int = 0
    window_days: int = 0
    earliest_days: int = 0
    least: int = 0


def effect_of(loophole: Loophole, user: User, today: dt.date) -> Effect:
    """Never a figure before it means something; and then "changed together with", never "because of"."""
    rules = flow("loophole").data["effect"]
    limits = {
        "window_days": rules["window_days"],
        "earliest_days": rules["earliest_days"],
        "least": rules["least_matters"],
    }
    if loophole.in_force_on is None:
        return Effect("not_in_force", **limits)
    days = (today - loophole.in_force_on).days
    if days < rules["earliest_days"]:
        return Effect("too_early", days=days, **limits)
    length = dt.timedelta(days=min(days, rules["window_days"]))
    mine = Alert.objects.visible_to(user).filter(county=loophole.county, model_id=loophole.model_id)
    start = loophole.in_force_on
    before = mine.filter(raised_at__date__gte=start - length, raised_at__date__lt=start).count()
    after = mine.filter(raised_at__date__gte=start, raised_at__date__lt=start + length).count()
    kind = "too_few" if before + after < rules["least_matters"] else "not_comparable"
    return Effect(kind, days=days, before=before, after=after, **limits)
