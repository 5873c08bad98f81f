"""A published delivery undone: a new pool version in which the tables are what all the other deliveries make them.

The order is that of a landing: Delta commits first, then the one transaction that takes the pool version, marks the
delivery and says what became of its bad rows.  Dying in between leaves the delivery published; it is withdrawn again.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, connect
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import coverage, records, resolution, retelling, tables, tombstones, versions
from steelyard.pool.erasure import TwoPersonsNeeded
from steelyard.pool.faults import fault
from steelyard.pool.keys import Keys
from steelyard.pool.locks import locked
from steelyard.pool.pins import ReasonMissing
from steelyard.pool.place import Place
from steelyard.pool.retelling import Differences, Retelling, Retold
from steelyard.sources import Interface

Connection = psycopg.Connection[Any]
MEMORY_MB = 1_200


class NotWithdrawable(SteelyardError):
    """Only a delivery that was published, and was not withdrawn since, can be withdrawn."""


@dataclass(frozen=True)
class Undone:
    """What a withdrawal changes in one table, in rows."""

    dataset: str
    removed: int
    """Rows that are no more."""
    returned: int
    """Rows that the delivery had taken away, or kept out, and that are there again."""
    replaced: int
    """Rows that stand again as another delivery says."""
    later: int
    """Deliveries that came after it and were told again."""


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal did, or would do."""

    delivery: str
    interface: str
    tables: tuple[Undone, ...]
    quarantined: int
    """Bad rows of the delivery that leave the list."""
    reopened: int
    """Bad rows of other deliveries that this one had mended."""
    resent: tuple[str, ...]
    """Deliveries in which bad rows of this one were sent again; they stand."""
    pool_version: int | None = None
    """The version it made; None where it changed no table, or was only tried."""


class _Pool(Protocol):
    home: Home
    contracts: Mapping[str, Contract]
    interfaces: dict[str, Interface]

    def _connection(self) -> AbstractContextManager["psycopg.Connection[Any]"]: ...

    def _place(self, assign: Keys) -> Place: ...


class Withdrawing:
    """The part of the pool that takes deliveries back."""

    def withdraw(self: _Pool, delivery: str, *, reason: str, by: str, approved_by: str, assign: Keys) -> Withdrawal:
        """Undo a published delivery: the tables become what all the other deliveries make them, in their order.

        ``assign``: keys that keep nothing, as for a rehearsal.  The delivery stays in the ledger as withdrawn, and
        the same content may be delivered again.  Raises NotWithdrawable, ReasonMissing, TwoPersonsNeeded,
        CannotTellAgain.
        """
        by, approved_by, reason = by.strip(), approved_by.strip(), reason.strip()
        if not by or not approved_by or by == approved_by:
            raise TwoPersonsNeeded("a withdrawal needs two persons: one who asks and another one who approves")
        if not reason:
            raise ReasonMissing("say why the delivery is withdrawn; the reason stays with it")
        return _withdraw(self, delivery, assign, {"why": reason, "by": by, "approved_by": approved_by})

    def rehearse_withdrawal(self: _Pool, delivery: str, *, assign: Keys) -> Withdrawal:
        """What a withdrawal would do; nothing is changed.  Raises NotWithdrawable, CannotTellAgain."""
        return _withdraw(self, delivery, assign, None)


@dataclass(frozen=True)
class _Work:
    """One table on its way."""

    contract: Contract
    retold: Retold
    found: Differences
    merged: tables.Merged | None = None

    def told(self) -> Undone:
        found = self.found
        return Undone(self.contract.dataset, found.removed, found.returned, found.replaced, self.retold.later)


def _withdraw(pool: _Pool, delivery: str, assign: Keys, said: Mapping[str, str] | None) -> Withdrawal:
    with pool._connection() as connection:
        interface = str(_published(connection, delivery)["interface"])
        datasets = [one.dataset for one in records.receipts(connection, delivery)]
        names = [f"interface {interface}", *(f"pool {name}" for name in datasets)]
        # A landing takes its interface's lock before those of its tables; so does this.
        with locked(connection, names[0]), locked(connection, *names[1:]):
            found = _published(connection, delivery)
            duck = connect(memory_mb=MEMORY_MB, threads=2, spill=pool.home.pool / f".spill-{delivery}")
            try:
                works = [_told(pool, connection, duck, assign, delivery, name) for name in datasets]
                told = _account(connection, found, works)
                if said is None:
                    return told
                place = pool._place(assign)
                works = [_merged(connection, duck, place, found, work) for work in works]
                fault("after-delta")
                number = _record(connection, duck, place, found, works, said)
                fault("after-publish")
                return replace(told, pool_version=number)
            finally:
                duck.close()


