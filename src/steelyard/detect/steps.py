"""From the state that models looked at to the newest: the units each must look at again, and the rows to look at.

Derived relations go first: what changed in them is a change for the models that read them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.catalogue.reach import Reach, evidence_columns, reach_of
from steelyard.detect.deltas import Deltas
from steelyard.detect.grading import weakest
from steelyard.detect.incremental import Affected, Beneath, Delta, UnitSet, within
from steelyard.detect.past import FORMS, NOW, Past
from steelyard.detect.relation_store import RelationStore, Standing, same
from steelyard.detect.stage import relation_sql
from steelyard.engines.duck import DuckError, quoted, rows
from steelyard.kit.errors import SteelyardError
from steelyard.kit.sqltext import literal
from steelyard.pool import LINEAGE

FEW_UNITS = 1_000
"""So many units are looked at one by one whatever part of all they are."""
MOST_UNITS = 0.05
"""Beyond this part of all units a full run is cheaper."""


@dataclass(frozen=True)
class Scope:
    """The units one model looks at again."""

    reach: Reach
    units: UnitSet
    forms: tuple[str, ...]
    """all, and sure where a guess may lie in what the model reads."""


class Step:
    """One earlier state and the newest, in one engine.  ``models``: those that stand at the earlier state."""

    def __init__(
        self, past: Past, store: RelationStore | None, models: Sequence[SupervisionModel], standing: set[str]
    ) -> None:
        """``standing``: names of relations that stand in the newest state already; more are added."""
        self.past = past
        self.duck = past.duck
        self.catalogue: Catalogue = past.catalogue
        self.store = store
        self.models = models
        self.standing = standing
        self.lost: dict[str, str] = {}
        """Relations whose change cannot be told, with the reason; the models that read them run in full."""
        self.read = columns_read(self.catalogue, models)
        self.base = sorted(name for name in self.read if name in self.catalogue.contracts)
        doubtful = self._doubtful(self.base)
        self.forms = FORMS if doubtful else FORMS[:1]
        self.affected: dict[str, Affected] = {}

    def prepare(self) -> None:
        """Find what changed.  Raises PastUnreadable."""
        self.past.register(self.base)
        shown = shown_of(self.catalogue, self.models)
        cut = {name: tuple(sorted(self.read[name] | shown.get(name, set()))) for name in self.base}
        deltas = Deltas(self.past, {name: self.read[name] for name in self.base})
        self.deltas = deltas
        for form in self.forms:
            was, now = self.past.schemas[form], NOW[form]
            self.affected[form] = Affected(
                self.duck, _in(was), _in(now), {}, name=f"walk{self.past.number}_{form}",
                columns=cut, shown=shown.keys(),
            )  # fmt: skip
            for dataset in self.base:
                delta = self._delta(dataset, form)
                if delta:
                    self.affected[form].deltas[dataset] = delta
        for relation in self.catalogue.relations_needed(set(self.read)):
            for form in self.forms:
                if relation.id not in self.lost:
                    self._bring(relation, form)

    def _delta(self, dataset: str, form: str) -> Delta | None:
        if form == "sure" and not self._doubtful([dataset]):
            return self.affected["all"].deltas.get(dataset)
        return self.deltas.of(dataset, form)

    def _doubtful(self, datasets: Collection[str]) -> bool:
        """Whether a guess lies in one of the datasets, now or then."""
        overlays = (self.past.overlay, self.past.views.overlay)
        return any(weakest(overlay.unsure_tiers(datasets)) for overlay in overlays)

    # -- derived relations -----------------------------------------------------------------

    def _bring(self, relation: Relation, form: str) -> None:
        """Let a relation stand as it was and as it is, and say what changed in it."""
        try:
            self._keep(relation, form)
        except (DuckError, SteelyardError) as lost:
            self.lost[relation.id] = str(lost).splitlines()[0]

    def _keep(self, relation: Relation, form: str) -> None:
        doubtful = self._doubtful(self.catalogue.base_datasets([relation.id]))
        was, now = (f"{quoted(schema)}.{quoted(relation.id)}" for schema in (self.past.schemas[form], NOW[form]))
        if form == "sure" and not doubtful:
            for sure, every in ((was, self.past.schemas["all"]), (now, NOW["all"])):
                self.past.views.let(sure, f"SELECT * FROM {quoted(every)}.{quoted(relation.id)}")
            self._note(relation, form, self.affected["all"].deltas.get(relation.id))
            return
        before = self._found(relation, form)
        self._replace(was, self._store().sql(before))
        affected, reach = self.affected[form], reach_of(relation, self.catalogue)
        units = affected.units(reach)
        if units.count > max(FEW_UNITS, MOST_UNITS * before.rows):
            raise Lost(f"{units.count} units of it changed")
        at = f"{form} {relation.id}"
        fresh = self.deltas.table(f"fresh {at}")
        delta = None
        if units.count:
            refuse_foreign(relation.sql, relation.data)
            with affected.sliced(reach, units):
                self.duck.execute(f"CREATE OR REPLACE TABLE {fresh} AS {within(relation_sql(relation), units)}")
            matched = same(relation, "r", "u")
            stale = f"(SELECT r.* FROM {was} AS r SEMI JOIN {units.table} AS u ON {matched})"
            delta = self.deltas.differing(at, stale, fresh)
        self._note(relation, form, delta)
        kept = f"SELECT r.* FROM {was} AS r ANTI JOIN {units.table} AS u ON {same(relation, 'r', 'u')}"
        # Where it says the same as before it stands on its files alone.
        self._put(relation, form, f"{kept} UNION ALL FROM {fresh}" if delta else f"SELECT * FROM {was}")
        if self.store and f"{form} {relation.id}" not in self.standing:
            if relation.id in affected.deltas:
                self.store.patch(before, units.table, fresh, now)
            else:
                self.store.same(before)
            self.standing.add(f"{form} {relation.id}")

    def _store(self) -> RelationStore:
        if self.store is None:
            raise Lost("relations are not kept here")
        return self.store

    def _found(self, relation: Relation, form: str) -> Standing:
        reach = reach_of(relation, self.catalogue)
        if reach.whole:
            raise Lost("a change of it cannot be told by its rows")
        behind = [name for name in relation.data if name in self.lost]
        if behind:
            raise Lost(f"{behind[0]} is computed anew")
        moment = self.past.moment
        # Where no guess lay in it, both forms were one.
        guessed = weakest(self.past.overlay.unsure_tiers(self.catalogue.base_datasets([relation.id])))
        kept = form if guessed else "all"
        before = self._store().find(relation, kept, moment.version.number, moment.seq, self.past.overlay.generation)
        if before is None:
            raise Lost("its rows were not kept")
        return Standing(relation, form, before.layers, before.rows)

    def _note(self, relation: Relation, form: str, delta: Delta | None) -> None:
        if delta:
            self.affected[form].deltas[relation.id] = delta

    def _put(self, relation: Relation, form: str, sql: str) -> None:
        """Let a relation stand in the newest state, unless it does so already."""
        if f"{form} {relation.id}" not in self.standing:
            name = f"{quoted(NOW[form])}.{quoted(relation.id)}"
            self._replace(name, sql)

    def _replace(self, name: str, rows: str) -> None:
        """Let a name mean a query, also where a table stands under it."""
        if self.past.views.stood.texts.get(name) == rows:
            return
        schema, table = (part.strip('"') for part in name.split("."))
        kind = self.duck.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
            [schema, table],
        ).fetchone()
        if kind:
            self.duck.execute(f"DROP {'VIEW' if kind[0] == 'VIEW' else 'TABLE'} {name}")
        self.past.views.let(name, rows)

    # -- units of models -------------------------------------------------------------------

    def scopes(
        self, models: Sequence[SupervisionModel], more: Mapping[str, Sequence[Sequence[Any]]]
    ) -> dict[str, Scope | str]:
        """By model its scope, or why it must look at everything.

        ``more``: units to be looked at besides, by model.  Models with the same unit look at the same units, so
        that they share their slices.
        """
        found: dict[str, Scope | str] = {}
        parts: dict[tuple[str, ...], list[str]] = {}
        reaches: dict[str, Reach] = {}
        for model in models:
            try:
                reach = reach_of(model, self.catalogue)
            except SteelyardError:
                # The full run says what is wrong with the text.
                found[model.id] = "model"
                continue
            lost = [name for name in model.data if name in self.lost]
            if reach.whole or lost:
                found[model.id] = "global" if reach.whole else f"{lost[0]}: {self.lost[lost[0]]}"
                continue
            own = [sql for form in self._forms(model) for sql in self.affected[form].reached(reach)]
            own += _listed(reach.unit, more.get(model.id, ()))
            units = self.affected["all"].unit_set(reach.unit, own)
            if units.count > FEW_UNITS and units.count > MOST_UNITS * self._all_units(reach):
                found[model.id] = f"{units.count} units"
                continue
            reaches[model.id] = reach
            if units.count:
                parts.setdefault(reach.unit, []).extend(own)
            else:
                found[model.id] = Scope(reach, units, ())
        shared = {unit: self.affected["all"].unit_set(unit, own) for unit, own in parts.items()}
        for model in models:
            if model.id not in found:
                reach = reaches[model.id]
                found[model.id] = Scope(reach, shared[reach.unit], self._forms(model))
        return found

    def _forms(self, model: SupervisionModel) -> tuple[str, ...]:
        behind = self.catalogue.base_datasets(set(model.data))
        return self.forms if self._doubtful(behind) else FORMS[:1]

    def _all_units(self, reach: Reach) -> int:
        """How many units there are: counted where a table bears them itself, else beyond counting."""
        direct = [
            (one.table, route) for one in reach.occurrences for route in one.routes if route.direct and one.routes
        ]
        if not direct:
            return 0
        table, route = min(direct, key=lambda one: one[0])
        listed = ", ".join(quoted(column) for _, column in route.unit)
        row = self.duck.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {_in(NOW['all'])(table)})"
        ).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def sliced(self, scope: Scope, form: str = "all") -> Iterator[Callable[[str], str]]:
        """Names of tables mean their slices; gives what turns a text into one that says no other units."""
        with self.affected[form].sliced(scope.reach, scope.units):
            yield lambda sql: within(sql, scope.units)

    def direct(self, scope: Scope) -> dict[str, list[Beneath]]:
        """By table the rows that the units of a scope cut out of the newest state, of tables that evidence shows."""
        return self.affected["all"].slices.direct(scope.units)

    def unit_rows(self, scope: Scope) -> list[list[Any]]:
        """The units of a scope, in the order of their names."""
        listed = ", ".join(quoted(name) for name in scope.units.names)
        return [list(row.values()) for row in rows(self.duck, f"SELECT {listed} FROM {scope.units.table}")]


class Lost(SteelyardError):
    """What changed in a relation cannot be told; it is computed anew."""


def columns_read(catalogue: Catalogue, models: Collection[SupervisionModel]) -> dict[str, set[str]]:
    """By dataset and derived relation the columns that models, and the relations behind them, read."""
    found: dict[str, set[str]] = {}
    for model in models:
        for needs in model.data.values():
            found.setdefault(needs.dataset, set()).update(needs.needs)
    for relation in catalogue.relations_needed(set(found)):
        found.setdefault(relation.id, set()).update(relation.schema)
        for dataset, columns in relation.data.items():
            found.setdefault(dataset, set()).update(columns)
    return found


def shown_of(catalogue: Catalogue, models: Collection[SupervisionModel]) -> dict[str, set[str]]:
    """By table that evidence of models reads the columns it reads of it, lineage among them."""
    found: dict[str, set[str]] = {}
    for model in models:
        for evidence in model.evidence:
            with suppress(SteelyardError):  # the run says what is wrong with the text
                for table, columns in evidence_columns(model, evidence, catalogue).items():
                    found.setdefault(table, set(LINEAGE)).update(columns)
    return found


def columns_shown(catalogue: Catalogue, model: SupervisionModel) -> dict[str, tuple[str, ...]]:
    """By dataset the columns that a model and its evidence read, and the lineage; relations have all of theirs."""
    found = columns_read(catalogue, [model])
    for table, columns in shown_of(catalogue, [model]).items():
        found.setdefault(table, set()).update(columns)
        for relation in catalogue.relations_needed({table}):
            for dataset, needed in relation.data.items():
                found.setdefault(dataset, set()).update(needed)
    return {
        name: tuple(sorted(columns | set(LINEAGE))) for name, columns in found.items() if name in catalogue.contracts
    }


def _listed(names: Sequence[str], units: Sequence[Sequence[Any]]) -> list[str]:
    """SQL that says some units."""
    if not units:
        return []
    values = ", ".join("(" + ", ".join(_value(one) for one in unit) + ")" for unit in units)
    return [f"FROM (VALUES {values}) AS more({', '.join(quoted(name) for name in names)})"]


def _value(said: Any) -> str:
    return "NULL" if said is None else str(said) if isinstance(said, int) else literal(str(said))


def _in(schema: str) -> Callable[[str], str]:
    return lambda table: f"{quoted(schema)}.{quoted(table)}"
