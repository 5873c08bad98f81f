"""Questions to people: pairs the machine will not decide, each asked once."""

from collections.abc import Collection, Iterable
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from steelyard.identity import generations, nodes
from steelyard.identity.components import Clusters

Connection = psycopg.Connection[Any]
MOST_NAMES = 20
"""A number under more names than this is one question, not one for each name."""


def ask(connection: Connection, report: Clusters) -> None:
    """Put what edges and clusters leave open into the queue, and take out what is settled."""
    _ask_pairs(connection)
    _ask_conflicts(connection)
    _ask_two_numbers(connection, report)
    _ask_large(connection, report.large)
    ask_what_holds_back(connection)


def ask_what_holds_back(connection: Connection) -> None:
    """Ask also for the likely links on which a finding rests that is yellow for their sake alone."""
    _ask_held_back(connection)
    generations.settle_questions(connection)
    _rank(connection)


_ASK = (
    "INSERT INTO engine.review_item AS i (a, b, kind, edge, weight, probability, facts) "
    "{} ON CONFLICT (a, b) DO UPDATE SET kind = EXCLUDED.kind, edge = EXCLUDED.edge, weight = EXCLUDED.weight, "
    "probability = EXCLUDED.probability, facts = EXCLUDED.facts "
    "WHERE (i.kind, i.edge, i.facts) IS DISTINCT FROM (EXCLUDED.kind, EXCLUDED.edge, EXCLUDED.facts)"
)
_BEST = "SELECT DISTINCT ON (a, b) a, b, {}, id, weight, probability, evidence FROM engine.link_edge e "


def _ask_pairs(connection: Connection) -> None:
    chosen = _BEST.format("'pair'")
    connection.execute(
        _ASK.format(f"{chosen} WHERE until IS NULL AND tier = 'T4' ORDER BY a, b, probability DESC NULLS LAST, id")
    )


def _ask_held_back(connection: Connection) -> None:
    """A link of T2 or T3 is no question by itself; it is one once a red waits for it."""
    held = (
        "SELECT unnest(evidence_subjects) AS key FROM engine.finding WHERE {0} UNION "
        "SELECT said.value FROM engine.finding, jsonb_each_text(subjects) AS said WHERE {0}"
    ).format("state <> 'vanished' AND model_grade = 'red' AND grade <> 'red' AND identity_tier IN ('T2', 'T3')")
    chosen = _BEST.format("'pair'")
    connection.execute(
        f"WITH held AS ({held}) "
        + _ASK.format(
            f"{chosen} WHERE until IS NULL AND tier IN ('T2', 'T3') AND EXISTS (SELECT 1 FROM held h "
            "WHERE 's:' || h.key IN (e.a, e.b)) ORDER BY a, b, probability DESC NULLS LAST, id"
        )
    )


def _ask_conflicts(connection: Connection) -> None:
    """One question for each name a number stands under; one alone where there are too many names."""
    counted = "(SELECT b FROM engine.link_edge WHERE until IS NULL AND tier = 'T1x' GROUP BY b HAVING count(*) > %s)"
    chosen = _BEST.format("'conflict'")
    connection.execute(
        _ASK.format(f"{chosen} WHERE until IS NULL AND tier = 'T1x' AND b NOT IN {counted} ORDER BY a, b, id"),
        [MOST_NAMES],
    )
    many = (
        "SELECT min(a), b, 'large', min(id), CAST(NULL AS float8), CAST(NULL AS float8), "
        "jsonb_build_object('names', count(*), 'first', to_jsonb((array_agg(a ORDER BY a))[1:20])) "
        "FROM engine.link_edge WHERE until IS NULL AND tier = 'T1x' GROUP BY b HAVING count(*) > %s"
    )
    connection.execute(_ASK.format(many), [MOST_NAMES])


def _ask_two_numbers(connection: Connection, report: Clusters) -> None:
    listed = [
        (one, other, Jsonb({"through": [edge.a, edge.b], "tier": edge.tier}))
        for one, other, edge in report.two_numbers
        if edge.tier != "H"
    ]
    _ask_for(connection, "two-numbers", listed)


def _ask_large(connection: Connection, parts: Iterable[Collection[str]]) -> None:
    listed = []
    for part in parts:
        one, other = sorted(part)[:2]
        records = sum(nodes.is_record(node) for node in part)
        listed.append((one, other, Jsonb({"records": records, "first": sorted(part)[:20]})))
    _ask_for(connection, "large", listed)


def _ask_for(connection: Connection, kind: str, listed: Collection[tuple[str, str, Jsonb]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            _ASK.format("VALUES (%s, %s, %s, NULL, NULL, NULL, %s)"),
            [(a, b, kind, facts) for a, b, facts in listed],
        )


def _rank(connection: Connection) -> None:
    """Mark the open questions on which an alert that may be red waits: they come first."""
    open_items = connection.execute(
        "SELECT id, a, b, blocks_red FROM engine.review_item WHERE state = 'open'"
    ).fetchall()
    keys = generations.keys_by_node(connection, {node for _, a, b, _ in open_items for node in (a, b)})
    red = generations.consequential(connection, {key for found in keys.values() for key in found})
    for number, a, b, before in open_items:
        now = bool((keys.get(a, set()) | keys.get(b, set())) & red)
        if now != before:
            connection.execute("UPDATE engine.review_item SET blocks_red = %s WHERE id = %s", [now, number])
