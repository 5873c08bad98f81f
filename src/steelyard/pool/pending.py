"""Pushed rows before they are landed, laid over the newest version: what was acknowledged is seen at once."""

import tempfile
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, connect
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import inbox, tables
from steelyard.pool.conform import Task, conform
from steelyard.pool.keys import Keys
from steelyard.sources import FileRefused, Interface, TextFile, read_file, tidy_in_all

MEMORY_MB = 512


def feeding(interfaces: Mapping[str, Interface], dataset: str) -> list[Interface]:
    """Interfaces that may hold pushed rows of a dataset."""
    return [one for one in interfaces.values() if any(feed.dataset == dataset for feed in one.feeds)]


def rows(connection: "psycopg.Connection[Any]", contract: Contract, interface: Interface, keys: Keys) -> list[pa.Table]:
    """The waiting rows of a dataset, checked and keyed as landing will do it: one table a delivery to be, in order.

    Columns: the table's own and ``_gone`` (the row deletes its key).  Rows that break the contract are not in.
    """
    inbox.close(connection, interface.id)
    waiting = [push for push in inbox.waiting(connection, interface.id) if push.batch]
    return [
        _conformed(connection, contract, interface, keys, str(batch), list(pushes))
        for batch, pushes in groupby(waiting, key=lambda push: push.batch)
    ]


def _conformed(
    connection: "psycopg.Connection[Any]", contract: Contract, interface: Interface, keys: Keys, batch: str,
    pushes: Sequence[inbox.Push],
) -> pa.Table:  # fmt: skip
    pushed = inbox.as_pushed(interface)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        read: list[TextFile] = []
        for number, push in enumerate(pushes):
            try:
                read += read_file(inbox.write_file(connection, push, folder), pushed, folder, number, push.file)
            except FileRefused:
                continue  # landing will refuse it and say why
        duck = connect(memory_mb=MEMORY_MB, threads=1)
        try:
            made = conform(duck, _task(contract, pushed, batch, pushes, read), keys)
            chosen = "false" if made.refused else "true"
            return duck.sql(f"{_stamped(contract, made.relation, batch, pushed.id)} WHERE {chosen}").to_arrow_table()
        finally:
            duck.close()


def _task(
    contract: Contract, interface: Interface, batch: str, pushes: Sequence[inbox.Push], read: Sequence[TextFile]
) -> Task:
    return Task(
        delivery=batch,
        contract=contract,
        feed=next(feed for feed in interface.feeds if feed.dataset == contract.dataset),
        files=[str(part) for text in read for part in text.parts],
        order=[push.file for push in pushes],
        columns={column for text in read for column in text.columns},
        delivered_on=pushes[0].received_on,
        interface=interface,
        tidy=tidy_in_all(read),
    )


def _stamped(contract: Contract, relation: str, batch: str, supplier: str) -> str:
    columns = ", ".join(quoted(name) for name in contract.columns)
    return (
        f"SELECT {columns}, {literal(batch)} AS _delivery, _row AS _raw_row, _file, CAST(NULL AS BIGINT) AS _seq, "
        f"{literal(supplier)} AS _supplier, _order, _gone FROM {relation}"
    )


def lay_over(duck: Duck, contract: Contract, name: str, waiting: Sequence[pa.Table]) -> None:
    """Replace the view ``name`` of an engine by itself with the waiting rows laid over it, one after the other."""
    listed = ", ".join(quoted(column) for column in tables.schema_of(contract))
    beneath = name
    for number, table in enumerate(waiting):
        above = f"{name} pushed {number}"
        duck.register(f"{above} rows", table)
        rows_above = f"(SELECT * FROM {quoted(f'{above} rows')} o WHERE {_newer(contract, beneath)})"
        duck.execute(
            f"CREATE OR REPLACE TABLE {quoted(above)} AS "
            f"SELECT {listed} FROM {quoted(beneath)} b ANTI JOIN {rows_above} o ON {tables.match(contract, 'b', 'o')} "
            f"UNION ALL SELECT {listed} FROM {rows_above} o WHERE NOT coalesce(_gone, false)"
        )
        duck.unregister(f"{above} rows")
        beneath = above
    if waiting:
        duck.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT {listed} FROM {quoted(beneath)}")


def _newer(contract: Contract, beneath: str) -> str:
    """An order that says the row beneath is the newer one keeps it, as landing will."""
    return (
        f"o._order IS NULL OR NOT EXISTS (SELECT 1 FROM {quoted(beneath)} k "
        f"WHERE {tables.match(contract, 'k', 'o')} AND k._order > o._order)"
    )
