"""Who is who, written straight into the tables that linkage and judgements write."""

import uuid

from steelyard.detect.tests.small_pool import SmallPool
from steelyard.engines.postgres import Database


def _generation(database: Database) -> int:
    with database.transaction() as connection:
        row = connection.execute(
            "INSERT INTO engine.identity_generation (reason) VALUES ('judgement') RETURNING id"
        ).fetchone()
        return int(row[0]) if row else 0


def merge(database: Database, old: str, into: str) -> None:
    """The records of one subject are found to be another's."""
    since = _generation(database)
    with database.transaction() as connection:
        connection.execute("INSERT INTO engine.subject_alias (old, key, since) VALUES (%s, %s, %s)", [old, into, since])


def part(database: Database, old: str) -> None:
    """They were not, after all."""
    until = _generation(database)
    with database.transaction() as connection:
        connection.execute("UPDATE engine.subject_alias SET until = %s WHERE old = %s AND until IS NULL", [until, old])


def link(database: Database, pool: SmallPool, dataset: str, column: str, row: int, key: str, tier: str) -> str:
    """A row without a usable number is found to name somebody.  Returns the record's id."""
    since, record, delivery = _generation(database), str(uuid.uuid4()), pool.delivery(dataset)
    place = [delivery, dataset, column, f"{dataset}.csv", row]
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO engine.source_record (id, kind, delivery, dataset, column_name, file, row) "
            "VALUES (%s, 'person', %s, %s, %s, %s, %s)",
            [record, *place],
        )
        connection.execute(
            "INSERT INTO engine.record_place (record, delivery, dataset, column_name, file, row) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [record, *place],
        )
        connection.execute(
            "INSERT INTO engine.resolution (record, key, tier, since) VALUES (%s, %s, %s, %s)",
            [record, key, tier, since],
        )
        if tier != "H":
            connection.execute(
                "INSERT INTO engine.link_edge (a, b, tier, method, since) VALUES (%s, %s, %s, 'tests', %s)",
                [f"r:{record}", f"s:{key}", tier, since],
            )
    return record
