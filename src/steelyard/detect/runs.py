"""One run: models over a pool version, the difference to what is stored, in one transaction."""

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard import identity
from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.detect import basis, beside, carrying, costs, cursors, moving, reconciling, relation_store, signs, sweeps
from steelyard.detect import findings as store
from steelyard.detect.admission import Admission, admitted
from steelyard.detect.cursors import Cursor
from steelyard.detect.evaluable import Readiness
from steelyard.detect.evaluation import Evaluation, Outcome
from steelyard.detect.guards import KeyRepeated
from steelyard.detect.present import earlier, present
from steelyard.detect.relation_store import RelationStore
from steelyard.detect.views import Tables
from steelyard.detect.warm import Warm
from steelyard.engines.duck import Duck, connect, memory_for_a_run, spill_folder
from steelyard.engines.postgres import Database
from steelyard.engines.spark_tables import SparkTables
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import Moment, locked

__all__ = ["KeyRepeated", "RunReport", "readiness_of", "reconcile", "run", "today"]

Connection = psycopg.Connection[Any]
_LOCK = "steelyard detect run"
"""Held by whoever commits findings, and by a micro-batch from its first look on."""
_BATCH = "steelyard detect batch"
"""Held by any other run: it looks for long, and pushes are looked at meanwhile."""
FULL = ("full", "release", "reconcile")
"""Kinds of runs that look at everything."""


