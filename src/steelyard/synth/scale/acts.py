"""Rows that wrongs and look-alikes add to a table, in villages of their own and with numbers of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from steelyard.kit.sqltext import literal
from steelyard.synth.scale import schemes
from steelyard.synth.scale.size import Size
from steelyard.synth.scale.table import villages

FIRST = 4_000_000
"""Numbers below are those of ordinary rows, counted through the province."""
ROOM = 128
"""Rows that all acts with one table may add to one village."""


@dataclass(frozen=True)
class Act:
    """Something done on purpose, or something honest that looks like it."""

    name: str
    place: int
    """Which village does it, out of sixty (``schemes.at``)."""
    own: Mapping[str, str] = field(default_factory=dict)
    """Column to SQL: what is not as with ordinary rows; ``k`` numbers the rows of the act."""
    rows: int = 1


def added(acts: Sequence[Act], size: Size) -> str:
    """SQL: the rows of the acts: ``v``, ``n`` (within the village), ``id``, ``act`` (its name), ``k`` (of the act)."""
    listed, first = [], 0
    for act in acts:
        listed.append(f"({literal(act.name)}, {act.place * size.village_every // 60}, {first}, {act.rows})")
        first += act.rows
    if first > ROOM:
        raise ValueError(f"{first} rows of acts do not fit into the {ROOM} numbers of a village")
    return f"""(SELECT v, 1000 + first + k AS n, {FIRST} + v * {ROOM} + first + k AS id, act, k
        FROM {villages()}, (VALUES {", ".join(listed)}) AS a(act, place, first, many), range({ROOM}) AS o(k)
        WHERE v % {size.village_every} = place AND k < many)"""


def joined(ordinary: str, acts: Sequence[Act], size: Size) -> str:
    """SQL: ordinary rows (``v``, ``n``, ``id``), of no act, and those of the acts."""
    return f"(SELECT v, n, id, '' AS act, 0 AS k FROM {ordinary} UNION ALL SELECT * FROM {added(acts, size)})"


def either(acts: Sequence[Act], column: str, ordinary: str) -> str:
    """SQL: what a column is with the acts that have it as their own, and what it ordinarily is."""
    cases = " ".join(f"WHEN {literal(act.name)} THEN {act.own[column]}" for act in acts if column in act.own)
    return f"CASE act {cases} ELSE {ordinary} END" if cases else ordinary


def done(acts: Sequence[Act], name: str, size: Size) -> str:
    """SQL of a FROM with its WHERE: the rows of one act."""
    if name not in {act.name for act in acts}:
        raise KeyError(name)
    return f"{added(acts, size)} WHERE act = {literal(name)}"


def here(acts: Sequence[Act], name: str, size: Size) -> str:
    """SQL: whether the village ``v`` is one in which an act is done."""
    return schemes.at(next(act.place for act in acts if act.name == name), size.village_every)
