"""Which columns of which datasets are read by value when a push is looked at: what should lie sorted."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from steelyard.catalogue import Catalogue
from steelyard.catalogue.reach import Reach, Route, reach_of
from steelyard.detect.incremental.walks import shortest


@dataclass
class Lookup:
    """One column by whose values rows are found."""

    dataset: str
    column: str
    models: set[str] = field(default_factory=set)
    """Models that look at units, of which at least one needs it."""
    clustered: bool = False
    """Whether the dataset's files lie in the order of this column."""
    key: bool = False
    """Whether it is part of the dataset's key: by it the row is found that a push replaces."""


def lookups(catalogue: Catalogue) -> list[Lookup]:
    """By dataset and column; only those of models that look at units alone, and of the relations behind them."""
    found: dict[tuple[str, str], Lookup] = {}
    for name, model in sorted(catalogue.models.items()):
        reach = reach_of(model, catalogue)
        if model.status != "ready" or reach.whole:
            continue
        behind = [reach_of(relation, catalogue) for relation in catalogue.relations_needed(set(model.data))]
        columns = {one for own in (reach, *behind) if not own.whole for one in _columns(own)}
        columns |= {(dataset, column) for dataset in catalogue.base_datasets(set(model.data))
                    for column in catalogue.contracts[dataset].key}  # fmt: skip
        for dataset, column in columns:
            if dataset in catalogue.contracts:
                _put(found, catalogue, dataset, column).models.add(name)
    return [found[at] for at in sorted(found)]


def _put(found: dict[tuple[str, str], Lookup], catalogue: Catalogue, dataset: str, column: str) -> Lookup:
    if (dataset, column) not in found:
        contract = catalogue.contracts[dataset]
        first = contract.cluster_by[:1] or contract.key[:1]
        found[dataset, column] = Lookup(dataset, column, set(), column in first, column in contract.key)
    return found[dataset, column]


def _columns(reach: Reach) -> Iterable[tuple[str, str]]:
    for occurrence in reach.occurrences:
        yield from _of_route(shortest(occurrence.routes))


def _of_route(route: Route) -> Iterable[tuple[str, str]]:
    """Forwards a table is asked by its own side of an equality, backwards by the other's, or by the unit itself."""
    for node in route.nodes[1:]:
        parent = route.nodes[node.parent or 0].table
        for own, other in node.on:
            yield node.table, own
            yield parent, other
    for number, column in route.unit:
        yield route.nodes[number].table, column