@dataclass
class RunReport:
    """What a run changed."""

    run: int = 0
    kind: str = "batch"
    pool_version: int = 0
    inbox_seq: int = 0
    """The newest push that was seen."""
    identity_generation: int = 0
    as_of: dt.date = dt.date.min
    new: int = 0
    changed: int = 0
    risen: int = 0
    """Changed findings with a stronger grade than before."""
    fallen: int = 0
    vanished: int = 0
    moved: int = 0
    """Findings that went with a person whose records were found to be one, or two."""
    unchanged: int = 0
    not_evaluable: int = 0
    """(model, county) pairs that could not be looked at."""
    scopes: dict[str, str | int] = field(default_factory=dict)
    """By model how many units it looked at, or why at everything."""
    incidents: int = 0
    """Differences that a reconcile found between what was stored and what a full run says."""
    by_model: dict[str, dict[str, int]] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    """Models of which something waits for a person, with what it is."""
    failed: dict[str, str] = field(default_factory=dict)
    """Models that broke or whose text is not the released one, with the reason; their findings stay as they were."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Models that ran in their released version while the catalogue has another: its number."""
    beside: dict[str, dict[str, int]] = field(default_factory=dict)
    """What newer texts found that are only watched, by model: found, new, changed, vanished."""
    resting: list[str] = field(default_factory=list)
    """Models that are released nowhere, and so were not evaluated."""
    seconds: float = 0.0

    def add(self, other: "RunReport") -> None:
        """Take in what a second look changed; version and day become the later one's."""
        for name in (
            "new",
            "changed",
            "risen",
            "fallen",
            "vanished",
            "moved",
            "unchanged",
            "not_evaluable",
            "incidents",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("scopes", "by_model", "held", "failed", "waiting", "beside"):
            getattr(self, name).update(getattr(other, name))
        self.run, self.pool_version, self.inbox_seq = other.run, other.pool_version, other.inbox_seq


def run(
    pool: Tables,
    catalogue: Catalogue,
    database: Database,
    as_of: dt.date | None = None,
    models: Collection[str] | None = None,
    *,
    kind: str = "batch",
    full: bool = False,
    memory_mb: int | None = None,
    spark: SparkTables | None = None,
    moment: Moment | None = None,
    also: Callable[[Connection, RunReport], None] | None = None,
    warm: Warm | None = None,
) -> RunReport:
    """Evaluate models (default: all that are ready) over the newest pool version, where they are released.

    A model looks at the units that changes since its last run touched, or at everything where these cannot be told.
    ``full``: at everything.  ``kind``: batch, event, full, release, sweep (the models that depend on the day) or
    reconcile (a full run in which every difference is an incident; bring the models up to the moment before).

    Pushed rows that wait are laid over it.  ``moment``: what to look at instead of the newest.  ``also``: what is
    written in the transaction of the findings.  ``warm``: areas and readiness, else they are measured; models that
    then must look at everything are left out.

    ``spark``: what computes the rows of models; default is DuckDB.
    ``memory_mb``: for the engine, which puts the rest on disk; default is what the machine allows.
    ``as_of``: the day models look from; default is the clock of the database.  The same data and day again
    change nothing.  Findings of provinces that cannot be evaluated are neither made nor taken back.
    Raises SteelyardError for a model id that is not in the catalogue.
    """
    started = time.monotonic()
    chosen = _chosen(catalogue, models, daily=kind == "sweep")
    asked = _Asked(pool, catalogue, database, as_of, kind, full, memory_mb or memory_for_a_run(), spark, also, warm)
    with _one_at_a_time(database, _LOCK if kind == "event" else _BATCH) as connection:
        report, behind = asked.look(connection, chosen, moment)
        if behind:
            # Pushes were looked at meanwhile.  What they concerned is looked at again while they wait.
            with locked(connection, _LOCK):
                again, _ = asked.look(connection, behind, None, alone=True)
            report.add(again)
        _tidy(connection, pool, kind)
        if kind != "event":
            signs.after_run(connection, catalogue, report.run, report.as_of, [*report.by_model])
    report.seconds = round(time.monotonic() - started, 3)
    return report


def reconcile(
    pool: Tables, catalogue: Catalogue, database: Database, as_of: dt.date | None = None,
    models: Collection[str] | None = None,
) -> RunReport:  # fmt: skip
    """Bring every model up to this moment, then look at everything and see that nothing is stored otherwise.

    Each difference is an incident, shown with its rows, and is repaired.
    """
    seen = present(pool, database)
    run(pool, catalogue, database, as_of, models, moment=seen)
    return run(pool, catalogue, database, as_of, models, kind="reconcile", moment=seen)


@dataclass(frozen=True)
class _Asked:
    """What a run was asked for."""

    pool: Tables
    catalogue: Catalogue
    database: Database
    as_of: dt.date | None
    kind: str
    full: bool
    memory_mb: int
    spark: SparkTables | None
    also: Callable[[Connection, RunReport], None] | None
    warm: Warm | None

    def look(
        self, connection: Connection, chosen: Sequence[SupervisionModel], moment: Moment | None, *, alone: bool = False
    ) -> tuple[RunReport, list[SupervisionModel]]:
        """Evaluate and commit.  Returns what was done, and models that another run brought on meanwhile.

        ``alone``: nobody else commits; a micro-batch never lets anybody.
        """
        day = self.as_of or today(connection)
        known = cursors.cursors(connection)
        seen = moment or present(self.pool, self.database)
        admission = admitted(connection, self.catalogue, chosen, day)
        with self._engine(connection, [known[one.id] for one in chosen if one.id in known]) as duck:
            evaluation = Evaluation(
                duck, self.catalogue, self.pool, seen.version, connection, day, admission.releases, self.spark
            )
            evaluation.views.moment, evaluation.warm, evaluation.stood = seen, self.warm, known
            if self.warm:
                evaluation.views.stood, evaluation.views.opened = self.warm.engine.stood, set(self.warm.folders)
            evaluation.store = _store(self.pool, duck, connection) if self.spark is None else None
            if evaluation.store and self.kind == "event":
                evaluation.store.most_patches = relation_store.MOST_PATCHES_OF_EVENTS
            # A second engine computes everything; so does a run that is asked to.
            since = {} if self.full or self.spark or self.kind in FULL else known
            # A micro-batch looks at units alone; what is watched beside follows with the next batch.
            watched = [] if self.kind == "event" else beside.watched(connection, admission.releases, admission.models)
            evaluation.also_read = {dataset for one in watched for dataset in one.model.data}
            outcomes = evaluation.outcomes(admission.models, since, partial(_moment_of, self.pool, self.database))
            looks = [beside.look(evaluation, one, _ready(outcomes, one.model.id)) for one in watched]
            report = RunReport(
                kind=self.kind, pool_version=seen.version.number, inbox_seq=seen.seq, as_of=day,
                identity_generation=evaluation.views.generation,
            )  # fmt: skip
            _note(report, admission)
            with nullcontext() if alone or self.kind == "event" else locked(connection, _LOCK):
                now = cursors.cursors(connection)
                behind = [
                    one.model for one in outcomes
                    if now.get(one.model.id) != known.get(one.model.id) or _is_ahead(now.get(one.model.id), seen)
                ]  # fmt: skip
                outcomes = [one for one in outcomes if one.model not in behind]
                with connection.transaction():
                    self._commit(connection, report, outcomes, evaluation, known)
                    if self.kind != "event":
                        report.beside = beside.keep(connection, report.run, [one for one in looks if one])
                        beside.forget(connection, admission.releases)
        return report, behind

    @contextmanager
    def _engine(self, connection: Connection, stood: Sequence[Cursor]) -> Iterator[Duck]:
        """The engine to look with: one of its own, but for a micro-batch."""
        if self.warm is None:
            with connect(memory_mb=self.memory_mb, spill=spill_folder()) as duck:
                yield duck
            return
        generation = identity.current_generation(connection)
        with self.warm.lend(generation, {one.identity_generation for one in stood}) as duck:
            yield duck

    def _commit(
        self, connection: Connection, report: RunReport, outcomes: Sequence[Outcome], evaluation: Evaluation,
        known: Mapping[str, Cursor],
    ) -> None:  # fmt: skip
        _commit(connection, self.catalogue, report, outcomes)
        _move_on(connection, report, outcomes, evaluation.store)
        if self.warm and evaluation.views.moment:
            carrying.carry(connection, self.warm.reads, evaluation.views.moment, known, evaluation.store)
        evaluation.guard.keep(report.run, report.pool_version, report.as_of, outcomes)
        costs.keep(connection, report.run, outcomes, report.kind)
        if self.kind == "reconcile":
            report.incidents = reconciling.note(connection, report.run, outcomes, known)
        identity.ask_what_holds_back(connection)
        if self.also:
            self.also(connection, report)


def _ready(outcomes: Sequence[Outcome], model: str) -> list[Readiness]:
    return next((one.ready for one in outcomes if one.model.id == model), [])


def _is_ahead(cursor: Cursor | None, seen: Moment) -> bool:
    """Whether a model has looked at more than this moment shows: its findings must not go back to it."""
    return cursor is not None and (cursor.pool_version > seen.version.number or cursor.looked_seq > seen.seq)


def _store(pool: Tables, duck: Duck, connection: Connection) -> RelationStore | None:
    """Where derived relations are kept between runs, of a pool that has a home."""
    home = getattr(pool, "home", None)
    return RelationStore(duck, connection, home.relations) if isinstance(home, Home) else None


def _moment_of(pool: Tables, database: Database, cursor: Cursor) -> Moment:
    return earlier(pool, database, cursor.pool_version, cursor.inbox_seq)


def _move_on(
    connection: Connection, report: RunReport, outcomes: Sequence[Outcome], relations: RelationStore | None
) -> None:
    """Cursors, and the relations that hold for where they point, move with the findings."""
    cursors.put(connection, [one.cursor for one in outcomes if one.cursor], report.run)
    if relations:
        relations.record(report.pool_version, report.inbox_seq, report.identity_generation)


def _tidy(connection: Connection, pool: Tables, kind: str) -> None:
    """Remove what no cursor rests on any more; after a micro-batch there is no time for it."""
    home = getattr(pool, "home", None)
    if kind != "event" and isinstance(home, Home):
        relation_store.tidy(connection, home.relations)


def _note(report: RunReport, admission: Admission) -> None:
    report.failed |= admission.refused
    report.waiting |= admission.waiting
    report.resting += admission.resting


def today(connection: Connection) -> dt.date:
    """The day by the database's clock, which the owner may set for tests and the tutorial."""
    known = connection.execute("SELECT to_regprocedure('public.app_today()')").fetchone()
    text = "SELECT public.app_today()" if known and known[0] else "SELECT current_date"
    row = connection.execute(text).fetchone()
    return row[0] if row else dt.date.min


def readiness_of(connection: Connection) -> list[Readiness]:
    """The newest judgement for each model and county, or province where no county is known."""
    rows = connection.execute(
        "SELECT model, area_code, state, reason FROM engine.readiness AS r "
        "WHERE (model, run) IN (SELECT model, max(run) FROM engine.readiness GROUP BY model) ORDER BY model, area_code"
    ).fetchall()
    return [Readiness(*row) for row in rows]


def _chosen(
    catalogue: Catalogue, models: Collection[str] | None, *, daily: bool = False
) -> list[SupervisionModel]:  # fmt: skip
    unknown = sorted(set(models or ()) - set(catalogue.models))
    if unknown:
        raise SteelyardError(f"there is no model {', '.join(unknown)}")
    wanted = models or [name for name, model in catalogue.models.items() if model.status == "ready"]
    return [catalogue.models[name] for name in sorted(wanted) if not daily or catalogue.models[name].clock == "daily"]


@contextmanager
def _one_at_a_time(database: Database, lock: str) -> Iterator[Connection]:
    """Runs of a kind follow each other; all commit one after the other, so that ``seq`` grows in that order."""
    connection = database.connect(autocommit=True)
    try:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [lock])
        yield connection
    finally:
        connection.close()


