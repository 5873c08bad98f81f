"""A newer text of a model, looked at in every batch beside the one that raises alerts; what it says is told to nobody.

The two give the same fingerprints.  What the newer one says is therefore stored apart: it neither overwrites nor takes
away a finding, and whoever pulls alerts never sees it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.detect import texts
from steelyard.detect.costs import Cost
from steelyard.detect.cursors import definition
from steelyard.detect.evaluable import Readiness
from steelyard.detect.evidence import plain
from steelyard.detect.findings import fingerprint
from steelyard.detect.guards import Guard, answers
from steelyard.detect.local_values import overrides_of
from steelyard.detect.parameters import parameter_hash, within_limits
from steelyard.detect.readiness import EVALUATED, TRUSTED, is_open
from steelyard.detect.releases import Release, Releases
from steelyard.detect.stage import NOWHERE, Stage
from steelyard.detect.views import Views
from steelyard.engines.duck import Duck, DuckError
from steelyard.engines.duck import rows as all_rows
from steelyard.kit.errors import SteelyardError
from steelyard.pool import PoolVersion

Connection = psycopg.Connection[Any]


class TooMuch(SteelyardError):
    """A watched text finds more than is stored one by one."""


class Looking(Protocol):
    """What a look needs of the evaluation it is part of."""

    duck: Duck
    catalogue: Catalogue
    connection: "psycopg.Connection[Any]"
    version: PoolVersion
    as_of: dt.date
    stage: Stage
    views: Views
    guard: Guard
    root: str

    def derive(self, read: set[str]) -> dict[str, str]: ...


@dataclass(frozen=True)
class Watched:
    """A text and the decision by which it is watched."""

    release: Release
    model: SupervisionModel


@dataclass
class Look:
    """What one watched text says now."""

    watched: Watched
    basis: str
    trusted: Callable[[str], bool]
    """Areas in which what is gone is believed to be gone."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    failure: str = ""


def watched(connection: Connection, releases: Releases, models: Collection[SupervisionModel]) -> list[Watched]:
    """Texts that are watched beside some models."""
    found = [releases.beside(model.id) for model in models]
    return [Watched(one, texts.kept(connection, one.sha256)) for one in found if one]


def look(run: Looking, one: Watched, ready: Sequence[Readiness]) -> Look | None:
    """What a watched text says of everything, in the areas in which the other one is evaluated; it never raises.

    None: nothing that it rests on has changed since it was looked at.
    """
    known = set(one.model.parameters)
    local = [each for each in overrides_of(run.connection).get(one.model.id, []) if set(each.values) <= known]
    open_in = partial(is_open, states=list(ready))
    made = Look(one, _basis(run, one, local, ready), partial(open_in, wanted=TRUSTED))
    if _last_basis(run.connection, one.model.sha256) == made.basis:
        return None
    made.cost = Cost(scope="full")
    try:
        with made.cost.measured(one.model), run.guard.within(one.model.id):
            broken = run.derive(set(one.model.data))
            if broken:
                raise SteelyardError("; ".join(f"{name}: {why}" for name, why in broken.items()))
            evaluated = partial(open_in, wanted=EVALUATED)
            made.rows = _rows(run, one, local, lambda area: one.release.covers(area) and evaluated(area))
            made.cost.rows_out = len(made.rows)
    except (DuckError, SteelyardError) as error:
        # What is only watched must not stop what raises alerts.
        made.rows, made.failure = [], str(error).splitlines()[0]
    return made


def _rows(
    run: Looking, one: Watched, local: Sequence[Override], spoken_of: Callable[[str], bool]
) -> list[dict[str, Any]]:
    model = one.model
    refuse_foreign(model.sql, {*model.data, "run", "param"})
    within_limits(model, local)
    run.stage.put_param(model, run.as_of, local)
    run.stage.put_found(model)
    answers.check(run.duck, model)
    counted = run.duck.execute("SELECT count(*) FROM found").fetchone()
    most = run.guard.limits.stored(model)
    if counted and counted[0] > most:
        raise TooMuch(f"{model.id} {model.version} finds {counted[0]} matters; more than {most} are not stored")
    found = []
    for row in all_rows(run.duck, "SELECT * FROM found ORDER BY _hit"):
        payload = {name: plain(value) for name, value in row.items() if name != "_hit"}
        area = str(row[model.area] or run.root)
        if spoken_of(area):
            key = {column: payload[column] for column in model.key}
            found.append(
                {"fingerprint": fingerprint(model, key), "key": key, "grade": str(row[model.grade_column]),
                 "area_code": area, "payload": payload}
            )  # fmt: skip
    return found


