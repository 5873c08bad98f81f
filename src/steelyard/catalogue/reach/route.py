"""How one row of a dataset leads to the units it can influence, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """One mention of a table on a route.

    ``parent`` is the place of an earlier node (None for the first), to which it is joined by ``on``:
    pairs (own column, column of the parent) that are equal by ``=``, so that a null joins nothing.
    """

    table: str
    parent: int | None = None
    on: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Route:
    """From a row of the first node to units: join the nodes, read the unit.

    ``unit``: (place of a node, column) for each name of ``names``, in that order.  ``names`` are the unit columns of
    the model; for evidence, those columns of ``hit`` that the route knows.  A unit may hold nulls in a derived
    relation: compare it null-safe.
    """

    nodes: tuple[Node, ...]
    unit: tuple[tuple[int, str], ...]
    names: tuple[str, ...]

    @property
    def direct(self) -> bool:
        """Whether the row alone knows the unit."""
        return len(self.nodes) == 1

    def __str__(self) -> str:
        """``bid -> tender_section (section_id = section_id): tender_id``, for people and for the lock."""
        steps = [self.nodes[0].table]
        for place, node in enumerate(self.nodes[1:], 1):
            origin = "" if node.parent == place - 1 else f"{self.nodes[node.parent or 0].table}."
            joined = ", ".join(f"{own} = {origin}{other}" for own, other in node.on)
            steps.append(f"{node.table} ({joined})")
        last = len(self.nodes) - 1
        read = [
            (name, column if place == last else f"{self.nodes[place].table}.{column}")
            for name, (place, column) in zip(self.names, self.unit, strict=True)
        ]
        told = ", ".join(name if name == column else f"{name} = {column}" for name, column in read)
        return f"{' -> '.join(steps)}: {told or 'everything'}"


@dataclass(frozen=True)
class Occurrence:
    """One mention of a dataset or derived relation, every common table expanded where it is used.

    Each route of ``routes`` alone is sound, and one of them suffices.  A mention whose rows can lead to a unit in
    several ways that are all needed (through the branches of a union) is listed once for each way.
    """

    table: str
    alias: str
    line: int
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Reach:
    """All occurrences of one SELECT.  ``unit`` of () says that every change concerns everything."""

    unit: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]
    underivable: tuple[Occurrence, ...] = ()
    """Mentions without a route, derived or declared: the model can only be run in full."""

    loose: tuple[str, ...] = ()
    """Unit columns that come from the null-extended side of an outer join: no route can lead to them."""
    filled: tuple[str, ...] = ()
    """Unit columns that are never NULL in a result, whatever a table holds in the columns that lead to them."""
    silent: tuple[tuple[str, int], ...] = ()
    """(table, line) of mentions on which nothing of the result rests."""

    @property
    def whole(self) -> bool:
        """Whether only a full run will do."""
        return not self.unit or bool(self.underivable)

    def of(self, table: str) -> tuple[Occurrence, ...]:
        return tuple(one for one in self.occurrences if one.table == table)
