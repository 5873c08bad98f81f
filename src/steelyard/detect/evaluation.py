"""The models of one run over one pool version, compared with what is stored."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg

from steelyard import identity
from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.detect import costs, evaluable, moving, readiness
from steelyard.detect import findings as store
from steelyard.detect.cursors import Cursor, definition, scope
from steelyard.detect.distributed import SparkStage, SparkViews
from steelyard.detect.evaluable import Readiness
from steelyard.detect.evidence import EvidenceReader, plain, subjects_shown
from steelyard.detect.evidence_slices import EvidenceSlices
from steelyard.detect.grading import grade_ranks, graded
from steelyard.detect.guards import Flooded, Guard
from steelyard.detect.guards.batches import Hold
from steelyard.detect.local_values import overrides_of
from steelyard.detect.parameters import parameter_hash, parameter_set, within_limits
from steelyard.detect.planning import Earlier, Plan, never, planned
from steelyard.detect.relation_store import RelationStore
from steelyard.detect.releases import Releases
from steelyard.detect.stage import NOWHERE, Stage
from steelyard.detect.steps import columns_shown
from steelyard.detect.views import Tables, Views
from steelyard.detect.warm import Warm
from steelyard.engines.duck import Duck, DuckError, quoted
from steelyard.engines.spark_tables import SparkTables
from steelyard.kit.errors import SteelyardError
from steelyard.pool import PoolVersion

Connection = psycopg.Connection[Any]


@dataclass
class Outcome:
    """The difference one model makes."""

    model: SupervisionModel
    ready: list[Readiness]
    rows: list[dict[str, Any]] = field(default_factory=list)
    """New and changed findings."""
    unchanged: list[str] = field(default_factory=list)
    param_hash: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    """The set behind the hash."""
    vanished: list[str] = field(default_factory=list)
    moves: list[moving.Move] = field(default_factory=list)
    held: list[Hold] = field(default_factory=list)
    """What waits for a person; of findings that are too many, nothing else of the outcome stands."""
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the store said of those that changed or vanished: key, grade, payload and area_code by fingerprint."""
    noted: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Fingerprint, unit and guess of unchanged findings of which something else was known."""
    outside: int = 0
    """Standing findings that no change can have touched."""
    scope: str | int = "full"
    """How many units were looked at, or why all were."""
    cursor: Cursor | None = None
    """How far the model has looked now."""
    failure: str | None = None
    cost: costs.Cost = field(default_factory=costs.Cost)

    @property
    def full(self) -> bool:
        """Whether every unit was looked at."""
        return self.cost.scope != "units"

    def counts(self) -> dict[str, int]:
        states = [row["state"] for row in self.rows]
        return {
            "new": states.count("new"),
            "changed": states.count("changed"),
            "risen": sum(row.get("step", 0) > 0 for row in self.rows),
            "fallen": sum(row.get("step", 0) < 0 for row in self.rows),
            "vanished": len(self.vanished),
            "moved": len(self.moves),
            "unchanged": len(self.unchanged) + self.outside,
            "not_evaluable": sum(one.state in readiness.BLIND for one in self.ready),
        }


class Evaluation:
    """All models of a run over one pool version."""

    def __init__(
        self,
        duck: Duck,
        catalogue: Catalogue,
        pool: Tables,
        version: PoolVersion,
        connection: Connection,
        as_of: dt.date,
        releases: Releases | None = None,
        spark: SparkTables | None = None,
    ) -> None:
        """``releases``: where models run; None looks everywhere.  ``spark``: what computes rows instead of ``duck``."""
        self.duck = duck
        self.catalogue = catalogue
        self.pool = pool
        self.version = version
        self.connection = connection
        self.as_of = as_of
        self.releases = releases
        self.evidence = EvidenceReader(duck, catalogue)
        self.stage: Stage
        self.views: Views
        if spark is None:
            self.stage = Stage(duck, catalogue)
            self.views = Views(duck, catalogue, pool, version, connection)
        else:
            self.stage = SparkStage(duck, catalogue, spark)
            self.views = SparkViews(duck, catalogue, pool, version, connection, spark)
        self.guard = Guard(duck, catalogue, connection, pool)
        self.guard.running = self.stage
        self.fills: evaluable.Fills = {}
        self.sure: dict[str, dict[tuple[Any, ...], str]] = {}
        """Grades by key that rest on no guess, of the models that could rest on one."""
        self.root = NOWHERE
        """The top area, known once the areas are gathered."""
        self.store: RelationStore | None = None
        """Where derived relations are kept between runs; None keeps none."""
        self.standing: set[str] = set()
        """Form and name of the derived relations that stand already."""
        self.plan = Plan()
        self.warm: Warm | None = None
        """What is taken over from the runs before; None measures it anew."""
        self.stood: Mapping[str, Cursor] = {}
        """How far models have looked, also those that now look at everything."""
        self.also_read: set[str] = set()
        """Datasets and relations that must be readable beside those of the models."""

    def outcomes(
        self, models: Sequence[SupervisionModel], since: Mapping[str, Cursor] | None = None, reach_back: Earlier = never
    ) -> list[Outcome]:
        """What each model says now, against what is stored.

        ``since``: how far models have looked; one that is named looks at no more than what changed since, where
        that can be told.  ``reach_back``: gives the moment of a cursor.
        """
        read = {dataset for model in models for dataset in model.data}
        base = self.catalogue.base_datasets(read | self.also_read)
        if self.store:
            self.views.opened.add(self.store.folder)
        measured = set() if self.warm else {"region", *evaluable.REGISTER_DATASETS}
        self.views.register(sorted(base | measured))
        self.root = self.warm.areas.put(self.duck) if self.warm else self.stage.put_areas(base)
        self.stage.put_run(self.as_of, self.root)
        overrides = overrides_of(self.connection)
        ready = dict(self.warm.ready) if self.warm else self._readiness(models)
        cursors = {model.id: self._cursor(model, ready[model.id], overrides.get(model.id, [])) for model in models}
        self.plan = planned(self, models, since or {}, cursors, reach_back)
        if self.warm:
            # Whoever must look at everything leaves that to a batch.
            models = [model for model in models if model.id in self.plan.scopes]
        full = [model for model in models if model.id not in self.plan.scopes]
        self._look_without_guessing(models, full, overrides)
        broken = self.derive({dataset for model in full for dataset in model.data})
        found = [self._outcome(model, ready[model.id], overrides.get(model.id, []), broken) for model in models]
        for outcome in found:
            outcome.scope = self.plan.said(outcome.model.id)
            # What was not taken over must be looked at again.
            waits = any(hold.kind == "findings" for hold in outcome.held) or outcome.model.id in self.guard.partly
            outcome.cursor = None if outcome.failure or waits else cursors[outcome.model.id]
        return found

    def _cursor(
        self, model: SupervisionModel, ready: Sequence[Readiness], overrides: Sequence[Override]
    ) -> Cursor:  # fmt: skip
        """How far a model has looked once this run is through."""
        released = [] if self.releases is None else self.releases.scopes(model.id)
        runs_in = [(one.area, one.phase) for one in released]
        moment = self.views.moment
        return Cursor(
            model.id, self.version.number, moment.seq if moment else 0, self.views.generation, model.sha256,
            definition(model, self.catalogue), parameter_hash(model, self.as_of, overrides), self.as_of,
            scope(ready, self.root, runs_in), moment.seq if moment else 0,
        )  # fmt: skip

    def _look_without_guessing(
        self, models: Sequence[SupervisionModel], full: Sequence[SupervisionModel],
        overrides: Mapping[str, list[Override]],
    ) -> None:  # fmt: skip
        """Evaluate the models that unsure links can reach over the sure ones alone: what they say then is no guess.

        ``full``: those of them that look at everything.
        """
        doubtful = [model for model in models if self._guessed(model)]
        wide = [model for model in doubtful if model in full]
        if wide:
            with self.views.without_guesses():
                broken = self.derive({dataset for model in wide for dataset in model.data}, "sure")
                for model in wide:
                    self.sure[model.id] = self._sure_grades(model, overrides.get(model.id, []), broken)
        for model in doubtful:
            if model not in wide:
                self.sure[model.id] = self._sure_grades(model, overrides.get(model.id, []), {})

    def _sure_grades(
        self, model: SupervisionModel, overrides: list[Override], broken: Mapping[str, str]
    ) -> dict[tuple[Any, ...], str]:
        if broken.keys() & set(model.data):
            return {}
        try:
            with self.guard.within(model.id):
                rows = self._rows(model, overrides, form="sure")
        except (DuckError, SteelyardError):
            # The evaluation that follows says what is wrong; until then nothing of the model is sure.
            return {}
        return {tuple(row[column] for column in model.key): str(row[model.grade_column]) for row in rows}

    def _guessed(self, model: SupervisionModel) -> str | None:
        """The weakest tier of the links in what a model reads; None where all are sure."""
        return self.views.weakest(self.catalogue.base_datasets(set(model.data)))

    def derive(self, read: set[str], form: str = "all") -> dict[str, str]:
        """Materialise derived relations once a run; returns those that broke, with the reason."""
        broken: dict[str, str] = {}
        for relation in self.catalogue.relations_needed(read):
            if f"{form} {relation.id}" in self.standing:
                continue
            try:
                with self.guard.within(relation.id):
                    self.stage.put_relation(relation)
            except (DuckError, SteelyardError) as error:
                broken[relation.id] = str(error).splitlines()[0]
                continue
            self.standing.add(f"{form} {relation.id}")
            if self.store and (form == "all" or self.views.weakest(self.catalogue.base_datasets([relation.id]))):
                self.store.base(relation, form, quoted(relation.id))
        return broken

    def _readiness(self, models: Sequence[SupervisionModel]) -> dict[str, list[Readiness]]:
        evaluable.put_homes(self.duck)
        wanted = evaluable.wanted_columns(self.catalogue, models)
        fills = self.fills = evaluable.measure(self.duck, self.catalogue, wanted)
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
        return self.guard.emptied(found, fills)

    def _outcome(
        self,
        model: SupervisionModel,
        ready: list[Readiness],
        overrides: list[Override],
        broken: Mapping[str, str],
    ) -> Outcome:
        outcome = Outcome(model, ready)
        if not any(one.state in readiness.EVALUATED for one in ready):
            return outcome
        cost = outcome.cost = costs.begun(model, self.catalogue, self.fills)
        self.plan.note(model.id, cost)
        try:
            lost = [f"{name}: {why}" for name, why in broken.items() if name in model.data]
            if lost:
                raise SteelyardError("; ".join(lost))
            with cost.measured(model), self.guard.within(model.id):
                self._difference(model, outcome, overrides)
        except Flooded as flood:
            outcome = Outcome(model, ready, held=[flood.hold], cost=cost)
        except (DuckError, SteelyardError) as error:
            outcome = Outcome(model, [Readiness(model.id, one.area_code, "failed", _broke(error)) for one in ready])
            outcome.failure, outcome.cost = str(error).splitlines()[0], cost
        return outcome

    def _difference(self, model: SupervisionModel, outcome: Outcome, overrides: list[Override]) -> None:
        open_in = partial(readiness.is_open, states=outcome.ready)
        looked_at, trusted = partial(open_in, wanted=readiness.EVALUATED), partial(open_in, wanted=readiness.TRUSTED)
        outcome.param_hash = parameter_hash(model, self.as_of, overrides)

        def spoken_of(area: str) -> bool:
            return looked_at(area) and self._runs_in(model, area)

        rows = [row for row in self._rows(model, overrides, spoken_of) if spoken_of(self._area(model, row))]
        outcome.cost.rows_out = len(rows)
        units = self.plan.units(model.id)
        known = store.stored(self.connection, model.id, units)
        outcome.outside = 0 if units is None else store.outside(self.connection, model.id, units)
        named = {key for before in known.values() for key in before.evidence_subjects}
        tiers = self._tiers(named | {str(row[c]) for row in rows for c in model.subjects if row[c]})
        outcome.parameters = parameter_set(model, self.as_of, overrides)
        fresh: list[tuple[dict[str, Any], dict[str, Any]]] = []
        records = [self._record(model, row, outcome.param_hash) for row in rows]
        found = {record["fingerprint"]: record["key"] for record in records}
        came_from = moving.earlier(self.connection, model.id)
        outcome.moves = moving.moves(model, known, found, self.views.merged, came_from)
        known = moving.applied(known, outcome.moves)
        for row, record in zip(rows, records, strict=True):
            before = known.get(record["fingerprint"])
            if before is None or before.state == "vanished":
                fresh.append((row, record | {"state": "new"}))
                continue
            grade = self._grade(model, row, record, before.evidence_subjects, tiers)
            if (before.payload, before.grade) != (record["payload"], grade["grade"]):
                fresh.append((row, record | {"state": "changed", "before": before.grade}))
            else:
                outcome.unchanged.append(record["fingerprint"])
                if (before.unit, before.guessed) != (record["unit"], record["guessed"]):
                    outcome.noted.append((record["fingerprint"], record["unit"], record["guessed"]))
        hits = [row["_hit"] for row, record in fresh if record["state"] == "new"]
        self.guard.fresh(model, hits, spoken_of, self.root, outcome.param_hash)
        if fresh:
            outcome.rows = self._with_evidence(model, fresh)
        vanished = [
            name
            for name, before in known.items()
            if name not in found
            and before.state != "vanished"
            and trusted(before.area_code or NOWHERE)
            and self._runs_in(model, before.area_code or self.root)
        ]
        outcome.vanished, outcome.held = self.guard.vanishing(
            model, vanished, known, full=outcome.full, decided=self._decided_anew(outcome)
        )
        outcome.before = {
            name: known[name].shown
            for name in (*outcome.vanished, *(row["fingerprint"] for row in outcome.rows))
            if name in known
        }

    def _decided_anew(self, outcome: Outcome) -> bool:
        """Whether people changed the text or the limits of a model since it last looked."""
        stood = self.stood.get(outcome.model.id)
        return stood is not None and (stood.model_sha, stood.param_hash) != (outcome.model.sha256, outcome.param_hash)

    def _with_evidence(
        self, model: SupervisionModel, fresh: Sequence[tuple[dict[str, Any], dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Freeze the evidence of new and changed findings, then grade them by whom it names."""
        if model.id in self.plan.scopes:
            self.evidence.slices = EvidenceSlices(self.duck, self.catalogue, self.plan.beneath(model.id))
        else:
            cut = columns_shown(self.catalogue, model)
            self.evidence.slices = EvidenceSlices(self.duck, self.catalogue, only_wide=True, columns=cut)
        sections = self.evidence.collect(model, [row["_hit"] for row, _ in fresh])
        bare_hits = [hit for hit, listed in sections.items() if not any(one["sources"] for one in listed)]
        if bare_hits:
            raise SteelyardError(f"{model.id}: {len(bare_hits)} findings have no evidence that leads to a line")
        shown = {row["_hit"]: subjects_shown(sections[row["_hit"]]) for row, _ in fresh}
        keys = {key for listed in shown.values() for key in listed}
        tiers = self._tiers(keys | {key for _, record in fresh for key in record["subjects"].values()})
        ranks = grade_ranks(self.catalogue)
        found = []
        for row, record in fresh:
            grade = self._grade(model, row, record, shown[row["_hit"]], tiers)
            before = ranks.get(record.get("before", grade["grade"]), 0)
            rise = {"step": before - ranks.get(grade["grade"], 0)}
            seen = {"evidence": sections[row["_hit"]], "evidence_subjects": shown[row["_hit"]]}
            found.append(record | grade | rise | seen)
        return found

    def _rows(
        self,
        model: SupervisionModel,
        overrides: list[Override],
        looked_at: Callable[[str], bool] = lambda _area: True,
        form: str = "all",
    ) -> list[dict[str, Any]]:
        """The model's result, numbered, from the table ``found``.  Raises AnswerWrong, KeyRepeated, Flooded."""
        refuse_foreign(model.sql, {*model.data, "run", "param"})
        for evidence in model.evidence:
            refuse_foreign(evidence.sql, {*model.data, "run", "param", "hit"})
        within_limits(model, overrides)
        if model.id in self.plan.scopes:
            if not self.plan.put_found(self, model, overrides, form):
                return []
        else:
            self.stage.put_param(model, self.as_of, overrides)
            self.stage.put_found(model)
        self.guard.found(model, looked_at, self.root, parameter_hash(model, self.as_of, overrides))
        cursor = self.duck.execute("SELECT * FROM found ORDER BY _hit")
        names = [str(column[0]) for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _runs_in(self, model: SupervisionModel, area: str) -> bool:
        return self.releases is None or self.releases.evaluates(model.id, area)

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
            "unit": store.unit_text(key[column] for column in model.unit),
            "guessed": self._rests_on(model, row),
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
            guessed=self._rests_on(model, row),
        )
        return {
            "grade": found.grade,
            "model_grade": found.model_grade,
            "grade_reason": found.reason,
            "identity_tier": found.tier,
        }

    def _rests_on(self, model: SupervisionModel, row: Mapping[str, Any]) -> str | None:
        """The weakest tier among the links without which the model would not say this; None where it would."""
        if model.id not in self.sure:
            return None
        surely = self.sure[model.id].get(tuple(row[column] for column in model.key))
        agrees = surely == "red" if str(row[model.grade_column]) == "red" else surely is not None
        return None if agrees else self._guessed(model)


def _broke(error: Exception) -> dict[str, str]:
    told: dict[str, str] | None = getattr(error, "reason", None)
    if told:
        return told
    said = str(error).splitlines()[0]
    return {"zh": f"模型运行失败：{said}", "en": f"the model failed: {said}"}


def _publishers(connection: Connection) -> set[str]:
    """Provinces that stand for one publisher of public procurement data."""
    return {str(row[0])[:2] for row in connection.execute("SELECT area_code FROM engine.publisher")}
