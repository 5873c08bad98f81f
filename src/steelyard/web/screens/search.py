"""One box for alerts, cases, villages and models: whatever of them the viewer may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from steelyard.catalogue import SupervisionModel
from steelyard.identity import find
from steelyard.web.alerts.models import Alert
from steelyard.web.cases import queries as cases
from steelyard.web.cases.models import Case
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area, User
from steelyard.web.orgs.words import Level
from steelyard.web.screens.figures import shown_alerts
from steelyard.web.workbench import queries as models

MOST = 20
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """What fits the words; each list holds at most twenty."""

    alerts: list[Alert]
    cases: list[Case]
    villages: list[Area]
    models: list[SupervisionModel]

    @property
    def nothing(self) -> bool:
        return not (self.alerts or self.cases or self.villages or self.models)


def search(viewer: User, words: str) -> Found:
    """Persons are not searched by name: their names are covered until a case needs them."""
    areas = _areas(words)
    return Found(
        alerts=list(_alerts(viewer, words, areas)),
        cases=list(_cases(viewer, words)),
        villages=[area for area in areas if area.level == Level.VILLAGE][:MOST],
        models=models.models(words=words)[:MOST] if viewer.roles & models.READERS else [],
    )


def _areas(words: str) -> list[Area]:
    named = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code=words)
    return list(Area.objects.filter(named).select_related("parent").order_by("code")[: MOST * 2])


def _alerts(viewer: User, words: str, areas: Iterable[Area]) -> Any:
    """By case number, by a value of the story (a contract, a tender), by place, by company, by model."""
    fitting = [model.id for model in models.models(words=words)]
    wanted = Q(case_no__iexact=words) | Q(said__icontains=words) | Q(model_id__in=fitting)
    for area in areas:
        wanted |= Q(area_code__startswith=area.prefix)
    companies = _companies(words)
    if companies:
        wanted |= Q(subject_keys__overlap=companies)
    return (
        shown_alerts(viewer).annotate(said=Cast("key", TextField())).filter(wanted).order_by("-raised_at", "-pk")[:MOST]
    )


def _companies(words: str) -> list[str]:
    with reader() as connection:
        found = find(connection, words, limit=50)
    return [key for key, named in found.items() if named.kind != "person"]


def _cases(viewer: User, words: str) -> Any:
    """By a part of the number."""
    return cases.cases.visible_to(viewer).filter(no__icontains=words).order_by("-opened_at", "-pk")[:MOST]
