"""Which models of a run look at the units a change touched, and which at everything, and why."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg

from steelyard import identity
from steelyard.catalogue import SupervisionModel
from steelyard.catalogue.cases import Override
from steelyard.detect import findings as store
from steelyard.detect.costs import Cost
from steelyard.detect.cursors import Cursor
from steelyard.detect.evidence import plain
from steelyard.detect.grading import graded
from steelyard.detect.guards import Guard
from steelyard.detect.incremental import Beneath
from steelyard.detect.past import Past, PastUnreadable
from steelyard.detect.relation_store import RelationStore
from steelyard.detect.stage import Stage
from steelyard.detect.steps import Scope, Step
from steelyard.detect.views import Views
from steelyard.detect.warm import Warm
from steelyard.engines.duck import Duck
from steelyard.pool import Moment, PoolVersion, VersionUnknown, VersionUnreadable


class Looking(Protocol):
    """What a plan needs of the evaluation it is for."""

    duck: Duck
    connection: "psycopg.Connection[Any]"
    version: PoolVersion
    as_of: dt.date
    stage: Stage
    views: Views
    guard: Guard
    store: RelationStore | None
    standing: set[str]
    warm: Warm | None


WORDS = {
    "first": ("此前未运行", "it never looked before"),
    "model": ("模型文本有变", "the model's text changed"),
    "definition": ("派生关系或数据列有变", "a derived relation or the columns of a dataset changed"),
    "parameters": ("参数有变", "parameters changed"),
    "scope": ("适用地区有变", "the areas it looks at changed"),
    "day": ("结果取决于日期", "what it says depends on the day"),
    "global": ("结果取决于全部数据", "what it says depends on everything at once"),
    "release": ("放行了暂存的批次", "a batch that was held is let go"),
}
"""Why a model looks at everything, in zh and en."""


def told(why: str) -> dict[str, str]:
    """A reason as people read it."""
    zh, en = WORDS.get(why, (why, why))
    return {"zh": zh, "en": en}


Earlier = Callable[[Cursor], Moment]
"""Gives the moment at which a cursor stands.  Raises VersionUnknown."""


def never(cursor: Cursor) -> Moment:
    """No earlier moment can be had."""
    raise VersionUnknown(f"the moment of {cursor.model} is not asked for")


@dataclass
class Plan:
    """What each model of a run looks at."""

    scopes: dict[str, tuple[Step, Scope]] = field(default_factory=dict)
    why_full: dict[str, str] = field(default_factory=dict)

    def said(self, model: str) -> str | int:
        """How many units, or why all."""
        return self.scopes[model][1].units.count if model in self.scopes else self.why_full.get(model, "full")

    def note(self, model: str, cost: Cost) -> None:
        """Say in a model's cost what it looks at, and why at everything."""
        if model in self.scopes:
            cost.scope, cost.units, cost.rows_read = "units", self.scopes[model][1].units.count, None
        elif model in self.why_full:
            cost.why = told(self.why_full[model])

    def units(self, model: str) -> list[str] | None:
        """The units of a model as they are stored; None: all."""
        if model not in self.scopes:
            return None
        step, scope = self.scopes[model]
        return [store.unit_text(plain(one) for one in unit) for unit in step.unit_rows(scope)]

    def beneath(self, model: str) -> dict[str, list[Beneath]]:
        """By table the rows that the findings of a model were computed from, with every column; none of a full look."""
        if model not in self.scopes:
            return {}
        step, scope = self.scopes[model]
        return step.direct(scope)

    def put_found(self, run: Looking, model: SupervisionModel, overrides: list[Override], form: str) -> bool:
        """As the stage does, from slices: the rows of the units, numbered, in the table ``found``.

        False: there is nothing to look at.
        """
        step, scope = self.scopes[model.id]
        if not scope.units.count:
            return False
        with step.sliced(scope, form) as only:
            run.stage.put_param(model, run.as_of, overrides)
            run.stage.put_found(model, only)
            run.duck.execute('CREATE OR REPLACE TABLE "main".found AS SELECT * FROM found')
        # Evidence is read from everything, with the same parameters.
        run.stage.put_param(model, run.as_of, overrides)
        return True


def planned(
    run: Looking, models: Sequence[SupervisionModel], since: Mapping[str, Cursor], now: Mapping[str, Cursor],
    reach_back: Earlier,
) -> Plan:  # fmt: skip
    """Decide for every model.  ``since`` and ``now``: where each stood, and where it will stand."""
    plan = Plan()
    groups: dict[tuple[int, int, int], list[SupervisionModel]] = {}
    for model in models:
        stood = since.get(model.id)
        why = "first" if stood is None else stood.why_full(now[model.id], daily=model.clock == "daily")
        # A batch that people released is taken over whole.
        why = "release" if run.guard.releasing(model) else why
        if stood is None or why:
            plan.why_full[model.id] = why or "first"
            continue
        at = (stood.pool_version, stood.inbox_seq, stood.identity_generation)
        groups.setdefault(at, []).append(model)
    for number, listed in enumerate(groups.values()):
        try:
            _step(run, plan, listed, since[listed[0].id], reach_back, number)
        except (PastUnreadable, VersionUnknown, VersionUnreadable) as error:
            plan.why_full |= {model.id: f"unreadable: {error}" for model in listed}
    return plan


def _step(
    run: Looking, plan: Plan, models: Sequence[SupervisionModel], stood: Cursor, reach_back: Earlier, number: int
) -> None:
    moment = run.views.moment or Moment(run.version, 0)
    overlay = identity.Overlay.read(run.connection, stood.identity_generation)
    past = Past(run.views, reach_back(stood), overlay, moment, number)
    step = Step(past, run.store, models, run.standing)
    step.prepare()
    # Who is who does not change by a push.
    regraded = {} if run.warm else {model.id: units_graded_otherwise(run, model) for model in models}
    for model, scope in step.scopes(models, regraded).items():
        if isinstance(scope, Scope):
            plan.scopes[model] = (step, scope)
        else:
            plan.why_full[model] = scope


def units_graded_otherwise(run: Looking, model: SupervisionModel) -> list[list[Any]]:
    """Units of standing findings whose grade is another by what is known today of whom they name."""
    rows = run.connection.execute(
        "SELECT key, payload, grade, subjects, evidence_subjects, guessed FROM engine.finding "
        "WHERE model = %s AND state <> 'vanished'",
        [model.id],
    ).fetchall()
    named = {key for row in rows for key in (*row[3].values(), *row[4])}
    tiers = {key: one.tier for key, one in identity.names(run.connection, named).items()}
    found: list[list[Any]] = []
    for key, payload, grade, subjects, shown, guessed in rows:
        now = graded(
            payload, grade_column=model.grade_column, tier_column=model.identity_tier, subjects=subjects.values(),
            shown=shown, tiers=tiers, guessed=guessed,
        )  # fmt: skip
        unit = [key[column] for column in model.unit]
        if now.grade != grade and unit not in found:
            found.append(unit)
    return found
