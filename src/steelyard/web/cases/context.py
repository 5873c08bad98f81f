"""Who asks for which move on which case: all that guards, forms and effects need to know."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Sum

from steelyard.kit.workdays import Calendar
from steelyard.web.alerts.models import TRUE_VERDICTS, Alert, AlertQuerySet
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.cases import flow
from steelyard.web.cases.models import Case, LedgerKind
from steelyard.web.cases.releases import calendar_of, workflow_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User


@dataclass
class Context:
    """One move on one case, asked for by one person or by the system (``user`` None)."""

    case: Case
    move: flow.Move
    actor: str
    user: User | None
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def person(self) -> User:
        """Who makes a move that only people make.  Raises NotAllowed for the system."""
        if self.user is None:
            raise NotAllowed
        return self.user

    @cached_property
    def workflow(self) -> flow.Workflow:
        return workflow_of(self.case.workflow)

    @cached_property
    def calendar(self) -> Calendar:
        return calendar_of(self.workflow)

    @cached_property
    def now(self) -> dt.datetime:
        return clock.now()

    @cached_property
    def today(self) -> dt.date:
        return clock.today()

    @cached_property
    def alerts(self) -> list[Alert]:
        return alerts_of(self.case)

    @cached_property
    def proposed(self) -> dict[int, str]:
        """The verdict on each alert: what is said with this move, else what was said last in this episode."""
        said = {
            alert.pk: str(self.payload[f"verdict_{alert.pk}"])
            for alert in self.alerts
            if self.payload.get(f"verdict_{alert.pk}")
        }
        return last_verdicts(self.case) | said

    @property
    def some_alert_true(self) -> bool:
        return any(verdict in TRUE_VERDICTS for verdict in self.proposed.values())

    @property
    def no_alert_true(self) -> bool:
        decided = [self.proposed.get(alert.pk, "") for alert in self.alerts]
        return bool(decided) and all(verdict and verdict not in TRUE_VERDICTS for verdict in decided)

    def times_used(self) -> int:
        """How often this move was made in this episode."""
        return self.case.steps.filter(move=self.move.name, episode=self.case.episode).count()


def worked_on(case: Case) -> AlertQuerySet:
    """Alerts worked on in the case, as a query."""
    return Alert.objects.filter(links__case=case, links__detached_at__isnull=True)


def alerts_of(case: Case) -> list[Alert]:
    """Alerts worked on in the case, the oldest first."""
    return list(worked_on(case).order_by("raised_at", "pk"))


def last_verdicts(case: Case) -> dict[int, str]:
    """The last word on each alert in this episode."""
    first = case.steps.filter(episode=case.episode).order_by("no").values_list("no", flat=True).first() or 0
    rows = case.verdicts.filter(step_no__gte=first).order_by("pk")
    return {row.alert_id: row.verdict for row in rows}


def ledger_sums(case: Case) -> dict[str, Decimal]:
    """Yuan by kind, counter-entries taken off, and what is still outstanding."""
    rows = case.ledger.values_list("kind").annotate(total=Sum("amount"))
    sums = {str(kind): Decimal(0) for kind in LedgerKind.values} | dict(rows)
    sums["outstanding"] = sums["recoverable"] - sums["recovered"] - sums["written_off"]
    return sums
