"""What the pool does with its versions beside landing: show them, compare them, tidy them up."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, connect, register_files
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import changes, compaction, leftovers, migrating, pins, tables, vacuum, versions
from steelyard.pool.changes import Changes
from steelyard.pool.compaction import Compacted
from steelyard.pool.faults import fault
from steelyard.pool.locks import locked
from steelyard.pool.vacuum import KEEP_DAYS, Vacuumed
from steelyard.pool.versions import Listed, PoolVersion, VersionUnknown, VersionUnreadable

MEMORY_MB = 1_200


class NotInPool(SteelyardError):
    """There is no such dataset."""


class _Pool(Protocol):
    home: Home
    contracts: Mapping[str, Contract]

    def _connection(self) -> AbstractContextManager["psycopg.Connection[Any]"]: ...


class Keeping:
    """The part of the pool that looks after versions."""

    def register(
        self: _Pool, duck: Duck, dataset: str, version: PoolVersion | int | None = None, name: str | None = None
    ) -> None:
        """Make a dataset readable in an engine as ``name`` (default: its own), as of a pool version.

        A dataset without rows is an empty relation.  Raises NotInPool, VersionUnknown, VersionUnreadable.
        """
        contract = _contract(self, dataset)
        with self._connection() as connection:
            at = _at(connection, version)
        register_files(duck, name or dataset, _files(self, dataset, at), tables.schema_of(contract))

    def changes(
        self: _Pool, duck: Duck, dataset: str, old: PoolVersion | int, new: PoolVersion | int, name: str = "changes"
    ) -> Changes:
        """Put the rows that differ between two pool versions into table ``name`` of an engine.

        Columns: ``_change`` (insert, update, delete), ``_new`` and ``_old``, each a struct of the whole row, null
        where there is none.  Raises NotInPool, VersionUnknown, VersionUnreadable.
        """
        contract = _contract(self, dataset)
        with self._connection() as connection:
            before, after = _at(connection, old), _at(connection, new)
        return changes.compute(duck, contract, _files(self, dataset, before), _files(self, dataset, after), name)

    def versions(self: _Pool, limit: int = 50) -> list[Listed]:
        """The newest pool versions first."""
        with self._connection() as connection:
            return versions.listed(connection, limit)

    def pin(self: _Pool, number: int, reason: str, by: str = "") -> int:
        """Keep a pool version from vacuum.  Raises ReasonMissing, VersionUnknown, VersionUnreadable."""
        with self._connection() as connection:
            return pins.pin(connection, number, reason, by)

    def release(self: _Pool, number: int) -> int:
        """Let go of the pins of a pool version.  Returns how many there were."""
        with self._connection() as connection:
            return pins.release(connection, number)

    def compact(
        self: _Pool, datasets: Sequence[str] = (), *, cluster: bool = False,
        step: Callable[[str, int, int], None] = lambda what, done, total: None,
    ) -> list[Compacted]:  # fmt: skip
        """Rewrite small and unordered files of the named tables (default: all); rows stay what they are.

        Every table that changes gets a pool version of its own.  Raises NotInPool.
        """
        with self._connection() as connection:
            present = sorted(versions.current(connection).tables)
        for dataset in datasets:
            _contract(self, dataset)
        chosen = [name for name in present if name in self.contracts and name in (datasets or present)]
        found = []
        for number, dataset in enumerate(chosen):
            step(dataset, number, len(chosen))
            found.append(_compact(self, dataset, cluster))
        return found

    def migrate(self: _Pool, datasets: Sequence[str] = ()) -> dict[str, str]:
        """Rewrite tables that were written under an older contract (default: all), each into a pool version.

        Returns the version each of them came from, by dataset.  Raises NotInPool, MigrationMissing.
        """
        with self._connection() as connection:
            present = sorted(versions.current(connection).tables)
        for dataset in datasets:
            _contract(self, dataset)
        chosen = [name for name in present if name in self.contracts and name in (datasets or present)]
        came = {dataset: _migrate(self, dataset) for dataset in chosen}
        return {dataset: held for dataset, held in came.items() if held}

    def vacuum(
        self: _Pool, *, keep_days: int = KEEP_DAYS, held: Mapping[int, str] | None = None, dry_run: bool = False
    ) -> Vacuumed:
        """Remove files that only old, unpinned pool versions name, and what killed writers and runs left.

        ``held``: pool versions other rooms need, with their reasons.  Versions that become unreadable are marked
        so before the first file goes.
        """
        with self._connection() as connection:
            kept = vacuum.kept_versions(connection, keep_days, held or {})
            given_up = vacuum.give_up(connection, list(kept), dry_run=dry_run)
            files = size = 0
            for dataset in sorted(versions.current(connection).tables):
                swept = _sweep(self, connection, dataset, given_up, dry_run)
                files, size = files + swept[0], size + swept[1]
            fetched = 0 if dry_run else leftovers.remove(connection, self.home.fetching)
        return Vacuumed(kept, given_up, files, size, dry_run, fetched)


def _contract(pool: _Pool, dataset: str) -> Contract:
    if dataset not in pool.contracts:
        raise NotInPool(f"{dataset}: no contract has this name")
    return pool.contracts[dataset]


def _at(connection: "psycopg.Connection[Any]", wanted: PoolVersion | int | None) -> PoolVersion:
    if isinstance(wanted, PoolVersion):
        return wanted
    if wanted is None:
        return versions.current(connection)
    found = PoolVersion(0, {}) if wanted == 0 else versions.version(connection, wanted)
    if found is None:
        raise VersionUnknown(f"there is no pool version {wanted}; steelyard pool versions lists them")
    return found


def _files(pool: _Pool, dataset: str, at: PoolVersion) -> list[str]:
    version = at.tables.get(dataset)
    files = [] if version is None else list(tables.files_of(str(pool.home.pool / dataset), version))
    if any(not Path(file).exists() for file in files):
        raise VersionUnreadable(
            f"{dataset} cannot be read as of pool version {at.number}: vacuum removed its files; "
            "steelyard pool versions lists those that are readable"
        )
    return files


@contextmanager
def _rewriting(pool: _Pool, dataset: str) -> Iterator[tuple["psycopg.Connection[Any]", Duck, Mapping[str, int]]]:
    """The table's lock, an engine that may spill, and the tables as they are published."""
    spill = pool.home.pool / f".spill-{dataset}"
    with pool._connection() as connection, locked(connection, f"pool {dataset}"):
        shutil.rmtree(spill, ignore_errors=True)
        duck = connect(memory_mb=MEMORY_MB, threads=2, spill=spill)
        try:
            yield connection, duck, versions.current(connection).tables
        finally:
            duck.close()
            shutil.rmtree(spill, ignore_errors=True)


