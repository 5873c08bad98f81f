"""All made-up departments of a county at once, and what one needs to know to talk to them."""

import datetime as dt
import functools
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from steelyard.engines import mariadb
from steelyard.sources import Interface
from steelyard.synth.departments.api import Api, Door
from steelyard.synth.departments.bank_mariadb import Maria, remove_mariadb
from steelyard.synth.departments.bank_postgres import Postgres, remove_postgres
from steelyard.synth.departments.databases import Bank, Shown, shown_as
from steelyard.synth.departments.dropping import Dropping
from steelyard.synth.departments.environment import Environment, push_key
from steelyard.synth.departments.faults import Faults, Wish
from steelyard.synth.departments.proof import Proof
from steelyard.synth.departments.push import Answer, Message, Post, messages
from steelyard.synth.departments.sftp import Sftp, Shelf
from steelyard.synth.departments.systems import Systems
from steelyard.synth.departments.tls import make_certificates


class Province:
    """Departments that answer, deliver and push until ``stop``.

    ``county``: what ``write_county`` wrote; ``folder``: of our own, for servers' files; ``inbox``: where files are
    dropped, None drops none.  ``use_mariadb``: False offers every database by PostgreSQL.
    """

    def __init__(
        self, interfaces: Mapping[str, Interface], county: Path, folder: Path, *, inbox: Path | None = None,
        use_mariadb: bool = True,
    ) -> None:  # fmt: skip
        self.systems = Systems(county, interfaces)
        self.faults = Faults(self.systems.interfaces)
        self.environment = Environment()
        self.notes: list[str] = []
        """What differs from a full province, for people."""
        self._use_mariadb = use_mariadb and mariadb.is_installed()
        if use_mariadb and not self._use_mariadb:
            self.notes.append(
                "MariaDB is not installed (apt-get install mariadb-server): its departments are offered by PostgreSQL"
            )
        self._folder = folder
        self._inbox = inbox
        self._banks: dict[str, Bank] = {}
        self._shown: dict[str, tuple[Bank, Shown]] = {}
        self._sftp: Sftp | None = None
        self._api: Api | None = None
        self._dropping = Dropping(inbox, self.systems.files, self.faults) if inbox else None
        self.faults.changed = self._changed

    def __enter__(self) -> "Province":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_given: object) -> None:
        self.stop()

    def start(self, wishes: Sequence[Wish] = ()) -> "Province":
        """Start every server; faults of ``wishes`` are on before anybody can call."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o755)
        for wish in wishes:
            self.faults.switch(wish)
        self._open_databases()
        self._open_apis()
        self._open_files()
        for interface in self.systems.of("push"):
            self.environment.secret(push_key(interface))
        if self._dropping:
            for interface in self.systems.of("file"):
                self._dropping.drop(interface)
        return self

    def stop(self) -> None:
        """End every server and remove what they kept."""
        for server in (self._api, self._sftp, *self._banks.values()):
            if server is not None:
                server.stop()
        self._banks.clear()
        self._api = self._sftp = None

    # -- databases -------------------------------------------------------------------------

    def _open_databases(self) -> None:
        offered = self.systems.of("sql")
        named = {one.id: self._bank_of(one) for one in offered}
        with ThreadPoolExecutor(2) as pool:
            started = {name: pool.submit(self._start_bank, name) for name in sorted(set(named.values()))}
        self._banks = {name: future.result() for name, future in started.items()}
        for department in sorted({one.department for one in offered}):
            own = [one for one in offered if one.department == department]
            password = self._password(own)
            address = self._banks[named[own[0].id]].account(department, password)
            for one in own:
                self.environment.say(one.auth.user, _user_of(address))
                self.environment.say(one.location.address, address)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._load_all, ([one for one in offered if named[one.id] == name] for name in self._banks)))

    def _bank_of(self, interface: Interface) -> str:
        return "mariadb" if self._use_mariadb and self.systems.engine(interface) == "mariadb" else "postgresql"

    def _start_bank(self, name: str) -> Bank:
        folder = self._folder / name
        return Maria(folder) if name == "mariadb" else Postgres(folder)

    def _load_all(self, interfaces: Sequence[Interface]) -> None:
        for interface in interfaces:
            self._load(interface)

    def _load(self, interface: Interface) -> None:
        table = self.systems.table(interface)
        bank, shown = self._banks[self._bank_of(interface)], shown_as(interface, table)
        bank.load(shown, table)
        bank.show(shown, self.faults.of(interface.id))
        self._shown[interface.id] = bank, shown

    def _password(self, interfaces: Sequence[Interface]) -> str:
        named = next((one.auth.secret for one in interfaces if one.auth.secret), "")
        return self.environment.secret(named) if named else secrets.token_urlsafe(24)

    # -- APIs and files --------------------------------------------------------------------

    def _open_apis(self) -> None:
        offered = self.systems.of("rest")
        certificates = make_certificates(self._folder / "certificates")
        self._api = Api(certificates)
        closed = {one.department for one in offered if one.auth.authority or one.auth.certificate}
        for one in offered:
            base = self._api.secure if one.department in closed else self._api.plain
            self.environment.say(one.location.address, f"{base}/{one.department}")
            self.environment.say(one.auth.authority, str(certificates.authority))
            self.environment.say(one.auth.certificate, str(certificates.client))
            rows = functools.cache(functools.partial(self.systems.table, one))
            door = Door(one, Proof(one, self.environment), rows, self.faults)
            self._api.open(door, self.environment.resolve(one.location.address))
        self._api.start()

    def _open_files(self) -> None:
        self._sftp = Sftp()
        for one in self.systems.of("sftp"):
            self.environment.say(one.auth.user, one.department)
            user = self.environment.resolve(one.auth.user) or one.department
            self.environment.say(one.location.address, self._sftp.address(user))
            self.environment.say(one.auth.host_key, self._sftp.host_key)
            folder, password = self.environment.resolve(one.folder), self.environment.secret(one.auth.secret)
            self._sftp.put(user, password, Shelf(one, folder, functools.partial(self.systems.files, one), self.faults))
        self._sftp.start()

    # -- what happens while it runs --------------------------------------------------------

    def _changed(self, name: str) -> None:
        interface = self.systems.interfaces[name]
        if name in self._shown:
            bank, shown = self._shown[name]
            bank.show(shown, self.faults.of(name))
        elif interface.connector == "file" and self._dropping and self._banks:
            self._dropping.drop(interface)

    def outgoing(self, interface: Interface) -> list[Message]:
        """The signed messages in which a department pushes its rows just now."""
        secret = self.environment.secret(push_key(interface))
        kinds = self.faults.of(interface.id)
        return list(messages(interface, self.systems.table(interface), secret, kinds, now=int(time.time())))

    def push(self, post: Post, only: str = "") -> list[Answer]:
        """Every department that pushes, or one interface, sends all it has."""
        offered = [one for one in self.systems.of("push") if only in ("", one.id)]
        return [post(message) for one in offered for message in self.outgoing(one)]

    def told(self) -> dict[str, Any]:
        """What runs, for the command line; no secret is in it."""
        connectors = [one.connector for one in self.systems.interfaces.values()]
        return {
            "interfaces": {kind: connectors.count(kind) for kind in sorted(set(connectors))},
            "departments": len({one.department for one in self.systems.interfaces.values()}),
            "databases": sorted(bank.name for bank in self._banks.values()),
            "without": self.systems.without,
            "notes": self.notes,
            "faults": self.faults.told(),
            "process": os.getpid(),
            "since": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        }


def remove_servers(folder: Path) -> None:
    """End database servers that a killed run left behind in ``folder``, and remove what they kept."""
    remove_mariadb(folder / "mariadb")
    remove_postgres(folder / "postgresql")


def _user_of(address: str) -> str:
    return address.split("://", 1)[1].split(":", 1)[0]
