"""The link job: mentions that landed → edges → who is who, as a new generation where anything changed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.engines.duck import Duck, connect
from steelyard.engines.postgres import Database, Role
from steelyard.identity import asking, candidates, generations, scoring
from steelyard.identity.candidates import Found
from steelyard.identity.generations import Generation
from steelyard.identity.linkage.engine import DuckEngine
from steelyard.identity.overlay import current_generation
from steelyard.pool import Pool, PoolVersion

Connection = psycopg.Connection[Any]
MEMORY_MB = 1_500
KINDS = ("person", "company")
OFFICE = ("official", "person_id")
"""Dataset and column of holders of office: to merge them needs two persons."""


@dataclass
class Linked:
    """What a run of the job did."""

    generation: int | None
    """The generation it wrote; None where nothing changed."""
    pool_version: int
    records: int
    """Records that stand."""
    edges: dict[str, int] = field(default_factory=dict)
    """Standing edges by tier."""
    opened: int = 0
    closed: int = 0
    resolved: int = 0
    """Records that are held to be a subject."""
    questions: int = 0
    """Open questions."""
    models: dict[str, str] = field(default_factory=dict)
    """Version of the model that scored, by kind."""


def link(database: Database, pool: Pool, *, full: bool = False, reason: str = "link") -> Linked:
    """Link what landed since the last time.  Run again with nothing new it writes nothing.

    Joins look at every record that stands; the statistical step only at new ones, unless ``full``.
    """
    version = pool.current()
    duck = connect(memory_mb=MEMORY_MB, threads=2)
    try:
        with database.transaction(Role.WORKER) as connection:
            generations.lock(connection)
            return _linked(connection, duck, pool, version, full, reason)
    finally:
        duck.close()


def _linked(
    connection: Connection, duck: Duck, pool: Pool, version: PoolVersion, full: bool, reason: str
) -> Linked:  # fmt: skip
    _note_officials(connection, duck, pool, version)
    made = Linked(None, version.number, candidates.put_records(connection, duck))
    found = candidates.conflicts(duck)
    engine = DuckEngine(duck)
    duck.execute("CREATE TABLE met (record VARCHAR)")
    scored: list[scoring.Scored] = []
    for kind in KINDS:
        candidates.put_base(duck, pool, version, kind)
        met = candidates.against_base(engine, kind)
        found += met
        duck.execute("INSERT INTO met SELECT DISTINCT record FROM candidate")
        scored += scoring.score(connection, duck, pool, version, kind, met, full=full)
    found += candidates.among_records(engine)
    models = {one.kind: one.model for one in scored}
    generation = Generation(connection, reason, pool_version=version.number,
                            model=models.get("person") or models.get("company"))  # fmt: skip
    touched, made.opened, made.closed = _write_edges(connection, duck, found, scored, generation)
    report = generations.renew(connection, touched | _unsettled(connection), generation)
    _note_looked(connection, duck, generation)
    asking.ask(connection, report)
    made.generation, made.models = generation.written, models
    _count(connection, made)
    return made


def _note_officials(connection: Connection, duck: Duck, pool: Pool, version: PoolVersion) -> None:
    dataset, column = OFFICE
    if dataset not in pool.contracts:
        return
    pool.register(duck, dataset, version, name="office")
    keys = [row[0] for row in duck.execute(
        f"SELECT DISTINCT {column} FROM office WHERE {column} IS NOT NULL ORDER BY 1").fetchall()]  # fmt: skip
    connection.execute("DELETE FROM engine.sensitive_subject WHERE key <> ALL(%s)", [keys])
    connection.execute(
        "INSERT INTO engine.sensitive_subject SELECT unnest(%s::text[]), 'official' ON CONFLICT DO NOTHING", [keys]
    )


def _write_edges(
    connection: Connection, duck: Duck, found: Sequence[Found], scored: Sequence[scoring.Scored], generation: Generation
) -> tuple[set[str], int, int]:
    """Open edges that are new, close those nothing bears out any more.  Returns the touched nodes and both counts."""
    standing = {
        (row[0], row[1], row[2]): (row[3], row[4])
        for row in connection.execute("SELECT a, b, method, tier, id FROM engine.link_edge WHERE until IS NULL")
    }
    records = {row[0] for row in duck.execute("SELECT node FROM record").fetchall()}
    asked_again = {row[0] for row in duck.execute("SELECT record FROM scored").fetchall()}
    wanted: dict[tuple[str, str, str], Found | scoring.Scored] = {(one.a, one.b, one.method): one for one in found}
    wanted |= {(one.a, one.b, one.method): one for one in scored}
    closed = [
        (key, number)
        for key, (tier, number) in standing.items()
        if (key not in wanted and not _stays(key, records, asked_again)) or (key in wanted and wanted[key].tier != tier)
    ]
    gone = {key for key, _ in closed}
    opened = [one for key, one in sorted(wanted.items()) if key not in standing or key in gone]
    if closed:
        connection.execute("UPDATE engine.link_edge SET until = %s WHERE id = ANY(%s)",
                           [generation.id, [number for _, number in closed]])  # fmt: skip
    _open(connection, opened, generation)
    touched = {node for a, b, _ in gone for node in (a, b)} | {node for one in opened for node in (one.a, one.b)}
    return touched, len(opened), len(closed)


def _stays(key: tuple[str, str, str], records: Collection[str], asked_again: Collection[str]) -> bool:
    """A scored edge stays as it is until its record is scored again, or is no more."""
    a, b, method = key
    there = all(node in records or not node.startswith("r:") for node in (a, b))
    return method == scoring.METHOD and there and a not in asked_again and b not in asked_again


def _open(connection: Connection, opened: Sequence[Found | scoring.Scored], generation: Generation) -> None:
    if not opened:
        return
    at = generation.id
    sql = "COPY engine.link_edge (a, b, tier, method, model_version, weight, probability, evidence, since) FROM STDIN"
    with connection.cursor().copy(sql) as copy:
        for one in opened:
            if isinstance(one, Found):
                copy.write_row((one.a, one.b, one.tier, one.method, None, None, None,
                                json.dumps({"agrees": ["name", *one.agrees]}), at))  # fmt: skip
            else:
                copy.write_row((one.a, one.b, one.tier, one.method, one.model, one.weight, one.probability,
                                one.evidence, at))  # fmt: skip


def _unsettled(connection: Connection) -> set[str]:
    """Records that are held to be somebody although nothing speaks for it any more: their rows were withdrawn."""
    rows = connection.execute(
        "SELECT 'r:' || r.record FROM engine.resolution r WHERE r.until IS NULL AND NOT EXISTS ("
        "SELECT 1 FROM engine.link_edge e WHERE e.until IS NULL AND e.a = 'r:' || r.record UNION ALL "
        "SELECT 1 FROM engine.link_edge e WHERE e.until IS NULL AND e.b = 'r:' || r.record)"
    )
    return {row[0] for row in rows}


def _note_looked(connection: Connection, duck: Duck, generation: Generation) -> None:
    """Mark the records that were looked at, so that the statistical step passes them by the next time."""
    at = max(generation.written or current_generation(connection), 1)
    fresh = [row[0][2:] for row in duck.execute("SELECT node FROM record WHERE fresh ORDER BY 1").fetchall()]
    connection.execute("UPDATE engine.source_record SET since = %s WHERE id = ANY(%s::uuid[])", [at, fresh])


def _count(connection: Connection, made: Linked) -> None:
    tiers = connection.execute("SELECT tier, count(*) FROM engine.link_edge WHERE until IS NULL GROUP BY 1 ORDER BY 1")
    made.edges = {tier: int(count) for tier, count in tiers}
    ((made.resolved, made.questions),) = connection.execute(
        "SELECT (SELECT count(*) FROM engine.resolution WHERE until IS NULL), "
        "(SELECT count(*) FROM engine.review_item WHERE state = 'open')"
    ).fetchall()
    if made.generation is not None:
        connection.execute(
            "UPDATE engine.identity_generation SET facts = facts || %s WHERE id = %s",
            [Jsonb({"opened": made.opened, "closed": made.closed, "resolved": made.resolved}), made.generation],
        )
