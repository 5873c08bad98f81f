"""Along the equality joins of a route: from changed rows to units, and from units back to the rows of a table.

Every step is a small table of the values that the next step needs, made once for all who take it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from steelyard.catalogue.reach import Node, Route
from steelyard.engines.duck import Duck, quoted

Place = Callable[[str], str]
"""Where a dataset or derived relation stands in one state of the data: its name as SQL."""


@dataclass(frozen=True)
class Made:
    """A table of a walk."""

    name: str
    """As SQL."""
    rows: int


@dataclass(frozen=True, order=True)
class Match:
    """One equality between a column of a table and a column of a walk's table."""

    column: str
    value: str
    null_too: bool
    """Whether NULL matches NULL, as it does where a grouping makes NULL a unit of its own."""

    def sql(self, table: str, walk: str) -> str:
        by = "IS NOT DISTINCT FROM" if self.null_too else "="
        return f"{table}.{quoted(self.column)} {by} {walk}.{quoted(self.value)}"


@dataclass(frozen=True)
class Cut:
    """Which rows of a table reach the units: those that match a row of ``walk``; none where it came to nothing."""

    table: str
    walk: Made
    matches: tuple[Match, ...]

    def condition(self, table: str, walk: str) -> str:
        return " AND ".join(match.sql(table, walk) for match in self.matches) or "true"


class Walks:
    """Tables of the steps, in a schema of their own; the same text gives the same table until ``forget``."""

    def __init__(self, duck: Duck, schema: str = "walk") -> None:
        self.duck = duck
        self.schema = schema
        self.made: dict[str, Made] = {}
        self.cuts: dict[Cut, str] = {}
        """Rows that were cut already: a walk that asks a table for the same asks them."""
        self.count = 0
        duck.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")

    def table(self, sql: str) -> Made:
        """The rows of a query, kept."""
        if sql not in self.made:
            self.count += 1
            name = f"{quoted(self.schema)}.{quoted(f't{self.count}')}"
            row = self.duck.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}").fetchone()
            self.made[sql] = Made(name, int(row[0]) if row else 0)
        return self.made[sql]

    def forget(self) -> None:
        """Drop every table: the data move on."""
        for one in self.made.values():
            self.duck.execute(f"DROP TABLE IF EXISTS {one.name}")
        self.made.clear()
        self.cuts.clear()

    def units(self, route: Route, rows: str, place: Place) -> str:
        """SQL for the units, under their names, that some rows of the route's first table lead to; empty: to none.

        ``rows``: SQL that names the rows; ``place``: the state of the data in which the others are looked up.
        """
        needed = _needed(route)
        at = self.table(_distinct(rows, "n", [_from_node(0, name) for name in sorted(needed[0])]))
        for number, node in list(enumerate(route.nodes))[1:]:
            if not needed[number] or not at.rows:
                continue
            kept = {(i, name) for i in range(number) for name in _later(route, i, number)}
            chosen = [f"w.{quoted(_at(i, name))}" for i, name in sorted(kept)]
            chosen += [f"n.{quoted(name)} AS {quoted(_at(number, name))}" for name in sorted(_later(route, number))]
            on = " AND ".join(f"n.{quoted(own)} = w.{quoted(_at(node.parent or 0, parent))}" for own, parent in node.on)
            at = self.table(
                f"SELECT DISTINCT {', '.join(chosen)} FROM {place(node.table)} AS n JOIN {at.name} AS w ON {on}"
            )
        if not at.rows:
            return ""
        listed = (f"{quoted(_at(i, column))} AS {quoted(name)}" for name, i, column in _unit(route))
        return f"SELECT DISTINCT {', '.join(listed)} FROM {at.name}"

    def cut(self, route: Route, units: Made, place: Place, nulls: Collection[str] = ()) -> Cut:
        """Which rows of the route's first table lead to the units; all, where the route knows none of them.

        ``units``: its columns bear the names of the unit.  ``nulls``: those in which NULL is a unit's value.
        """
        useful = _needed(route)
        at = units
        carried: set[tuple[int, str]] = set()
        for number in range(len(route.nodes) - 1, 0, -1):
            if not useful[number]:
                continue
            if not at.rows:
                # Whatever is looked up along nothing is nothing.
                return Cut(route.nodes[0].table, at, ())
            matches = _matches(route, number, nulls)
            carried = {one for one in carried if route.nodes[one[0]].parent != number}
            kept = [f"w.{quoted(name)}" for name, i, _ in _unit(route) if i < number]
            kept += [f"w.{quoted(_at(i, name))}" for i, name in sorted(carried)]
            own = sorted({name for name, _ in route.nodes[number].on})
            kept += [f"n.{quoted(name)} AS {quoted(_at(number, name))}" for name in own]
            carried |= {(number, name) for name in own}
            on = " AND ".join(match.sql("n", "w") for match in matches) or "true"
            known = Cut(route.nodes[number].table, at, tuple(matches))
            table = self.cuts.get(known) or place(known.table)
            at = self.table(f"SELECT DISTINCT {', '.join(kept)} FROM {table} AS n JOIN {at.name} AS w ON {on}")
        return Cut(route.nodes[0].table, at, tuple(_matches(route, 0, nulls)))


def shortest(routes: Sequence[Route]) -> Route:
    """Of several sound routes the one with the fewest tables, ties by name."""
    return min(routes, key=lambda route: (len(route.nodes), [node.table for node in route.nodes], repr(route)))


def _matches(route: Route, number: int, nulls: Collection[str]) -> list[Match]:
    needed = _needed(route)
    found = [Match(column, name, name in nulls) for name, i, column in _unit(route) if i == number]
    for i, child in _children(route, number):
        if needed[i]:
            found += [Match(parent, _at(i, own), False) for own, parent in child.on]
    return found


def _needed(route: Route) -> list[set[str]]:
    """By node the columns that lead on; none where a node leads to no unit."""
    found: list[set[str]] = [set() for _ in route.nodes]
    for number in range(len(route.nodes) - 1, -1, -1):
        found[number] |= {name for i, name in route.unit if i == number}
        for i, child in _children(route, number):
            if found[i]:
                found[number] |= {parent for _, parent in child.on}
    return found


def _later(route: Route, number: int, after: int | None = None) -> set[str]:
    """Columns of a node that are asked for once the walk has come to node ``after``."""
    last = number if after is None else after
    needed = _needed(route)
    found = {name for i, name in route.unit if i == number}
    for i, child in _children(route, number):
        if i > last and needed[i]:
            found |= {parent for _, parent in child.on}
    return found


def _unit(route: Route) -> list[tuple[str, int, str]]:
    """Name in the unit, place of the node, its column."""
    return [(name, i, column) for name, (i, column) in zip(route.names, route.unit, strict=True)]


def _children(route: Route, number: int) -> list[tuple[int, Node]]:
    return [(i, node) for i, node in enumerate(route.nodes) if i and node.parent == number]


def _at(number: int, name: str) -> str:
    return f"{number}.{name}"


def _from_node(number: int, name: str) -> str:
    return f"n.{quoted(name)} AS {quoted(_at(number, name))}"


def _distinct(rows: str, alias: str, chosen: Sequence[str]) -> str:
    return f"SELECT DISTINCT {', '.join(chosen)} FROM {rows} AS {alias}"
