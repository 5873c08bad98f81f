"""The half of the pool that lands what lies in the departments' folders."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import raw, records
from steelyard.pool.keys import Keys
from steelyard.pool.receipts import Landing
from steelyard.sources import Drop, Interface, Left


class UnknownInterface(SteelyardError):
    """There is no such interface."""


class Drops(ABC):
    """Files of the inbox.  Needs the worker role."""

    home: Home
    contracts: Mapping[str, Contract]
    interfaces: dict[str, Interface]

    @abstractmethod
    def _connection(self) -> "AbstractContextManager[psycopg.Connection[Any]]":
        """A connection of its own, in autocommit."""

    @abstractmethod
    def land(
        self, interface: Interface, paths: Sequence[Path], *, assign: Keys, received_on: dt.date,
        received_by: str = "", key: str | None = None,
    ) -> Landing: ...  # fmt: skip

    def land_inbox(
        self, inbox_folder: Path, *, assign: Keys, received_on: dt.date, only: Sequence[str] = (), again: bool = False,
        left: Callable[[Left], None] = lambda one: None,
    ) -> list[Landing]:  # fmt: skip
        """Land the files that lie ready for the known interfaces; ``only`` names some of them.

        Files whose content was delivered through their interface before are left, unless the contract is a
        snapshot: then all present files are the delivery.  What was refused is not tried again but on ``again``.
        ``left`` hears of files that lie there and are not taken.
        """
        unknown = set(only) - set(self.interfaces)
        if unknown:
            raise UnknownInterface(f"there is no interface {', '.join(sorted(unknown))}")
        found: list[Landing] = []
        for name in only or sorted(self.interfaces):
            interface = self.interfaces[name]
            found_there = interface.ready(inbox_folder) if interface.connector == "file" else Drop()
            for one in found_there.left:
                left(one)
            paths = found_there.ready
            if not paths:
                continue
            try:
                found += self._land_new(interface, paths, assign, received_on, again=again)
            except FileNotFoundError:
                # Somebody took a file back or gave it another name; it comes with the next look.
                if all(path.exists() for path in paths):
                    raise
        return found

    def land_file(self, interface: Interface, path: Path, *, assign: Keys, received_on: dt.date) -> list[Landing]:
        """Land one file of the inbox by itself, also where it was refused before.

        A snapshot is all files beside it together; one file alone would take the others' rows away.
        """
        if self._is_snapshot(interface):
            beside = [other for other in interface.files(self.home.inbox) if other != path]
            wanted = sorted([*self._without_refused(interface, beside), path])
            return self._land_apart(interface, wanted, assign, received_on)
        return self._land_new(interface, [path], assign, received_on, again=True)

    def _is_snapshot(self, interface: Interface) -> bool:
        modes = {self.contracts[feed.dataset].mode for feed in interface.feeds if feed.dataset in self.contracts}
        return "snapshot" in modes

    def _without_refused(self, interface: Interface, paths: Sequence[Path]) -> list[Path]:
        with self._connection() as connection:
            refused = records.refused_content(connection, interface.id)
        return [path for path in paths if raw.sha256_of(path)[0] not in refused]

    def _land_new(
        self, interface: Interface, paths: Sequence[Path], assign: Keys, received_on: dt.date, *, again: bool
    ) -> list[Landing]:
        wanted = list(paths) if again else self._without_refused(interface, paths)
        if not self._is_snapshot(interface):
            with self._connection() as connection:
                known = records.delivered_content(connection, interface.id)
            wanted = [path for path in wanted if raw.sha256_of(path)[0] not in known]
        if not wanted:
            return self._nothing_new(interface, paths)
        return self._land_apart(interface, wanted, assign, received_on)

    def _land_apart(
        self, interface: Interface, paths: Sequence[Path], assign: Keys, received_on: dt.date
    ) -> list[Landing]:
        """Land files together; where that is refused, so that one bad file keeps no other out.

        Of a snapshot the files that cannot be read are left out; other files are landed one by one.
        """
        landing = self.land(interface, paths, assign=assign, received_on=received_on)
        if landing.state != "refused" or len(paths) == 1:
            return [landing]
        if not self._is_snapshot(interface):
            return [self.land(interface, [path], assign=assign, received_on=received_on) for path in paths]
        with self._connection() as connection:
            unread = records.unread_content(connection, landing.delivery)
        rest = [path for path in paths if raw.sha256_of(path)[0] not in unread]
        if not unread or not rest:
            return [landing]
        return [landing, self.land(interface, rest, assign=assign, received_on=received_on)]

    def _nothing_new(self, interface: Interface, paths: Sequence[Path]) -> list[Landing]:
        """What is said where every file was delivered before: the earlier receipts, all unchanged.

        Where all of them were refused there is nothing to say again: the deliveries tell why.
        """
        hashes = [raw.sha256_of(path)[0] for path in paths]
        with self._connection() as connection:
            ids = connection.execute(
                "SELECT DISTINCT d.id::text, d.seq FROM engine.delivery d JOIN engine.delivery_file f "
                "ON f.delivery = d.id WHERE d.interface = %s AND d.state = 'accepted' AND f.sha256 = ANY(%s) "
                "ORDER BY d.seq",
                [interface.id, hashes],
            ).fetchall()
            receipts = tuple(receipt.repeated() for row in ids for receipt in records.receipts(connection, row[0]))
        return [Landing(ids[-1][0], interface.id, "accepted", receipts, repeated=True)] if ids else []
