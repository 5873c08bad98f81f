"""Affected-unit recomputation on any DuckDB connection: which units a change touches, and what they say now.

Knows neither pool nor store: the caller says where the tables of the state before and the state after stand.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from steelyard.catalogue.reach import Reach
from steelyard.detect.incremental.slices import Slices, UnitSet
from steelyard.detect.incremental.walks import Made, Place, Walks, shortest
from steelyard.engines.duck import Duck, quoted
from steelyard.kit.sqltext import literal


@dataclass(frozen=True)
class Delta:
    """Rows of one table that a change took away and brought; an updated row stands on both sides.

    Both are SQL that names rows with the table's columns.
    """

    old: str
    new: str


class Affected:
    """One change from a state of the data to the next.

    ``before``, ``after``: where the tables of each state stand; ``deltas``: by table what changed.  A derived
    relation is a table like any other.  ``columns``: by table the columns somebody reads, to cut no others.
    ``shown``: tables of which these are also all that evidence reads.
    """

    def __init__(
        self, duck: Duck, before: Place, after: Place, deltas: Mapping[str, Delta], *, name: str = "walk",
        columns: Mapping[str, tuple[str, ...]] | None = None, shown: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.duck = duck
        self.before = before
        self.after = after
        self.deltas = dict(deltas)
        self.walks = Walks(duck, name)
        self.slices = Slices(self.walks, after, columns or {}, frozenset(shown))

    def reached(self, reach: Reach) -> list[str]:
        """SQL for each way on which a change reaches units.  ``reach`` must not be ``whole``."""
        found: list[str] = []
        for occurrence in reach.occurrences:
            delta = self.deltas.get(occurrence.table)
            if delta is not None:
                route = shortest(occurrence.routes)
                # The old image leads on through what stood beside it, the new one through what stands there now.
                found.append(self.walks.units(route, delta.old, self.before))
                found.append(self.walks.units(route, delta.new, self.after))
        return [_filled(sql, reach) for sql in dict.fromkeys(found) if sql]

    def units(self, *reaches: Reach, more: Sequence[str] = ()) -> UnitSet:
        """The units that the change can have touched, of all SELECTs with the same unit together.

        ``more``: SQL for further units, under the same names.
        """
        names = reaches[0].unit
        return self.unit_set(names, [*(sql for reach in reaches for sql in self.reached(reach)), *more])

    def unit_set(self, names: Sequence[str], parts: Sequence[str]) -> UnitSet:
        """The rows of some queries, each once."""
        listed = ", ".join(quoted(name) for name in names)
        if not parts:
            nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {quoted(name)}" for name in names)
            return UnitSet(tuple(names), self.walks.table(f"SELECT {nothing} WHERE false"))
        made = self.walks.table(" UNION ".join(f"SELECT {listed} FROM ({sql})" for sql in dict.fromkeys(parts)))
        return UnitSet(tuple(names), made, self._with_null(names, made))

    def _with_null(self, names: Sequence[str], made: Made) -> frozenset[str]:
        if not made.rows:
            return frozenset()
        # A match that lets NULL be equal to NULL skips no part of a table: only where there is one.
        counted = ", ".join(f"count({quoted(name)})" for name in names)
        row = self.duck.execute(f"SELECT {counted} FROM {made.name}").fetchone() or ()
        return frozenset(name for name, there in zip(names, row, strict=True) if there < made.rows)

    @contextmanager
    def sliced(self, reach: Reach, units: UnitSet, schema: str = "slice") -> Iterator[None]:
        """For as long as this lasts an unqualified name of a table means its rows that reach the units."""
        self.show(self.slices.of(reach, units), schema)
        with in_front(self.duck, schema):
            yield

    def show(self, relations: Mapping[str, str], schema: str) -> None:
        """Let the names of a schema mean these relations and nothing else."""
        self.duck.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        listed = self.duck.execute(
            f"SELECT view_name FROM duckdb_views() WHERE schema_name = {literal(schema)} AND NOT internal"
        ).fetchall()
        for (name,) in listed:
            if name not in relations:
                self.duck.execute(f"DROP VIEW {quoted(schema)}.{quoted(name)}")
        for table, relation in relations.items():
            at = f"{quoted(schema)}.{quoted(table)}"
            self.duck.execute(f"CREATE OR REPLACE VIEW {at} AS SELECT * FROM {relation}")


@contextmanager
def in_front(duck: Duck, schema: str) -> Iterator[None]:
    """Names are looked up in ``schema`` first, then where they were looked up before."""
    row = duck.execute("SELECT current_setting('search_path')").fetchone()
    earlier = str(row[0]) if row and row[0] else "main"
    if earlier.split(",")[0] == schema:
        yield
        return
    duck.execute(f"SET search_path = {literal(f'{schema},{earlier}')}")
    try:
        yield
    finally:
        duck.execute(f"SET search_path = {literal(earlier)}")


def within(sql: str, units: UnitSet) -> str:
    """SQL for those rows of a query whose unit is in the set."""
    by = {name: "IS NOT DISTINCT FROM" if name in units.nulls else "=" for name in units.names}
    on = " AND ".join(f"q.{quoted(name)} {by[name]} u.{quoted(name)}" for name in units.names)
    return f"SELECT q.* FROM ({sql}) AS q SEMI JOIN {units.table} AS u ON {on}"


def _filled(units: str, reach: Reach) -> str:
    """Units without those of which the result can say nothing: a row that names none leads to none.

    As one unit all rows without a name would be looked at, and no part of a table be passed over.
    """
    if not reach.filled:
        return units
    there = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in reach.filled)
    return f"SELECT * FROM ({units}) WHERE {there}"