def _compact(pool: _Pool, dataset: str, cluster: bool) -> Compacted:
    folder = pool.home.pool / dataset
    with _rewriting(pool, dataset) as (connection, duck, base):
        made = compaction.compact(duck, pool.contracts[dataset], folder, base[dataset], cluster=cluster)
        if made.rewritten:
            _publish(connection, {dataset: made.version}, "compaction", base)
    return made


def _migrate(pool: _Pool, dataset: str) -> str | None:
    contract, folder = pool.contracts[dataset], pool.home.pool / dataset
    with _rewriting(pool, dataset) as (connection, duck, base):
        held = migrating.held_version(connection, dataset)
        version = migrating.migrate(duck, contract, folder, base[dataset], held) if held else None
        if version is None:
            return None
        _publish(connection, {dataset: version}, migrating.said(contract), base)
    return held


def _publish(
    connection: "psycopg.Connection[Any]", changed: Mapping[str, int], what: str, base: Mapping[str, int]
) -> None:
    with connection.transaction():
        versions.publish(connection, None, changed, what=what, base=base)
    fault("after-publish")


def _sweep(
    pool: _Pool, connection: "psycopg.Connection[Any]", dataset: str, given_up: Sequence[int], dry_run: bool
) -> tuple[int, int]:
    with locked(connection, f"pool {dataset}"):
        # Read under the lock: a landing may have published since.
        published = versions.current(connection).tables[dataset]
        readable = vacuum.readable_tables(connection, given_up)[dataset]
        return vacuum.sweep(pool.home.pool / dataset, published, sorted(readable), dry_run=dry_run)
