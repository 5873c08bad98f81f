"""Gathers what is known of a model when a phase is asked for: cases, law, data, shadow, back-test, alerts."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.lint.one_model import look_at
from steelyard.detect import backtest, texts
from steelyard.detect.cases import run_cases
from steelyard.detect.deciding import needs_backtest
from steelyard.detect.gate_values import asks_on
from steelyard.detect.gates import Facts
from steelyard.detect.parameters import prefix
from steelyard.detect.readiness import EVALUATED as READY
from steelyard.detect.releases import LIVE, Phase, Release, history, releases_on
from steelyard.detect.verdicts import Verdicts

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Asked:
    """What somebody asks for, and what he and others declare."""

    phase: Phase
    area: str
    proposed_by: str = ""
    approved_by: tuple[str, ...] = ()
    privacy_read: bool = False
    backtest_read: bool = False
    signed: Collection[str] = ()
    """Fingerprints of confirmed alerts whose loss is accepted."""
    successor: str | None = None


def facts(
    connection: Connection, catalogue: Catalogue, model: SupervisionModel, asked: Asked, *, day: dt.date,
    verdicts: Verdicts,
) -> Facts:  # fmt: skip
    """Everything the gates ask about; runs the model's cases."""
    place = prefix(asked.area)
    ran = run_cases(catalogue, [model.id])
    _, columns = look_at(catalogue, model)
    life = releases_on(connection, day)
    runs = life.runs(model.id)
    ready, places = _readiness(connection, model.id, place)
    report = backtest.newest(connection, model.sha256)
    released = texts.kept(connection, runs.sha256) if runs and runs.phase in LIVE else None
    decided = [one for one in history(connection, model.id) if _same_text(one, model)]
    return Facts(
        phase=asked.phase, area=place, today=day,
        cases=ran.cases, failed_cases=ran.failures,
        references=len(model.legal_basis),
        unverified=tuple(one.ref for one in model.legal_basis if one.status == "unverified"),
        private_columns=tuple(columns), privacy_read=asked.privacy_read,
        places=places, ready=ready,
        shadow_since=_since(decided, {"shadow"}, place), watched=_count(connection, model.id, place, "shadow"),
        max_new=_limit(model),
        replaces=released is not None and released.sha256 != model.sha256,
        needs_backtest=needs_backtest(model, released),
        would_add=int(report[1]["counts"]["added"]) if report else 0,
        backtest=report[0] if report else None, backtest_read=asked.backtest_read,
        lost=tuple(one["fingerprint"] for one in report[1]["lost"]) if report else (),
        signed=asked.signed,
        live_since=_since(decided, LIVE, place),
        live_in=tuple(one.area for one in life.scopes(model.id) if one.phase in LIVE),
        verdicts=verdicts.inside(place),
        held=_count(connection, model.id, place, "held") + _batches(connection, model.id, place),
        author=texts.author_of(connection, model.sha256), proposed_by=asked.proposed_by,
        approved_by=asked.approved_by, asks=asks_on(connection, day), successor=asked.successor,
    )  # fmt: skip


def _limit(model: SupervisionModel) -> int | None:
    said = model.run_limits.get("max_new")
    return None if said is None else int(said)


def _same_text(one: Release, model: SupervisionModel) -> bool:
    """A change of words alone leaves the evidence as it was."""
    return one.version.rsplit(".", 1)[0] == model.version.rsplit(".", 1)[0]


def _since(decided: list[Release], phases: Collection[str], place: str) -> dt.date | None:
    """Since when it was so in the area, around it, or in a part of it."""
    days = [
        one.since
        for one in decided
        if one.phase in phases and (place.startswith(one.area) or one.area.startswith(place))
    ]
    return min(days, default=None)


def _readiness(connection: Connection, model: str, place: str) -> tuple[int, int]:
    """(ready, all) counties of the area in the newest look at each model; wider places count where none lies in it."""
    rows = connection.execute(
        "SELECT area_code, state FROM engine.readiness AS r WHERE model = %(model)s "
        "AND run = (SELECT max(run) FROM engine.readiness WHERE model = %(model)s)",
        {"model": model},
    ).fetchall()
    found = [(prefix(str(code)), str(state)) for code, state in rows]
    inside = [state for code, state in found if code.startswith(place)]
    around = [state for code, state in found if place.startswith(code)]
    states = inside or around
    return sum(state in READY for state in states), len(states)


def _count(connection: Connection, model: str, place: str, standing: str) -> int:
    row = connection.execute(
        "SELECT count(*) FROM engine.finding WHERE model = %s AND standing = %s AND state <> 'vanished' "
        "AND starts_with(coalesce(area_code, ''), %s)",
        [model, standing, place],
    ).fetchone()
    return int(row[0]) if row else 0


def _batches(connection: Connection, model: str, place: str) -> int:
    """Findings in batches that a run put aside and nobody has decided on."""
    row = connection.execute(
        "SELECT coalesce(sum(rows), 0) FROM engine.held_batch WHERE model = %s AND state IN ('held', 'releasing') "
        "AND (starts_with(area_code, %s) OR starts_with(%s, rtrim(area_code, '0')))",
        [model, place, place],
    ).fetchone()
    return int(row[0]) if row else 0
