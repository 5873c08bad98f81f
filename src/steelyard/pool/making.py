"""Tables that are made, not delivered: written straight to the pool, with one delivery that answers for all of them.

For made-up provinces and measurements.  No raw files stand behind the rows, so that lineage ends at the delivery.
"""

import datetime as dt
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, connect
from steelyard.engines.postgres import Database, Role
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import commits, coverage, parts, records, versions
from steelyard.pool.commits import Note
from steelyard.pool.parts import Part
from steelyard.pool.receipts import Receipt
from steelyard.pool.tables import schema_of

Connection = psycopg.Connection[Any]
MEMORY_MB = 1_500
_UNFINISHED = "being made; the same command goes on with it"


class PoolNotEmpty(SteelyardError):
    """Tables are made in an empty pool; name a home folder of its own with --home."""


@dataclass(frozen=True)
class Making:
    """One delivery under way: what it is called, and where its tables are."""

    home: Home
    delivery: str
    seq: int
    supplier: str

    @property
    def note(self) -> Note:
        return Note("made", self.delivery, self.seq)

    def done(self, dataset: str) -> bool:
        """Whether a table is made already."""
        return commits.holds(self.home.pool / dataset, self.note)

    def clear(self, dataset: str) -> None:
        """Remove what an interrupted making of a table left."""
        shutil.rmtree(self.home.pool / dataset, ignore_errors=True)

    def piece(self, duck: Duck, contract: Contract, sql: str, order: Sequence[str], number: int) -> list[Part]:
        """Write the rows of a query, which may lack columns, as files of a table nobody reads yet.

        ``order``: columns to sort by; without any, rows stay as they come.  ``number``: of the piece; no two pieces
        of a table share it.
        """
        given = {row[0] for row in duck.execute(f"DESCRIBE {sql}").fetchall()}
        chosen = ", ".join(
            f"CAST({quoted(name) if name in given else 'NULL'} AS {kind}) AS {quoted(name)}"
            for name, kind in contract.schema.items()
        )
        sorting = f" ORDER BY {', '.join(map(quoted, order))}" if order else ""
        stamped = (
            f"SELECT *, {literal(self.delivery)} AS _delivery, row_number() OVER () AS _raw_row, "
            f"{literal(f'{contract.dataset}-{number:04d}')} AS _file, CAST({self.seq} AS BIGINT) AS _seq, "
            f"{literal(self.supplier)} AS _supplier, CAST(NULL AS BIGINT) AS _order "
            f"FROM (SELECT {chosen} FROM ({sql}){sorting})"
        )
        kind = parts.CLUSTERED if contract.cluster_by else parts.PLAIN
        return parts.write(
            duck, stamped, self.home.pool / contract.dataset, contract.columns, parts.indexed(contract), kind
        )

    def commit(self, contract: Contract, made: Sequence[Part]) -> None:
        """Name the files in the table's log; the pool shows them with the next version."""
        commits.commit(self.home.pool / contract.dataset, None, schema_of(contract), made, (), self.note)

    def publish(
        self, database: Database, contracts: Mapping[str, Contract], datasets: Sequence[str]
    ) -> tuple[int, int]:
        """Take one pool version with all tables.  Returns its number and how many rows they have."""
        with database.connect(Role.WORKER) as connection, connect(memory_mb=MEMORY_MB) as duck:
            found = {name: int(commits.newest(self.home.pool / name)) for name in datasets}
            with connection.transaction():
                total, number = 0, versions.publish(connection, self.delivery, found)
                on = records.one(connection, "SELECT received_on FROM engine.delivery WHERE id = %s", [self.delivery])
                for name, at in found.items():
                    folder, contract = str(self.home.pool / name), contracts[name]
                    rows = commits.row_count(folder, at)
                    total += rows
                    records.write_receipt(
                        connection, self.delivery, contract.version, Receipt(name, rows, rows, 0, 0, 0)
                    )  # fmt: skip
                    if on:
                        coverage.write(
                            connection, duck, number, contract, commits.files_of(folder, at), on["received_on"]
                        )
                records.finish(connection, self.delivery, "accepted", "", [])
        return number, total


def begin(home: Home, database: Database, interface: str, on: dt.date) -> Making:
    """Begin a delivery, or go on with the one begun under the same name.  Raises PoolNotEmpty.

    Until it is published the delivery counts as refused: a command that finishes what was left over passes it by.
    """
    name = hashlib.sha256(interface.encode()).hexdigest()
    delivery = f"{name[:8]}-{name[8:12]}-8{name[13:16]}-8{name[17:20]}-{name[20:32]}"
    with database.connect(Role.WORKER) as connection:
        known = records.by_id(connection, delivery)
        if known is None or known["state"] != "refused":
            if versions.current(connection).number or known:
                raise PoolNotEmpty
            with connection.transaction():
                seq = records.insert(
                    connection, delivery, interface, on, "steelyard synth", key=interface, content=name, files=()
                )
                records.finish(connection, delivery, "refused", _UNFINISHED, [])
        else:
            seq = int(known["seq"])
    return Making(home, delivery, seq, interface.rsplit("/", 1)[0])
