"""One run: models over a pool version, the difference to what is stored, in one transaction."""

import datetime as dt
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from steelyard import identity
from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.detect import evaluable, readiness
from steelyard.detect import findings as store
from steelyard.detect.evaluable import Readiness
from steelyard.detect.evidence import EvidenceReader, plain, subjects_shown
from steelyard.detect.grading import graded
from steelyard.detect.parameters import parameter_hash, within_limits
from steelyard.detect.stage import NOWHERE, Stage, bare
from steelyard.engines.duck import Duck, DuckError, close_off, connect, quoted, register_files
from steelyard.engines.postgres import Database
from steelyard.kit.errors import SteelyardError
from steelyard.pool import LINEAGE, PoolVersion

Connection = psycopg.Connection[Any]
_LOCK = "steelyard detect run"


class Tables(Protocol):
    """What a run needs of the pool."""

    def current(self) -> PoolVersion: ...

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]: ...


class KeyRepeated(SteelyardError):
    """A model gave two rows for one key; its findings are not taken over."""


@dataclass
class RunReport:
    """What a run changed."""

    run: int = 0
    pool_version: int = 0
    as_of: dt.date = dt.date.min
    new: int = 0
    changed: int = 0
    vanished: int = 0
    unchanged: int = 0
    not_evaluable: int = 0
    """(model, county) pairs that could not be looked at."""
    by_model: dict[str, dict[str, int]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """Models that broke, with the reason; their findings stay as they were."""
    seconds: float = 0.0


@dataclass
class _Outcome:
    """The difference one model makes."""

    model: SupervisionModel
    ready: list[Readiness]
    rows: list[dict[str, Any]] = field(default_factory=list)
    """New and changed findings."""
    unchanged: list[str] = field(default_factory=list)
    param_hash: str = ""
    vanished: list[str] = field(default_factory=list)
    failure: str | None = None

    def counts(self) -> dict[str, int]:
        states = [row["state"] for row in self.rows]
        return {
            "new": states.count("new"),
            "changed": states.count("changed"),
            "vanished": len(self.vanished),
            "unchanged": len(self.unchanged),
            "not_evaluable": sum(one.state in readiness.BLIND for one in self.ready),
        }


def run(
    pool: Tables,
    catalogue: Catalogue,
    database: Database,
    as_of: dt.date | None = None,
    models: Collection[str] | None = None,
    *,
    memory_mb: int = 2048,
) -> RunReport:
    """Evaluate models (default: all that are ready) over the newest pool version.

    ``as_of``: the day models look from; default is the clock of the database.  The same data and day again
    change nothing.  Findings of provinces that cannot be evaluated are neither made nor taken back.
    Raises SteelyardError for a model id that is not in the catalogue.
    """
    started = time.monotonic()
    chosen = _chosen(catalogue, models)
    with _one_at_a_time(database) as connection:
        day = as_of or today(connection)
        version = pool.current()
        with connect(memory_mb=memory_mb) as duck:
            outcomes = _Evaluation(duck, catalogue, pool, version, connection, day).outcomes(chosen)
        report = RunReport(pool_version=version.number, as_of=day)
        with connection.transaction():
            _commit(connection, report, outcomes)
    report.seconds = round(time.monotonic() - started, 3)
    return report


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
        "WHERE run = (SELECT max(run) FROM engine.readiness WHERE model = r.model) ORDER BY model, area_code"
    ).fetchall()
    return [Readiness(*row) for row in rows]


def _chosen(catalogue: Catalogue, models: Collection[str] | None) -> list[SupervisionModel]:
    unknown = sorted(set(models or ()) - set(catalogue.models))
    if unknown:
        raise SteelyardError(f"there is no model {', '.join(unknown)}")
    wanted = models or [name for name, model in catalogue.models.items() if model.status == "ready"]
    return [catalogue.models[name] for name in sorted(wanted)]


@contextmanager
def _one_at_a_time(database: Database) -> Iterator[Connection]:
    """Runs follow each other, so that ``seq`` grows in the order of the commits."""
    connection = database.connect(autocommit=True)
    try:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [_LOCK])
        yield connection
    finally:
        connection.close()