def _basis(run: Looking, one: Watched, local: Sequence[Override], ready: Sequence[Readiness]) -> str:
    """Everything that decides what a text says, as a hash."""
    datasets = run.catalogue.base_datasets(set(one.model.data))
    moment = run.views.moment
    said = [
        {name: run.version.tables.get(name) for name in sorted(datasets)}, moment.seq if moment else 0,
        run.views.generation, definition(one.model, run.catalogue), parameter_hash(one.model, run.as_of, local),
        str(run.as_of) if one.model.clock == "daily" else "", one.release.area,
        sorted([each.area_code, each.state] for each in ready),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _last_basis(connection: Connection, sha256: str) -> str | None:
    row = connection.execute(
        "SELECT basis FROM engine.beside_run WHERE sha256 = %s AND failure = '' ORDER BY run DESC LIMIT 1", [sha256]
    ).fetchone()
    return str(row[0]) if row else None


def keep(connection: Connection, run: int, looks: Sequence[Look]) -> dict[str, dict[str, int]]:
    """Store what watched texts say, in the run's transaction.  Returns counts by model."""
    told = {}
    for one in looks:
        counts = {"found": 0, "new": 0, "changed": 0, "vanished": 0} if one.failure else _store(connection, run, one)
        _note(connection, run, one, counts)
        told[one.watched.model.id] = counts
    return told


def _store(connection: Connection, run: int, one: Look) -> dict[str, int]:
    model = one.watched.model
    known = {
        str(row[0]): row[1:]
        for row in connection.execute(
            "SELECT fingerprint, state, grade, payload, area_code FROM engine.beside_finding WHERE sha256 = %s",
            [model.sha256],
        )
    }
    fresh = []
    for row in one.rows:
        before = known.get(row["fingerprint"])
        if before is None or before[0] == "vanished":
            fresh.append({**row, "state": "new"})
        elif (before[1], before[2]) != (row["grade"], row["payload"]):
            fresh.append({**row, "state": "changed"})
    found = {row["fingerprint"] for row in one.rows}
    # An area that cannot be looked at takes nothing back; one that is no longer watched does.
    gone = [
        name for name, before in known.items()
        if name not in found and before[0] != "vanished"
        and (one.trusted(before[3] or NOWHERE) or not one.watched.release.covers(before[3]))
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [_values(run, model, row) for row in fresh])
    connection.execute(
        "UPDATE engine.beside_finding SET state = 'vanished', last_run = %s "
        "WHERE sha256 = %s AND fingerprint = ANY(%s)",
        [run, model.sha256, gone],
    )
    states = [row["state"] for row in fresh]
    return {"found": len(one.rows), "new": states.count("new"), "changed": states.count("changed"),
            "vanished": len(gone)}  # fmt: skip


_UPSERT = """
INSERT INTO engine.beside_finding
    (sha256, fingerprint, model, version, key, grade, area_code, payload, state, first_run, last_run)
VALUES (%(sha256)s, %(fingerprint)s, %(model)s, %(version)s, %(key)s, %(grade)s, %(area_code)s, %(payload)s,
        %(state)s, %(run)s, %(run)s)
ON CONFLICT (sha256, fingerprint) DO UPDATE SET grade = excluded.grade, area_code = excluded.area_code,
    payload = excluded.payload, state = excluded.state, last_run = excluded.last_run
"""


def _values(run: int, model: SupervisionModel, row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "key": Jsonb(row["key"]), "payload": Jsonb(row["payload"]), "sha256": model.sha256,
            "model": model.id, "version": model.version, "run": run}  # fmt: skip


def _note(connection: Connection, run: int, one: Look, counts: Mapping[str, int]) -> None:
    model, cost = one.watched.model, one.cost
    connection.execute(
        "INSERT INTO engine.beside_run (run, model, model_version, sha256, basis, rows_out, new_findings, changed, "
        "vanished, rows_read, wall_ms, cpu_ms, failure) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(run, model.id, model.version, model.sha256, one.basis, counts["found"], counts["new"]),
            *(counts["changed"], counts["vanished"], cost.rows_read, cost.wall_ms, cost.cpu_ms, one.failure),
        ],
    )


def forget(connection: Connection, releases: Releases) -> None:
    """Drop what texts said that are watched no more; what their looks cost stays."""
    watched_now = [one.sha256 for one in (releases.beside(name) for name in releases.models) if one]
    connection.execute("DELETE FROM engine.beside_finding WHERE sha256 <> ALL(%s)", [watched_now])
