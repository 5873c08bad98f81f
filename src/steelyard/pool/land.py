"""One delivery from files to a pool version, such that dying at any point loses and doubles nothing.

The order is the proof: raw files are on disk before the delivery is recorded; Delta commits before the one
transaction that records counts, quarantine, questions and the pool version.  A Delta commit without that
transaction is invisible, and is undone when the delivery is taken up again.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, DuckError, connect, register_files
from steelyard.kit.errors import SteelyardError
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import coverage, raw, records, sealing, tables, versions
from steelyard.pool.conform import Conformed, Task, conform
from steelyard.pool.covering import Cover
from steelyard.pool.faults import fault
from steelyard.pool.keys import Keys
from steelyard.pool.publishers import area_of_publisher
from steelyard.pool.receipts import Landing, Receipt
from steelyard.sources import Interface

MEMORY_MB = 1_200
Watch = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
STEPS = ("reading", "checking", "writing", "done")


def unwatched(what: str, done: int, total: int) -> None:
    """Nobody looks on."""


class UnknownDataset(SteelyardError):
    """An interface feeds a dataset that has no contract."""


@dataclass(frozen=True)
class Place:
    """Where a landing works."""

    raw: Path
    pool: Path
    secrets: Path
    contracts: Mapping[str, Contract]
    keys: Keys
    watch: Watch = unwatched

    def step(self, interface: Interface, number: int) -> None:
        """Say which step a delivery of an interface is at."""
        self.watch(f"{interface.id}: {STEPS[number]}", number, len(STEPS) - 1)


@dataclass(frozen=True)
class Received:
    """A delivery that is recorded and waits to be worked through."""

    id: str
    seq: int
    interface: Interface
    received_on: dt.date
    files: Sequence[raw.RawFile]


@dataclass(frozen=True)
class _Result:
    contract: Contract
    conformed: Conformed
    merged: tables.Merged | None = None

    def receipt(self) -> Receipt:
        made, merged = self.conformed, self.merged
        if merged is None:  # the whole delivery was refused, this dataset with it
            return Receipt(self.contract.dataset, made.received, 0, 0, made.received, 0)
        return Receipt(
            self.contract.dataset, made.received, merged.admitted, merged.unchanged, made.quarantined,
            made.superseded, merged.removed,
        )  # fmt: skip


def work_through(connection: "psycopg.Connection[Any]", place: Place, delivery: Received) -> Landing:
    """Read, check, key and publish a recorded delivery.  Safe to run again after a crash.

    ``connection`` is in autocommit and holds the interface's lock.
    """
    folder = place.raw / delivery.id
    place.step(delivery.interface, 0)
    text = raw.read(
        delivery.interface, delivery.files, folder, lambda key, name: area_of_publisher(connection, key, name),
        sealing.seal_of(connection, delivery.id, place.secrets),
    )  # fmt: skip
    fault("after-text")
    try:
        return _checked(connection, place, delivery, text)
    finally:
        raw.forget_text(folder)


def _checked(connection: "psycopg.Connection[Any]", place: Place, delivery: Received, text: raw.RawText) -> Landing:
    folder = place.raw / delivery.id
    if text.refused:
        return _refuse(connection, place, delivery, text.refused, [], text)
    duck = connect(memory_mb=MEMORY_MB, threads=2, spill=folder / "spill")
    try:
        place.step(delivery.interface, 1)
        feeds = range(len(delivery.interface.feeds))
        made = [_conformed(duck, place, delivery, text, number) for number in feeds]
        refusals = [result.conformed.refused for result in made if result.conformed.refused]
        if refusals:
            return _refuse(connection, place, delivery, "; ".join(refusals), made, text)
        place.step(delivery.interface, 2)
        landing = _publish(connection, duck, place, delivery, made, text)
        place.step(delivery.interface, 3)
        return landing
    except DuckError as error:
        # Trying again would end the same way; the message goes to whoever keeps the contract.
        return _refuse(connection, place, delivery, f"cannot be processed: {str(error).splitlines()[0]}", [], text)
    finally:
        duck.close()


def _conformed(duck: Duck, place: Place, delivery: Received, text: raw.RawText, number: int) -> _Result:
    feed = delivery.interface.feeds[number]
    contract = place.contracts.get(feed.dataset)
    if contract is None:
        raise UnknownDataset(f"{delivery.interface.id} feeds {feed.dataset}, which has no contract")
    own = text.of(feed.dataset)
    # A line nobody could read belongs to no dataset; it is counted once, with the first.
    broken = text.broken if number == 0 else ()
    task = Task(
        delivery=delivery.id,
        contract=contract,
        feed=feed,
        files=[str(part) for made in own for part in made.parts],
        order=list(dict.fromkeys(made.file for made in text.texts)),
        columns={column for made in own for column in made.columns},
        delivered_on=delivery.received_on,
    )
    return _Result(contract, conform(duck, task, place.keys, broken))


def _refuse(
    connection: "psycopg.Connection[Any]", place: Place, delivery: Received, message: str,
    made: Sequence[_Result], text: raw.RawText,
) -> Landing:  # fmt: skip
    receipts = tuple(result.receipt() for result in made)
    with connection.transaction():
        _clear(connection, delivery.id)
        for result in made:
            records.write_receipt(connection, delivery.id, result.contract.version, result.receipt())
            dataset, cover = result.contract.dataset, _cover(place, delivery, result.contract.dataset)
            records.write_flaws(connection, delivery.id, dataset, result.conformed.flaws, cover)
        if not made:
            dataset = delivery.interface.feeds[0].dataset
            cover = _cover(place, delivery, dataset)
            records.write_flaws(connection, delivery.id, dataset, text.broken[:1_000], cover)
        records.finish(connection, delivery.id, "refused", message, text.signals)
    return Landing(delivery.id, delivery.interface.id, "refused", receipts, message, text.signals)


def _publish(
    connection: "psycopg.Connection[Any]", duck: Duck, place: Place, delivery: Received,
    made: Sequence[_Result], text: raw.RawText,
) -> Landing:  # fmt: skip
    locks = sorted(result.contract.dataset for result in made)
    try:
        for dataset in locks:
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"pool {dataset}"])
        merged = _merge(connection, duck, place, delivery, made)
        fault("after-delta")
        number = _record(connection, duck, place, delivery, merged, text)
        fault("after-publish")
    finally:
        if not connection.closed:
            for dataset in locks:
                connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"pool {dataset}"])
    signals = _signals(merged, text)
    receipts = tuple(result.receipt() for result in merged)
    return Landing(delivery.id, delivery.interface.id, "accepted", receipts, "", signals, pool_version=number)


def _merge(
    connection: "psycopg.Connection[Any]", duck: Duck, place: Place, delivery: Received, made: Sequence[_Result]
) -> list[_Result]:
    base = versions.current(connection).tables
    stamp = tables.Stamp(delivery.id, delivery.seq, delivery.interface.id)
    found = []
    for result in made:
        dataset, good = result.contract.dataset, result.conformed.relation
        folder, at = place.pool / dataset, base.get(dataset)
        gone = _absent(duck, result.contract, good, folder, at, stamp) if result.contract.mode == "snapshot" else None
        merged = tables.merge(duck, result.contract, good, folder, at, stamp, gone=gone)
        found.append(replace(result, merged=merged))
    return found


def _absent(
    duck: Duck, contract: Contract, good: str, folder: Path, base: int | None, stamp: tables.Stamp
) -> str | None:
    """A relation of the keys that a snapshot's supplier no longer says; what others delivered stays."""
    if base is None:
        return None
    before, gone = f"before {contract.dataset}", quoted(f"gone {contract.dataset}")
    files = tables.files_of(str(folder), base)
    register_files(duck, before, files, contract.schema | dict(tables.LINEAGE))
    key = ", ".join(f"o.{quoted(name)}" for name in contract.key)
    duck.execute(
        f"CREATE OR REPLACE TABLE {gone} AS SELECT {key} FROM {quoted(before)} o "
        f"ANTI JOIN {good} n ON {tables.match(contract, 'o', 'n')} WHERE o._supplier = {literal(stamp.supplier)}"
    )
    return gone


