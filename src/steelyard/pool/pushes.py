"""The half of the pool through which others push: kept first, then landed, and seen at once."""

import datetime as dt
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.duck import Duck
from steelyard.kit.home import Home
from steelyard.pool import examining, flushing, gathering, inbox, incidents, judging, moments, records
from steelyard.pool.keys import Keys
from steelyard.pool.locks import locked
from steelyard.pool.moments import Moment
from steelyard.pool.pending import Layers
from steelyard.pool.receipts import Landing
from steelyard.pool.versions import PoolVersion
from steelyard.sources import Interface


class Pushes(ABC):
    """Pushed rows.  Needs the worker role; what examines them needs none."""

    home: Home
    contracts: Mapping[str, Contract]
    interfaces: dict[str, Interface]
    layers: Layers | None = None

    @abstractmethod
    def _connection(self) -> "AbstractContextManager[psycopg.Connection[Any]]":
        """A connection of its own, in autocommit."""

    @abstractmethod
    def land(
        self, interface: Interface, paths: Sequence[Path], *, assign: Keys, received_on: dt.date,
        received_by: str = "", key: str | None = None, delivery: str | None = None,
    ) -> Landing: ...  # fmt: skip

    @abstractmethod
    def register(
        self, duck: Duck, dataset: str, version: PoolVersion | int | None = None, name: str | None = None
    ) -> None: ...

    def push(
        self, interface: Interface, key: str, rows: Sequence[Mapping[str, Any]], *, assign: Keys,
        received_on: dt.date,
    ) -> Landing:  # fmt: skip
        """Rows from another system: committed to the inbox before anything else, then landed.

        Raises KeyReused where the key came before with other rows, TooManyRows beyond 10,000.
        """
        with self._connection() as connection:
            seq, _ = inbox.accept(connection, interface.id, key, inbox.body_of(rows), received_on)
        landings = {landing.delivery: landing for landing in self._flush(interface, assign)}
        with self._connection() as connection:
            delivery = inbox.delivery_of(connection, seq) or ""
            if delivery in landings:
                return landings[delivery]
            return records.landing_of(connection, records.by_id(connection, delivery) or {}, interface.id)

    def examine(self, interface: Interface, body: bytes) -> list[dict[str, object]]:
        """Problems of pushed rows that can be told at once, by row; nothing is kept.  Raises NotRows, TooManyRows."""
        with tempfile.TemporaryDirectory() as folder:
            path = inbox.write_lines(inbox.rows_of(body), Path(folder) / "push.jsonl")
            return examining.examine(self.contracts, inbox.as_pushed(interface), path)

    def pushed(self) -> list[str]:
        """Interfaces with pushes that wait."""
        with self._connection() as connection:
            return list(dict.fromkeys(push.interface for push in inbox.waiting(connection)))

    def flush(self, *, assign: Keys, only: Sequence[str] = ()) -> list[Landing]:
        """Land every push that waits, many in one delivery.  ``only``: of these interfaces."""
        known = [
            self.interfaces[name] for name in self.pushed() if name in self.interfaces and (not only or name in only)
        ]
        return [landing for interface in known for landing in self._flush(interface, assign)]

    def _flush(self, interface: Interface, assign: Keys) -> list[Landing]:
        self.home.raw.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection, locked(connection, f"flush {interface.id}"):
            landings = flushing.flush(
                connection, interface.id, self.home.raw, partial(self._land_batch, interface, assign)
            )
            self._judge_pushes(connection, interface.id, landings)
            return landings

    @staticmethod
    def _judge_pushes(connection: "psycopg.Connection[Any]", interface: str, landings: Sequence[Landing]) -> None:
        """What the board shows of an interface through which others push."""
        refused = [landing for landing in landings if landing.state == "refused"]
        if len(refused) < len(landings):
            incidents.close(connection, interface, ["refused", "signature", "late"])
        for landing in refused:
            incidents.meet(connection, interface, "refused", landing.message, {"delivery": landing.delivery})
        judging.judge_order(connection, interface, landings)

    def note_wrong_signature(self, interface: str, reason: str) -> None:
        """Somebody sent what the interface's key did not sign: an incident, until a signed push is landed."""
        with self._connection() as connection:
            incidents.meet(connection, interface, "signature", reason, {})

    def _land_batch(
        self, interface: Interface, assign: Keys, batch: str, received_on: dt.date, paths: Sequence[Path]
    ) -> Landing:
        with self._connection() as connection:
            found = records.by_id(connection, batch)
            if found and found["state"] == "refused":  # we died between the refusal and its note
                return records.landing_of(connection, found, interface.id)
        pushed = inbox.as_pushed(interface)
        return self.land(pushed, paths, assign=assign, received_on=received_on, key=f"push {batch}", delivery=batch)

    def moment(self, assign: Keys, *, version: int | None = None, seq: int | None = None) -> Moment:
        """The newest pool version with the pushed rows that wait, in one look; or an earlier moment again.

        ``seq``: the newest push that is seen; one that ``gather`` told, or an earlier one.

        Ask with the same ``assign`` again: pushes are checked and keyed once.  Raises VersionUnknown.
        """
        layers = self._layers_of(assign)
        with self._connection() as connection:
            newest = gathering.gather(connection) if seq is None else seq
            return moments.look(connection, layers, version, newest)

    def gather(self) -> int:
        """Number of the newest push: none with a smaller number is still being written."""
        with self._connection() as connection:
            return gathering.gather(connection)

    def _layers_of(self, assign: Keys) -> Layers:
        if self.layers is None or self.layers.keys is not assign:
            self.layers = Layers(self.contracts, self.interfaces, assign)
        return self.layers

    def live(self, duck: Duck, dataset: str, *, assign: Keys, name: str | None = None) -> int:
        """As ``register`` for the newest version, with the pushed rows that wait laid over it: seen as acknowledged.

        Returns how many rows waited.
        """
        moment = self.moment(assign)
        self.register(duck, dataset, moment.version, name)
        waiting = moment.over(dataset)
        moments.lay_over(duck, self.contracts[dataset], name or dataset, waiting)
        return sum(len(table) for table in waiting)
