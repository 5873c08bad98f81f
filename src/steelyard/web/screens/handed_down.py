"""What rooms below ask of rooms above them: counts of a model's alerts, and whose evidence a row is."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from steelyard.web.alerts import queries as alerts
from steelyard.web.alerts.titles import titles
from steelyard.web.orgs.models import User
from steelyard.web.screens import figures
from steelyard.web.screens.waiting import address
from steelyard.web.workbench.figures import RecentAlert, Standing


class AlertFigures:
    """Figures of the model pages, under the viewer's rights."""

    def standings(self, viewer: User) -> Mapping[str, Standing]:
        return {
            line.id: Standing(line.open, line.raised, line.true, line.decided)
            for line in figures.by_model(viewer, most=None)
        }

    def recent(self, viewer: User, model_id: str, limit: int) -> Iterable[RecentAlert]:
        found = list(figures.shown_alerts(viewer).filter(model_id=model_id).order_by("-raised_at", "-pk")[:limit])
        texts = titles(viewer, found)
        return [
            RecentAlert(address("alert_detail", alert.pk), texts[alert.pk], alert.grade, alert.raised_at)
            for alert in found
        ]


def is_evidence_of(user: User, delivery: UUID, row: int) -> bool:
    """Whether an alert that the user sees rests on this delivered line."""
    wanted = [{"sources": [{"delivery": str(delivery), "row": row}]}]
    return alerts.alerts.visible_to(user).filter(evidence__contains=wanted).exists()
