"""A table as it would be had one delivery never come: the others are told again, from raw text, in their order.

Every step is the one of a landing: the rows that were let in then, settled against the table of that moment.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, register_files
from steelyard.kit.errors import SteelyardError
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import changes, conform, inbox, land, ordering, past, raw, records, sealing, settling, tables
from steelyard.pool import tombstones as graveyard
from steelyard.pool.past import Beginning, Past
from steelyard.pool.place import Place, Received
from steelyard.pool.publishers import area_of_publisher
from steelyard.pool.replaying import as_sent_again
from steelyard.pool.settling import Settled
from steelyard.pool.tables import LINEAGE, match, schema_of
from steelyard.sources import Interface

Connection = psycopg.Connection[Any]


class CannotTellAgain(SteelyardError):
    """A later delivery cannot be read again, so nobody can say what the table would be without this one."""


@dataclass
class Retold:
    """What became of one table.  ``state``: relation of all its rows, or of the rows of ``keys``, with lineage."""

    state: str
    keys: str | None
    """Relation of ``key_hash``, of the keys that alone can differ; None: any."""
    later: int
    """How many deliveries were told again."""
    tombstones: list[tuple[str, tuple[tuple[str, int], ...]]] = field(default_factory=list)
    """What deliveries leave behind now, by delivery."""
    hashes: list[str] | None = None
    """The keys themselves, where one of these can delete rows."""
    mended: list[tuple[Past, list[str]]] = field(default_factory=list)
    """Hashes of bad rows' keys that came good, by the delivery that brought them."""


