"""Reach made wrong on purpose, in the five ways in which a mistake could be made."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from steelyard.catalogue import Catalogue
from steelyard.catalogue.reach import Occurrence, Reach, Route
from steelyard.detect.tests.steps.material import Subject

KINDS = ("empty", "wrong column", "dropped occurrence", "wrong join column", "swapped unit")


def mutants(subject: Subject, reach: Reach, catalogue: Catalogue) -> Iterator[tuple[str, str, Reach]]:
    """(kind, what was made wrong, the wrong reach): one of each kind for each dataset it can be made for."""
    chance = random.Random(subject.id)

    def other(table: str, column: str) -> str | None:
        """Another column of the same type, one that rows are joined by if there is one."""
        known = catalogue.columns(table)
        fitting = [n for n, c in known.items() if n != column and c.sql_type == known[column].sql_type]
        return chance.choice(fitting) if fitting else None

    for table in sorted({one.table for one in reach.occurrences}):
        yield "empty", table, _others(reach, lambda one, t=table: one.table != t)
        wrong = _each(reach, table, lambda route: _column(route, other))
        if wrong is not None:
            yield "wrong column", table, wrong
        wrong = _each(reach, table, lambda route: _join(route, other))
        if wrong is not None:
            yield "wrong join column", table, wrong
        wrong = _each(reach, table, lambda route: _swapped(route, reach))
        if wrong is not None:
            yield "swapped unit", table, wrong
    for routes in sorted({one.routes[:1] for one in reach.occurrences}, key=str):
        left = _others(reach, lambda one, r=routes: one.routes[:1] != r)
        if any(one.table == routes[0].nodes[0].table for one in left.occurrences):
            yield "dropped occurrence", str(routes[0]), left


def _others(reach: Reach, keep: Callable[[Occurrence], bool]) -> Reach:
    return replace(reach, occurrences=tuple(one for one in reach.occurrences if keep(one)))


def _each(reach: Reach, table: str, change: Callable[[Route], Route | None]) -> Reach | None:
    """Every mention of a table with one changed route; None where it cannot be changed."""
    changed = []
    for one in reach.occurrences:
        if one.table == table:
            route = change(min(one.routes, key=lambda route: len(route.nodes)))
            if route is None:
                return None
            one = replace(one, routes=(route,))
        changed.append(one)
    return replace(reach, occurrences=tuple(changed))


def _column(route: Route, other: Callable[[str, str], str | None]) -> Route | None:
    """The unit is read from a wrong column."""
    place, column = route.unit[0]
    found = other(route.nodes[place].table, column)
    return replace(route, unit=((place, found), *route.unit[1:])) if found else None


def _join(route: Route, other: Callable[[str, str], str | None]) -> Route | None:
    """The second mention is joined by a wrong column."""
    if route.direct:
        return None
    first, second, *more = route.nodes
    own, parent = second.on[0]
    found = other(second.table, own)
    if found is None:
        return None
    return replace(route, nodes=(first, replace(second, on=((found, parent), *second.on[1:])), *more))


def _swapped(route: Route, reach: Reach) -> Route | None:
    """The columns of the unit change places; a unit of one column is read at the other end of the join."""
    if len(reach.unit) > 1:
        return replace(route, unit=(*route.unit[1:], route.unit[0]))
    if route.direct:
        return None
    own, _ = route.nodes[-1].on[0]
    return replace(route, unit=((len(route.nodes) - 1, own),)) if route.unit[0][1] != own else None
