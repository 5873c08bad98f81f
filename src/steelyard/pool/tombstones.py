"""Deleted keys with the order of their delete, so that an older version does not bring them back."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import quoted

Connection = psycopg.Connection[Any]
PIECE_ROWS = 100_000


def write(connection: Connection, dataset: str, delivery: str, found: Sequence[tuple[str, int]]) -> None:
    """Keep hash and order of each delete, in the caller's transaction."""
    if not found:
        return
    with connection.cursor().copy("COPY engine.tombstone (dataset, key_hash, delivery, row_order) FROM STDIN") as copy:
        for key, order in found:
            copy.write_row((dataset, key, delivery, order))


def replace(
    connection: Connection, dataset: str, delivery: str, found: Sequence[tuple[str, int]], keys: Sequence[str] | None
) -> None:
    """Keep these instead of what the delivery left before; ``keys``: hashes of those that were told again."""
    listed = None if keys is None else list(keys)
    connection.execute(
        "DELETE FROM engine.tombstone WHERE dataset = %s AND delivery = %s "
        "AND (%s::text[] IS NULL OR key_hash = ANY(%s))",
        [dataset, delivery, listed, listed],
    )
    write(connection, dataset, delivery, found)


def loaded(connection: Connection, duck: Duck, contract: Contract, among: Sequence[str] | None = None) -> str | None:
    """A relation (``key_hash``, ``row_order``) of the deletes of deliveries that count; None where there are none.

    ``among``: only those of these deliveries.
    """
    known = connection.execute(
        "SELECT 1 FROM engine.tombstone WHERE dataset = %s LIMIT 1", [contract.dataset]
    ).fetchone()
    if known is None:
        return None
    name, listed = quoted(f"tombstones {contract.dataset}"), None if among is None else list(among)
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} (key_hash VARCHAR, row_order BIGINT)")
    # A cursor on the server keeps memory bounded where a register has lost millions of rows.
    with connection.transaction(), connection.cursor(name="tombstones") as cursor:
        cursor.execute(
            "SELECT t.key_hash, max(t.row_order) FROM engine.tombstone t JOIN engine.delivery d ON d.id = t.delivery "
            "WHERE t.dataset = %s AND d.state = 'accepted' "
            "AND (%s::uuid[] IS NULL OR d.id = ANY(%s::uuid[])) GROUP BY 1",
            [contract.dataset, listed, listed],
        )
        while piece := cursor.fetchmany(PIECE_ROWS):
            table = pa.table({"key_hash": [row[0] for row in piece], "row_order": [row[1] for row in piece]})
            duck.register("tombstones read", table)
            duck.execute(f'INSERT INTO {name} SELECT key_hash, CAST(row_order AS BIGINT) FROM "tombstones read"')
            duck.unregister("tombstones read")
    return name