class Retelling:
    """Works in one engine on one table.  The caller holds the table's lock."""

    def __init__(
        self, connection: Connection, duck: Duck, place: Place, contract: Contract, delivery: str,
        interface_of: Callable[[str], Interface | None],
    ) -> None:  # fmt: skip
        self.connection, self.duck, self.place, self.contract = connection, duck, place, contract
        self.delivery, self.interface_of = delivery, interface_of
        self.name = contract.dataset
        self.state, self.keys = quoted(f"retold {self.name}"), quoted(f"retold keys {self.name}")
        self.graves = quoted(f"retold graves {self.name}")

    def run(self) -> Retold:
        """Tell it.  Raises CannotTellAgain."""
        begins = past.beginning(self.connection, self.place.pool, self.name, self.delivery)
        keys = self._narrow() if begins.narrow else None
        told = Retold(self.state, keys, len(begins.later))
        self._begin(begins, keys)
        deletes = any(way.operation for one in begins.later if (way := self.interface_of(one.interface)))
        if keys and deletes:
            told.hashes = [row[0] for row in self.duck.execute(f"SELECT key_hash FROM {keys}").fetchall()]
        counted = [one.id for one in begins.earlier]
        for one in begins.later:
            settled = self._tell(one, counted, told)
            self._apply(settled, one, keys)
            counted.append(one.id)
        return told

    # -- where it begins -------------------------------------------------------------------

    def _narrow(self) -> str:
        """The keys that the delivery changed: what its landing changed in the table, and what it deleted."""
        old, new = past.landing_versions(self.connection, self.place.pool, self.name, self.delivery)
        differs = f"differs {self.name}"
        changes.compute(self.duck, self.contract, old, new, differs)
        key = ", ".join(f"coalesce(_new, _old).{quoted(name)} AS {quoted(name)}" for name in self.contract.key)
        left = self.connection.execute(
            "SELECT key_hash FROM engine.tombstone WHERE dataset = %s AND delivery = %s", [self.name, self.delivery]
        ).fetchall()
        self.duck.register("left behind", pa.table({"key_hash": pa.array([row[0] for row in left], pa.string())}))
        self.duck.execute(
            f"CREATE TABLE {self.keys} AS SELECT {ordering.key_hash(self.contract)} AS key_hash "
            f'FROM (SELECT {key} FROM {quoted(differs)}) UNION SELECT key_hash FROM "left behind"'
        )
        self.duck.unregister("left behind")
        return self.keys

    def _begin(self, begins: Beginning, keys: str | None) -> None:
        base = f"base {self.name}"
        register_files(self.duck, base, self.place.files(self.name, begins.base), schema_of(self.contract))
        self.duck.execute(f"CREATE TABLE {self.state} AS SELECT * FROM {quoted(base)} o {self._only(keys, 'o')}")
        self.duck.execute(f"CREATE TABLE {self.graves} (key_hash VARCHAR, row_order BIGINT)")
        found = graveyard.loaded(self.connection, self.duck, self.contract, [one.id for one in begins.earlier])
        if found:
            self.duck.execute(f"INSERT INTO {self.graves} SELECT key_hash, row_order FROM {found}")

    def _only(self, keys: str | None, relation: str) -> str:
        return f"WHERE {ordering.key_hash(self.contract, relation)} IN (SELECT key_hash FROM {keys})" if keys else ""

    # -- one delivery after the other ------------------------------------------------------

    def _tell(self, one: Past, counted: Sequence[str], told: Retold) -> Settled:
        received = self._received(one)
        folder = self.place.raw / one.id
        try:
            seal = sealing.seal_of(self.connection, one.id, self.place.secrets)
            text = raw.read(
                received.interface, received.files, folder,
                lambda key, name: area_of_publisher(self.connection, key, name), seal,
            )  # fmt: skip
        except (sealing.Destroyed, FileNotFoundError) as error:
            raise CannotTellAgain(
                f"{self.name}: delivery {one.id} of {one.received_on} came later and its files are gone; "
                "what the table would be without this delivery cannot be told any more"
            ) from error
        try:
            return self._settled(received, one, text, counted, told)
        finally:
            raw.forget_text(folder)

    def _received(self, one: Past) -> Received:
        interface = self.interface_of(one.interface)
        if interface is None or all(feed.dataset != self.name for feed in interface.feeds):
            raise CannotTellAgain(
                f"{self.name}: delivery {one.id} came later through {one.interface}, which the catalogue does not "
                "know as an interface of this dataset any more"
            )
        if inbox.is_batch(self.connection, one.id):
            interface = inbox.as_pushed(interface)
        files = records.files(self.connection, one.id)
        way = as_sent_again(interface, one.kind)
        return Received(one.id, one.seq, way, one.received_on, files, one.kind, one.period)

    def _settled(
        self, received: Received, one: Past, text: raw.RawText, counted: Sequence[str], told: Retold
    ) -> Settled:
        number = next(at for at, feed in enumerate(received.interface.feeds) if feed.dataset == self.name)
        task = land.task_of(self.place, received, text, number)
        conform.forget(self.duck, task)
        made = conform.conform_again(self.duck, task, self.place.keys, self._held(one))
        answered = records.later_scopes(self.connection, one.interface, self.name, one.period, counted)
        before = settling.Before(self.state, self._graves(), frozenset(answered))
        whole = self.contract.mode == "snapshot" and one.kind == "delivery"
        settled = settling.settle(self.duck, self.contract, made, before, one.interface, whole=whole)
        self._remember(one, settled, told)
        return settled

    def _graves(self) -> str | None:
        """Each deleted key once, as a landing reads them."""
        once = quoted(f"retold graves of {self.name}")
        self.duck.execute(
            f"CREATE OR REPLACE TEMP TABLE {once} AS "
            f"SELECT key_hash, max(row_order) AS row_order FROM {self.graves} GROUP BY 1"
        )
        return once if self.duck.execute(f"SELECT count(*) FROM {once}").fetchall()[0][0] else None

    def _held(self, one: Past) -> list[tuple[str, int]]:
        return [
            (row[0], int(row[1]))
            for row in self.connection.execute(
                "SELECT DISTINCT file, row FROM engine.quarantine "
                "WHERE delivery = %s AND dataset = %s AND outcome = 'quarantined'",
                [one.id, self.name],
            )
        ]

    def _remember(self, one: Past, settled: Settled, told: Retold) -> None:
        """Deletes it leaves behind, and bad rows of earlier deliveries whose keys it brings."""
        known = set(told.hashes or ())
        left = tuple((key, at) for key, at in settled.tombstones if told.keys is None or key in known)
        told.tombstones.append((one.id, left))
        if left:
            rows = pa.table({"key_hash": [key for key, _ in left], "row_order": [at for _, at in left]})
            self.duck.register("left behind", rows)
            self.duck.execute(f'INSERT INTO {self.graves} SELECT key_hash, row_order FROM "left behind"')
            self.duck.unregister("left behind")
        told.mended.append((one, self._mended(one, settled)))

    def _mended(self, one: Past, settled: Settled) -> list[str]:
        waiting = self.connection.execute(
            "SELECT DISTINCT q.key_hash FROM engine.quarantine q JOIN engine.delivery d ON d.id = q.delivery "
            "WHERE q.dataset = %s AND d.interface = %s AND q.delivery <> %s AND d.finished_at < %s "
            "AND q.outcome = 'quarantined' AND q.key_hash IS NOT NULL AND (q.state = 'open' OR q.resolved_by = %s)",
            [self.name, one.interface, one.id, one.finished_at, self.delivery],
        ).fetchall()
        if not waiting:
            return []
        self.duck.register("waiting", pa.table({"hash": pa.array([row[0] for row in waiting], pa.string())}))
        key = ordering.key_hash(self.contract)
        met = self.duck.execute(
            f'SELECT DISTINCT {key} FROM {settled.good} WHERE {key} IN (SELECT hash FROM "waiting")'
        ).fetchall()
        self.duck.unregister("waiting")
        return [row[0] for row in met]

    def _apply(self, settled: Settled, one: Past, keys: str | None) -> None:
        """Bring a settled delivery into the state, as a merge brings it into the table."""
        changed = quoted(f"changed {self.name}")
        same = " AND ".join(f"o.{quoted(name)} IS NOT DISTINCT FROM n.{quoted(name)}" for name in self.contract.columns)
        columns = ", ".join(f"n.{quoted(name)}" for name in self.contract.columns)
        self.duck.execute(
            f"CREATE OR REPLACE TEMP TABLE {changed} AS SELECT {columns}, {literal(one.id)} AS _delivery, "
            f"n._row AS _raw_row, n._file, CAST({one.seq} AS BIGINT) AS _seq, {literal(one.interface)} AS _supplier, "
            f"n._order FROM (SELECT * FROM {settled.good} g {self._only(keys, 'g')}) n "
            f"ANTI JOIN {self.state} o ON {match(self.contract, 'o', 'n')} AND {same}"
        )
        for leaving in (settled.gone, changed):
            if leaving:
                self.duck.execute(
                    f"DELETE FROM {self.state} o WHERE EXISTS "
                    f"(SELECT 1 FROM {leaving} g WHERE {match(self.contract, 'o', 'g')})"
                )
        names = ", ".join(quoted(name) for name in [*self.contract.columns, *LINEAGE])
        self.duck.execute(f"INSERT INTO {self.state} ({names}) SELECT {names} FROM {changed}")


