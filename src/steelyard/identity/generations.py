"""What follows from edges and judgements: which subject each mention is, by generation."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.identity import nodes
from steelyard.identity.components import Cluster, Clusters, Edge, clustered
from steelyard.identity.minting import Minting

Connection = psycopg.Connection[Any]
_LOCK = "steelyard who is who"
_SAID = (
    "SELECT a, b FROM engine.judgement j WHERE verdict = %s AND superseded_by IS NULL AND undone_at IS NULL "
    "AND (NOT needs_second OR second_by IS NOT NULL)"
)


def lock(connection: Connection) -> None:
    """Changes of who is who follow each other; held to the end of the transaction."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_LOCK])


class Generation:
    """A generation that is written only once something changes."""

    def __init__(
        self, connection: Connection, reason: str, *, pool_version: int | None = None, model: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._connection, self._reason = connection, reason
        self._pool_version, self._model, self._facts = pool_version, model, dict(facts or {})
        self.written: int | None = None

    @property
    def id(self) -> int:
        """Its number; asking for it writes it."""
        if self.written is None:
            row = self._connection.execute(
                "INSERT INTO engine.identity_generation (reason, pool_version, model_version, facts) "
                "VALUES (%s, %s, %s, %s) RETURNING id",
                [self._reason, self._pool_version, self._model, Jsonb(self._facts)],
            ).fetchone()
            self.written = int(row[0]) if row else 0
        return self.written


def renew(connection: Connection, touched: Collection[str], generation: Generation) -> Clusters:
    """Cluster the components of the touched nodes again, and write what differs from before."""
    around, edges = _around(connection, touched)
    forbidden = [
        (a, b) for a, b in connection.execute(f"{_SAID} AND a = ANY(%s) AND b = ANY(%s)", ["different", around, around])
    ]
    numbered = [node for node in around if not nodes.is_record(node)]
    found = clustered(around, edges, forbidden, numbered, _telling(connection, around))
    _write(connection, around, found.found, generation)
    return found


def _around(connection: Connection, touched: Collection[str]) -> tuple[list[str], list[Edge]]:
    """Everything that hangs together with the nodes, and the edges between."""
    known: set[str] = set()
    edges: dict[tuple[str, str, str], Edge] = {}
    waiting = set(touched)
    while waiting:
        known |= waiting
        asked = sorted(waiting)
        waiting = set()
        for edge in _edges_of(connection, asked):
            edges[edge.a, edge.b, edge.tier] = edge
            waiting |= {edge.a, edge.b} - known
    return sorted(known), sorted(edges.values(), key=lambda edge: edge.order)


def _edges_of(connection: Connection, asked: list[str]) -> Iterable[Edge]:
    for side in ("a", "b"):
        for a, b, tier, weight in connection.execute(
            "SELECT a, b, tier, weight FROM engine.link_edge WHERE until IS NULL AND tier IN ('T1', 'T2', 'T3') "
            f"AND {side} = ANY(%s)", [asked],
        ):  # fmt: skip
            yield Edge(a, b, tier, weight or 0.0)
        for a, b in connection.execute(f"{_SAID} AND {side} = ANY(%s)", ["same", asked]):
            yield Edge(a, b, "H")


def edges_around(connection: Connection, touched: Collection[str]) -> list[Edge]:
    """The links of everything that hangs together with the nodes."""
    return _around(connection, touched)[1]


def subjects_of(connection: Connection, listed: Collection[str]) -> dict[str, str]:
    """The key each node is held to be now; a record nobody placed is absent."""
    records = [nodes.bare(node) for node in listed if nodes.is_record(node)]
    keys = {node: nodes.bare(node) for node in listed if not nodes.is_record(node)}
    for record, key in connection.execute(
        "SELECT record::text, key FROM engine.resolution WHERE until IS NULL AND record = ANY(%s::uuid[])", [records]
    ):
        keys[nodes.RECORD + record] = key
    merged = dict(connection.execute("SELECT old, key FROM engine.subject_alias WHERE until IS NULL").fetchall())
    return {node: merged.get(key, key) for node, key in keys.items()}


def _telling(connection: Connection, around: Collection[str]) -> dict[str, Hashable]:
    """What each record says, so that the same words twice count once."""
    ids = [nodes.bare(node) for node in around if nodes.is_record(node)]
    return {
        nodes.RECORD + row[0]: row[1:]
        for row in connection.execute(
            "SELECT id::text, name_form, birth_date, sex, area_code, phone, address FROM engine.source_record "
            "WHERE id = ANY(%s::uuid[])", [ids],
        )
    }  # fmt: skip


def _write(connection: Connection, around: Collection[str], found: Collection[Cluster], generation: Generation) -> None:
    minting = Minting(connection, found)
    resolved: dict[str, tuple[str, str]] = {}
    merged: dict[str, str] = {}
    for cluster in found:
        key = minting.key_of(cluster)
        if key is None:
            continue
        resolved |= {nodes.bare(record): (key, tier) for record, tier in cluster.tiers.items()}
        merged |= {nodes.bare(one): key for one in cluster.subjects if nodes.bare(one) != key}
    records = [nodes.bare(node) for node in around if nodes.is_record(node)]
    subjects = [nodes.bare(node) for node in around if not nodes.is_record(node)]
    _resolve(connection, records, resolved, generation)
    _alias(connection, subjects, merged, generation)


def _resolve(
    connection: Connection, records: list[str], wanted: Mapping[str, tuple[str, str]], generation: Generation
) -> None:
    before = {
        row[0]: (row[1], row[2])
        for row in connection.execute(
            "SELECT record::text, key, tier FROM engine.resolution WHERE until IS NULL AND record = ANY(%s::uuid[])",
            [records],
        )
    }
    changed = sorted(one for one in {*before, *wanted} if before.get(one) != wanted.get(one))
    if not changed:
        return
    at = generation.id
    connection.execute(
        "UPDATE engine.resolution SET until = %s WHERE until IS NULL AND record = ANY(%s::uuid[])", [at, changed]
    )
    with connection.cursor().copy("COPY engine.resolution (record, key, tier, since) FROM STDIN") as copy:
        for one in changed:
            if one in wanted:
                copy.write_row((one, *wanted[one], at))


def _alias(
    connection: Connection, subjects: list[str], wanted: Mapping[str, str], generation: Generation
) -> None:  # fmt: skip
    before = dict(
        connection.execute(
            "SELECT old, key FROM engine.subject_alias WHERE until IS NULL AND old = ANY(%s)", [subjects]
        ).fetchall()
    )
    changed = sorted(one for one in {*before, *wanted} if before.get(one) != wanted.get(one))
    if not changed:
        return
    connection.execute(
        "UPDATE engine.subject_alias SET until = %s WHERE until IS NULL AND old = ANY(%s)", [generation.id, changed]
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO engine.subject_alias (old, key, since) VALUES (%s, %s, %s)",
            [(one, wanted[one], generation.id) for one in changed if one in wanted],
        )


# -- what hangs on a pair ------------------------------------------------------------------


def keys_by_node(connection: Connection, listed: Collection[str]) -> dict[str, set[str]]:
    """The subjects each node stands for now or bears the number of, under every key they had."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in listed:
        if not nodes.is_record(node):
            found[node].add(nodes.bare(node))
    records = [nodes.bare(node) for node in listed if nodes.is_record(node)]
    for record, key in connection.execute(
        "SELECT record::text, key FROM engine.resolution WHERE until IS NULL AND record = ANY(%s::uuid[]) UNION "
        "SELECT id::text, conflict_key FROM engine.source_record WHERE id = ANY(%s::uuid[]) "
        "AND conflict_key IS NOT NULL", [records, records],
    ):  # fmt: skip
        found[nodes.RECORD + record].add(key)
    merged = connection.execute("SELECT old, key FROM engine.subject_alias WHERE until IS NULL").fetchall()
    for keys in found.values():
        keys |= {one for pair in merged if keys & set(pair) for one in pair}
    return dict(found)


def consequential(connection: Connection, keys: Collection[str]) -> set[str]:
    """Those of the keys on which a finding rests that its model calls red, and those of holders of office."""
    asked = sorted(keys)
    rows = connection.execute(
        "SELECT key FROM engine.sensitive_subject WHERE key = ANY(%(keys)s) UNION "
        "SELECT unnest(evidence_subjects) FROM engine.finding WHERE model_grade = 'red' AND state <> 'vanished' "
        "AND evidence_subjects && %(keys)s UNION "
        "SELECT said.value FROM engine.finding f, jsonb_each_text(f.subjects) AS said WHERE f.model_grade = 'red' "
        "AND f.state <> 'vanished' AND said.value = ANY(%(keys)s)",
        {"keys": asked},
    )
    return {row[0] for row in rows} & set(asked)


def settle_questions(connection: Connection, touched: Collection[str] | None = None) -> None:
    """Bring the state of questions up to date: of pairs with one of the nodes, or of all.

    A pair somebody judged is answered, also where he is unsure or a second person is waited for; one whose edge is
    no more, or whose record a person's word has placed elsewhere, is stale.
    """
    some = "true" if touched is None else "(i.a = ANY(%(nodes)s) OR i.b = ANY(%(nodes)s) OR r.record IS NOT NULL)"
    connection.execute(
        f"""UPDATE engine.review_item AS t SET state = n.state, judgement = n.judgement FROM (
            SELECT i.id, j.id AS judgement, CASE WHEN j.id IS NOT NULL THEN 'answered'
                WHEN i.edge IS NOT NULL AND e.until IS NOT NULL THEN 'stale'
                WHEN r.record IS NOT NULL THEN 'stale'
                WHEN i.kind = 'conflict' AND EXISTS (SELECT 1 FROM engine.review_item whole
                    WHERE whole.kind = 'large' AND whole.b = i.b AND whole.id <> i.id) THEN 'stale'
                ELSE 'open' END AS state
            FROM engine.review_item i LEFT JOIN engine.link_edge e ON e.id = i.edge
            LEFT JOIN LATERAL (SELECT max(id) AS id FROM engine.judgement j WHERE j.a = i.a AND j.b = i.b
                AND j.superseded_by IS NULL AND j.undone_at IS NULL) j ON true
            LEFT JOIN engine.resolution r ON i.kind = 'pair' AND r.until IS NULL AND r.tier = 'H'
                AND 'r:' || r.record::text IN (i.a, i.b)
            WHERE {some}) AS n
        WHERE n.id = t.id AND (t.state, t.judgement) IS DISTINCT FROM (n.state, n.judgement)""",
        {"nodes": list(touched or ())},
    )
