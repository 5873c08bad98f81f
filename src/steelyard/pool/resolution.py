"""How a bad row ends: sent again by a replay, mended by a later row with its key, or told again by another delivery."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck
from steelyard.pool import ordering
from steelyard.pool.place import Received

Connection = psycopg.Connection[Any]


def same_files(connection: Connection, delivery: str) -> None:
    """Files that were refused together are told of once they are landed by themselves: the newer account counts."""
    connection.execute(
        "UPDATE engine.quarantine q SET state = 'resolved', resolved_by = own.id "
        "FROM engine.delivery own, engine.delivery_file mine, engine.delivery other, engine.delivery_file theirs "
        "WHERE own.id = %s AND mine.delivery = own.id AND other.interface = own.interface AND other.id <> own.id "
        "AND other.state = 'refused' AND theirs.delivery = other.id AND theirs.sha256 = mine.sha256 "
        "AND q.delivery = other.id AND q.file = theirs.name AND q.state = 'open'",
        [delivery],
    )


def mended(connection: Connection, duck: Duck, contract: Contract, delivery: Received, good: str) -> None:
    """Close the bad rows of earlier deliveries of the interface whose key came again and is good."""
    waiting = connection.execute(
        "SELECT DISTINCT q.key_hash FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery "
        "WHERE q.dataset = %s AND d.interface = %s AND q.delivery <> %s AND q.state = 'open' "
        "AND q.outcome = 'quarantined' AND q.key_hash IS NOT NULL",
        [contract.dataset, delivery.interface.id, delivery.id],
    ).fetchall()
    if not waiting:
        return
    duck.register("waiting", pa.table({"hash": [row[0] for row in waiting]}))
    met = duck.execute(f"SELECT DISTINCT {ordering.key_hash(contract)} FROM {good} "
                       f'WHERE {ordering.key_hash(contract)} IN (SELECT hash FROM "waiting")').fetchall()  # fmt: skip
    duck.unregister("waiting")
    connection.execute(
        "UPDATE engine.quarantine q SET state = 'resolved', resolved_by = %s FROM engine.delivery d "
        "WHERE d.id = q.delivery AND d.interface = %s AND q.dataset = %s AND q.delivery <> %s "
        "AND q.state = 'open' AND q.outcome = 'quarantined' AND q.key_hash = ANY(%s)",
        [delivery.id, delivery.interface.id, contract.dataset, delivery.id, [row[0] for row in met]],
    )


def replayed(connection: Connection, delivery: str) -> None:
    """Mark the rows a replay stands for: resolved where theirs came in, replayed where theirs is bad again."""
    connection.execute(
        "UPDATE engine.quarantine q SET resolved_by = r.delivery, state = CASE WHEN EXISTS (SELECT 1 "
        "FROM engine.quarantine n WHERE n.delivery = r.delivery AND n.row = r.row AND n.outcome = 'quarantined' "
        "AND n.dataset = r.origin_dataset) THEN 'replayed' ELSE 'resolved' END "
        "FROM engine.replayed_row r WHERE r.delivery = %s AND q.delivery = r.origin AND q.file = r.origin_file "
        "AND q.row = r.origin_row AND q.dataset = r.origin_dataset AND q.outcome = 'quarantined' "
        "AND q.state = 'open'",
        [delivery],
    )


def of_withdrawn(connection: Connection, delivery: str) -> tuple[int, int]:
    """Bad rows of a delivery that are in the list, and those of others that it closed."""
    row = connection.execute(
        "SELECT count(DISTINCT (dataset, file, row)) FILTER (WHERE delivery = %s AND state = 'open' "
        "AND outcome = 'quarantined'), "
        "count(DISTINCT (delivery, dataset, file, row)) FILTER (WHERE resolved_by = %s) FROM engine.quarantine "
        "WHERE delivery = %s OR resolved_by = %s",
        [delivery] * 4,
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def withdrawn(connection: Connection, delivery: str) -> None:
    """Take a withdrawn delivery's bad rows out of the list, and open again what it had closed."""
    connection.execute(
        "UPDATE engine.quarantine SET state = 'withdrawn' WHERE delivery = %s AND state = 'open'", [delivery]
    )
    connection.execute(
        "UPDATE engine.quarantine q SET resolved_by = NULL, "
        "state = CASE WHEN d.state = 'withdrawn' THEN 'withdrawn' ELSE 'open' END "
        "FROM engine.delivery d WHERE d.id = q.delivery AND q.resolved_by = %s",
        [delivery],
    )


def mended_before(connection: Connection, dataset: str, interface: str, delivery: str, keys: Sequence[str]) -> None:
    """Close the bad rows of deliveries before this one whose keys it brought."""
    connection.execute(
        "UPDATE engine.quarantine q SET state = 'resolved', resolved_by = own.id "
        "FROM engine.delivery d, engine.delivery own WHERE own.id = %s AND d.id = q.delivery AND d.interface = %s "
        "AND d.finished_at < own.finished_at AND q.dataset = %s AND q.state = 'open' "
        "AND q.outcome = 'quarantined' AND q.key_hash = ANY(%s)",
        [delivery, interface, dataset, list(keys)],
    )
