"""Steps through random changes and compares what the touched units say with what a full run says."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from steelyard.catalogue import Catalogue, Relation, SupervisionModel
from steelyard.catalogue.cases import Case
from steelyard.catalogue.reach import Reach, reach_of
from steelyard.detect.incremental import Affected, Delta, UnitSet, in_front, within
from steelyard.detect.stage import bare, relation_sql
from steelyard.detect.tests.steps.changes import Changes
from steelyard.detect.tests.steps.material import Material, Row, Subject
from steelyard.detect.tests.steps.world import World
from steelyard.engines.duck import connect, quoted

EPISODE = 25
"""Steps before another case is the start."""


@dataclass
class Walked:
    """What some steps over one subject found."""

    subject: str
    steps: int = 0
    filled: int = 0
    """Steps after which something was found."""
    units: int = 0
    """Units looked at."""
    wrong: list[str] = field(default_factory=list)

    @property
    def weak(self) -> bool:
        """Whether less than half of the steps had anything to find."""
        return 2 * self.filled < self.steps


def walk(
    subject: Subject,
    catalogue: Catalogue,
    steps: int,
    seed: int,
    *,
    corrupt: Callable[[Reach], Reach] = lambda reach: reach,
    stop: bool = False,
    days: bool = False,
) -> Walked:
    """``corrupt`` changes the reach that is used; ``stop`` ends at the first difference; ``days``: a day a step."""
    chance = random.Random(f"{subject.id} {seed}")
    material = Material(subject, catalogue)
    walked = Walked(subject.id)
    while walked.steps < steps and not (stop and walked.wrong):
        case = chance.choice(material.positive)
        with Episode(material, case, chance, corrupt(reach_of(subject, catalogue))) as episode:
            length = steps if days else min(EPISODE, steps - walked.steps)
            for number in range(length):
                episode.step(walked, case.as_of + dt.timedelta(days=number) if days else None)
                if stop and walked.wrong:
                    break
    return walked


class Episode:
    """One world that changes, with what is known of it."""

    def __init__(self, material: Material, case: Case, chance: random.Random, reach: Reach) -> None:
        self.material, self.case, self.reach = material, case, reach
        self.subject = material.subject
        self.duck = connect(memory_mb=512, threads=1)
        self.world = World(self.duck, material.catalogue)
        self.derived = material.derived(case)
        if isinstance(self.subject, Relation):
            self.derived = [one for one in self.derived if one.id != self.subject.id]
        self.changes = Changes(material, case, chance)
        self.root = self._areas()
        self._reserve(case.as_of)
        self.world.lay(dict(self.changes.tables))
        for relation in self.derived:
            self.world.stand(relation.id, self.world.derive(relation))
        self.world.go_on()
        self.sql = relation_sql(self.subject) if isinstance(self.subject, Relation) else bare(self.subject.sql)
        self.known = self._full()

    def __enter__(self) -> "Episode":
        return self

    def __exit__(self, *error: object) -> None:
        self.duck.close()

    def step(self, walked: Walked, day: dt.date | None) -> None:
        if day is not None:
            # A new day is a sweep: everything is looked at, then the day's changes by their units.
            self._reserve(day)
            self.changes.days = (day - self.case.as_of).days
            self.known = self._full()
        deltas = self.world.lay(self.changes.step(empty=not self.known))
        world, wrong = self.world, walked.wrong
        affected = Affected(self.duck, world.place(world.before), world.place(world.after), deltas)
        for relation in self.derived:
            self._relation(relation, affected, wrong, walked.steps)
        walked.units += self._look(affected)
        full = self._full()
        if self.known != full:
            wrong.append(f"{self.subject.id}, case {self.case.name}, step {walked.steps}: {self._told(full, deltas)}")
            self.known = full
        walked.steps += 1
        walked.filled += bool(full)
        affected.walks.forget()
        self.world.go_on()

    def _look(self, affected: Affected) -> int:
        """Bring what is known up to date by the touched units alone."""
        if self.reach.whole:
            self.known = self._full()
            return 0
        if not any(one.table in affected.deltas for one in self.reach.occurrences):
            return 0
        units = affected.units(self.reach)
        if units.count == 0:
            return 0
        with in_front(self.duck, "whole"), affected.sliced(self.reach, units):
            found = self._rows(within(self.sql, units))
        touched = set(self.duck.execute(f"SELECT * FROM {units.table}").fetchall())
        self.known = Counter({row: n for row, n in self.known.items() if self._unit(row) not in touched}) + found
        return units.count

    def _relation(self, relation: Relation, affected: Affected, wrong: list[str], step: int) -> None:
        if not set(relation.data) & set(affected.deltas):
            return
        reach = reach_of(relation, self.material.catalogue)
        units = affected.units(reach)
        with in_front(self.duck, "whole"), affected.sliced(reach, units):
            anew = within(relation_sql(relation), units)
            kept = (
                f"SELECT r.* FROM {self.world.before[relation.id]} AS r ANTI JOIN {units.table} AS u ON {_same(units)}"
            )
            table = self.world.keep(relation, f"{kept} UNION ALL SELECT * FROM ({anew})")
        full = self.world.derive(relation)
        if self.world.differ(table, full):
            wrong.append(f"{relation.id} below {self.subject.id}, case {self.case.name}, step {step}")
            self.duck.execute(f"DROP TABLE {table}")
            table = full
        else:
            self.duck.execute(f"DROP TABLE {full}")
        delta = self.world.stand(relation.id, table)
        if delta is not None:
            affected.deltas[relation.id] = delta

    def _full(self) -> Counter[tuple[Any, ...]]:
        with in_front(self.duck, "whole"):
            return self._rows(self.sql)

    def _rows(self, sql: str) -> Counter[tuple[Any, ...]]:
        cursor = self.duck.execute(sql)
        self.columns = [str(one[0]) for one in cursor.description or []]
        return Counter(cursor.fetchall())

    def _unit(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row[self.columns.index(name)] for name in self.reach.unit)

    def _areas(self) -> str:
        """Areas are the same all along: a new one would be another param, which is a full run."""
        given: dict[str, list[Mapping[str, Any]]] = {}
        for case in self.material.cases:
            for name, rows in case.given.items():
                given.setdefault(name, []).extend(rows)
        return self.world.stage.put_given_areas(given)

    def _reserve(self, day: dt.date) -> None:
        self.world.stage.put_run(day, self.root)
        if isinstance(self.subject, SupervisionModel):
            self.world.stage.put_param(self.subject, day, self.case.overrides, self.case.params)

    def _told(self, full: Counter[tuple[Any, ...]], deltas: Mapping[str, Delta]) -> str:
        """Both sides of a difference, and what had changed."""
        changed: dict[str, list[Row]] = {}
        for name, delta in deltas.items():
            for side, sql in (("-", delta.old), ("+", delta.new)):
                cursor = self.duck.execute(f"SELECT * FROM {sql}")
                names = [str(one[0]) for one in cursor.description or []]
                changed[f"{side}{name}"] = [
                    {n: v for n, v in zip(names, row, strict=True) if v is not None} for row in cursor.fetchall()
                ]
        return f"missing {list(full - self.known)}, too many {list(self.known - full)}; changed {changed}"


def _same(units: UnitSet) -> str:
    return " AND ".join(f"r.{quoted(name)} IS NOT DISTINCT FROM u.{quoted(name)}" for name in units.names)
