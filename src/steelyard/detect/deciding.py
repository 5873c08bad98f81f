"""Decisions on where a model runs, written down with what they rest on; they take effect at once."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import SupervisionModel
from steelyard.catalogue.lock import part_raised
from steelyard.detect import gates, texts
from steelyard.detect.gates import Facts
from steelyard.detect.parameters import prefix
from steelyard.detect.releases import EVALUATED, LIVE, Phase, Releases, releases_on
from steelyard.detect.standings import widened
from steelyard.kit.errors import SteelyardError

Connection = psycopg.Connection[Any]


class TextChanged(SteelyardError):
    """A version names one text for ever."""


class NotInThatOrder(SteelyardError):
    """A phase is entered from the one before it."""


class GatesNotMet(SteelyardError):
    """What the phase asks for is not shown yet."""


@dataclass(frozen=True)
class Decision:
    """What a motion comes to once it is agreed."""

    phase: Phase
    area: str
    since: dt.date
    decided_by: str
    approved_by: tuple[str, ...]
    reason: str
    until: dt.date | None = None
    evidence: Mapping[str, Any] | None = None
    motion: int | None = None


def decide(connection: Connection, model: SupervisionModel, decision: Decision, facts: Facts) -> tuple[int, int]:
    """Write a release down.  Returns its number, and how many watched findings were routed by it.

    Narrowing and retiring close no alert.  Raises TextChanged, NotInThatOrder, GatesNotMet.
    """
    may_follow(connection, model, decision.phase, decision.area, decision.since)
    missing = gates.unmet(facts)
    if missing:
        raise GatesNotMet(f"{model.id} {decision.phase}: " + "; ".join(gate.en for gate in missing))
    said = dict(decision.evidence or {}) | {"gates": gates.told(gates.gates(facts))}
    return _write(connection, model, decision, said)


def _write(
    connection: Connection, model: SupervisionModel, decision: Decision, said: Mapping[str, Any]
) -> tuple[int, int]:
    texts.keep(connection, model)
    beside = _is_beside(releases_on(connection, decision.since), model, decision.phase)
    row = connection.execute(
        "INSERT INTO engine.release (model, version, sha256, phase, area_prefix, valid_from, valid_to, decided_by, "
        "approved_by, reason, evidence, motion, beside) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [
            *(model.id, model.version, model.sha256, decision.phase, prefix(decision.area), decision.since),
            *(decision.until, decision.decided_by, list(decision.approved_by), decision.reason, Jsonb(dict(said))),
            decision.motion,
            beside,
        ],
    ).fetchone()
    routed = widened(connection, model.id, prefix(decision.area)) if decision.phase in LIVE else 0
    return (int(row[0]) if row else 0), routed


def may_follow(connection: Connection, model: SupervisionModel, phase: Phase, area: str, day: dt.date) -> None:
    """Whether a phase may come next in an area.  Raises TextChanged, NotInThatOrder."""
    _one_text_a_version(connection, model)
    life = releases_on(connection, day)
    place = prefix(area)
    held = life.phase(model.id, place)
    runs = life.runs(model.id)
    if phase == "draft":
        _may_be_put_back(life, model)
    if _is_beside(life, model, phase):
        return
    live = [one.area for one in life.scopes(model.id) if one.phase in LIVE]
    other = runs is not None and phase in LIVE and bool(live) and runs.sha256 != model.sha256
    if other and not all(one.startswith(place) for one in live):
        raise NotInThatOrder(
            f"{model.id}: one text runs at a time; release {model.version} wherever the old one raises alerts: "
            f"{', '.join(one or 'everywhere' for one in live)}"
        )
    if phase == "live-pilot" and held not in ("shadow", *LIVE):
        raise NotInThatOrder(f"{model.id} is {held} in {place or 'all areas'}: watch it as a shadow there first")
    if phase in ("promoted", "probation") and not _live_within(life, model.id, place):
        raise NotInThatOrder(f"{model.id} raises no alerts in {place or 'any area'}: pilot it there first")
    if phase == "retired" and held not in EVALUATED and not _within(life, model.id, place):
        raise NotInThatOrder(f"{model.id} does not run in {place or 'any area'}")


def _is_beside(life: Releases, model: SupervisionModel, phase: Phase) -> bool:
    """Whether this is about a newer text that is watched beside the one that raises alerts."""
    runs = life.runs(model.id)
    other = runs is not None and runs.sha256 != model.sha256
    return other and phase in ("shadow", "draft") and life.is_live(model.id)


def _may_be_put_back(life: Releases, model: SupervisionModel) -> None:
    beside = life.beside(model.id)
    if beside is None or beside.sha256 != model.sha256:
        raise NotInThatOrder(f"{model.id} {model.version} is not watched beside another version: nothing to put back")


def _one_text_a_version(connection: Connection, model: SupervisionModel) -> None:
    for version, sha256 in texts.versions(connection, model.id):
        if version == model.version and sha256 != model.sha256:
            raise TextChanged(
                f"{model.id}: version {version} was kept here with another text ({sha256[:12]}): raise the version"
            )


def _within(life: Releases, model: str, place: str) -> bool:
    return any(one.phase in EVALUATED and one.area.startswith(place) for one in life.scopes(model))


def _live_within(life: Releases, model: str, place: str) -> bool:
    """Live there, around it, or in a part of it: a promotion may widen what a pilot began."""
    if life.phase(model, place) in LIVE:
        return True
    return any(one.phase in LIVE and one.area.startswith(place) for one in life.scopes(model))


def draft(connection: Connection, model: SupervisionModel, *, by: str, reason: str, day: dt.date) -> int:
    """Write down that a text has come: it stands as a draft where nothing was decided before, and runs nowhere."""
    _one_text_a_version(connection, model)
    texts.keep(connection, model, by)
    if releases_on(connection, day).scopes(model.id):
        return 0
    made, _ = _write(connection, model, Decision("draft", "", day, by, (), reason), {})
    return made


def needs_backtest(model: SupervisionModel, released: SupervisionModel | None) -> bool:
    """Whether another text is replaced by one whose key, logic or parameters differ: MAJOR or MINOR."""
    if released is None or released.sha256 == model.sha256:
        return False
    return part_raised(released.version, model.version) != "patch" or _logic(released) != _logic(model)


def _logic(model: SupervisionModel) -> Collection[Any]:
    data = model.document.data
    return [model.sql, data.get("parameters"), data.get("data"), data.get("grade"), model.key, model.unit]
