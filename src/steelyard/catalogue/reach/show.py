"""Reach in words, for people, for the lock and for the lint."""

from typing import Any

from steelyard.catalogue.reach.route import Reach


def summary(reach: Reach) -> dict[str, list[str]]:
    """Dataset to its routes, each mention with all that would do; a mention without one says so."""
    told: dict[str, set[str]] = {}
    for one in reach.occurrences:
        routes = " | ".join(map(str, one.routes)) or "no route"
        told.setdefault(one.table, set()).add(routes)
    return {table: sorted(told[table]) for table in sorted(told)}


def lines(name: str, reach: Reach) -> list[str]:
    """A few lines on one model or relation: its datasets with the shortest route of each mention."""
    told = [f"{name}  unit: {', '.join(reach.unit) or 'everything (runs in full)'}"]
    for table, routes in _shortest(reach).items():
        for route, count in routes.items():
            told.append(f"  {route}" + (f"  ({count} mentions)" if count > 1 else "") if reach.unit else f"  {table}")
    return told


def as_json(reach: Reach) -> dict[str, Any]:
    return {
        "unit": list(reach.unit),
        "derivable": not reach.underivable,
        "occurrences": [
            {"dataset": one.table, "alias": one.alias, "line": one.line, "routes": [str(route) for route in one.routes]}
            for one in reach.occurrences
        ],
    }


def _shortest(reach: Reach) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in reach.occurrences:
        route = str(one.routes[0]) if one.routes else f"{one.table}: no route (line {one.line})"
        routes = found.setdefault(one.table, {})
        routes[route] = routes.get(route, 0) + 1
    return dict(sorted(found.items()))
