"""A table written under an older version of its contract becomes one of today's: all its files, in one version."""

from pathlib import Path
from typing import Any

import psycopg

from steelyard.contracts import Contract, migration
from steelyard.engines.duck import Duck
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import records, tables
from steelyard.pool.commits import Note


def held_version(connection: "psycopg.Connection[Any]", dataset: str) -> str | None:
    """The contract version a table was last written under; None where nothing was landed yet."""
    found = records.one(
        connection,
        "SELECT version FROM ("
        "SELECT r.contract_version AS version, v.number FROM engine.pool_version v "
        "JOIN engine.receipt r ON r.delivery = v.delivery WHERE r.dataset = %s AND v.what = 'landing' "
        "UNION ALL SELECT split_part(v.what, ' ', 3), v.number FROM engine.pool_version v WHERE v.what LIKE %s"
        ") written ORDER BY number DESC LIMIT 1",
        [dataset, f"migration {dataset} %"],
    )
    return str(found["version"]) if found else None


def said(contract: Contract) -> str:
    """How the pool version of a migration is called; ``held_version`` reads it."""
    return f"migration {contract.dataset} {contract.version}"


def migrate(duck: Duck, contract: Contract, folder: Path, base: int, held: str) -> int | None:
    """Rewrite the table whose published version is ``base``.  Call under the table's lock.

    Returns the new Delta version, None where no step from ``held`` rewrites rows.  Raises MigrationMissing.
    """
    if not migration.needed(contract, held):
        return None
    listed = ", ".join(literal(file) for file in tables.files_of(str(folder), base))
    source = f"(SELECT * FROM read_parquet([{listed}], union_by_name = true))"
    present = [row[0] for row in duck.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    duck.execute(f"CREATE OR REPLACE TEMP VIEW {quoted('migrating')} AS SELECT * FROM {source}")
    rows = migration.rewriting(contract, held, quoted("migrating"), present, tables.LINEAGE)
    return tables.replace(duck, contract, rows, folder, base, Note("migrate", more={"contract": contract.version}))