def _signals(made: Sequence[_Result], text: raw.RawText) -> tuple[Mapping[str, Any], ...]:
    warnings = [warning for result in made for warning in result.conformed.warnings]
    files: list[Mapping[str, Any]] = [
        {"kind": "file", "file": flaw.file, "reason": flaw.reason} for flaw in text.broken if flaw.rule == "file"
    ]
    return (*text.signals, *files, *warnings)


def _cover(place: Place, delivery: Received, dataset: str) -> Cover:
    feed = next(feed for feed in delivery.interface.feeds if feed.dataset == dataset)
    return Cover.of(place.contracts[dataset], feed)


def _clear(connection: "psycopg.Connection[Any]", delivery: str) -> None:
    """Forget what an earlier, interrupted try wrote."""
    connection.execute("DELETE FROM engine.quarantine WHERE delivery = %s", [delivery])


def _record(
    connection: "psycopg.Connection[Any]", duck: Duck, place: Place, delivery: Received,
    made: Sequence[_Result], text: raw.RawText,
) -> int | None:  # fmt: skip
    changed = {
        result.contract.dataset: result.merged.version
        for result in made
        if result.merged and result.merged.written and result.merged.version is not None
    }
    with connection.transaction():
        _clear(connection, delivery.id)
        for result in made:
            records.write_receipt(connection, delivery.id, result.contract.version, result.receipt())
            dataset, cover = result.contract.dataset, _cover(place, delivery, result.contract.dataset)
            records.write_flaws(connection, delivery.id, dataset, result.conformed.flaws, cover)
            place.keys.ask(connection, result.conformed.questions)
        number = versions.publish(connection, delivery.id, changed) if changed else None
        for result in made:
            dataset = result.contract.dataset
            if number is not None and dataset in changed:
                files = tables.files_of(str(place.pool / dataset), changed[dataset])
                coverage.write(connection, duck, number, result.contract, files, delivery.received_on)
        records.finish(connection, delivery.id, "accepted", "", _signals(made, text))
    return number
