"""Ties made and kept: whole every night, and from the set before for what changed since."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from steelyard.engines.duck import Duck, connect, quoted
from steelyard.engines.postgres import Database
from steelyard.identity.ties import graph, holding, store
from steelyard.identity.ties.derive import Tables, put_datasets, read_kinds
from steelyard.identity.ties.kinds import HINT_READS, KINDS
from steelyard.identity.ties.related import BRIDGES, HOPS, PATH, put_related
from steelyard.identity.ties.store import Made
from steelyard.identity.ties.who import Who
from steelyard.kit.home import Home

RELATED = {
    "official": "UINTEGER", "party": "UINTEGER", "relation": "VARCHAR", "weak": "BOOLEAN", "hops": "TINYINT",
    "levels": "TINYINT", "degree": "TINYINT", "confidence": "DOUBLE", "share": "DOUBLE", "strength": "DOUBLE",
    "rank": "UTINYINT", "from_date": "DATE", "to_date": "DATE", **dict.fromkeys(PATH, "UINTEGER"),
}  # fmt: skip
CUT = {"official": "UINTEGER", "node": "UINTEGER", "kind": "VARCHAR", "count": "BIGINT"}
HUB_COLUMNS = {"n": "UINTEGER", "kind": "VARCHAR", "count": "BIGINT"}
FAULT = {"fault": "VARCHAR", "kind": "VARCHAR", "node": "VARCHAR", "other": "VARCHAR", "figure": "DOUBLE",
         "dataset": "VARCHAR", "delivery": "VARCHAR", "file": "VARCHAR", "row": "BIGINT"}  # fmt: skip
ALIAS = {"old": "VARCHAR", "key": "VARCHAR"}
_LOCK = "steelyard ties"


def build(
    pool: Tables, database: Database, home: Home, as_of: dt.date, *, full: bool = True, memory_mb: int = 4096
) -> Made:
    """Make the ties of the newest pool version and generation, and put them in force.

    ``full``: whole; else from the set in force, computing the officials whose paths may have changed.  Nothing is
    done where the set in force is already of this version, generation and day and ``full`` is not wanted.
    """
    with _one_at_a_time(database) as connection:
        who = Who.read(connection)
        return make(pool, who, store.folder(home), as_of, full=full, memory_mb=memory_mb)


def make(
    pool: Tables, who: Who, root: Path, as_of: dt.date, *, full: bool = True, hops: int = HOPS, memory_mb: int = 2048
) -> Made:
    """As ``build``, with who is who given, into a folder of one's own."""
    version = pool.current()
    base = None if full else store.current_folder(root)
    made = Made(
        version.number, who.overlay.generation, as_of.isoformat(), dict(version.tables), _mark(who), hops, base is None
    )
    if base is not None and _same(store.made_of(base), made):
        return store.made_of(base)
    with (
        store.new_folder(root, made.pool_version, made.generation) as at,
        connect(memory_mb=memory_mb, spill=at / "spill") as duck,
    ):
        made = _Build(duck, pool, who, at, base, made, as_of).run()
        store.write_made(at, made)
    return made


@contextmanager
def _one_at_a_time(database: Database) -> Iterator["psycopg.Connection[Any]"]:
    connection = database.connect(autocommit=True)
    try:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [_LOCK])
        yield connection
    finally:
        connection.close()


def _mark(who: Who) -> str:
    rows = sorted(zip(who.subjects["key"].to_pylist(), who.subjects["rank"].to_pylist(), strict=True))
    told = sorted(set(zip(who.imported["publisher"].to_pylist(), who.imported["delivery"].to_pylist(), strict=True)))
    return hashlib.sha256(repr((rows, told) if told else rows).encode()).hexdigest()[:16]


def _same(old: Made, new: Made) -> bool:
    told = ("pool_version", "generation", "as_of", "subjects", "hops")
    return all(getattr(old, name) == getattr(new, name) for name in told)


