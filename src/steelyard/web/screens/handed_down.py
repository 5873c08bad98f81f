"""What rooms below ask of rooms above them: counts of a model's alerts, and whose evidence a row is."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Count, Q

from steelyard.detect.verdicts import AGAINST, TRUE, Ruled, Verdicts
from steelyard.web.alerts import queries as alerts
from steelyard.web.alerts.models import NOT_SHOWN, TRUE_VERDICTS, Alert, AlertState, Verdict
from steelyard.web.alerts.titles import titles
from steelyard.web.intake.above import Resting
from steelyard.web.orgs.models import User
from steelyard.web.screens import figures
from steelyard.web.screens.waiting import address
from steelyard.web.subjects.above import Concerning
from steelyard.web.workbench.figures import RecentAlert, Standing


def _lines(viewer: User, found: Sequence[Alert]) -> dict[int, RecentAlert]:
    texts = titles(viewer, found)
    return {
        alert.pk: RecentAlert(address("alert_detail", alert.pk), texts[alert.pk], alert.grade, alert.raised_at)
        for alert in found
    }


class AlertFigures:
    """Figures of the model pages, under the viewer's rights."""

    def standings(self, viewer: User) -> Mapping[str, Standing]:
        """Wrong data blames the supplier and what cannot be verified blames nobody: neither counts against a model."""
        spoken = Count("pk", filter=Q(verdict__in=TRUE | AGAINST))
        counted = figures.shown_alerts(viewer).values_list("model_id").annotate(
            open=figures.OPEN, raised=Count("pk"), true=figures.TRUE, spoken=spoken
        )  # fmt: skip
        return {str(model): Standing(*counts) for model, *counts in counted}

    def recent(self, viewer: User, model_id: str, limit: int) -> Iterable[RecentAlert]:
        found = list(figures.shown_alerts(viewer).filter(model_id=model_id).order_by("-raised_at", "-pk")[:limit])
        return _lines(viewer, found).values()

    def alerts(self, viewer: User, fingerprints: Collection[str]) -> Mapping[str, RecentAlert]:
        mine = figures.shown_alerts(viewer).filter(fingerprint__in=fingerprints)
        found = {alert.fingerprint: alert for alert in mine.order_by("raised_at", "pk")}
        lines = _lines(viewer, list(found.values()))
        return {fingerprint: lines[alert.pk] for fingerprint, alert in found.items()}

    def verdicts(self, model_id: str, version: str) -> Verdicts:
        mine = Alert.objects.filter(model_id=model_id, model_version__startswith=f"{version}.").order_by()
        let_go = mine.exclude(state__in=NOT_SHOWN).values_list("area_code", "grade", "verdict")
        rows = let_go.annotate(n=Count("pk"))
        return Verdicts(tuple(Ruled(*row) for row in rows), mine.filter(state=AlertState.HELD).count())

    def confirmed(self, model_id: str) -> Collection[str]:
        return set(
            Alert.objects.filter(model_id=model_id, verdict__in=TRUE_VERDICTS).values_list("fingerprint", flat=True)
        )

    def rulings(self, model_id: str) -> Mapping[str, str]:
        decided = Alert.objects.filter(model_id=model_id).exclude(verdict="").order_by("pk")
        return dict(decided.values_list("fingerprint", "verdict"))

    def judged(self, model_id: str, area: str, since: dt.datetime) -> Sequence[bool]:
        counted = Alert.objects.filter(
            model_id=model_id, area_code__startswith=area, raised_at__gte=since, verdict__in=[*TRUE, *AGAINST]
        )
        return [verdict in TRUE for verdict in counted.order_by("decided_at", "pk").values_list("verdict", flat=True)]


class AlertsOnDeliveries:
    """What the pages of the pool ask about alerts."""

    def resting(self, viewer: User, delivery: UUID, limit: int) -> Sequence[Resting]:
        source = [{"sources": [{"delivery": str(delivery)}]}]
        seen = figures.shown_alerts(viewer).filter(evidence__contains=source)
        found = list(seen.order_by("-raised_at", "-pk")[:limit])
        texts = titles(viewer, found)
        return [Resting(address("alert_detail", alert.pk), texts[alert.pk], alert.grade) for alert in found]

    def false_data(self, first: dt.date, last: dt.date) -> Iterable[frozenset[str]]:
        closed = Alert.objects.filter(verdict=Verdict.FALSE_DATA, decided_at__date__range=(first, last))
        for evidence in closed.values_list("evidence", flat=True):
            yield frozenset(str(line["delivery"]) for section in evidence or () for line in section.get("sources", ()))


class AlertsOnSubjects:
    """What the pages of subjects ask about alerts."""

    def concerning(self, viewer: User, keys: Collection[str], limit: int) -> Sequence[Concerning]:
        seen = figures.shown_alerts(viewer).filter(subject_keys__overlap=sorted(keys))
        found = list(seen.order_by("-raised_at", "-pk")[:limit])
        texts = titles(viewer, found)
        return [Concerning(address("alert_detail", alert.pk), texts[alert.pk], alert.grade) for alert in found]


def evidence_file(user: User, delivery: UUID, row: int, file: str | None) -> str | None:
    """The file of the delivered line where an alert that the user sees rests on it; None where none does.

    The same row number of another file in the same delivery is somebody else's line.
    """
    source: dict[str, str | int] = {"delivery": str(delivery), "row": row}
    if file:
        source["file"] = file
    seen = alerts.alerts.visible_to(user).filter(evidence__contains=[{"sources": [source]}])
    evidence = seen.values_list("evidence", flat=True).first()
    lines = (line for section in evidence or () for line in section.get("sources", ()))
    return next((str(line["file"]) for line in lines if source.items() <= line.items()), None)
