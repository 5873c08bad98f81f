"""The data pool as other rooms see it."""

import datetime as dt
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from steelyard.contracts import Contract, load_contracts
from steelyard.engines.postgres import Database, Role
from steelyard.kit import tracing
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import coverage, inbox, lineage, publishers, quarantine, raw, records, sealing, tables, versions
from steelyard.pool.asks import Asks
from steelyard.pool.coverage import Coverage
from steelyard.pool.dropped import Drops
from steelyard.pool.erasure import Erasing
from steelyard.pool.faults import fault
from steelyard.pool.inbox import KeyReused
from steelyard.pool.keeping import Keeping
from steelyard.pool.keys import Keys
from steelyard.pool.land import UnknownDataset, work_through
from steelyard.pool.lineage import Lineage
from steelyard.pool.locks import locked
from steelyard.pool.mending import Mending
from steelyard.pool.overlooking import Overlooking
from steelyard.pool.period import period_of
from steelyard.pool.place import Place, Received, Watch, unwatched
from steelyard.pool.pushes import Pushes
from steelyard.pool.receipts import Delivery, Landing
from steelyard.pool.replaying import as_sent_again
from steelyard.pool.sealing import Seal
from steelyard.pool.versions import PoolVersion
from steelyard.pool.withdrawing import Withdrawing
from steelyard.sources import Feed, Interface, load_interfaces
from steelyard.sources.ocds import DATASETS

OCDS_IMPORT = Interface(
    "open-contracting/import",
    {"zh": "公开采购数据（OCDS）", "en": "open contracting data (OCDS)"},
    tuple(Feed(dataset, {}) for dataset in DATASETS),
    connector="import",
    file_format="ocds",
)
"""Real publishers' files come through this interface, from ``steelyard ocds import``."""


class NothingDelivered(SteelyardError):
    """A handing over needs at least one file, and every file must exist."""