class _Build:
    """One build on its way."""

    def __init__(
        self, duck: Duck, pool: Tables, who: Who, at: Path, base: Path | None, made: Made, as_of: dt.date
    ) -> None:
        self.duck, self.pool, self.who, self.at, self.base = duck, pool, who, at, base
        self.made, self.as_of = made, as_of
        self.old = store.made_of(base) if base else None

    def run(self) -> Made:
        changed = self._changed()
        self._read(changed)
        counts = self._number(changed)
        self._hubs(changed)
        touched = self._officials(changed)
        paths = self._related()
        self._ownership()
        faults = dict(self.duck.execute("SELECT fault, count(*) FROM fault GROUP BY 1 ORDER BY 1").fetchall())
        return replace(
            self.made, ties=counts, officials=self._count("official_now"), touched=touched, paths=paths,
            hubs=self._count("hub"), faults=faults, next_id=self.next_id,
        )  # fmt: skip

    def _count(self, name: str) -> int:
        return int(self.duck.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0])

    def _changed(self) -> list[str]:
        """Kinds to be read anew: of changed tables, or all where somebody became somebody else."""
        if self.old is None or (self.old.generation, self.old.subjects) != (self.made.generation, self.made.subjects):
            return list(KINDS)
        before, now = self.old.tables, self.made.tables
        return [name for name, kind in KINDS.items() if any(before.get(one) != now.get(one) for one in kind.reads)]

    def _read(self, changed: Collection[str]) -> None:
        version = self.pool.current()
        read_kinds(self.duck, self.pool, version, self.who, changed)
        put_datasets(self.duck, self.pool, version, self.who, HINT_READS)
        graph.keep(self.duck, "SELECT * FROM identity_alias", self.at / "alias.parquet")
        self.duck.execute(
            "CREATE OR REPLACE TABLE official_key AS SELECT DISTINCT person_id AS key FROM official "
            "WHERE person_id IS NOT NULL"
        )
        if self.base is not None:  # Faults of kinds that were not read anew stand as they did.
            graph.open_part(self.duck, self.base, "fault", FAULT, "old_fault")
            kept = ", ".join(f"'{kind}'" for kind in KINDS if kind not in changed)
            computed = "('ownership-ring', 'shares-over-the-whole')"
            if kept:
                self.duck.execute(
                    f"INSERT INTO fault SELECT * FROM old_fault WHERE kind IN ({kept}) AND fault NOT IN {computed}"
                )

    def _number(self, changed: Collection[str]) -> dict[str, int]:
        base = self.base or self.at  # Of an empty folder everything reads as empty.
        graph.open_part(self.duck, base, "node", graph.NO_NODES, "old_node")
        graph.open_ties(self.duck, base, prefix="old")
        graph.number_nodes(self.duck, changed)
        graph.keep(self.duck, "SELECT n, key FROM node ORDER BY key", self.at / "node.parquet")
        self.next_id = self.old.next_id if self.old else 1
        for kind in KINDS:
            if kind not in changed and self.base:
                store.take_over(graph.tie_file(self.base, kind), graph.tie_file(self.at, kind))
                continue
            self.next_id = graph.number_ties(self.duck, kind, self.next_id)
            columns = ", ".join(quoted(name) for name in graph.NUMBERED)
            graph.keep(
                self.duck, f"SELECT {columns} FROM {quoted(f'edge {kind}')} ORDER BY an, bn, id",
                graph.tie_file(self.at, kind),
            )  # fmt: skip
            self.duck.execute(f"DROP TABLE {quoted(f'tie {kind}')}")
            self.duck.execute(f"DROP TABLE {quoted(f'edge {kind}')}")
        graph.open_ties(self.duck, self.at)
        return {kind: self._count(f"edge {kind}") for kind in KINDS}

    def _hubs(self, changed: Collection[str]) -> None:
        graph.open_part(self.duck, self.base or self.at, "hub", HUB_COLUMNS, "old_hub")
        graph.put_hubs(self.duck, changed)
        kept = ", ".join(f"'{kind}'" for kind in KINDS if kind not in changed)
        if self.base and kept:
            self.duck.execute(f"INSERT INTO hub SELECT * FROM old_hub WHERE kind IN ({kept})")
        graph.keep(self.duck, "SELECT * FROM hub ORDER BY count DESC, n, kind", self.at / "hub.parquet")

    def _officials(self, changed: Collection[str]) -> int:
        """Make ``asked``: whose related parties are to be computed.  Returns how many."""
        self.duck.execute(
            "CREATE OR REPLACE TABLE official_now AS SELECT n FROM node SEMI JOIN official_key USING (key)"
        )
        if self.base is None:
            self.duck.execute("CREATE OR REPLACE TABLE asked AS SELECT n FROM official_now")
            return self._count("asked")
        graph.open_part(self.duck, self.base, "related", RELATED, "old_related")
        graph.open_part(self.duck, self.base, "cut", CUT, "old_cut")
        self._touched_nodes(changed)
        # A path that changed was whole up to its first changed tie, and whatever a path was whole up to is a party.
        self.duck.execute(
            "CREATE OR REPLACE TABLE asked AS SELECT n FROM official_now WHERE n IN (SELECT n FROM touched) "
            "OR n IN (SELECT r.official FROM old_related r SEMI JOIN touched t ON t.n = r.party) "
            "OR n NOT IN (SELECT official FROM old_related WHERE hops = 0)"
        )
        return self._count("asked")

    def _touched_nodes(self, changed: Collection[str]) -> None:
        """Make ``touched``: the ends of ties that came or went, and nodes that are hubs in another way than before."""
        nodes = [
            "SELECT n FROM (FROM hub EXCEPT FROM old_hub)",
            "SELECT n FROM (FROM old_hub EXCEPT FROM hub)",
        ]
        for kind in changed:
            now, before = quoted(f"edge {kind}"), quoted(f"old {kind}")
            ends = [
                f"SELECT unnest([an, bn]) AS n FROM {one} x ANTI JOIN {other} y ON y.id = x.id"
                for one, other in ((now, before), (before, now))
            ]
            nodes += ends
        self.duck.execute(f"CREATE OR REPLACE TABLE touched AS {' UNION '.join(nodes)}")
        # A bridge is no party: where it is touched, so are all who use it.
        users = " UNION ".join(
            f"SELECT e.an AS n FROM {quoted(f'{which} {kind}')} e SEMI JOIN touched t ON t.n = e.bn"
            for kind in ("household", *BRIDGES)
            for which in ("edge", "old")
        )
        self.duck.execute(f"INSERT INTO touched SELECT n FROM ({users})")

    def _related(self) -> int:
        put_related(self.duck, hops=self.made.hops)
        related, cut = "SELECT * FROM related", "SELECT * FROM cut"
        if self.base is not None:
            kept = "x.official IN (SELECT n FROM official_now) AND x.official NOT IN (SELECT n FROM asked)"
            related += f" UNION ALL SELECT * FROM old_related x WHERE {kept}"
            cut += f" UNION ALL SELECT * FROM old_cut x WHERE {kept}"
        graph.keep(self.duck, f"SELECT * FROM ({related}) ORDER BY official", self.at / "related.parquet")
        graph.keep(self.duck, f"SELECT * FROM ({cut}) ORDER BY official", self.at / "cut.parquet")
        graph.open_part(self.duck, self.at, "related", RELATED, "kept_related")
        return self._count("kept_related")

    def _ownership(self) -> None:
        holding.put_holdings(self.duck, self.as_of)
        holding.note_ownership_faults(self.duck, self.as_of)
        holding.put_hints(self.duck, self.as_of)
        for name, order in (("holding", "holder"), ("hint", "node"), ("fault", "fault, node")):
            graph.keep(self.duck, f"SELECT * FROM {name} ORDER BY {order}", self.at / f"{name}.parquet")
