"""Asks for probation where a model's verdicts turn bad, it suddenly finds many times more, or a sign is raised."""

from typing import Any

import psycopg
from django.db import transaction

from steelyard.catalogue import SupervisionModel
from steelyard.detect.releases import Release, releases_on
from steelyard.detect.signs import signs
from steelyard.detect.verdicts import drifted, swollen
from steelyard.engines.postgres import Role as DatabaseRole
from steelyard.web.audit import record
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import database_of_pages
from steelyard.web.workbench import figures, shelf
from steelyard.web.workbench.models import UNDER_WAY, Kind, Motion, State

Connection = psycopg.Connection[Any]
GROWTH = 5.0
"""Where the model names no ``max_growth``."""


@transaction.atomic
def watch() -> list[Motion]:
    """Look at every model that raises alerts; what is asked already is not asked twice."""
    made: list[Motion] = []
    with database_of_pages().transaction(DatabaseRole.WORKER) as connection:
        life = releases_on(connection, clock.today())
        for name, model in sorted(shelf.catalogue().models.items()):
            for scope in life.scopes(name):
                if scope.phase in ("live-pilot", "promoted") and not _asked(scope):
                    said = _verdicts(scope) or _volume(connection, model, scope) or _signs(connection, scope)
                    made += [_ask(scope, said)] if said else []
    return made


def _asked(scope: Release) -> bool:
    """Probation is asked for there, or people said no to it since the release."""
    known = Motion.objects.filter(model_id=scope.model, area=scope.area, kind=Kind.RELEASE, by=None)
    return known.filter(state__in=UNDER_WAY).exists() or known.filter(at__gte=scope.decided_at).exists()


def _verdicts(scope: Release) -> dict[str, Any] | None:
    assert scope.decided_at is not None
    seen = figures.judged(scope.model, scope.area, scope.decided_at)
    number = drifted(seen)
    if number is None:
        return None
    true = sum(seen[:number])
    return {
        "zh": f"发布后第{number}条办结时属实率明显下降：{number}条中属实{true}条",
        "en": f"verdicts have turned bad: at the {number}th since the release, {true} of {number} were true",
    }


def _volume(connection: Connection, model: SupervisionModel, scope: Release) -> dict[str, Any] | None:
    rows = connection.execute(
        "SELECT new_findings FROM engine.run_model WHERE model = %s AND at >= %s AND scope <> 'none' "
        "ORDER BY run DESC LIMIT 13",
        [scope.model, scope.decided_at],
    ).fetchall()
    growth = float(model.run_limits.get("max_growth", GROWTH))
    found = swollen([int(row[0]) for row in reversed(rows)], growth)
    if found is None:
        return None
    newest, middle = found
    return {
        "zh": f"最近一次运行新增{newest}条，前12次中位数{middle:g}条",
        "en": f"the newest run found {newest} new, the median of the runs before is {middle:g}",
    }


def _signs(connection: Connection, scope: Release) -> dict[str, Any] | None:
    """A canary that died, or findings that are spread otherwise.  Silence alone asks for a look, not for probation."""
    for one in signs(connection, [scope.model]):
        if one.state == "raised" and one.detector in ("canary", "shape"):
            return dict(one.why)
    return None


def _ask(scope: Release, said: dict[str, Any]) -> Motion:
    made = Motion.objects.create(
        kind=Kind.RELEASE, model_id=scope.model, version=scope.version, sha256=scope.sha256, area=scope.area,
        asked={"phase": "probation", "since": clock.today().isoformat()}, reason=said["en"][:400], by=None,
        at=clock.now(), state=State.OPEN, effect={"drift": said},
    )  # fmt: skip
    record.write("model.drift", by=None, subject=scope.model, motion=made.pk, area=scope.area, why=said["en"])
    return made
