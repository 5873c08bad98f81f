"""Who is who, laid over the pool's tables where they are read.

Tables hold the keys of numbers and are never rewritten by linkage.  A generation says which subject a mention without
a usable number is, and into which subject another one was merged; the overlay is one generation in memory.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import literal, quoted

Connection = psycopg.Connection[Any]
SURE = frozenset({"H", "T1"})
"""Tiers on which an alert may turn red."""
LINKS, ALIASES = "identity_link", "identity_alias"
"""Tables that ``put`` makes."""
_LINK_COLUMNS = ("dataset", "column_name", "delivery", "file", "row", "key", "tier", "sure")
_ALIAS_COLUMNS = ("old", "key")


def current_generation(connection: Connection) -> int:
    """The newest generation of who is who; 0 before there was any."""
    row = connection.execute("SELECT coalesce(max(id), 0) FROM engine.identity_generation").fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True)
class Overlay:
    """One generation: links of rows to subjects, and subjects merged into others."""

    generation: int
    links: pa.Table
    """dataset, column_name, delivery, file, row, key, tier, sure."""
    aliases: pa.Table
    """old, key; made by people's judgements alone, hence always sure."""

    @classmethod
    def read(cls, connection: Connection, generation: int | None = None) -> "Overlay":
        """The newest generation, or an older one.  A reader's connection will do."""
        at = current_generation(connection) if generation is None else generation
        standing = "{0}.since <= %s AND ({0}.until IS NULL OR {0}.until > %s)"
        links = connection.execute(
            "SELECT p.dataset, p.column_name, p.delivery::text, p.file, p.row, r.key, r.tier, r.tier = ANY(%s) "
            "FROM engine.resolution r JOIN engine.record_place p ON p.record = r.record "
            f"WHERE {standing.format('r')} ORDER BY 1, 2, 3, 4, 5",
            [sorted(SURE), at, at],
        ).fetchall()
        aliases = connection.execute(
            f"SELECT old, key FROM engine.subject_alias a WHERE {standing.format('a')} ORDER BY 1", [at, at]
        ).fetchall()
        return cls(at, _table(_LINK_COLUMNS, links), _table(_ALIAS_COLUMNS, aliases))

    @classmethod
    def none(cls) -> "Overlay":
        """Nobody is anybody else: tables are read as they are."""
        return cls(0, _table(_LINK_COLUMNS, []), _table(_ALIAS_COLUMNS, []))

    def touches(self, datasets: Iterable[str]) -> set[str]:
        """Those of the datasets in which a link is not sure."""
        wanted = set(datasets)
        pairs = zip(self.links["dataset"].to_pylist(), self.links["sure"].to_pylist(), strict=True)
        return {dataset for dataset, sure in pairs if not sure and dataset in wanted}

    @property
    def merged(self) -> dict[str, str]:
        """Subjects that became another, and which."""
        return dict(zip(self.aliases["old"].to_pylist(), self.aliases["key"].to_pylist(), strict=True))

    def unsure_tiers(self, datasets: Iterable[str]) -> set[str]:
        """Tiers of the unsure links that lie in some datasets."""
        wanted = set(datasets)
        pairs = zip(self.links["dataset"].to_pylist(), self.links["tier"].to_pylist(), strict=True)
        return {tier for dataset, tier in pairs if dataset in wanted and tier not in SURE}

    def put(self, duck: Duck) -> None:
        """Make the tables that ``view_sql`` names."""
        for name, rows in ((LINKS, self.links), (ALIASES, self.aliases)):
            given = f"given {name}"
            duck.register(given, rows)
            duck.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {quoted(given)}")
            duck.unregister(given)

    def view_sql(
        self, dataset: str, schema_columns: Iterable[str], subject_columns: Collection[str], source: str, *, sure: bool
    ) -> str:
        """What to read instead of ``source``, to stand behind FROM: one row for each of its rows.

        ``schema_columns``: the columns wanted, in their order; ``source`` has them and the lineage columns.
        ``sure``: only links that rest on a number or on a person's word.  Needs ``put`` before.
        """
        linked = self._columns(dataset, sure) & set(subject_columns)
        columns = list(schema_columns)
        merged = {name for name in subject_columns if name in columns} if len(self.aliases) else set()
        if not linked and not merged:
            return source
        chosen, joins = [], []
        for name in columns:
            parts = [f"l.{quoted(name)}"] if name in linked else []
            parts.insert(0, f"t.{quoted(name)}")
            if name in merged:
                alias = quoted(f"a {name}")
                parts.insert(0, f"{alias}.key")
                joins.append(f"LEFT JOIN {ALIASES} AS {alias} ON {alias}.old = t.{quoted(name)}")
            chosen.append(f"coalesce({', '.join(parts)}) AS {quoted(name)}" if len(parts) > 1 else parts[0])
        if linked:
            joins.insert(0, f"LEFT JOIN ({_wide(dataset, linked, sure)}) AS l ON {_PLACE}")
        return f"(SELECT {', '.join(chosen)} FROM {source} AS t {' '.join(joins)})"

    def _columns(self, dataset: str, sure: bool) -> set[str]:
        """Columns of a dataset in which a link counts."""
        listed = zip(*(self.links[name].to_pylist() for name in ("dataset", "column_name", "sure")), strict=True)
        return {column for name, column, certain in listed if name == dataset and (certain or not sure)}


_PLACE = "l.delivery = t._delivery AND l.file = t._file AND l.row = t._raw_row"


def _wide(dataset: str, linked: Collection[str], sure: bool) -> str:
    """SQL: one line for each row of a dataset, with a key for each linked column."""
    keys = ", ".join(
        f"max(key) FILTER (WHERE column_name = {literal(name)}) AS {quoted(name)}" for name in sorted(linked)
    )
    return (
        f"SELECT delivery, file, row, {keys} FROM {LINKS} WHERE dataset = {literal(dataset)}"
        f"{' AND sure' if sure else ''} GROUP BY delivery, file, row"
    )


def _table(columns: Collection[str], rows: Collection[Any]) -> pa.Table:
    types = {"row": pa.int64(), "sure": pa.bool_()}
    listed = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table(
        {name: pa.array(values, types.get(name, pa.string())) for name, values in zip(columns, listed, strict=True)}
    )
