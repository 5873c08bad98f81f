"""What the pool does with bad rows: show them, send them back, take them again."""

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import connect, register_files
from steelyard.kit.home import Home
from steelyard.kit.sqltext import quoted
from steelyard.pool import quarantine, replaying, spreadsheet
from steelyard.pool.keeping import NotInPool
from steelyard.pool.keys import Keys
from steelyard.pool.quarantine import Quarantined
from steelyard.pool.receipts import Landing
from steelyard.pool.replaying import Resent
from steelyard.pool.versions import PoolVersion
from steelyard.sources import Interface


class _Pool(Protocol):
    home: Home
    interfaces: dict[str, Interface]
    contracts: Mapping[str, Contract]

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]: ...

    def schema(self, dataset: str) -> dict[str, str]: ...

    def _connection(self) -> AbstractContextManager["psycopg.Connection[Any]"]: ...

    def land(
        self, interface: Interface, paths: Sequence[Path], *, assign: Keys, received_on: dt.date,
        received_by: str = "", key: str | None = None, kind: str = "delivery",
        origins: Sequence[tuple[str, str, str, int]] = (),
    ) -> Landing: ...  # fmt: skip


class Mending:
    """The part of the pool that deals with quarantine."""

    def quarantine_rows(
        self: _Pool, *, dataset: str | None = None, delivery: str | None = None, interface: str | None = None,
        outcome: str = "quarantined", state: str | None = "open", rule: str | None = None, reveal: bool = False,
        limit: int | None = 200, offset: int = 0,
    ) -> list[Quarantined]:  # fmt: skip
        """Broken rules with their place, newest delivery first; ``state`` None: also those that ended."""
        with self._connection() as connection:
            return quarantine.rows(
                connection, dataset=dataset, delivery=delivery, interface=interface, outcome=outcome, state=state,
                rule=rule, reveal=reveal, limit=limit, offset=offset,
            )  # fmt: skip

    def places_of(self: _Pool, dataset: str, column: str, value: str) -> list[tuple[str, int, str | None]]:
        """Delivery, row and file of the newest rows of a dataset with a value; at most 100.  Raises NotInPool."""
        contract = self.contracts.get(dataset)
        if contract is None or column not in contract.columns:
            raise NotInPool(f"there is no {dataset}.{column}")
        duck = connect(memory_mb=512, threads=1)
        try:
            register_files(duck, "rows", self.files(dataset), self.schema(dataset))
            listed = duck.execute(
                f"SELECT _delivery, _raw_row, _file FROM rows WHERE CAST({quoted(column)} AS VARCHAR) = ? "
                "ORDER BY _seq DESC, _file, _raw_row LIMIT 100",
                [value],
            ).fetchall()
        finally:
            duck.close()
        return [(row[0], int(row[1]), row[2]) for row in listed]

    def note_look(self: _Pool, delivery: str, row: int, file: str, *, who: str, purpose: str) -> None:
        """Write down that somebody is about to see delivered text uncovered, and why."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO engine.lineage_look (who, purpose, delivery, file, row) VALUES (%s, %s, %s, %s, %s)",
                [who, purpose, delivery, file, row],
            )

    def send_back(self: _Pool, interface: str, *, delivery: str | None = None, own: bool = False) -> str:
        """The open bad rows of an interface as CSV for the department: its columns, and what is wrong with each.

        Persons are covered unless ``own``: the file goes to the department whose rows they are.  What comes back
        corrected goes through ``replay(corrected=…)``; cells that stayed covered keep what was delivered.
        """
        with self._connection() as connection:
            listed = quarantine.rows(connection, interface=interface, delivery=delivery, reveal=own, limit=None)
        return spreadsheet.as_sent_back(listed)

    def replay(
        self: _Pool, *, ids: Sequence[int] | None = None, dataset: str | None = None, delivery: str | None = None,
        interface: str | None = None, rule: str | None = None, corrected: Path | None = None, assign: Keys,
        received_on: dt.date, received_by: str = "",
    ) -> list[Landing]:  # fmt: skip
        """Take open bad rows through their contracts again, as deliveries with a ledger of their own.

        ``corrected``: a file that was sent back, with the rows as they should be; else the rows as they came, after
        a fix of the contract or the interface.  Each row points back to the row it stands for.
        Raises NothingToReplay, NoSuchRow.
        """
        filters = {"dataset": dataset, "delivery": delivery, "interface": interface, "rule": rule}
        with self._connection() as connection:
            if corrected:
                resent, kind = replaying.corrected(connection, corrected), "correction"
            else:
                wanted = list(ids) if ids else None
                resent, kind = replaying.waiting(connection, filters | {"ids": wanted}), "replay"
        return [
            _sent(self, one, kind, assign, received_on, received_by)
            for one in resent
            if one.interface in self.interfaces
        ]


def _sent(pool: _Pool, resent: Resent, kind: str, assign: Keys, received_on: dt.date, received_by: str) -> Landing:
    with tempfile.TemporaryDirectory(dir=pool.home.raw) as folder:
        return pool.land(
            pool.interfaces[resent.interface], [resent.write(Path(folder))], assign=assign, received_on=received_on,
            received_by=received_by, key=resent.key, kind=kind,
            origins=[(one.delivery, one.dataset, one.file, one.row) for one in resent.origins],
        )  # fmt: skip