@dataclass(frozen=True)
class Differences:
    """Between a table and what it should be, as relations of one engine, with their counts."""

    good: str
    """Rows to be written, lineage included."""
    gone: str
    """Keys to be no more."""
    returned: int
    """Rows whose key the table does not hold."""
    replaced: int
    """Rows that stand again in the place of another one."""
    removed: int


def differences(duck: Duck, contract: Contract, retold: Retold, files: Sequence[str]) -> Differences:
    """What has to change in the table that lies in ``files``."""
    now, name = quoted(f"now {contract.dataset}"), contract.dataset
    register_files(duck, now[1:-1], files, schema_of(contract))
    good, gone = quoted(f"to write {name}"), quoted(f"to go {name}")
    differs = " OR ".join(f"s.{quoted(one)} IS DISTINCT FROM c.{quoted(one)}" for one in schema_of(contract))
    first = quoted(contract.key[0])
    duck.execute(
        f"CREATE TABLE {good} AS SELECT s.*, c.{first} IS NOT NULL AS _known FROM {retold.state} s "
        f"LEFT JOIN {now} c ON {match(contract, 's', 'c')} WHERE {differs}"
    )
    only = ""
    if retold.keys:
        only = f"WHERE {ordering.key_hash(contract, 'c')} IN (SELECT key_hash FROM {retold.keys})"
    key = ", ".join(f"c.{quoted(one)}" for one in contract.key)
    duck.execute(
        f"CREATE TABLE {gone} AS SELECT {key} FROM (SELECT * FROM {now} c {only}) c "
        f"ANTI JOIN {retold.state} s ON {match(contract, 's', 'c')}"
    )
    counted = duck.execute(f"SELECT count(*) FILTER (NOT _known), count(*) FILTER (_known) FROM {good}").fetchall()[0]
    removed = duck.execute(f"SELECT count(*) FROM {gone}").fetchall()[0][0]
    return Differences(good, gone, int(counted[0]), int(counted[1]), int(removed))


def stamp_of(delivery: Mapping[str, Any]) -> tables.Stamp:
    """What the withdrawal of a delivery is called in the log of a table."""
    return tables.Stamp(str(delivery["id"]), int(delivery["seq"]), str(delivery["interface"]), work="withdraw")
