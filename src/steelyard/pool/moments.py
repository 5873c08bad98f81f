"""The pool at one moment: a version, and the pushed rows that no version holds yet, laid over it.

A moment is told by two numbers, of the pool version and of the newest push that is seen; the same two numbers give
the same rows again, also after the pushes were landed, as long as their bodies are kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import quoted
from steelyard.pool import records, tables, versions
from steelyard.pool.inbox import Push
from steelyard.pool.newest import NewestRows
from steelyard.pool.pending import Layer, Layers
from steelyard.pool.versions import PoolVersion, VersionUnknown

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Moment:
    """What can be seen at once."""

    version: PoolVersion
    seq: int
    """Number of the newest push that is seen."""
    layers: tuple[Layer, ...] = ()
    """Rows of pushes over the version, in the order they came."""

    def over(self, dataset: str) -> list[pa.Table]:
        """Tables of waiting rows of a dataset, the later over the earlier."""
        return [layer.rows for layer in self.layers if layer.dataset == dataset and len(layer.rows)]

    @property
    def datasets(self) -> frozenset[str]:
        """Datasets of which rows wait."""
        return frozenset(layer.dataset for layer in self.layers if len(layer.rows))


NEWEST = NewestRows()
"""Of this process."""
_GIVEN = "waiting rows given"
_SEEN = (
    "SELECT seq, interface, received_on, row_count AS rows, batch::text AS batch, closed FROM engine.inbox "
    "WHERE seq <= %s AND batch IS NOT NULL AND refusal = '' AND body IS NOT NULL "
    "AND (finished_at IS NULL OR pool_version > %s) ORDER BY seq"
)


def look(connection: Connection, layers: Layers, version: int | None, seq: int) -> Moment:
    """A pool version (default: the newest) with the pushes up to a number.  Raises VersionUnknown."""
    # One snapshot: a flush between two looks would show its rows twice, or not at all.
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = versions.current(connection) if version is None else versions.version(connection, version)
        if found is None:
            if version:
                raise VersionUnknown(f"there is no pool version {version}")
            found = PoolVersion(0, {})
        pushes = [Push(**row) for row in records.many(connection, _SEEN, [seq, found.number])]
    return Moment(found, seq, layers.of(connection, pushes))


def touched(before: Moment, after: Moment, datasets: Collection[str] | None = None) -> set[str]:
    """Datasets that may differ between two moments."""
    moved = {name for name in {*before.version.tables, *after.version.tables}
             if before.version.tables.get(name) != after.version.tables.get(name)}  # fmt: skip
    ids_before, ids_after = {layer.id for layer in before.layers}, {layer.id for layer in after.layers}
    moved |= {layer.dataset for layer in (*before.layers, *after.layers) if layer.id in ids_before ^ ids_after}
    return moved if datasets is None else moved & set(datasets)


def new_rows(before: Moment, after: Moment, dataset: str) -> list[pa.Table]:
    """Waiting rows that only one of two moments sees; with the changes of the versions they are all that differs."""
    ids = {layer.id for layer in before.layers} ^ {layer.id for layer in after.layers}
    listed = {layer.id: layer for layer in (*before.layers, *after.layers)}
    return [listed[one].rows for one in sorted(ids) if listed[one].dataset == dataset and len(listed[one].rows)]


def lay_over(
    duck: Duck, contract: Contract, name: str, waiting: Sequence[pa.Table], *, ordered: bool = True,
    stands: dict[str, pa.Table] | None = None,
) -> bool:  # fmt: skip
    """Replace the view ``name`` of an engine by itself with the waiting rows laid over it.  False: there are none.

    The rows stand in table ``<name> pushed``, one a key, with ``_gone``; the view beneath is ``<name> landed``.
    ``ordered``: whether a row beneath may be newer than one that was pushed later.  ``stands``: by name the rows that
    lie over it in this engine; where it is named, both views were made over the same files.
    """
    if not waiting:
        return False
    stood = {} if stands is None else stands
    beneath, above = quoted(beneath_of(name)), quoted(above_of(name))
    rows = NEWEST.of(contract, waiting)
    if stood.get(name) is rows:
        return True
    if name not in stood:
        duck.execute(f"CREATE OR REPLACE VIEW {beneath} AS {_definition(duck, name)}")
    _put(duck, contract, rows, beneath, above, ordered=ordered)
    if name not in stood:
        duck.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {laid(contract, beneath, above)}")
    stood[name] = rows
    return True


def beneath_of(name: str) -> str:
    """The view that lies beneath waiting rows."""
    return f"{name} landed"


def above_of(name: str) -> str:
    """The table of waiting rows."""
    return f"{name} pushed"


def laid(contract: Contract, beneath: str, above: str) -> str:
    """SELECT of the rows of one relation with those of another laid over them by key; both names as SQL."""
    columns = ", ".join(quoted(column) for column in tables.schema_of(contract))
    return (
        f"SELECT {columns} FROM {beneath} b ANTI JOIN {above} o ON {tables.match(contract, 'b', 'o')} "
        f"UNION ALL SELECT {columns} FROM {above} WHERE NOT _gone"
    )


def _has_order(rows: pa.Table) -> bool:
    return bool(rows["_order"].null_count < len(rows))


def _definition(duck: Duck, name: str) -> str:
    row = duck.execute("SELECT sql FROM duckdb_views() WHERE view_name = ?", [name]).fetchall()
    return str(row[-1][0]).split(" AS ", 1)[1].rstrip(";")


def _put(duck: Duck, contract: Contract, rows: pa.Table, beneath: str, above: str, *, ordered: bool) -> None:
    """The rows but those that are older than what lies beneath."""
    late = (
        f"ANTI JOIN {beneath} k ON {tables.match(contract, 'k', 'o')} AND k._order IS NOT NULL "
        "AND (o._order IS NULL OR k._order > o._order)"
        if ordered and _has_order(rows)
        else ""
    )
    duck.register(_GIVEN, rows)
    duck.execute(
        f"CREATE OR REPLACE TABLE {above} AS SELECT o.* EXCLUDE (_layer, _gone), coalesce(o._gone, false) AS _gone "
        f"FROM {quoted(_GIVEN)} o {late}"
    )
    duck.unregister(_GIVEN)
