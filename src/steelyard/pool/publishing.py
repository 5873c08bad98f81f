"""The end of a landing: tables are merged under their locks, then one transaction tells what became of every row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, register_files
from steelyard.kit.sqltext import quoted
from steelyard.pool import (
    coverage,
    disorder,
    inbox,
    mentions,
    raw,
    records,
    resolution,
    settling,
    tables,
    tombstones,
    versions,
)
from steelyard.pool.faults import fault
from steelyard.pool.locks import locked
from steelyard.pool.place import Place, Received, Result
from steelyard.pool.receipts import Landing

Connection = psycopg.Connection[Any]


def refuse(
    connection: Connection, place: Place, delivery: Received, message: str, made: Sequence[Result], text: raw.RawText
) -> Landing:
    """Close a delivery of which nothing is let in."""
    made = [replace(result, settled=None, merged=None) for result in made]
    with connection.transaction():
        _clear(connection, delivery.id)
        _tell(connection, place, delivery, made)
        if not made:
            dataset = delivery.interface.feeds[0].dataset
            cover = place.cover(delivery.interface, dataset)
            records.write_flaws(connection, delivery.id, dataset, text.broken[:1_000], cover)
        resolution.same_files(connection, delivery.id)
        records.finish(connection, delivery.id, "refused", message, text.signals)
    receipts = tuple(result.receipt() for result in made)
    return Landing(delivery.id, delivery.interface.id, "refused", receipts, message, text.signals)


def publish(
    connection: Connection, duck: Duck, place: Place, delivery: Received, made: Sequence[Result], text: raw.RawText
) -> Landing:
    """Bring checked rows into their tables and take a pool version."""
    with locked(connection, *(f"pool {result.contract.dataset}" for result in made)):
        merged = [_merged(connection, duck, place, delivery, result) for result in made]
        fault("after-delta")
        number = _record(connection, duck, place, delivery, merged, text)
        fault("after-publish")
    receipts = tuple(result.receipt() for result in merged)
    signals = _signals(delivery, merged, text)
    return Landing(delivery.id, delivery.interface.id, "accepted", receipts, "", signals, pool_version=number)


def _merged(connection: Connection, duck: Duck, place: Place, delivery: Received, result: Result) -> Result:
    contract, supplier = result.contract, delivery.interface.id
    base = versions.current(connection).tables.get(contract.dataset)
    whole = contract.mode == "snapshot" and delivery.kind == "delivery"
    before = _before(connection, duck, place, delivery, result, base)
    settled = settling.settle(duck, contract, result.conformed, before, supplier, whole=whole)
    stamp = tables.Stamp(delivery.id, delivery.seq, supplier, ordered=True)
    folder = place.pool / contract.dataset
    merged = tables.merge(duck, contract, settled.good, folder, base, stamp, gone=settled.gone)
    return replace(result, settled=settled, merged=merged)


def _before(
    connection: Connection, duck: Duck, place: Place, delivery: Received, result: Result, base: int | None
) -> settling.Before:
    contract = result.contract
    old = f"before {contract.dataset}"
    register_files(duck, old, place.files(contract.dataset, base), tables.schema_of(contract))
    graves = tombstones.loaded(connection, duck, contract)
    answered = records.later_scopes(connection, delivery.interface.id, contract.dataset, delivery.period)
    return settling.Before(quoted(old), graves, frozenset(answered))


def _signals(delivery: Received, made: Sequence[Result], text: raw.RawText) -> tuple[Mapping[str, Any], ...]:
    warnings: list[Mapping[str, Any]] = [warning for result in made for warning in result.conformed.warnings]
    files: list[Mapping[str, Any]] = [
        {"kind": "file", "file": flaw.file, "reason": flaw.reason} for flaw in text.broken if flaw.rule == "file"
    ]
    if delivery.kind == "delivery":  # what is sent again is older by its nature
        late = [(result.contract.dataset, result.settled.late) for result in made if result.settled]
        warnings += [signal for dataset, rows in late for signal in disorder.against_pool(dataset, rows)]
    return (*text.signals, *files, *warnings)


def _clear(connection: Connection, delivery: str) -> None:
    """Forget what an earlier, interrupted try wrote."""
    for table in ("quarantine", "tombstone", "delivery_scope"):
        connection.execute(f"DELETE FROM engine.{table} WHERE delivery = %s", [delivery])


def _tell(connection: Connection, place: Place, delivery: Received, made: Sequence[Result]) -> None:
    for result in made:
        dataset = result.contract.dataset
        records.write_receipt(connection, delivery.id, result.contract.version, result.receipt())
        records.write_flaws(
            connection, delivery.id, dataset, result.flaws, place.cover(delivery.interface, dataset)
        )  # fmt: skip


def _record(
    connection: Connection, duck: Duck, place: Place, delivery: Received, made: Sequence[Result], text: raw.RawText
) -> int | None:
    changed = {
        result.contract.dataset: result.merged.version
        for result in made
        if result.merged and result.merged.written and result.merged.version is not None
    }
    with connection.transaction():
        _clear(connection, delivery.id)
        _tell(connection, place, delivery, made)
        for result in made:
            place.keys.ask(connection, result.conformed.questions)
            _mention(connection, duck, place, delivery, result)
            _remember(connection, duck, delivery, result)
        number = versions.publish(connection, delivery.id, changed) if changed else None
        if number is not None:
            _cover_areas(connection, duck, place, delivery, number, changed)
        resolution.same_files(connection, delivery.id)
        resolution.replayed(connection, delivery.id)
        records.finish(connection, delivery.id, "accepted", "", _signals(delivery, made, text))
        inbox.landed(connection, delivery.id)
    return number


def _mention(connection: Connection, duck: Duck, place: Place, delivery: Received, result: Result) -> None:
    found, settled, dataset = result.conformed.mentions, result.settled, result.contract.dataset
    if found and settled:
        mentions.keep(
            connection, duck, place.keys, found, settled.good, delivery.id, dataset, delivery.interface.id
        )  # fmt: skip


def _remember(connection: Connection, duck: Duck, delivery: Received, result: Result) -> None:
    """What later deliveries must know: deleted keys, scopes answered for, and bad rows that this one mends."""
    contract = result.contract
    if result.settled:
        tombstones.write(connection, contract.dataset, delivery.id, result.settled.tombstones)
        resolution.mended(connection, duck, contract, delivery, result.settled.good)
    if contract.mode == "snapshot" and delivery.period and delivery.kind == "delivery":
        records.write_scopes(
            connection, delivery.id, contract.dataset, settling.scopes(duck, contract, result.conformed)
        )


def _cover_areas(
    connection: Connection, duck: Duck, place: Place, delivery: Received, number: int, changed: Mapping[str, int]
) -> None:
    for dataset, version in changed.items():
        contract: Contract = place.contracts[dataset]
        coverage.write(connection, duck, number, contract, place.files(dataset, version), delivery.received_on)