class Pool(Keeping, Drops, Pushes, Asks, Overlooking, Erasing, Mending, Withdrawing):
    """One installation's pool.  Reading needs the reader role, landing the worker role.

    ``interfaces``: known interfaces by id; needed to take up interrupted deliveries and to decode lines.
    """

    def __init__(
        self, home: Home, database: Database, contracts: Mapping[str, Contract],
        interfaces: Mapping[str, Interface] | None = None, *, role: Role = Role.WORKER,
    ) -> None:  # fmt: skip
        self.home = home
        self.database = database
        self.contracts = contracts
        self.interfaces = {OCDS_IMPORT.id: OCDS_IMPORT} | dict(interfaces or {})
        self.role = role
        self.watch: Watch = unwatched

    @classmethod
    def open(cls, home: Home, database: Database, catalogue: Path, *, role: Role = Role.WORKER) -> "Pool":
        """The pool with every contract and interface of a catalogue folder."""
        contracts = load_contracts(catalogue / "contracts")
        interfaces = load_interfaces(catalogue / "interfaces")
        return cls(home, database, contracts, interfaces, role=role)

    @contextmanager
    def _connection(self) -> Iterator["psycopg.Connection[Any]"]:
        connection = self.database.connect(self.role, autocommit=True)
        try:
            yield connection
        finally:
            connection.close()

    # -- landing ---------------------------------------------------------------------------

    @tracing.traced("landing", lambda _pool, interface, *_given, **_named: {"interface": interface.id})
    def land(
        self, interface: Interface, paths: Sequence[Path], *, assign: Keys, received_on: dt.date,
        received_by: str = "", key: str | None = None, delivery: str | None = None,
        cursor: Mapping[str, Any] | None = None, kind: str = "delivery",
        origins: Sequence[tuple[str, str, str, int]] = (),
    ) -> Landing:  # fmt: skip
        """Take one delivery from files to a pool version.

        ``key``: the supplier's batch number, else the content is its own key; the same content again changes
        nothing.  ``delivery``: its id where that was fixed before.  ``cursor``: where the next fetch begins once
        this delivery is accepted.  ``kind``: replay or correction where rows are sent again, whose absence says
        nothing, for the quarantined rows in ``origins``.
        A delivery that breaks its contract as a whole comes back with state ``refused`` and a message.
        Raises NothingDelivered, KeyReused, UnknownDataset.
        """
        missing = [str(path) for path in paths if not path.is_file()]
        if not paths or missing:
            raise NothingDelivered(f"no such file: {', '.join(missing)}" if missing else None)
        unknown = [feed.dataset for feed in interface.feeds if feed.dataset not in self.contracts]
        if unknown:
            raise UnknownDataset(f"{interface.id} feeds {', '.join(unknown)}, which has no contract")
        if delivery is None:  # else it is the form of a push, which tells nothing of the interface's files
            self.interfaces[interface.id] = interface
        files = raw.describe(paths)
        content = raw.content_hash(files)
        with self._connection() as connection, locked(connection, f"interface {interface.id}"):
            found = records.earlier(connection, interface.id, key or content)
            if found and found["content_hash"] != content:
                raise KeyReused(f"{interface.id}: the key {key} was used before with other content")
            if found and found["state"] == "received":
                return self._resume(connection, found, interface, assign)
            if found:
                return records.landing_of(connection, found, interface.id)
            delivery = delivery or str(uuid.uuid4())
            # One of a fixed id may have died before it was recorded; nobody refers to what it left.
            shutil.rmtree(self.home.raw / delivery, ignore_errors=True)
            master = sealing.master_key(self.home.secrets, make=not sealing.anything_sealed(connection))
            seal = sealing.fresh(delivery)
            raw.keep(paths, files, self.home.raw / delivery, seal)
            fault("after-raw")
            period = period_of(interface, files)
            with connection.transaction():
                seq = records.insert(
                    connection, delivery, interface.id, received_on, received_by,
                    key=key or content, content=content, files=files, cursor=cursor, kind=kind, period=period,
                    origins=origins,
                )  # fmt: skip
                sealing.record(connection, seal, master)
            fault("after-received")
            way = as_sent_again(interface, kind)
            received = Received(delivery, seq, way, received_on, files, kind, period)
            return work_through(connection, self._place(assign), received)

    def _place(self, assign: Keys) -> Place:
        return Place(self.home.raw, self.home.pool, self.home.secrets, self.contracts, assign, self.watch)

    def _resume(
        self, connection: "psycopg.Connection[Any]", found: Mapping[str, Any], interface: Interface, assign: Keys
    ) -> Landing:
        files = records.files(connection, found["id"])
        if inbox.is_batch(connection, found["id"]):
            interface = inbox.as_pushed(interface)
        way = as_sent_again(interface, found["kind"])
        received = Received(found["id"], found["seq"], way, found["received_on"], files, found["kind"], found["period"])
        return work_through(connection, self._place(assign), received)

    def unfinished(self) -> list[str]:
        """Deliveries that were received and are not through, oldest first."""
        with self._connection() as connection:
            return [row["id"] for row in records.unfinished(connection)]

    def take_up(self, interface: Interface, *, assign: Keys) -> list[Landing]:
        """Finish the interrupted deliveries of one interface."""
        with self._connection() as connection, locked(connection, f"interface {interface.id}"):
            waiting = [row for row in records.unfinished(connection) if row["interface"] == interface.id]
            return [self._resume(connection, row, interface, assign) for row in waiting]

    def repair(self, *, assign: Keys) -> list[Landing]:
        """Take up interrupted deliveries and pushes, and remove raw folders that no delivery names."""
        found: list[Landing] = []
        with self._connection() as connection:
            for row in records.unfinished(connection):
                interface = self.interfaces.get(row["interface"])
                if interface is None:
                    continue
                with locked(connection, f"interface {interface.id}"):
                    if row["id"] in self.unfinished():
                        found.append(self._resume(connection, row, interface, assign))
        found += self.flush(assign=assign)
        self._sweep()
        return found

    def _sweep(self) -> None:
        if not self.home.raw.is_dir():
            return
        with self._connection() as connection:
            # Younger folders may belong to a delivery that another process is just recording.
            known = {row[0] for row in connection.execute("SELECT id::text FROM engine.delivery")}
            now = connection.execute("SELECT extract(epoch FROM now())").fetchone()
        for folder in self.home.raw.iterdir():
            old = bool(now) and folder.stat().st_mtime < float(now[0]) - 3600 if now else False
            if folder.is_dir() and folder.name not in known and old:
                shutil.rmtree(folder, ignore_errors=True)

    # -- reading ---------------------------------------------------------------------------

    def current(self) -> PoolVersion:
        """The newest pool version; number 0 before anything was published."""
        with self._connection() as connection:
            return versions.current(connection)

    def version(self, number: int) -> PoolVersion | None:
        """An older pool version."""
        with self._connection() as connection:
            return versions.version(connection, number)

    def files(self, dataset: str, version: PoolVersion | None = None) -> list[str]:
        """Parquet files of a dataset at a pool version (default: the newest); none where it has no rows yet."""
        at = (version or self.current()).tables.get(dataset)
        return [] if at is None else list(tables.files_of(str(self.home.pool / dataset), at))

    def schema(self, dataset: str) -> dict[str, str]:
        """Columns of a conformed table and their SQL types, lineage columns included."""
        return tables.schema_of(self.contracts[dataset])

    def lineage(self, delivery: str, row: int, file: str | None = None, *, reveal: bool = False) -> Lineage | None:
        """Interface, file, line and delivered text of a conformed row."""
        with self._connection() as connection:
            return lineage.trace(
                connection, self.home.raw, self.interfaces, delivery, row, file, reveal=reveal, seal_of=self._seal_of
            )

    def _seal_of(self, delivery: str) -> Seal | None:
        # A reader may see a row's covered line, but the table of keys is closed to it: the worker asks.
        with self.database.transaction() as connection:
            return sealing.seal_of(connection, delivery, self.home.secrets)

    def deliveries(self, interface: str | None = None, dataset: str | None = None, limit: int = 50) -> list[Delivery]:
        """The newest deliveries first, with their receipts."""
        with self._connection() as connection:
            return records.deliveries(connection, interface, dataset, limit)

    def quarantine_counts(self) -> dict[str, int]:
        """Quarantined rows by dataset."""
        with self._connection() as connection:
            return quarantine.counts(connection)

    def coverage(self, dataset: str, within: str = "") -> list[Coverage]:
        """Areas with data against areas expected, by level; empty for a dataset without an area column."""
        regions = self.files("region") if "region" in self.contracts else []
        with self._connection() as connection:
            return coverage.read(connection, dataset, regions, within)

    def covered_areas(self, dataset: str) -> dict[str, tuple[int, dt.date | None]]:
        """Rows and newest business date by area code."""
        with self._connection() as connection:
            return coverage.by_area(connection, dataset)

    def publishers(self) -> dict[str, tuple[str, str]]:
        """Name and area code of the OCDS publishers, by id."""
        with self._connection() as connection:
            return publishers.publishers(connection)

    def row_counts(self) -> dict[str, int]:
        """Rows of every table in the newest version."""
        now = self.current()
        return {dataset: tables.row_count(str(self.home.pool / dataset), at) for dataset, at in now.tables.items()}
