"""What a run asks before it takes over what a model says."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.detect.evaluable import Fills, Readiness
from steelyard.detect.findings import Stored
from steelyard.detect.guards import answers, batches, emptied, flood, vanishing
from steelyard.detect.guards.batches import HeldBatch, Hold
from steelyard.detect.guards.endless import Interruptible, within
from steelyard.detect.guards.limits import Limits
from steelyard.engines.duck import Duck

Connection = psycopg.Connection[Any]


class Outcome(Protocol):
    """What the guards read of an evaluation's outcome."""

    model: SupervisionModel
    rows: list[dict[str, Any]]
    unchanged: list[str]
    held: list[Hold]
    failure: str | None

    @property
    def full(self) -> bool:
        """Whether every unit was looked at."""
        ...


class Guard:
    """The guards of one run.  ``folder``: where held findings are kept; without one only their counts are."""

    def __init__(
        self, duck: Duck, catalogue: Catalogue, connection: Connection, pool: object, limits: Limits | None = None
    ) -> None:
        self.duck = duck
        self.running: Interruptible = duck
        """What computes the rows, to be stopped when its time is up."""
        self.catalogue = catalogue
        self.connection = connection
        home = getattr(pool, "home", None)
        self.folder: Path | None = home.held if home else None
        self.limits = limits or Limits.from_environment()
        self.lost: dict[tuple[str, str], Hold] = {}
        """What lost its rows, by dataset and area."""
        self.partly: set[str] = set()
        """Models of which a released batch alone was looked at: what else they say is still to be taken over."""
        self._levels: tuple[emptied.Levels, emptied.Levels, list[str]] = ({}, {}, [])

    def within(self, what: str) -> AbstractContextManager[None]:
        """The time one model has.  Raises Endless."""
        return within(self.running, self.limits.seconds, what)

    def emptied(self, ready: dict[str, list[Readiness]], fills: Fills) -> dict[str, list[Readiness]]:
        """Readiness by model, not evaluable where what a model reads lost its rows."""
        before, now = emptied.believed(self.connection), emptied.levels(self.connection, fills)
        self.lost = emptied.fallen(before, now, self.catalogue, fills, self.limits)
        self._levels = (now, before, sorted(fills))
        models = self.catalogue.models
        return {name: emptied.judged(models[name], self.catalogue, each, self.lost) for name, each in ready.items()}

    def found(self, model: SupervisionModel, looked_at: Callable[[str], bool], root: str, param_hash: str) -> None:
        """Look at the table ``found`` before any row of it is fetched.

        Leaves out what was discarded; of a batch that is being released, leaves only that.
        Raises AnswerWrong, KeyRepeated, Flooded.
        """
        answers.check(self.duck, model)
        going = self.releasing(model)
        if going and self.folder:
            flood.keep_only(self.duck, model, going, self.folder, root)
            self.partly.add(model.id)
            return
        if self.folder:
            flood.leave_out(self.duck, model, self._discarded(model, param_hash), self.folder)
        by_area = flood.count(self.duck, model, looked_at, root)
        most = self.limits.stored(model)
        rows = sum(sum(by_grade.values()) for by_grade in by_area.values())
        known = flood.standing(self.connection, model.id) if rows > most else 0
        if rows - known > most:
            hold = flood.held(self.duck, model, by_area, most, self.folder, standing=known)
            raise flood.Flooded(replace(hold, model_sha=model.sha256, param_hash=param_hash))

    def fresh(
        self, model: SupervisionModel, hits: Sequence[int], looked_at: Callable[[str], bool], root: str, param_hash: str
    ) -> None:
        """Look at how many findings are new.  ``hits``: their numbers in ``found``.  Raises Flooded."""
        if len(hits) <= self.limits.growth_from or self.releasing(model):
            return
        most, usual = self.limits.stored(model), flood.usual_most(self.connection, model, self.limits)
        bound = most if usual is None else min(most, usual)
        if len(hits) <= bound:
            return
        listed = ", ".join(map(str, hits))
        self.duck.execute(f"CREATE OR REPLACE TABLE found AS SELECT * FROM found WHERE _hit IN ({listed})")
        by_area = flood.count(self.duck, model, looked_at, root)
        hold = flood.held(self.duck, model, by_area, bound, self.folder, usual=usual == bound)
        raise flood.Flooded(replace(hold, model_sha=model.sha256, param_hash=param_hash))

    def vanishing(
        self, model: SupervisionModel, vanished: list[str], known: Mapping[str, Stored], *, full: bool = True,
        decided: bool = False,
    ) -> tuple[list[str], list[Hold]]:  # fmt: skip
        """Which findings may vanish, and which masses are held.  None vanish while a batch is being released.

        ``known``: stored findings by fingerprint; all of the model's where the run is ``full``.  ``decided``: people
        changed the model's text or limits, which explains any number; lost data show elsewhere, as emptied datasets.
        """
        if self.releasing(model):
            return [], []
        if decided and not self._waits_to_vanish(model):
            return vanished, []
        standing = None if full else vanishing.standing(self.connection, model.id)
        holds = vanishing.in_masses(model, vanished, known, self.limits, standing)
        kept = {fingerprint for hold in holds for fingerprint in hold.fingerprints}
        return [one for one in vanished if one not in kept], holds

    def releasing(self, model: SupervisionModel) -> HeldBatch | None:
        """The batch of a model that the next full run takes over."""
        found = batches.held_batches(self.connection, states=["releasing"], model=model.id)
        # Without its file nobody knows what was released: it is held anew, and goes with the run after.
        kept = found and self.folder and (self.folder / found[0].file).is_file()
        return found[0] if kept and found[0].kind == "findings" else None

    def _waits_to_vanish(self, model: SupervisionModel) -> bool:
        waiting = batches.held_batches(self.connection, states=["held"], model=model.id)
        return any(one.kind == "vanishings" for one in waiting)

    def _discarded(self, model: SupervisionModel, param_hash: str) -> list[HeldBatch]:
        found = batches.held_batches(self.connection, states=["discarded"], model=model.id)
        return [one for one in found if (one.model_sha, one.param_hash) == (model.sha256, param_hash)]

    def keep(self, run: int, pool_version: int, as_of: dt.date, outcomes: Collection[Outcome]) -> None:
        """Write down what is held and settle what no longer is; in the run's transaction."""
        where: dict[str, Any] = {"run": run, "pool_version": pool_version, "as_of": as_of}
        now, before, datasets = self._levels
        emptied.keep(self.connection, now, before, self.lost, datasets, pool_version)
        for hold in self.lost.values():
            batches.renew(self.connection, hold, **where)
        self._settle_emptied(run, datasets)
        for outcome in outcomes:
            self._keep_of(outcome, where)

    def _settle_emptied(self, run: int, datasets: Collection[str]) -> None:
        for batch in batches.held_batches(self.connection, states=["held"]):
            back = batch.kind == "emptied" and batch.dataset in datasets
            if back and (batch.dataset, batch.area_code) not in self.lost:
                batches.settle(self.connection, batch.id, run)

    def _keep_of(self, outcome: Outcome, where: dict[str, Any]) -> None:
        for hold in outcome.held:
            self._drop(batches.renew(self.connection, hold, more=not outcome.full, **where))
        if outcome.failure or any(hold.kind == "findings" for hold in outcome.held):
            return
        if outcome.full:
            if outcome.model.id in self.partly:
                self._drop(batches.taken(self.connection, outcome.model.id, where["run"]))
            self._settle(outcome, where["run"])
        else:
            seen = [*outcome.unchanged, *(str(row["fingerprint"]) for row in outcome.rows)]
            batches.seen_again(self.connection, seen, where["run"])

    def _settle(self, outcome: Outcome, run: int) -> None:
        """What this run would have done without asking no longer waits."""
        held = {(hold.kind, hold.area_code) for hold in outcome.held}
        for batch in batches.held_batches(self.connection, states=["held"], model=outcome.model.id):
            if (batch.kind, batch.area_code) not in held:
                batches.settle(self.connection, batch.id, run)
                self._drop(batch.file)

    def _drop(self, file: str) -> None:
        """Remove a file that no decision rests on any more; what is lost with a crash is held anew."""
        if file and self.folder:
            (self.folder / file).unlink(missing_ok=True)