def _commit(connection: Connection, catalogue: Catalogue, report: RunReport, outcomes: Sequence[Outcome]) -> None:
    """Findings, readiness and the run itself move together."""
    row = connection.execute(
        "INSERT INTO engine.run (kind, as_of, pool_version, inbox_seq, identity_generation) "
        "VALUES (%s, %s, %s, %s, %s) RETURNING id",
        [report.kind, report.as_of, report.pool_version, report.inbox_seq, report.identity_generation],
    ).fetchone()
    report.run = int(row[0]) if row else 0
    for outcome in outcomes:
        moving.put(connection, outcome.moves, report.run)
        store.put(connection, [{**one, "run": report.run} for one in outcome.rows])
        frozen = [one["fingerprint"] for one in outcome.rows]
        basis.freeze(connection, catalogue, outcome.model, outcome.parameters, frozen, report.run)
        where: dict[str, Any] = {"run": report.run, "pool_version": report.pool_version, "as_of": report.as_of}
        store.seen_again(connection, outcome.model, outcome.unchanged, param_hash=outcome.param_hash, **where)
        store.note(connection, outcome.noted)
        store.gone(connection, outcome.vanished, **where)
        counts = outcome.counts()
        report.by_model[outcome.model.id] = counts
        report.new += counts["new"]
        report.changed += counts["changed"]
        report.risen += counts["risen"]
        report.fallen += counts["fallen"]
        report.scopes[outcome.model.id] = outcome.scope
        report.vanished += counts["vanished"]
        report.moved += counts["moved"]
        report.unchanged += counts["unchanged"]
        report.not_evaluable += counts["not_evaluable"]
        if outcome.held:
            report.held[outcome.model.id] = "; ".join(hold.why["en"] for hold in outcome.held)
        if outcome.failure:
            report.failed[outcome.model.id] = outcome.failure
    sweeps.settle(connection, [one.model.id for one in outcomes if not one.failure], report.run, report.as_of)
    # A micro-batch measures nothing: what was judged before stands.
    judged = [one for outcome in outcomes for one in outcome.ready if report.kind != "event"]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine.readiness (run, model, area_code, state, reason) VALUES (%s, %s, %s, %s, %s)",
            [
                [report.run, one.model, one.area_code, one.state, Jsonb(one.reason) if one.reason else None]
                for one in judged
            ],
        )
    connection.execute(
        "UPDATE engine.run SET finished_at = now(), new_findings = %s, changed = %s, vanished = %s, unchanged = %s, "
        "not_evaluable = %s, by_model = %s, failed = %s, risen = %s, fallen = %s, scopes = %s WHERE id = %s",
        [
            *(report.new, report.changed, report.vanished, report.unchanged, report.not_evaluable),
            *(
                Jsonb(report.by_model),
                Jsonb(report.failed),
                report.risen,
                report.fallen,
                Jsonb(report.scopes),
                report.run,
            ),
        ],
    )
