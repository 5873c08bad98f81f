"""Which models a run evaluates, and with which text: what was released, and nothing that changed since."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.lock import read_lock
from steelyard.catalogue.release_plan import ReleasePlan, read_plan
from steelyard.detect import texts
from steelyard.detect.releases import Releases, releases_on

Connection = psycopg.Connection[Any]
CATALOGUE = "catalogue"
"""Who decided what a fresh deployment starts with."""


@dataclass(frozen=True)
class Admission:
    """What may run on a day."""

    releases: Releases
    models: tuple[SupervisionModel, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    """Models whose text is not the released one, with what to do."""
    waiting: Mapping[str, str] = field(default_factory=dict)
    """Models that run with the released version while the catalogue has another: the other's number."""
    resting: tuple[str, ...] = ()
    """Models that are released nowhere: drafts and retired ones."""


def admitted(
    connection: Connection, catalogue: Catalogue, models: Collection[SupervisionModel], day: dt.date
) -> Admission:
    """Sort out which of ``models`` run on a day.  A deployment that never decided takes over the catalogue's plan."""
    take_over_plan(connection, catalogue, day)
    life = releases_on(connection, day)
    chosen: list[SupervisionModel] = []
    refused: dict[str, str] = {}
    waiting: dict[str, str] = {}
    resting: list[str] = []
    for model in models:
        released = life.runs(model.id)
        if released is None:
            resting.append(model.id)
        elif released.sha256 == model.sha256:
            chosen.append(model)
        elif released.version == model.version:
            refused[model.id] = _changed(model, released.sha256)
        else:
            chosen.append(texts.kept(connection, released.sha256))
            waiting[model.id] = model.version
    return Admission(life, tuple(chosen), refused, waiting, tuple(resting))


def _changed(model: SupervisionModel, released: str) -> str:
    return (
        f"{model.id}: the text changed under version {model.version} (released {released[:12]}, now "
        f"{model.sha256[:12]}); raise its version, back-test it and release it: steelyard model release {model.id}"
    )


def take_over_plan(connection: Connection, catalogue: Catalogue, day: dt.date) -> int:
    """Make the catalogue's plan the first decisions of a deployment that has none.  Returns how many models.

    Only texts that the lock knows are taken over; whatever comes later starts as a draft.
    """
    decided = connection.execute("SELECT EXISTS (SELECT 1 FROM engine.release)").fetchone()
    plan = read_plan(catalogue.root)
    if plan is None or (decided and decided[0]):
        return 0
    locked = read_lock(catalogue.root)
    taken = 0
    with connection.transaction():
        for model in catalogue.models.values():
            known = locked.get(model.id, {}).get("sha256") == model.sha256
            if known and model.status == "ready" and plan.names(model.id):
                _start(connection, model, plan, day)
                taken += 1
    return taken


def _start(connection: Connection, model: SupervisionModel, plan: ReleasePlan, day: dt.date) -> None:
    texts.keep(connection, model)
    connection.execute(
        "INSERT INTO engine.release (model, version, sha256, phase, area_prefix, valid_from, decided_by, reason, "
        "evidence) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(model.id, model.version, model.sha256, plan.phase, plan.area, min(day, plan.since), CATALOGUE),
            *(plan.reason["en"], Jsonb({"reason": plan.reason})),
        ],
    )
