"""States of the data in one engine: every table stands under a name of its own for each state it differs in."""

from collections.abc import Mapping, Sequence
from typing import Any

from steelyard.catalogue import Catalogue, Relation
from steelyard.detect.incremental import Delta, in_front
from steelyard.detect.incremental.walks import Place
from steelyard.detect.stage import Stage, relation_sql
from steelyard.engines.duck import Duck, quoted


class World:
    """The state before a step and the state after it."""

    def __init__(self, duck: Duck, catalogue: Catalogue) -> None:
        self.duck = duck
        self.catalogue = catalogue
        self.stage = Stage(duck, catalogue)
        self.before: dict[str, str] = {}
        self.after: dict[str, str] = {}
        self._count = 0
        self._rows: dict[str, Sequence[Mapping[str, Any]]] = {}
        duck.execute("CREATE SCHEMA IF NOT EXISTS whole")

    def lay(self, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Delta]:
        """Make ``tables`` the state after; what differed is told."""
        deltas: dict[str, Delta] = {}
        for name, rows in tables.items():
            if self._rows.get(name) is rows and name in self.after:
                continue
            self._rows[name] = rows
            schema = self.catalogue.schema(name)
            made = self._name(name)
            self.stage.put_table(made, schema, rows)
            delta = self.stand(name, f"main.{quoted(made)}")
            if delta is not None:
                deltas[name] = delta
        return deltas

    def stand(self, name: str, table: str) -> Delta | None:
        """Let a name mean a table in the state after; says by what it differs from the state before, if it does."""
        self.after[name] = table
        self.duck.execute(f"CREATE OR REPLACE VIEW whole.{quoted(name)} AS SELECT * FROM {table}")
        if name not in self.before:
            return None
        earlier = self.before[name]
        delta = Delta(
            f"(SELECT * FROM {earlier} EXCEPT ALL SELECT * FROM {table})",
            f"(SELECT * FROM {table} EXCEPT ALL SELECT * FROM {earlier})",
        )
        return delta if self._some(delta.old) or self._some(delta.new) else None

    def derive(self, relation: Relation) -> str:
        """A derived relation computed over everything; its name."""
        with in_front(self.duck, "whole"):
            return self.keep(relation, relation_sql(relation))

    def keep(self, relation: Relation, sql: str) -> str:
        """Keep the rows of a query as a table of a relation; its name."""
        made = f"main.{quoted(self._name(relation.id))}"
        self.duck.execute(f"CREATE TABLE {made} AS {sql}")
        return made

    def differ(self, one: str, other: str) -> bool:
        return self._some(f"(SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other})") or self._some(
            f"(SELECT * FROM {other} EXCEPT ALL SELECT * FROM {one})"
        )

    def go_on(self) -> None:
        """The state after becomes the state before."""
        for name, table in self.before.items():
            if self.after[name] != table:
                self.duck.execute(f"DROP TABLE {table}")
        self.before = dict(self.after)

    def place(self, state: Mapping[str, str]) -> Place:
        return lambda name: state[name]

    def _some(self, sql: str) -> bool:
        return self.duck.execute(f"SELECT 1 FROM {sql} AS d LIMIT 1").fetchone() is not None

    def _name(self, name: str) -> str:
        self._count += 1
        return f"{name}@{self._count}"
