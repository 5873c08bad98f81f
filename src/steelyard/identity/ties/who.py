"""Who the nodes of ties are: one generation of the overlay, with the tier of each link and subject."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.engines.duck import Duck
from steelyard.identity.overlay import Overlay
from steelyard.identity.ties.kinds import TIERS

Connection = psycopg.Connection[Any]

_IMPORTED = {
    "publisher": pa.string(), "id": pa.string(), "delivery": pa.string(), "kind": pa.string(),
    "a": pa.string(), "b": pa.string(), "basis": pa.string(), "role": pa.string(), "degree": pa.int64(),
    "share": pa.float64(), "from_date": pa.date32(), "to_date": pa.date32(), "confidence": pa.float64(),
    "file": pa.string(), "row": pa.int64(),
}  # fmt: skip


@dataclass(frozen=True)
class Who:
    """What ties need to know of identity."""

    overlay: Overlay
    links: pa.Table
    """delivery, dataset, file, row, rank: the weakest link of a row that names somebody without a number."""
    subjects: pa.Table
    """key, rank of every subject that is not known by a valid number."""
    imported: pa.Table = field(default_factory=lambda: _imported([]))
    """Ties that outside publishers told."""

    @classmethod
    def read(cls, connection: Connection, generation: int | None = None) -> "Who":
        """As of the newest generation, or an older one.  A reader's connection will do."""
        overlay = Overlay.read(connection, generation)
        ranked = "CASE tier " + " ".join(f"WHEN '{tier}' THEN {rank}" for tier, rank in TIERS.items()) + " END"
        links = connection.execute(
            f"SELECT p.dataset, p.delivery::text, p.file, p.row, max({ranked}) FROM engine.resolution r "
            "JOIN engine.record_place p ON p.record = r.record "
            "WHERE r.since <= %s AND (r.until IS NULL OR r.until > %s) GROUP BY 1, 2, 3, 4",
            [overlay.generation, overlay.generation],
        ).fetchall()
        subjects = connection.execute(f"SELECT key, {ranked} FROM engine.subject WHERE tier <> 'T1'").fetchall()
        imported = connection.execute(
            f"SELECT {', '.join(_IMPORTED)} FROM (SELECT *, exchange::text AS delivery FROM engine.imported_tie) AS t "
            "ORDER BY publisher, id"
        ).fetchall()
        return cls(overlay, _links(links), _subjects(subjects), _imported(imported))

    @classmethod
    def none(cls) -> "Who":
        """Everybody is known by a number, and nobody is anybody else."""
        return cls(Overlay.none(), _links([]), _subjects([]))

    def put(self, duck: Duck) -> None:
        """Make the tables link_rank, subject_rank and imported_tie, and those of the overlay."""
        self.overlay.put(duck)
        tables = (("link_rank", self.links), ("subject_rank", self.subjects), ("imported_tie", self.imported))
        for name, rows in tables:
            duck.register("given", rows)
            duck.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
            duck.unregister("given")


def _links(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    kinds = (pa.string(), pa.string(), pa.string(), pa.int64(), pa.int64())
    return _table(("dataset", "delivery", "file", "row", "rank"), kinds, rows)


def _subjects(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    return _table(("key", "rank"), (pa.string(), pa.int64()), rows)


def _imported(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    return _table(tuple(_IMPORTED), tuple(_IMPORTED.values()), rows)


def _table(names: Sequence[str], kinds: Sequence[pa.DataType], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    listed = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table([pa.array(values, kind) for values, kind in zip(listed, kinds, strict=True)], list(names))