def _published(connection: Connection, delivery: str) -> dict[str, Any]:
    found = records.one(
        connection,
        "SELECT id::text AS id, seq, interface, state, received_on, withdrawn_at, withdrawn_by FROM engine.delivery "
        "WHERE id::text = %s",
        [delivery],
    )
    if found is None:
        raise NotWithdrawable(f"there is no delivery {delivery}; see the deliveries of its interface")
    if found["state"] == "withdrawn":
        raise NotWithdrawable(
            f"delivery {delivery} was withdrawn already, on {found['withdrawn_at']:%Y-%m-%d} by {found['withdrawn_by']}"
        )
    if found["state"] == "refused":
        raise NotWithdrawable(f"delivery {delivery} was refused: nothing of it was published")
    if found["state"] != "accepted":
        raise NotWithdrawable(f"delivery {delivery} is not worked through yet; nothing of it is published")
    return found


def _told(pool: _Pool, connection: Connection, duck: Duck, assign: Keys, delivery: str, dataset: str) -> _Work:
    contract = pool.contracts.get(dataset)
    if contract is None:
        raise NotWithdrawable(f"delivery {delivery} fed {dataset}, which has no contract any more")
    place = pool._place(assign)
    retold = Retelling(connection, duck, place, contract, delivery, pool.interfaces.get).run()
    now = versions.current(connection).tables.get(dataset)
    return _Work(contract, retold, retelling.differences(duck, contract, retold, place.files(dataset, now)))


def _account(connection: Connection, found: Mapping[str, Any], works: list[_Work]) -> Withdrawal:
    own = found["id"]
    held, mended = resolution.of_withdrawn(connection, own)
    resent = connection.execute(
        "SELECT DISTINCT r.delivery::text FROM engine.replayed_row r JOIN engine.delivery d ON d.id = r.delivery "
        "WHERE r.origin = %s AND d.state = 'accepted' ORDER BY 1",
        [own],
    ).fetchall()
    told = tuple(work.told() for work in works)
    return Withdrawal(own, str(found["interface"]), told, held, mended, tuple(row[0] for row in resent))


def _merged(connection: Connection, duck: Duck, place: Place, found: Mapping[str, Any], work: _Work) -> _Work:
    name = work.contract.dataset
    base = versions.current(connection).tables.get(name)
    merged = tables.merge(
        duck, work.contract, work.found.good, place.pool / name, base, retelling.stamp_of(found),
        gone=work.found.gone, restored=True,
    )  # fmt: skip
    return replace(work, merged=merged)


def _record(
    connection: Connection, duck: Duck, place: Place, found: Mapping[str, Any], works: list[_Work],
    said: Mapping[str, str],
) -> int | None:  # fmt: skip
    own = str(found["id"])
    changed = {
        work.contract.dataset: work.merged.version
        for work in works
        if work.merged and work.merged.written and work.merged.version is not None
    }
    with connection.transaction():
        connection.execute(
            "UPDATE engine.delivery SET state = 'withdrawn', withdrawn_at = now(), withdrawn_by = %s, "
            "withdrawn_approved_by = %s, withdrawn_why = %s WHERE id = %s",
            [said["by"], said["approved_by"], said["why"], own],
        )
        number = versions.publish(connection, own, changed, what="withdrawal") if changed else None
        resolution.withdrawn(connection, own)
        for work in works:
            _remember(connection, work)
            if number is not None and work.contract.dataset in changed:
                files = place.files(work.contract.dataset, changed[work.contract.dataset])
                day = records.newest_day(connection, work.contract.dataset) or found["received_on"]
                coverage.write(connection, duck, number, work.contract, files, day)
    return number


def _remember(connection: Connection, work: _Work) -> None:
    """What the deliveries told again leave behind now."""
    name = work.contract.dataset
    for delivery, left in work.retold.tombstones:
        tombstones.replace(connection, name, delivery, left, work.retold.hashes if work.retold.keys else None)
    for one, hashes in work.retold.mended:
        resolution.same_files(connection, one.id)
        resolution.mended_before(connection, name, one.interface, one.id, hashes)
        resolution.replayed(connection, one.id)