class _Evaluation:
    """All models of a run over one pool version."""

    def __init__(
        self,
        duck: Duck,
        catalogue: Catalogue,
        pool: Tables,
        version: PoolVersion,
        connection: Connection,
        as_of: dt.date,
    ) -> None:
        self.duck = duck
        self.catalogue = catalogue
        self.pool = pool
        self.version = version
        self.connection = connection
        self.as_of = as_of
        self.stage = Stage(duck, catalogue)
        self.evidence = EvidenceReader(duck, catalogue)
        self.folders: set[Path] = set()
        self.root = NOWHERE
        """The top area, known once the areas are gathered."""

    def outcomes(self, models: Sequence[SupervisionModel]) -> list[_Outcome]:
        read = {dataset for model in models for dataset in model.data}
        base = self.catalogue.base_datasets(read)
        for dataset in sorted(base | {"region", *evaluable.REGISTER_DATASETS}):
            self._register(dataset)
        close_off(self.duck, sorted(self.folders))
        self.root = self.stage.put_areas(base)
        self.stage.put_run(self.as_of, self.root)
        broken = self._derive(read)
        ready = self._readiness(models)
        overrides = _overrides(self.connection)
        return [self._outcome(model, ready[model.id], overrides.get(model.id, []), broken) for model in models]

    def _register(self, dataset: str) -> None:
        files = self.pool.files(dataset, self.version)
        self.folders |= {Path(file).parent for file in files}
        register_files(self.duck, dataset, files, self.catalogue.schema(dataset) | dict(LINEAGE))

    def _derive(self, read: set[str]) -> dict[str, str]:
        """Materialise derived relations once a run; returns those that broke, with the reason."""
        broken: dict[str, str] = {}
        for relation in self.catalogue.relations_needed(read):
            try:
                self.stage.put_relation(relation)
            except DuckError as error:
                broken[relation.id] = str(error).splitlines()[0]
        return broken

    def _readiness(self, models: Sequence[SupervisionModel]) -> dict[str, list[Readiness]]:
        evaluable.put_homes(self.duck)
        wanted = evaluable.wanted_columns(self.catalogue, models)
        fills = evaluable.measure(self.duck, self.catalogue, wanted)
        regions = self.duck.execute(
            "SELECT DISTINCT left(area_code, 2) FROM area_code WHERE area_code <> ? ORDER BY 1", [NOWHERE]
        ).fetchall()
        provinces = [str(row[0]) for row in regions]
        publishers = _publishers(self.connection)
        facts = readiness.gather(self.pool, self.connection, wanted, self.as_of)
        found = {}
        for model in models:
            judged = evaluable.judge(model, self.catalogue, fills, provinces, publishers)
            found[model.id] = readiness.by_county(model, self.catalogue, judged, facts, publishers)
        return found

    def _outcome(
        self,
        model: SupervisionModel,
        ready: list[Readiness],
        overrides: list[Override],
        broken: Mapping[str, str],
    ) -> _Outcome:
        outcome = _Outcome(model, ready)
        if not any(one.state in readiness.EVALUATED for one in ready):
            return outcome
        try:
            lost = [f"{name}: {why}" for name, why in broken.items() if name in model.data]
            if lost:
                raise SteelyardError("; ".join(lost))
            self._difference(model, outcome, overrides)
        except (DuckError, SteelyardError) as error:
            outcome = _Outcome(model, [Readiness(model.id, one.area_code, "failed", _broke(error)) for one in ready])
            outcome.failure = str(error).splitlines()[0]
        return outcome

    def _difference(self, model: SupervisionModel, outcome: _Outcome, overrides: list[Override]) -> None:
        open_in = partial(readiness.is_open, states=outcome.ready)
        looked_at, trusted = partial(open_in, wanted=readiness.EVALUATED), partial(open_in, wanted=readiness.TRUSTED)
        rows = [row for row in self._rows(model, overrides) if looked_at(self._area(model, row))]
        known = store.stored(self.connection, model.id)
        named = {key for before in known.values() for key in before.evidence_subjects}
        tiers = self._tiers(named | {str(row[c]) for row in rows for c in model.subjects if row[c]})
        outcome.param_hash = parameter_hash(model, self.as_of, overrides)
        fresh: list[tuple[dict[str, Any], dict[str, Any]]] = []
        found: set[str] = set()
        for row in rows:
            record = self._record(model, row, outcome.param_hash)
            before = known.get(record["fingerprint"])
            found.add(record["fingerprint"])
            if before is None or before.state == "vanished":
                fresh.append((row, record | {"state": "new"}))
                continue
            grade = self._grade(model, row, record, before.evidence_subjects, tiers)
            if (before.payload, before.grade) != (record["payload"], grade["grade"]):
                fresh.append((row, record | {"state": "changed"}))
            else:
                outcome.unchanged.append(record["fingerprint"])
        if fresh:
            outcome.rows = self._with_evidence(model, fresh)
        outcome.vanished = [
            name
            for name, before in known.items()
            if name not in found and before.state != "vanished" and trusted(before.area_code or NOWHERE)
        ]

    def _with_evidence(
        self, model: SupervisionModel, fresh: Sequence[tuple[dict[str, Any], dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Freeze the evidence of new and changed findings, then grade them by whom it names."""
        sections = self.evidence.collect(model, [row["_hit"] for row, _ in fresh])
        bare_hits = [hit for hit, listed in sections.items() if not any(one["sources"] for one in listed)]
        if bare_hits:
            raise SteelyardError(f"{model.id}: {len(bare_hits)} findings have no evidence that leads to a line")
        shown = {row["_hit"]: subjects_shown(sections[row["_hit"]]) for row, _ in fresh}
        keys = {key for listed in shown.values() for key in listed}
        tiers = self._tiers(keys | {key for _, record in fresh for key in record["subjects"].values()})
        return [
            record
            | self._grade(model, row, record, shown[row["_hit"]], tiers)
            | {"evidence": sections[row["_hit"]], "evidence_subjects": shown[row["_hit"]]}
            for row, record in fresh
        ]

    def _rows(self, model: SupervisionModel, overrides: list[Override]) -> list[dict[str, Any]]:
        """The model's result, numbered, from the table ``found``.  Raises KeyRepeated."""
        refuse_foreign(model.sql, {*model.data, "run", "param"})
        for evidence in model.evidence:
            refuse_foreign(evidence.sql, {*model.data, "run", "param", "hit"})
        within_limits(model, overrides)
        self.stage.put_param(model, self.as_of, overrides)
        order = ", ".join(f"q.{quoted(column)}" for column in model.key)
        self.duck.execute(
            f"CREATE OR REPLACE TABLE found AS SELECT row_number() OVER (ORDER BY {order}) AS _hit, q.* "
            f"FROM ({bare(model.sql)}) AS q"
        )
        cursor = self.duck.execute("SELECT * FROM found ORDER BY _hit")
        names = [str(column[0]) for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        keys = {tuple(row[column] for column in model.key) for row in rows}
        if len(keys) != len(rows):
            raise KeyRepeated(f"{model.id}: {len(rows) - len(keys)} rows share the key of another row")
        return rows

    def _area(self, model: SupervisionModel, row: Mapping[str, Any]) -> str:
        """Where a finding is routed; one without an area goes to the top, so that it is never dropped."""
        return str(row[model.area] or self.root)

    def _tiers(self, keys: set[str]) -> dict[str, str]:
        return {key: named.tier for key, named in identity.names(self.connection, keys).items()}

    def _record(self, model: SupervisionModel, row: Mapping[str, Any], param_hash: str) -> dict[str, Any]:
        payload = {name: plain(value) for name, value in row.items() if name != "_hit"}
        key = {column: payload[column] for column in model.key}
        return {
            "fingerprint": store.fingerprint(model, key),
            "model": model.id,
            "model_version": model.version,
            "model_sha": model.sha256,
            "param_hash": param_hash,
            "key": key,
            "area_code": self._area(model, row),
            "payload": payload,
            "subjects": {column: str(row[column]) for column in model.subjects if row[column]},
            "title": model.text_title._asdict(),
            "pool_version": self.version.number,
            "as_of": self.as_of,
        }

    def _grade(
        self,
        model: SupervisionModel,
        row: Mapping[str, Any],
        record: Mapping[str, Any],
        shown: Sequence[str],
        tiers: Mapping[str, str],
    ) -> dict[str, Any]:
        found = graded(
            row,
            grade_column=model.grade_column,
            tier_column=model.identity_tier,
            subjects=record["subjects"].values(),
            shown=shown,
            tiers=tiers,
        )
        return {
            "grade": found.grade,
            "model_grade": found.model_grade,
            "grade_reason": found.reason,
            "identity_tier": found.tier,
        }


def _broke(error: Exception) -> dict[str, str]:
    said = str(error).splitlines()[0]
    return {"zh": f"模型运行失败：{said}", "en": f"the model failed: {said}"}


def _publishers(connection: Connection) -> set[str]:
    """Provinces that stand for one publisher of public procurement data."""
    return {str(row[0])[:2] for row in connection.execute("SELECT area_code FROM engine.publisher")}


def _overrides(connection: Connection) -> dict[str, list[Override]]:
    found: dict[str, list[Override]] = {}
    for model, area, values, since, until in connection.execute(
        "SELECT model, area_prefix, parameter_values, valid_from, valid_to FROM engine.parameter_override ORDER BY id"
    ):
        found.setdefault(model, []).append(Override(area, values, since, until))
    return found


def _commit(connection: Connection, report: RunReport, outcomes: Sequence[_Outcome]) -> None:
    """Findings, readiness and the run itself move together."""
    row = connection.execute(
        "INSERT INTO engine.run (as_of, pool_version) VALUES (%s, %s) RETURNING id",
        [report.as_of, report.pool_version],
    ).fetchone()
    report.run = int(row[0]) if row else 0
    for outcome in outcomes:
        store.put(connection, [{**one, "run": report.run} for one in outcome.rows])
        where: dict[str, Any] = {"run": report.run, "pool_version": report.pool_version, "as_of": report.as_of}
        store.seen_again(connection, outcome.model, outcome.unchanged, param_hash=outcome.param_hash, **where)
        store.gone(connection, outcome.vanished, **where)
        counts = outcome.counts()
        report.by_model[outcome.model.id] = counts
        report.new += counts["new"]
        report.changed += counts["changed"]
        report.vanished += counts["vanished"]
        report.unchanged += counts["unchanged"]
        report.not_evaluable += counts["not_evaluable"]
        if outcome.failure:
            report.failed[outcome.model.id] = outcome.failure
    judged = [one for outcome in outcomes for one in outcome.ready]
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
        "not_evaluable = %s, by_model = %s, failed = %s WHERE id = %s",
        [
            *(report.new, report.changed, report.vanished, report.unchanged, report.not_evaluable),
            *(Jsonb(report.by_model), Jsonb(report.failed), report.run),
        ],
    )
