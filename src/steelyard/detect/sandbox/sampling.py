"""A sample of what findings are about: some units, and every row that leads to them, so that each is judged in full."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.reach import Node, Occurrence, Reach, Route, reach_of
from steelyard.catalogue.tree import SqlBroken
from steelyard.detect.incremental import Slices, UnitSet, Walks
from steelyard.detect.incremental.walks import Place, shortest
from steelyard.engines.duck import Duck, quoted

TABLE = "units of the sample"
"""Under this name the run finds them; no text may say it."""


@dataclass(frozen=True)
class Sampled:
    """Units chosen of all, and the rows of each table that lead to them."""

    route: Route
    units: UnitSet
    of: int
    slices: Mapping[str, str]
    """By table, SQL that names its rows."""


def told(model: SupervisionModel, catalogue: Catalogue) -> dict[str, Any] | None:
    """The reach of a draft as the walls let it out; None where no rows lead to its units one by one."""
    try:
        found = reach_of(model, catalogue)
    except SqlBroken:
        return None
    return None if found.whole else asdict(found)


def read(said: Mapping[str, Any] | None, catalogue: Catalogue) -> Reach | None:
    """What came out of the walls, believed where each of its names is one of the catalogue."""
    if not said:
        return None
    found = Reach(tuple(said["unit"]), tuple(_occurrence(one) for one in said["occurrences"]))
    return found if found.occurrences and all(_known(one, catalogue) for one in found.occurrences) else None


def _occurrence(said: Mapping[str, Any]) -> Occurrence:
    return Occurrence(said["table"], said["alias"], said["line"], tuple(map(_route, said["routes"])))


def _route(said: Mapping[str, Any]) -> Route:
    nodes = (Node(one["table"], one["parent"], tuple((a, b) for a, b in one["on"])) for one in said["nodes"])
    return Route(tuple(nodes), tuple((place, column) for place, column in said["unit"]), tuple(said["names"]))


def _known(one: Occurrence, catalogue: Catalogue) -> bool:
    named = {(route.nodes[place].table, column) for route in one.routes for place, column in route.unit}
    for route in one.routes:
        for node in route.nodes:
            named |= {(node.table, own) for own, _ in node.on}
            named |= {(route.nodes[node.parent or 0].table, other) for _, other in node.on}
    tables = {one.table, *(node.table for route in one.routes for node in route.nodes)}
    return all(map(catalogue.knows, tables)) and all(name in catalogue.columns(table) for table, name in named)


def sampled(
    duck: Duck,
    reach: Reach,
    most: int,
    place: Place,
    *,
    lead: str,
    rows: Callable[[str], str],
    columns: Mapping[str, tuple[str, ...]],
) -> Sampled | None:
    """``most`` of the units that rows of the table ``lead`` reach, the same ones each time; None: that is all of them.

    ``rows``: SQL for the rows of a table that units are taken from; ``columns``: by table those to be cut.
    """
    walks = Walks(duck, "sample")
    first = next((one for one in reach.occurrences if one.table == lead), reach.occurrences[0])
    route = shortest(first.routes)
    found = walks.units(route, rows(first.table), place)
    if not found:
        return None
    every = walks.table(found)
    if every.rows <= most:
        return None
    listed = ", ".join(map(quoted, route.names))
    chosen = walks.table(f"SELECT {listed} FROM {every.name} ORDER BY hash({listed}), {listed} LIMIT {most}")
    units = UnitSet(route.names, chosen, frozenset(route.names))
    return Sampled(route, units, every.rows, Slices(walks, place, columns).of(reach, units))


def within(sql: str, names: list[str]) -> str:
    """Those rows of a text that are about a unit of the sample; the rows of others are not all there."""
    on = " AND ".join(f"q.{quoted(name)} IS NOT DISTINCT FROM u.{quoted(name)}" for name in names)
    return f"SELECT q.* FROM ({sql}) AS q SEMI JOIN {quoted(TABLE)} AS u ON {on}"
