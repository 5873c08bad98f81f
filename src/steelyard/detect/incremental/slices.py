"""The rows of each table that reach a set of units: cut once, shared by all models that ask for the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from steelyard.catalogue.reach import Reach
from steelyard.detect.incremental.walks import Cut, Made, Place, Walks, shortest
from steelyard.engines.duck import quoted


@dataclass(frozen=True)
class UnitSet:
    """Units that a change can have touched: a table with a column for each name of the unit, each row once."""

    names: tuple[str, ...]
    made: Made
    nulls: frozenset[str] = frozenset()
    """Names under which some unit has NULL."""

    @property
    def count(self) -> int:
        return self.made.rows

    @property
    def table(self) -> str:
        return self.made.name


@dataclass(frozen=True)
class Beneath:
    """Rows of a table that hold at least those with some values in some of its columns."""

    name: str
    """As SQL; with every column that evidence reads."""
    by: frozenset[tuple[str, str]]
    """Column of the table, and the name under which its values are known."""


@dataclass
class Slices:
    """Slices of one state of the data.  ``place`` says where its tables stand."""

    walks: Walks
    place: Place
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By table the columns somebody reads; all where a table is not named."""
    shown: frozenset[str] = frozenset()
    """Tables of which evidence reads no other columns."""
    beneath: dict[tuple[str, Made], list[Beneath]] = field(default_factory=dict)
    """By table and walk what may be read instead of the table, where rows are cut by that walk."""

    def of(self, reach: Reach, units: UnitSet) -> dict[str, str]:
        """By table of the reach, SQL that names the rows of it that reach the units, by any of its occurrences.

        A row stands in it as often as in the table.
        """
        cuts: dict[str, list[Cut]] = {}
        routes = [shortest(occurrence.routes) for occurrence in reach.occurrences]
        # What is cut by the units themselves first: longer walks lead through the same rows.
        for route in sorted(routes, key=lambda one: len(one.nodes)):
            cut = self.walks.cut(route, units.made, self.place, units.nulls)
            listed = cuts.setdefault(cut.table, [])
            if cut not in listed:
                listed.append(cut)
            if len(route.nodes) == 1 and cut.matches and cut.walk.rows:
                self._cut(cut)
        return {table: self._union(table, listed) for table, listed in cuts.items()}

    def direct(self, units: UnitSet) -> dict[str, list[Beneath]]:
        """By table what was cut by the units themselves, of tables that evidence shows."""
        found: dict[str, list[Beneath]] = {}
        for cut, name in self.walks.cuts.items():
            if cut.walk == units.made and cut.table in self.shown:
                by = frozenset((match.column, match.value) for match in cut.matches)
                found.setdefault(cut.table, []).append(Beneath(name, by))
        return found

    def _union(self, table: str, cuts: list[Cut]) -> str:
        # Nothing is cut along a walk that came to nothing.
        cuts = [cut for cut in cuts if cut.walk.rows]
        if not cuts:
            return self.walks.table(f"SELECT {self._chosen(table)} FROM {self.place(table)} AS t LIMIT 0").name
        if any(not cut.matches for cut in cuts):
            return self.place(table)
        # What an earlier cut holds is left out of the later ones: equal rows stay as many as they are.
        ordered = sorted(cuts, key=lambda cut: (cut.walk.name, cut.matches))
        parts = [
            " AND ".join([f"SELECT s.* FROM {self._cut(cut)} AS s WHERE true", *(_without(one) for one in ordered[:n])])
            for n, cut in enumerate(ordered)
        ]
        return self._cut(ordered[0]) if len(parts) == 1 else self.walks.table(" UNION ALL ".join(parts)).name

    def _cut(self, cut: Cut) -> str:
        if cut not in self.walks.cuts:
            self.walks.cuts[cut] = self.walks.table(
                f"SELECT {self._chosen(cut.table)} FROM {self._source(cut)} AS t SEMI JOIN {cut.walk.name} AS w "
                f"ON {cut.condition('t', 'w')}"
            ).name
        return self.walks.cuts[cut]

    def _source(self, cut: Cut) -> str:
        by = {(match.column, match.value) for match in cut.matches}
        held = [one.name for one in self.beneath.get((cut.table, cut.walk), ()) if one.by <= by]
        return held[0] if held else self.place(cut.table)

    def _chosen(self, table: str) -> str:
        return ", ".join(f"t.{quoted(name)}" for name in self.columns.get(table, ())) or "t.*"


def _without(cut: Cut) -> str:
    return f"NOT EXISTS (SELECT 1 FROM {cut.walk.name} AS w WHERE {cut.condition('s', 'w')})"
