"""Reads about a model's life: where it runs, what was decided, what waits, which limits differ by region."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg

from steelyard.catalogue import SupervisionModel
from steelyard.detect import sweeps, texts
from steelyard.detect.gates import APPROVALS
from steelyard.detect.local_values import LocalValue, local_values
from steelyard.detect.rehearsing import NothingToCompare
from steelyard.detect.releases import Release, Releases, history, releases_on
from steelyard.detect.side_by_side import SideBySide, side_by_side
from steelyard.detect.sweeps import Campaign
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import reader
from steelyard.web.orgs.models import Area, User
from steelyard.web.workbench import figures, motions
from steelyard.web.workbench.models import APPROVERS, OWNERS, UNDER_WAY, Kind, Motion, Says

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Life:
    """Everything one page says of a model."""

    scopes: list[Release]
    """In force today, by area."""
    history: list[Release]
    runs: Release | None
    other_text: bool
    """The catalogue has another text than the one that runs."""
    values: list[LocalValue]
    campaigns: list[Campaign]
    backtests: list[dict[str, Any]]
    versions: list[tuple[str, str]]
    waiting: Mapping[str, int]
    """Findings of this model that nobody was told of, by standing."""
    beside: SideBySide | None = None
    """A newer version that is watched, against the one that raises alerts."""


def life_of(model: SupervisionModel, viewer: User) -> Life:
    """As far as it lies in the viewer's area, or around it."""
    day = clock.today()
    with reader() as connection:
        releases = releases_on(connection, day)
        runs = releases.runs(model.id)
        return Life(
            scopes=_near(releases.scopes(model.id), viewer),
            history=_near(history(connection, model.id), viewer),
            runs=runs,
            other_text=runs is not None and runs.sha256 != model.sha256,
            values=_near(local_values(connection, model.id), viewer),
            campaigns=_near(sweeps.campaigns(connection, model.id), viewer),
            backtests=_backtests(connection, model.id),
            versions=texts.versions(connection, model.id),
            waiting=_waiting(connection, model.id, viewer.scope.area),
            beside=_beside(connection, model.id, day, viewer.scope.area),
        )


def _beside(connection: Connection, model: str, day: dt.date, area: str) -> SideBySide | None:
    try:
        return side_by_side(connection, model, day, verdicts=figures.rulings(model), area=area)
    except NothingToCompare:
        return None


def phases(model_ids: Iterable[str], area: str) -> dict[str, str]:
    """The phase of each model in an area today; where it differs within the area, the farthest it has come."""
    with reader() as connection:
        releases = releases_on(connection, clock.today())
    return {name: _farthest(releases, name, area) for name in model_ids}


_RANK = ("retired", "draft", "shadow", "live-pilot", "probation", "promoted")


def _farthest(releases: Releases, model: str, area: str) -> str:
    inside = [one.phase for one in releases.scopes(model) if one.area.startswith(area)]
    return max([releases.phase(model, area), *inside], key=_RANK.index)


Placed = TypeVar("Placed", Release, LocalValue, Campaign)


def _near(listed: list[Placed], viewer: User) -> list[Placed]:
    own = viewer.scope.area
    return [one for one in listed if one.area.startswith(own) or own.startswith(one.area)]


def backtests_of(model_id: str) -> list[dict[str, Any]]:
    """The newest back-tests of a model."""
    with reader() as connection:
        return _backtests(connection, model_id)


def _backtests(connection: Connection, model: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT id, version, made_by, made_at, body FROM engine.model_report WHERE model = %s AND kind = 'backtest' "
        "ORDER BY id DESC LIMIT 10",
        [model],
    ).fetchall()
    return [
        {"id": row[0], "version": row[1], "by": row[2], "at": row[3], "body": row[4], "counts": row[4]["counts"],
         "first": dt.date.fromisoformat(row[4]["days"][0]), "last": dt.date.fromisoformat(row[4]["days"][-1])}
        for row in rows
    ]  # fmt: skip


def _waiting(connection: Connection, model: str, area: str) -> dict[str, int]:
    rows = connection.execute(
        "SELECT standing, count(*) FROM engine.finding WHERE model = %s AND standing <> 'routed' "
        "AND state <> 'vanished' AND starts_with(coalesce(area_code, ''), %s) GROUP BY standing",
        [model, area],
    ).fetchall()
    return {str(row[0]): int(row[1]) for row in rows}


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Names by leading digits; an area the register does not know keeps its code."""
    wanted = {code for code in codes if code}
    found = {area.code: str(area) for area in Area.objects.filter(code__in={code.ljust(12, "0") for code in wanted})}
    return {code: found.get(code.ljust(12, "0"), code) for code in wanted}


def may_read(viewer: User) -> bool:
    return viewer.has_role(*APPROVERS) and viewer.scope.level is not None


def may_ask(viewer: User) -> bool:
    return viewer.has_role(*OWNERS) and viewer.scope.level is not None


def waiting_for(viewer: User) -> list[Motion]:
    """Motions that this person may agree to and has said nothing to yet."""
    listed = Motion.objects.visible_to(viewer).filter(state="open").select_related("by")
    return [one for one in listed.exclude(words__by=viewer, words__says=Says.AGREE) if may_agree(viewer, one)]


def may_agree(viewer: User, motion: Motion) -> bool:
    """As far as can be said without asking: the verb looks again."""
    if motion.by_id == viewer.pk or motions.same_person(motion.by, viewer):
        return False
    if motion.effect.get("author") == viewer.username:
        return False
    return motion.kind == Kind.RELEASE or motions.answers_for(viewer, motion.area)


def approvals_needed(motion: Motion) -> int:
    return APPROVALS[motion.asked["phase"]] if motion.kind == Kind.RELEASE else 1


def under_way(viewer: User, model_id: str) -> list[Motion]:
    found = Motion.objects.visible_to(viewer).filter(model_id=model_id, state__in=UNDER_WAY)
    return list(found.select_related("by"))
