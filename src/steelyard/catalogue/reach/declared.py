"""Reach as a model declares it, where it cannot be derived from the SQL."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from steelyard.catalogue.model import Catalogue, SupervisionModel
from steelyard.catalogue.reach.route import Node, Occurrence, Reach, Route


def declare(derived: Reach, model: SupervisionModel, catalogue: Catalogue) -> Reach:
    """Give the mentions without a route those that the model declares for their dataset.

    Every entry of a dataset counts: a row leads to units by all of them.  Entries that make no sense are passed over
    here and complained of by the lint.
    """
    if not isinstance(model.reach, Mapping) or not derived.underivable:
        return derived
    said = _said(derived, model, catalogue)
    occurrences = tuple(
        one
        for found in derived.occurrences
        for one in ((found,) if found.routes else _entries(found, said.get(found.table, ())))
    )
    return replace(derived, occurrences=occurrences, underivable=tuple(o for o in occurrences if not o.routes))


def contradictions(derived: Reach, model: SupervisionModel, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """(dataset, what is wrong with its declaration)."""
    if model.reach is None:
        return
    if not isinstance(model.reach, Mapping):
        yield "", "reach must be a map from datasets"
        return
    said = _said(derived, model, catalogue)
    for dataset in map(str, model.reach):
        mentions = derived.of(dataset)
        if not mentions:
            yield dataset, f"reach names {dataset}, which the SQL does not read"
        elif len(said.get(dataset, ())) < len(_listed(model.reach[dataset])):
            yield dataset, f"reach of {dataset}: {_FORM}"
        elif all(one.routes for one in mentions):
            known = {route for one in mentions for route in one.routes}
            for routes in said[dataset]:
                if not known & set(routes):
                    yield dataset, f"the declared reach of {dataset} contradicts the SQL: {mentions[0].routes[0]}"


_FORM = "needs unit: {column of the unit: column} for every one, or via: a dataset with a route, and by: the column"


def _entries(found: Occurrence, said: tuple[tuple[Route, ...], ...]) -> tuple[Occurrence, ...]:
    return tuple(replace(found, routes=routes) for routes in said) or (found,)


def _said(derived: Reach, model: SupervisionModel, catalogue: Catalogue) -> dict[str, tuple[tuple[Route, ...], ...]]:
    """Dataset to the routes of each of its entries; entries that lean on others wait for these."""
    said: dict[str, list[tuple[Route, ...]]] = {}
    known = {dataset: [one.routes for one in derived.of(dataset)] for dataset in model.data}
    waiting = [(str(dataset), entry) for dataset, body in model.reach.items() for entry in _listed(body)]
    while waiting:
        later: list[tuple[str, Any]] = []
        for dataset, entry in waiting:
            routes = _routes(dataset, entry, model, catalogue, {**known, **said})
            if routes:
                said.setdefault(dataset, []).extend(routes)
            else:
                later.append((dataset, entry))
        if len(later) == len(waiting):
            break
        waiting = later
    return {dataset: tuple(routes) for dataset, routes in said.items()}


def _routes(
    dataset: str,
    entry: Any,
    model: SupervisionModel,
    catalogue: Catalogue,
    known: Mapping[str, list[tuple[Route, ...]]],
) -> list[tuple[Route, ...]]:
    if not isinstance(entry, Mapping) or not catalogue.knows(dataset):
        return []
    columns = set(catalogue.columns(dataset))
    unit = entry.get("unit")
    if isinstance(unit, Mapping):
        if set(unit) != set(model.unit) or not set(map(str, unit.values())) <= columns:
            return []
        return [(Route((Node(dataset),), tuple((0, str(unit[name])) for name in model.unit), model.unit),)]
    via, by = str(entry.get("via", "")), entry.get("by")
    pairs = {str(own): str(other) for own, other in by.items()} if isinstance(by, Mapping) else {str(by): str(by)}
    ways = known.get(via, [])
    if not ways or not all(ways) or not set(pairs) <= columns:
        return []
    if not set(pairs.values()) <= set(catalogue.columns(via)):
        return []
    return [tuple(_behind(dataset, pairs, route) for route in routes) for routes in ways]


def _behind(dataset: str, pairs: Mapping[str, str], route: Route) -> Route:
    """The route with a row of ``dataset`` before it."""
    first, *others = route.nodes
    nodes = (
        Node(dataset),
        replace(first, parent=0, on=tuple((other, own) for own, other in pairs.items())),
        *(replace(node, parent=(node.parent or 0) + 1) for node in others),
    )
    return Route(nodes, tuple((place + 1, column) for place, column in route.unit), route.names)


def _listed(body: Any) -> list[Any]:
    return list(body) if isinstance(body, list) else [body]
