"""The half of the pool that asks departments for rows, and remembers how that went."""

import datetime as dt
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg

from steelyard.contracts import Contract
from steelyard.engines.postgres import Database, Role
from steelyard.kit.home import Home
from steelyard.kit.workdays import Calendar
from steelyard.pool import fetching, incidents, rehearsal, run_log, runs, timetable
from steelyard.pool.incidents import Incident
from steelyard.pool.keys import Keys
from steelyard.pool.locks import locked
from steelyard.pool.place import Place
from steelyard.pool.receipts import Landing
from steelyard.pool.rehearsal import Rehearsal
from steelyard.pool.runs import Run, Standing
from steelyard.sources import ASKED, Interface, Left, References


class Asks(ABC):
    """Runs of interfaces.  Needs the worker role; the lists need the reader role."""

    home: Home
    database: Database
    role: Role
    contracts: Mapping[str, Contract]
    interfaces: dict[str, Interface]

    @abstractmethod
    def _connection(self) -> "AbstractContextManager[psycopg.Connection[Any]]":
        """A connection of its own, in autocommit."""

    @abstractmethod
    def _place(self, assign: Keys) -> Place: ...

    @abstractmethod
    def land(
        self, interface: Interface, paths: Sequence[Path], *, assign: Keys, received_on: dt.date,
        received_by: str = "", key: str | None = None, cursor: Mapping[str, Any] | None = None,
    ) -> Landing: ...  # fmt: skip

    @abstractmethod
    def land_inbox(
        self, inbox_folder: Path, *, assign: Keys, received_on: dt.date, only: Sequence[str] = (), again: bool = False,
        left: Callable[[Left], None] = ...,
    ) -> list[Landing]: ...  # fmt: skip

    @abstractmethod
    def take_up(self, interface: Interface, *, assign: Keys) -> list[Landing]: ...

    @property
    def references(self) -> References:
        """What ``${NAME}`` stands for in this installation."""
        return References(self.home.secrets)

    def fetch(self, interface: Interface, *, assign: Keys, received_on: dt.date, forced: bool = False) -> Run:
        """Ask one interface and land what is new: exactly once, whatever happens to this process.

        A department's system that cannot be read gives a run with state ``failed``; two runs of one interface at
        once give one with state ``skipped``; so does an open circuit, unless ``forced``.
        Raises CannotBeAsked for interfaces through which others push.
        """
        self.interfaces[interface.id] = interface
        with self._connection() as connection:
            asking = fetching.Asking(
                self, connection, self.references, self.home.fetching, assign, received_on,
                take_up=lambda one: self.take_up(one, assign=assign),
                drop=lambda one: self._dropped(one, assign, received_on),
            )  # fmt: skip
            return fetching.run(asking, interface, forced=forced)

    def _dropped(
        self, interface: Interface, assign: Keys, received_on: dt.date
    ) -> tuple[Sequence[Landing], Sequence[Left]]:
        left: list[Left] = []
        landings = self.land_inbox(
            self.home.inbox, assign=assign, received_on=received_on, only=[interface.id], left=left.append
        )
        return landings, left

    def rehearse(
        self, interface: Interface, *, assign: Keys, on: dt.date, paths: Sequence[Path] = (), rows: int = 20
    ) -> Rehearsal:
        """Show what would come of a delivery, from ``paths`` or from the other side; nothing is landed or kept.

        ``assign`` must be keys of a rehearsal.  Raises FetchFailed, ReferenceMissing, NothingToTry, UnknownDataset.
        """
        with self._connection() as connection:
            return rehearsal.rehearse(
                connection, self._place(assign), interface, paths, self.references, self.home, rows, on
            )

    def can_be_asked(self) -> list[Interface]:
        """The interfaces that can be run, by id: databases, APIs, folders."""
        return [one for _, one in sorted(self.interfaces.items()) if one.connector in (*ASKED, "file")]

    def due(self, now: dt.datetime | None = None) -> list[Interface]:
        """The interfaces whose schedule wants a run and whose circuit is closed.  ``now``: the installation's clock."""
        with self._connection() as connection:
            return timetable.due(self.can_be_asked(), runs.standings(connection), now or runs.now(connection))

    def runs(self, interface: str | None = None, limit: int = 50) -> list[Run]:
        """The newest runs first."""
        with self._connection() as connection:
            return runs.runs(connection, interface, limit)

    def standings(self) -> dict[str, Standing]:
        """How the interfaces that were ever asked stand."""
        with self._connection() as connection:
            return runs.standings(connection)

    def incidents(self, interface: str | None = None, *, only_open: bool = True) -> list[Incident]:
        """What is (or was) wrong with interfaces, the newest first."""
        with self._connection() as connection:
            return incidents.listed(connection, interface, only_open=only_open)

    def note_late(self, now: dt.datetime | None = None, calendar: Calendar | None = None) -> list[Incident]:
        """Open an incident for every interface that is late, close those that are not any more; the open ones.

        ``calendar``: the days that are worked; without it Monday to Friday are.
        """
        with self._connection() as connection:
            moment = now or runs.now(connection)
            standings, days = runs.standings(connection), runs.delivered_on(connection)
            for interface in self.interfaces.values():
                late = timetable.late_since(
                    interface, self.contracts, standings.get(interface.id), days.get(interface.id), moment, calendar
                )
                if late is None:
                    incidents.close(connection, interface.id, ["late"])
                elif not incidents.is_open(connection, interface.id, "late"):
                    incidents.meet(connection, interface.id, "late", late[1], {"since": late[0].isoformat()})
            return [one for one in incidents.listed(connection) if one.kind == "late"]

    def log_runs(self, *, assign: Keys, received_on: dt.date) -> Landing | None:
        """Land finished runs as rows of ``interface_log``, each once; None where there are none."""
        interface = self.interfaces.get(run_log.INTERFACE)
        if interface is None:
            return None
        with self._connection() as connection, locked(connection, "log of runs"):
            waiting = run_log.waiting(connection)
            if not waiting:
                return None
            with tempfile.TemporaryDirectory(dir=self.home.root) as folder:
                path = Path(folder) / f"runs-{waiting[0]['id']}-{waiting[-1]['id']}.jsonl"
                run_log.write(path, waiting, self.interfaces)
                # Dying before the mark below lands the same rows again: by their keys they are unchanged.
                landing = self.land(interface, [path], assign=assign, received_on=received_on, received_by="runs")
            run_log.mark(connection, waiting)
        return landing
