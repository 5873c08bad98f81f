"""Pushed rows before they are landed, checked and keyed as landing will do it.  Each push is worked through once."""

import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck, DuckError
from steelyard.engines.kept import KeptEngines
from steelyard.kit.sqltext import literal, quoted
from steelyard.pool import inbox, ordering, tombstones
from steelyard.pool.conform import Conformed, Task, conform
from steelyard.pool.inbox import Push
from steelyard.pool.inspection import Surroundings, inspect
from steelyard.pool.keys import Keys
from steelyard.sources import Feed, FileRefused, Interface, TextFile, read_file, tidy_in_all

Connection = psycopg.Connection[Any]
ENGINES = KeptEngines(memory_mb=512)
MOST_KEPT = 5_000
"""Layers held in memory; an older one is made again when it is needed."""


@dataclass(frozen=True)
class Layer:
    """Rows of one dataset that pushes of one delivery to be brought together."""

    id: tuple[int, int, str]
    """First and last push, and the dataset: the same pushes give the same rows."""
    dataset: str
    interface: str
    batch: str
    rows: pa.Table
    """The table's columns, ``_gone`` (the row deletes its key) and ``_layer``.  Rows that break the contract are not
    in."""


class Layers:
    """The waiting rows of a process, in order.  Give the same object again: it remembers."""

    def __init__(self, contracts: Mapping[str, Contract], interfaces: Mapping[str, Interface], keys: Keys) -> None:
        self.contracts, self.interfaces, self.keys = contracts, interfaces, keys
        self._kept: OrderedDict[tuple[str, tuple[int, ...]], list[Layer]] = OrderedDict()
        self._group: dict[int, tuple[str, tuple[int, ...]]] = {}

    def of(self, connection: Connection, pushes: Sequence[Push]) -> tuple[Layer, ...]:
        """Layers of pushes whose delivery is fixed, those not known yet made now."""
        present = {push.seq for push in pushes}
        found: list[Layer] = []
        fresh: list[Push] = []
        seen: set[tuple[str, tuple[int, ...]]] = set()
        for push in pushes:
            group = self._group.get(push.seq)
            if group and group[0] == push.batch and present.issuperset(group[1]):
                if group not in seen:
                    seen.add(group)
                    self._kept.move_to_end(group)
                    found += self._kept[group]
            else:
                fresh.append(push)
        for _, together in groupby(sorted(fresh, key=lambda one: (str(one.batch), one.seq)), lambda one: one.batch):
            found += self._make(connection, list(together))
        self._forget()
        return tuple(sorted(found, key=lambda layer: layer.id))

    def _make(self, connection: Connection, pushes: list[Push]) -> list[Layer]:
        group = (str(pushes[0].batch), tuple(push.seq for push in pushes))
        interface = self.interfaces.get(pushes[0].interface)
        self._kept[group] = _layers(connection, self.contracts, interface, self.keys, pushes) if interface else []
        self._group |= dict.fromkeys(group[1], group)
        return self._kept[group]

    def _forget(self) -> None:
        while len(self._kept) > MOST_KEPT:
            group, _ = self._kept.popitem(last=False)
            for seq in group[1]:
                if self._group.get(seq) == group:
                    del self._group[seq]


def _layers(
    connection: Connection, contracts: Mapping[str, Contract], interface: Interface, keys: Keys,
    pushes: Sequence[Push],
) -> list[Layer]:  # fmt: skip
    pushed = inbox.as_pushed(interface)
    with tempfile.TemporaryDirectory() as place:
        read = _read(connection, pushed, pushes, Path(place))
        tasks = [_task(contracts[feed.dataset], feed, pushed, pushes, read) for feed in pushed.feeds
                 if contracts[feed.dataset].mode != "snapshot"]  # fmt: skip
        try:
            with ENGINES.lent() as duck:
                made = [(task, _checked(duck, contracts, task, keys)) for task in tasks]
                if not any(one.refused for _, one in made):
                    return [_layer(connection, duck, task, one, pushes) for task, one in made]
        except DuckError:
            return []  # landing will refuse it and say why
    # The whole delivery is refused; where several pushes share it, each is tried by itself when it is landed.
    return _apart(connection, contracts, interface, keys, pushes)


def _apart(
    connection: Connection, contracts: Mapping[str, Contract], interface: Interface, keys: Keys,
    pushes: Sequence[Push],
) -> list[Layer]:  # fmt: skip
    if len(pushes) == 1:
        return []
    return [layer for push in pushes for layer in _layers(connection, contracts, interface, keys, [push])]


def _read(connection: Connection, pushed: Interface, pushes: Sequence[Push], folder: Path) -> list[TextFile]:
    read: list[TextFile] = []
    for number, push in enumerate(pushes):
        try:
            read += read_file(inbox.write_file(connection, push, folder), pushed, folder, number, push.file)
        except FileRefused:
            continue  # as above
    return read


def _task(
    contract: Contract, feed: Feed, interface: Interface, pushes: Sequence[Push], read: Sequence[TextFile]
) -> Task:
    own = [text for text in read if text.dataset in (None, contract.dataset)]
    return Task(
        delivery=str(pushes[0].batch),
        contract=contract,
        feed=feed,
        files=[str(part) for text in own for part in text.parts],
        order=[push.file for push in pushes],
        columns={column for text in own for column in text.columns},
        delivered_on=pushes[0].received_on,
        interface=interface,
        tidy=tidy_in_all(own),
    )


def _checked(duck: Duck, contracts: Mapping[str, Contract], task: Task, keys: Keys) -> Conformed:
    """As landing checks a delivery, less what only warns: that needs whole tables, and lets the rows in."""
    contract = task.contract
    strict = tuple(check for check in contract.table_checks if check.level != "warn")
    made = conform(duck, task, keys)
    if not strict:
        return made
    return inspect(duck, replace(task, contract=replace(contract, table_checks=strict)), made,
                   Surroundings(contracts, lambda _: (), {}), None)  # fmt: skip


def _layer(connection: Connection, duck: Duck, task: Task, made: Conformed, pushes: Sequence[Push]) -> Layer:
    contract, seqs = task.contract, [push.seq for push in pushes]
    columns = ", ".join(quoted(name) for name in contract.columns)
    graves = tombstones.loaded(connection, duck, contract)
    late = (
        f"ANTI JOIN {graves} t ON t.key_hash = {ordering.key_hash(contract, 'n')} "
        "AND (n._order IS NULL OR t.row_order > n._order)"
        if graves
        else ""
    )
    rows = duck.sql(
        f"SELECT {columns}, {literal(task.delivery)} AS _delivery, _row AS _raw_row, _file, "
        f"CAST(NULL AS BIGINT) AS _seq, {literal(task.interface.id)} AS _supplier, _order, _gone, "
        f"CAST({seqs[-1]} AS BIGINT) AS _layer FROM (SELECT n.* FROM {made.relation} n {late})"
    ).to_arrow_table()
    return Layer((seqs[0], seqs[-1], contract.dataset), contract.dataset, task.interface.id, task.delivery, rows)
